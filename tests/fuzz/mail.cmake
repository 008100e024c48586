vanthu_fuzz(mail_accepted_fuzz SOURCES mail_accepted_fuzz.cpp LIBS vanthu::mail)
vanthu_fuzz(mail_sasl_fuzz SOURCES ${CMAKE_CURRENT_LIST_DIR}/mail_sasl_fuzz.cpp LIBS vanthu::mail)
vanthu_fuzz(mail_address_fuzz SOURCES mail_address_fuzz.cpp LIBS vanthu::mail)
