# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(inspect_addresses_fuzz SOURCES inspect_addresses_fuzz.cpp LIBS vanthu::inspect vanthu::mail)
vanthu_fuzz(inspect_mime_fuzz SOURCES inspect_mime_fuzz.cpp LIBS vanthu::inspect)
vanthu_fuzz(inspect_message_fuzz SOURCES inspect_message_fuzz.cpp LIBS vanthu::inspect)
vanthu_fuzz(inspect_zip_fuzz SOURCES inspect_zip_fuzz.cpp LIBS vanthu::inspect)
vanthu_fuzz(inspect_text_fuzz SOURCES inspect_text_fuzz.cpp LIBS vanthu::inspect)
vanthu_fuzz(inspect_paper_fuzz SOURCES inspect_paper_fuzz.cpp LIBS vanthu::inspect)
vanthu_fuzz(inspect_facts_fuzz SOURCES inspect_facts_fuzz.cpp LIBS vanthu::facts)
