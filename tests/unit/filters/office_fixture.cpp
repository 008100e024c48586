// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/filters/office_fixture.hpp"

#include <map>
#include <stdexcept>

#include "directory/import.hpp"

namespace vanthu::filters::testing {
namespace {
// Invented people. Two are called Nguyễn Văn Hùng; district Can Lộc ended with June 2025 and gave way to a commune.
const std::map<std::string, std::string> files{
    {"units.csv",
     "unit_id,name_vi,short_name,symbol,unit_kind,parent_id,place,valid_from,valid_to,mail_stem,note\n"
     "tinhuy,Tỉnh uỷ Hà Tĩnh,Tỉnh uỷ,TU,tinh-uy,,Hà Tĩnh,1991-09-01,,tinhuy,\n"
     "vptu,Văn phòng Tỉnh uỷ,VPTU,VPTU,van-phong-tu,tinhuy,Hà Tĩnh,1991-09-01,,vptu,\n"
     "btctu,Ban Tổ chức Tỉnh uỷ,BTCTU,BTCTU,ban-to-chuc-tu,tinhuy,Hà Tĩnh,1991-09-01,,btctu,\n"
     "hcanloc,Huyện uỷ Can Lộc,HU Can Lộc,HU,huyen-uy,tinhuy,Can Lộc,1991-09-01,2025-06-30,hcanloc,\n"
     "xcanloc,Đảng uỷ xã Can Lộc,ĐU Can Lộc,ĐU,du-xa,tinhuy,Can Lộc,2025-07-01,,canloc,\n"},
    {"unit-history.csv", "date,event,from_unit,to_unit,note\n2025-07-01,succession,hcanloc,xcanloc,\n"},
    {"people.csv",
     "person_id,full_name,local_part,status,note\n"
     "p-dong,Nguyễn Hữu Đông,dongnh,active,\n"
     "p-lan,Trần Thị Lan,lantt,active,\n"
     "p-hung1,Nguyễn Văn Hùng,hungnv,active,\n"
     "p-hung2,Nguyễn Văn Hùng,hungnv2,active,\n"
     "p-thu,Lê Minh Thư,thulm,active,\n"
     "p-khoa,Trần Bá Khoa,khoatb,active,\n"},
    {"assignments.csv",
     "person_id,unit_id,position,concurrent,valid_from,valid_to\n"
     "p-dong,tinhuy,Bí thư,no,2025-10-02,\n"
     "p-lan,vptu,Văn thư,no,2020-01-01,\n"
     "p-hung1,vptu,Chuyên viên,no,2020-01-01,\n"
     "p-hung2,btctu,Chuyên viên,no,2020-01-01,\n"
     "p-thu,vptu,Thư ký,no,2020-01-01,\n"
     "p-khoa,btctu,Chuyên viên,no,2020-01-01,\n"},
    {"mailboxes.csv",
     "address,kind,unit_id,person_id,position,status,created,closed,last_login,quota_mb,external_allowed,registers_"
     "mail\n"
     "vanthu.vptu@hatinh.dcs.example,unit,vptu,,Văn thư,active,2016-07-01,,,100,yes,yes\n"
     "vanthu.btctu@hatinh.dcs.example,unit,btctu,,Văn thư,active,2016-07-01,,,100,yes,yes\n"
     "vanthu.hcanloc@hatinh.dcs.example,unit,hcanloc,,Văn thư,closed,2016-07-01,2025-06-30,,100,yes,yes\n"
     "vanthu.canloc@hatinh.dcs.example,unit,xcanloc,,Văn thư,active,2025-07-01,,,100,yes,yes\n"
     "bithu@hatinh.dcs.example,position,tinhuy,,Bí thư,active,2016-07-01,,,100,yes,no\n"
     "dongnh@hatinh.dcs.example,person,tinhuy,p-dong,,active,2016-07-01,,,100,yes,no\n"
     "lantt@hatinh.dcs.example,person,vptu,p-lan,,active,2016-07-01,,,100,no,no\n"
     "hungnv@hatinh.dcs.example,person,vptu,p-hung1,,active,2016-07-01,,,100,no,no\n"
     "hungnv2@hatinh.dcs.example,person,btctu,p-hung2,,suspended,2016-07-01,,,100,no,no\n"
     "thulm@hatinh.dcs.example,person,vptu,p-thu,,active,2016-07-01,,,100,no,no\n"
     "khoatb@hatinh.dcs.example,person,btctu,p-khoa,Chuyên viên,active,2016-07-01,,,100,yes,no\n"
     "postmaster@hatinh.dcs.example,system,vptu,,,active,2016-07-01,,,100,yes,no\n"},
    {"aliases.csv",
     "alias,target,valid_from,valid_to,reason\n"
     "vptu@hatinh.dcs.example,vanthu.vptu@hatinh.dcs.example,2016-07-01,,unit name\n"},
    {"groups.csv",
     "group_id,address,name_vi,kind,rule,valid_from,valid_to,note\n"
     "ban-dang,g.bandang@hatinh.dcs.example,Các ban Đảng,static,,2016-07-01,,\n"
     "rong,g.rong@hatinh.dcs.example,Nhóm rỗng,static,,2016-07-01,,\n"},
    {"group-members.csv",
     "group_id,member_address,valid_from,valid_to\n"
     "ban-dang,vanthu.vptu@hatinh.dcs.example,2016-07-01,\n"
     "ban-dang,vanthu.btctu@hatinh.dcs.example,2016-07-01,\n"
     "ban-dang,vanthu.hcanloc@hatinh.dcs.example,2016-07-01,\n"
     "rong,vanthu.hcanloc@hatinh.dcs.example,2016-07-01,\n"},
    {"recipient-lines.csv", "line_vi,resolves_to,note\n\"Các ban Đảng,\",group:ban-dang,\n"},
    {"terms.csv", "committee,term,first_day,last_day,exact\ntinhuy,\"XX, 2025-2030\",2025-10-03,,yes\n"},
    {"delegations.csv",
     "mailbox,delegate_person_id,right,valid_from,valid_to\n"
     "bithu@hatinh.dcs.example,p-thu,on-behalf,2025-10-02,\n"},
};
}  // namespace

Province::Province() {
  auto opened = directory::Directory::open(folder_ / "directory.lmdb", directory::Directory::Mode::write);
  if (!opened) throw std::runtime_error(opened.error().detail);
  directory_ = *std::move(opened);
  const auto report = directory::import(*directory_, files, {{"hatinh.dcs.example"}, false, today});
  if (!report) throw std::runtime_error(report.error().detail);
  std::string faults;
  for (const std::string& fault : report->faults) faults += fault + '\n';
  if (!faults.empty()) throw std::runtime_error(faults);
}

directory::Login Province::login(const std::string& address) const {
  const auto mailbox = directory_->mailbox(address);
  if (!mailbox) throw std::runtime_error("no mailbox " + address);
  const auto person = directory_->person(mailbox->person);
  return {address, mailbox->person, person ? person->name : "", mailbox->unit};
}

const Province& province() {
  static const Province one;
  return one;
}

std::string full(const std::string& path) {
  return path.empty() || path.find('@') != std::string::npos ? path : path + "@hatinh.dcs.example";
}

Config gateway_config() {
  Config config;
  config.domains = {"hatinh.dcs.example"};
  config.relay_outside = "smtp://127.0.0.1:25";
  return config;
}

}  // namespace vanthu::filters::testing
