vanthu_fuzz(proof_request_fuzz SOURCES proof_request_fuzz.cpp LIBS vanthu::proof)
vanthu_fuzz(proof_note_fuzz SOURCES proof_note_fuzz.cpp LIBS vanthu::proof)
