// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/ldif.hpp"

#include "directory/hygiene.hpp"
#include "fixture.hpp"

namespace vanthu::directory {
namespace {
const char* const province =
    "version: 1\n"
    "# Xuất từ máy chủ thư mục\n"
    "dn: ou=tinh,dc=tinh,dc=example\n"
    "objectClass: organizationalUnit\n"
    "ou: tinh\n"
    "description:: VOG7iW5oIHXhu7c=\n"
    "vanthuKind: tinh-uy\n"
    "mail: vanthu@tinh.example\n"
    "\n"
    "dn: ou=vp, ou=tinh,dc=tinh,dc=example\r\n"
    "objectClass: organizationalUnit\r\n"
    "ou: vp\r\n"
    "displayName: Văn phòng\r\n"
    "  Tỉnh uỷ\r\n"
    "vanthuKind: van-phong-tu\r\n"
    "\r\n"
    "dn: uid=annv,ou=vp,ou=tinh,dc=tinh,dc=example\n"
    "objectClass: inetOrgPerson\n"
    "uid: annv\n"
    "cn: Nguyen Van An\n"
    "displayName;lang-vi: Nguyễn Văn An\n"
    "title: Văn thư\n"
    "title: Đảng uỷ viên\n"
    "mail: annv@tinh.example\n"
    "mailAlternateAddress: an@tinh.example\n"
    "\n"
    "dn: cn=Bí thư,ou=tinh,dc=tinh,dc=example\n"
    "objectClass: organizationalRole\n"
    "cn: Bí thư\n"
    "roleOccupant: uid=annv,ou=vp,ou=tinh,dc=tinh,dc=example\n"
    "mail: bithu@tinh.example\n"
    "\n"
    "dn: cn=tatca,dc=tinh,dc=example\n"
    "objectClass: groupOfNames\n"
    "cn: tatca\n"
    "description: Tất cả\n"
    "mail: g.tatca@tinh.example\n"
    "member: UID=annv,ou=vp,ou=tinh,dc=tinh,dc=example\n"
    "member: cn=Bí thư,ou=tinh,dc=tinh,dc=example\n";

ImportReport take(Directory& directory, const LdifFolder& folder) {
  ImportOptions how = options();
  how.partial = true;
  return *import(directory, folder.files, how);
}

TEST(Ldif, BecomesTheDirectoryItDescribes) {
  const Folder place;
  const auto directory = *Directory::open(place.file(), Directory::Mode::write);
  Findings findings;
  const LdifFolder folder = folder_of_ldif(province, "x.ldif", findings);
  ASSERT_TRUE(findings.clean()) << findings.faults.front();
  const ImportReport report = take(*directory, folder);
  ASSERT_TRUE(report.stored) << testing::PrintToString(report.faults);
  EXPECT_EQ(directory->unit("tinh")->name, "Tỉnh uỷ") << "base64";
  EXPECT_EQ(directory->unit("vp")->name, "Văn phòng Tỉnh uỷ") << "a folded line";
  EXPECT_EQ(directory->unit("vp")->parent, "tinh") << "by the DN, spaces or not";
  EXPECT_EQ(directory->person("annv")->name, "Nguyễn Văn An");
  EXPECT_EQ(directory->holders("tinh", "Bí thư", today).at(0).person, "annv");
  EXPECT_EQ(directory->resolve("an@tinh.example", today).targets.at(0).mailbox.address, "annv@tinh.example");
  EXPECT_EQ(directory->resolve("bithu@tinh.example", today).targets.at(0).holder, "annv");
  EXPECT_EQ(directory->registry_of("vp", today)->address, "vanthu@tinh.example");
  EXPECT_EQ(directory->resolve("g.tatca@tinh.example", today).targets.size(), 2U) << "members by DN, case or not";
}

TEST(Ldif, AFaultIsPlacedInItsFile) {
  const Folder place;
  const auto directory = *Directory::open(place.file(), Directory::Mode::write);
  Findings findings;
  std::string text(province);
  text.replace(text.find("vanthuKind: van-phong-tu"), 24, "vanthuKind: van-phong-tx");
  const LdifFolder folder = folder_of_ldif(text, "x.ldif", findings);
  const ImportReport report = take(*directory, folder);
  ASSERT_FALSE(report.faults.empty());
  EXPECT_EQ(placed_in_ldif(report.faults.front(), folder, "x.ldif").substr(0, 30), "x.ldif:10 (units): unit_kind '");
}

struct BadLdif {
  const char* name;
  const char* octets;
  const char* says;
};
class MalformedLdif : public testing::TestWithParam<BadLdif> {};
TEST_P(MalformedLdif, IsNamedByLine) {
  Findings findings;
  parse_ldif(GetParam().octets, "x.ldif", findings);
  ASSERT_EQ(findings.faults.size(), 1U) << testing::PrintToString(findings.faults);
  EXPECT_EQ(findings.faults[0].substr(0, std::string(GetParam().says).size()), GetParam().says);
}
INSTANTIATE_TEST_SUITE_P(Ldif, MalformedLdif,
                         testing::Values(BadLdif{"no_dn", "cn: x\n", "x.ldif:1: an entry begins with its dn"},
                                         BadLdif{"no_colon", "dn: a\nx\n", "x.ldif:2: no attribute"},
                                         BadLdif{"base64", "dn: a\ncn:: %%%\n", "x.ldif:2: cn: broken base64"},
                                         BadLdif{"url", "dn: a\njpegPhoto:< file:///x\n", "x.ldif:2: a value by URL"},
                                         BadLdif{"change", "dn: a\nchangetype: modify\n", "x.ldif:2: a change record"},
                                         BadLdif{"two_dn", "dn: a\ndn: b\n", "x.ldif:2: a second dn"},
                                         BadLdif{"not_utf8", "dn: \xE9\n", "x.ldif: not UTF-8"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Hygiene, FindsWhatAnAdministratorShouldLookAt) {
  const Folder place;
  const auto directory = *Directory::open(place.file(), Directory::Mode::write);
  ASSERT_TRUE(import(*directory, sample_files(), sample_options())->stored);
  const Hygiene found = check_hygiene(*directory, date("2026-11-24"), Actor{"root", true, {}});
  const auto has = [&](const char* id, const char* subject) {
    return std::any_of(found.findings.begin(), found.findings.end(), [&](const Finding& one) {
      return one.id == id && one.subject.find(subject) != std::string::npos;
    });
  };
  EXPECT_TRUE(has("group.dormant-member", "g.btv@"));
  EXPECT_TRUE(has("name.same", "n225"));
  EXPECT_TRUE(has("unit.no-contact", "vptu"));
  EXPECT_TRUE(has("mailbox.dormant", "@hatinh.dcs.example"));
}
}  // namespace
}  // namespace vanthu::directory
