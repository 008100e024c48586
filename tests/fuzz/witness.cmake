# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(witness_request_fuzz SOURCES witness_request_fuzz.cpp LIBS vanthu::witness)
