# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(base_config_fuzz SOURCES base_config_fuzz.cpp LIBS vanthu::base)
