# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(net_proxy_fuzz SOURCES ${CMAKE_CURRENT_LIST_DIR}/net_proxy_fuzz.cpp LIBS vanthu::net)
