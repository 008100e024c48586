vanthu_fuzz(journal_walk_fuzz SOURCES journal_walk_fuzz.cpp LIBS vanthu::journal)
