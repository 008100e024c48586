// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/capability.hpp"

#include <gtest/gtest.h>

namespace vanthu::imap {
namespace {

struct FilterCase {
  const char *name, *offered, *shown;
};
class Capabilities : public testing::TestWithParam<FilterCase> {};
TEST_P(Capabilities, AreCutDownToWhatHidesNothing) {
  EXPECT_EQ(filter_capabilities(GetParam().offered, 100), GetParam().shown);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Capabilities,
    testing::Values(
        // What Dovecot 2.3 says after login.
        FilterCase{
            "dovecot",
            "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS "
            "THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS "
            "LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS "
            "BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE COMPRESS=DEFLATE LITERAL+ NOTIFY "
            "SPECIAL-USE",
            "IMAP4rev1 ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT "
            "MULTIAPPEND UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH "
            "ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW "
            "STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE APPENDLIMIT=100"},
        FilterCase{"what_hides",
                   "IMAP4rev1 COMPRESS=DEFLATE CATENATE URLAUTH URLAUTH=BINARY BURL REPLACE METADATA AUTH=PLAIN "
                   "STARTTLS LOGINDISABLED UNAUTHENTICATE UIDONLY MAILBOX-REFERRALS",
                   "IMAP4rev1 REPLACE APPENDLIMIT=100"},
        FilterCase{"unknown", "X-NEW IMAP4rev1 XLIST", "IMAP4rev1 APPENDLIMIT=100"},
        FilterCase{"case_and_twice", "imap4REV1 Idle IDLE", "imap4REV1 Idle APPENDLIMIT=100"},
        FilterCase{"values",
                   "QUOTA=RES-STORAGE RIGHTS=texk I18NLEVEL=", "QUOTA=RES-STORAGE RIGHTS=texk APPENDLIMIT=100"},
        FilterCase{"smaller_limit", "APPENDLIMIT=5", "APPENDLIMIT=5"},
        FilterCase{"larger_limit", "APPENDLIMIT=500 APPENDLIMIT", "APPENDLIMIT=100"},
        FilterCase{"no_limit_at_all", "APPENDLIMIT=5x", "APPENDLIMIT=100"},
        FilterCase{"not_a_word", "QUOTA=a]b QUOTA=\x01 QUOTA=(", "APPENDLIMIT=100"},
        FilterCase{"nothing", "", "APPENDLIMIT=100"},
        FilterCase{"spaces", "  IDLE   MOVE ", "IDLE MOVE APPENDLIMIT=100"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Capabilities, OfOursOfferAPasswordOnlyWhereLoginsAreTaken) {
  EXPECT_TRUE(has_capability(own_capabilities(true, false, "AUTH=PLAIN"), "auth=plain"));
  EXPECT_TRUE(has_capability(own_capabilities(true, true, "AUTH=PLAIN"), "STARTTLS"));
  EXPECT_FALSE(has_capability(own_capabilities(true, true, "AUTH=PLAIN"), "LOGINDISABLED"));
  EXPECT_FALSE(has_capability(own_capabilities(false, true, "AUTH=PLAIN"), "AUTH=PLAIN"));
  EXPECT_TRUE(has_capability(own_capabilities(false, true, ""), "STARTTLS"));
  EXPECT_TRUE(has_capability(own_capabilities(false, false, ""), "LOGINDISABLED"));
}
}  // namespace
}  // namespace vanthu::imap
