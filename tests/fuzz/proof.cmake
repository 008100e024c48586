vanthu_fuzz(proof_note_fuzz SOURCES proof_note_fuzz.cpp LIBS vanthu::proof)
