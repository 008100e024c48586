vanthu_fuzz(smtp_command_fuzz SOURCES smtp_command_fuzz.cpp LIBS vanthu::smtp_grammar)
vanthu_fuzz(smtp_data_fuzz SOURCES smtp_data_fuzz.cpp LIBS vanthu::smtp_grammar)
vanthu_fuzz(smtp_chunk_fuzz SOURCES smtp_chunk_fuzz.cpp LIBS vanthu::smtp_grammar)
vanthu_fuzz(mail_header_fuzz SOURCES mail_header_fuzz.cpp LIBS vanthu::mail)
