# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(spool_progress_fuzz SOURCES spool_progress_fuzz.cpp LIBS vanthu::spool)
vanthu_fuzz(spool_summary_fuzz SOURCES spool_summary_fuzz.cpp LIBS vanthu::spool)
vanthu_fuzz(spool_tries_fuzz SOURCES spool_tries_fuzz.cpp LIBS vanthu::spool)
