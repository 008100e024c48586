vanthu_fuzz(mail_accepted_fuzz SOURCES mail_accepted_fuzz.cpp LIBS vanthu::mail vanthu::spool)
