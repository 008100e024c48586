# SPDX-License-Identifier: GPL-3.0-or-later
# vanthu-verify is one static program without a library, on purpose: its sources are built once more.
set(verify_sources bag exported head keys octets openssl proof signature stamp tree volume)
list(TRANSFORM verify_sources PREPEND ${PROJECT_SOURCE_DIR}/gateway/verify/)
list(TRANSFORM verify_sources APPEND .cpp)
vanthu_fuzz(verify_bag_fuzz SOURCES verify_bag_fuzz.cpp ${verify_sources} LIBS OpenSSL::Crypto)
