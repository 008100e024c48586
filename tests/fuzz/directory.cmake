# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(directory_csv_fuzz SOURCES directory_csv_fuzz.cpp LIBS vanthu::directory)
vanthu_fuzz(directory_rule_fuzz SOURCES directory_rule_fuzz.cpp LIBS vanthu::directory)
vanthu_fuzz(directory_address_fuzz SOURCES directory_address_fuzz.cpp LIBS vanthu::directory)
vanthu_fuzz(directory_ldif_fuzz SOURCES directory_ldif_fuzz.cpp LIBS vanthu::directory)
