# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(relay_reply_fuzz SOURCES relay_reply_fuzz.cpp LIBS vanthu::relay_grammar)
vanthu_fuzz(relay_route_fuzz SOURCES relay_route_fuzz.cpp LIBS vanthu::base)
vanthu_fuzz(relay_sts_fuzz SOURCES relay_sts_fuzz.cpp LIBS vanthu::relay_grammar)
