vanthu_fuzz(journal_walk_fuzz SOURCES journal_walk_fuzz.cpp LIBS vanthu::journal)
vanthu_fuzz(journal_packing_fuzz SOURCES journal_packing_fuzz.cpp LIBS vanthu::journal)
