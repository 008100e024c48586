# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(mailauth_message_fuzz SOURCES mailauth_message_fuzz.cpp LIBS vanthu::mailauth)
vanthu_fuzz(mailauth_records_fuzz SOURCES mailauth_records_fuzz.cpp LIBS vanthu::mailauth)
