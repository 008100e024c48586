# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(keeping_table_fuzz SOURCES keeping_table_fuzz.cpp LIBS vanthu::keeping)
