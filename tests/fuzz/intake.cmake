# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(intake_answer_fuzz SOURCES intake_answer_fuzz.cpp LIBS vanthu::intake)
