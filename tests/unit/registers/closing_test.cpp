// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/closing.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace vanthu::registers {
namespace {

archive::Event closed() {
  archive::Event event;
  event.what = "register.closed";
  event.actor = "huong@x.example";
  event.details = {{"book", "di/vptu/xx/tb-tu"}, {"volume", 1},        {"first", 3},      {"last", 8}, {"lines", 6},
                   {"from", "2026-01-02"},       {"to", "2026-11-29"}, {"sha256", "ab12"}};
  return event;
}

TEST(Closing, SaysWhichVolumeItIsAndOverWhichHead) {
  EXPECT_EQ(closing_text("mail.x.example/records\n12\nAAAA\n", closed(), 4, Time(std::chrono::hours(24))),
            "vanthu-register-volume/v1\nmail.x.example/records\n12\nAAAA\nbook di/vptu/xx/tb-tu\nvolume 1\nlines 6\n"
            "pages 4\nfirst 3\nlast 8\nfrom 2026-01-02\nto 2026-11-29\nsha256 ab12\n"
            "closed 1970-01-02T00:00:00.000Z huong@x.example\n");
}

TEST(Closing, NobodysNameMakesALineOfItsOwn) {
  archive::Event event = closed();
  event.actor = "x\nsha256 0000";
  const std::string text = closing_text("o\n1\nA\n", event, 0, Time{});
  EXPECT_EQ(text.find("\nsha256 0000"), std::string::npos);
  EXPECT_EQ(text.substr(text.rfind("closed ")), "closed 1970-01-01T00:00:00.000Z x sha256 0000\n");
}

TEST(Closing, TheCoverShowsHeadAndSignature) {
  const ClosingSeal seal = seal_of("vanthu-register-volume/v1\no/records\n12\nROOT\nbook x\n\n— o/records c2ln\n");
  EXPECT_EQ(seal.origin, "o/records");
  EXPECT_EQ(seal.size, "12");
  EXPECT_EQ(seal.root, "ROOT");
  EXPECT_EQ(seal.signature, "— o/records c2ln");
  for (const char* none : {"", "x", "o/records\n12\nROOT\n\n— o/records c2ln\n"})
    EXPECT_TRUE(seal_of(none).origin.empty());
  EXPECT_TRUE(seal_of("vanthu-register-volume/v1\n").signature.empty());
}

}  // namespace
}  // namespace vanthu::registers
