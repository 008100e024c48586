# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(exports_wire_fuzz SOURCES exports_wire_fuzz.cpp LIBS vanthu::exports)
