# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(imap_tokenizer_fuzz SOURCES ${CMAKE_CURRENT_LIST_DIR}/imap_tokenizer_fuzz.cpp LIBS vanthu::imap)
vanthu_fuzz(imap_greeter_fuzz SOURCES ${CMAKE_CURRENT_LIST_DIR}/imap_greeter_fuzz.cpp LIBS vanthu::imap)
vanthu_fuzz(imap_relay_fuzz SOURCES ${CMAKE_CURRENT_LIST_DIR}/imap_relay_fuzz.cpp LIBS vanthu::imap)
vanthu_fuzz(imap_folders_fuzz SOURCES ${CMAKE_CURRENT_LIST_DIR}/imap_folders_fuzz.cpp LIBS vanthu::imap)
vanthu_fuzz(imap_fetch_fuzz SOURCES ${CMAKE_CURRENT_LIST_DIR}/imap_fetch_fuzz.cpp LIBS vanthu::imap)
vanthu_fuzz(imap_sets_fuzz SOURCES ${CMAKE_CURRENT_LIST_DIR}/imap_sets_fuzz.cpp LIBS vanthu::imap)
