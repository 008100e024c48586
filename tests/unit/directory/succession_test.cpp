// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/succession.hpp"

#include <algorithm>

#include "fixture.hpp"

namespace vanthu::directory {
namespace {
using Ids = std::vector<std::string>;

Ids sorted(Ids ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST(Predecessors, AreAllThatBecamePartOfAUnitAtAnyRemove) {
  Files files = small_files();
  files["units.csv"] +=
      "huyen2,Huyện uỷ cũ,HU,HU,huyen-uy,tinh,,2000-01-01,2010-12-31,,\r\n"
      "xa2,Đảng uỷ xã khác,ĐU,ĐU,du-xa,huyen,,2000-01-01,,,\r\n";
  files["unit-history.csv"] +=
      "2011-01-01,merge,huyen2,huyen,\r\n"
      "2012-01-01,reparent,xa2,huyen,moved only\r\n"
      "2013-01-01,merge,huyen,huyen2,a circle by mistake\r\n";
  Office office(files);
  EXPECT_EQ(sorted(with_predecessors(*office, "xa")), (Ids{"huyen", "huyen2", "xa"}));
  EXPECT_EQ(sorted(with_predecessors(*office, "huyen")), (Ids{"huyen", "huyen2"}));
  EXPECT_EQ(with_predecessors(*office, "vp"), Ids{"vp"});
  EXPECT_EQ(with_predecessors(*office, "nobody"), Ids{"nobody"});
}

TEST(FindTerm, TakesTheCommitteeAndTheBeginningOfTheName) {
  Files files = small_files();
  files["terms.csv"] =
      "committee,term,first_day,last_day,exact\r\n"
      "tinh,\"XIX, 2020-2025\",2020-10-17,2025-10-02,end only\r\n"
      "tinh,\"XX, 2025-2030\",2025-10-03,,yes\r\n";
  Office office(files);
  const auto term = find_term(*office, "tinh/XX");
  ASSERT_TRUE(term) << term.error().detail;
  EXPECT_EQ(term->days.from, date("2025-10-03"));
  EXPECT_EQ(term->days.to, std::nullopt);
  EXPECT_EQ(find_term(*office, "tinh/xix")->days.to, date("2025-10-02"));
  for (const char* unknown : {"tinh/X", "tinh/", "tinh", "tinh/XXI"}) {
    const auto none = find_term(*office, unknown);
    ASSERT_FALSE(none) << unknown;
    EXPECT_NE(none.error().detail.find("there is tinh/XIX, tinh/XX"), std::string::npos) << none.error().detail;
  }
  EXPECT_NE(find_term(*office, "xa/I").error().detail.find("'xa' has none"), std::string::npos);
}

TEST(UnknownUnit, IsToldWithTheIdsThatBearSuchAName) {
  Office office;
  EXPECT_EQ(unknown_unit(*office, "xa"), "");
  EXPECT_EQ(unknown_unit(*office, "XA"), "");
  EXPECT_EQ(unknown_unit(*office, "huyen"), "") << "closed, and yet it was there";
  EXPECT_EQ(unknown_unit(*office, "nobody"),
            "không có đơn vị 'nobody'; viết mã đơn vị, xem vanthu unit list (no unit 'nobody')");
  const std::string name = office->unit("xa")->name;
  EXPECT_EQ(unknown_unit(*office, name), "không có đơn vị '" + name + "'; có xa (no unit '" + name + "')");
}

}  // namespace
}  // namespace vanthu::directory
