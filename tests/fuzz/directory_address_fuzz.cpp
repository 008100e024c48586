// SPDX-License-Identifier: GPL-3.0-or-later
// An address as a stranger gives it, asked of a small directory: resolve, neighbours, rights, names.
#include <cstdlib>
#include <string>
#include <string_view>

#include "directory/import.hpp"
#include "tests/support/temp_folder.hpp"

namespace {
using namespace vanthu::directory;

constexpr vanthu::Date day{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{24}};

const Directory& directory() {
  static const Directory* made = [] {
    const vanthu::test::TempFolder folder("fuzz");  // the open file stays when it goes
    auto opened = Directory::open(folder / "directory.lmdb", Directory::Mode::write);
    if (!opened) std::abort();
    const auto report = import(
        **opened,
        {{"units.csv",
          "unit_id,name_vi,short_name,symbol,unit_kind,parent_id,place,valid_from,valid_to,mail_stem,note\n"
          "vp,Văn phòng,VP,VP,van-phong-tu,,,,,vp,\n"},
         {"unit-history.csv", "date,event,from_unit,to_unit,note\n"},
         {"people.csv", "person_id,full_name,local_part,status,note\np1,Nguyễn Văn An,annv,active,\n"},
         {"assignments.csv", "person_id,unit_id,position,concurrent,valid_from,valid_to\n"},
         {"mailboxes.csv",
          "address,kind,unit_id,person_id,position,status,created,closed,last_login,quota_mb,external_allowed,"
          "registers_mail\nannv@tinh.example,person,vp,p1,,active,,,,1,no,no\n"},
         {"aliases.csv", "alias,target,valid_from,valid_to,reason\nan@tinh.example,annv@tinh.example,,,\n"},
         {"groups.csv",
          "group_id,address,name_vi,kind,rule,valid_from,valid_to,note\ng,g.all@tinh.example,Tất cả,static,,,,\n"},
         {"group-members.csv",
          "group_id,member_address,valid_from,valid_to\ng,an@tinh.example,,\ng,g.all@tinh.example,,\n"},
         {"recipient-lines.csv", "line_vi,resolves_to,note\n"},
         {"terms.csv", "committee,term,first_day,last_day,exact\n"}},
        {{"tinh.example"}, false, day});
    if (!report || !report->stored) std::abort();
    return opened->release();  // lives as long as the process
  }();
  return *made;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view address(reinterpret_cast<const char*>(data), size);
  const Resolution found = directory().resolve(address, day);
  if ((found.kind == Resolution::Kind::mailbox) != (found.targets.size() == 1 && found.via.substr(0, 6) != "group:"))
    std::abort();
  if (directory().neighbours(address, 3, day).size() > 3) std::abort();
  const Login login{"annv@tinh.example", "p1", "", "vp"};
  const auto right = directory().may_send_as(login, address, day);
  if (right.because.empty()) std::abort();
  if (right.allowed != directory().may_open(login, address, day).allowed) std::abort();
  if (directory().called(address).size() > 2) std::abort();
  return 0;
}
