vanthu_fuzz(smtp_command_fuzz SOURCES smtp_command_fuzz.cpp LIBS vanthu::smtp_grammar)
vanthu_fuzz(smtp_data_fuzz SOURCES smtp_data_fuzz.cpp LIBS vanthu::smtp_grammar)
vanthu_fuzz(relay_reply_fuzz SOURCES relay_reply_fuzz.cpp LIBS vanthu::relay_grammar)
