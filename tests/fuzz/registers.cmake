# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(registers_text_fuzz SOURCES registers_text_fuzz.cpp LIBS vanthu::registers)
