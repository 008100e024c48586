# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(intake_answer_fuzz SOURCES intake_answer_fuzz.cpp LIBS vanthu::intake)
vanthu_fuzz(intake_letter_fuzz SOURCES intake_letter_fuzz.cpp LIBS vanthu::intake)
