# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(attestation_stamp_fuzz SOURCES attestation_stamp_fuzz.cpp LIBS vanthu::attestation)
