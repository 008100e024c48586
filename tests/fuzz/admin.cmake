# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(admin_control_fuzz SOURCES admin_control_fuzz.cpp LIBS vanthu::admin)
vanthu_fuzz(admin_words_fuzz SOURCES admin_words_fuzz.cpp LIBS vanthu::admin)
vanthu_fuzz(archive_terms_fuzz SOURCES archive_terms_fuzz.cpp LIBS vanthu::archive)
