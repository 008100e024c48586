# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(search_query_fuzz SOURCES search_query_fuzz.cpp LIBS vanthu::search)
vanthu_fuzz(search_texts_fuzz SOURCES search_texts_fuzz.cpp LIBS vanthu::search)
