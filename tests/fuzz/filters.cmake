# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(addressing_claims_fuzz SOURCES addressing_claims_fuzz.cpp LIBS vanthu::addressing)
vanthu_fuzz(policy_fuzz SOURCES policy_fuzz.cpp LIBS vanthu::policy)
vanthu_fuzz(verdict_fuzz SOURCES verdict_fuzz.cpp LIBS vanthu::policy vanthu::attachments Boost::json)
vanthu_fuzz(addressing_lines_fuzz SOURCES addressing_lines_fuzz.cpp LIBS vanthu::addressing)
