# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(dns_rdata_fuzz SOURCES dns_rdata_fuzz.cpp LIBS vanthu::dns)
