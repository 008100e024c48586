// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>

#include "directory/import.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::directory {

inline Date date(const char* text) { return *parse_date(text); }

/// The file of a directory, in a folder that goes away with the test.
class Folder {
 public:
  std::filesystem::path file() const { return folder_ / "directory.lmdb"; }

 private:
  test::TempFolder folder_{"directory"};
};

using Files = std::map<std::string, std::string>;

/// A province of three units: an office with a mailroom in its department, a commune that took over from a district.
inline Files small_files() {
  return {
      {"units.csv",
       "unit_id,name_vi,short_name,symbol,unit_kind,parent_id,place,valid_from,valid_to,mail_stem,note\r\n"
       "tinh,Tỉnh uỷ,TU,TU,tinh-uy,,,2000-01-01,,tinh,\r\n"
       "vp,Văn phòng Tỉnh uỷ,VPTU,VPTU,van-phong-tu,tinh,,2000-01-01,,vp,\r\n"
       "vp-hc,\"Phòng Hành chính, Văn phòng\",HC,VPTU,van-phong-tu,vp,,2000-01-01,,,\r\n"
       "huyen,Huyện uỷ Kỳ Anh,HU,HU,huyen-uy,tinh,,2000-01-01,2025-06-30,hu.kyanh,\r\n"
       "xa,Đảng uỷ xã Kỳ Anh,ĐU,ĐU,du-xa,tinh,,2025-07-01,,kyanh,\r\n"},
      {"unit-history.csv",
       "date,event,from_unit,to_unit,note\r\n"
       "2025-07-01,succession,huyen,xa,\r\n"},
      {"people.csv",
       "person_id,full_name,local_part,status,note\r\n"
       "p1,Nguyễn Văn An,annv,active,\r\n"
       "p2,Trần Thị Bình,binhtt,active,\r\n"
       "p3,Lê Cường,cuongl,active,\r\n"
       "p4,Phạm Dung,dungp,retired,\r\n"},
      {"assignments.csv",
       "person_id,unit_id,position,concurrent,valid_from,valid_to\r\n"
       "p1,tinh,Bí thư,no,2025-10-02,\r\n"
       "p4,tinh,Bí thư,no,2015-01-01,2025-10-01\r\n"
       "p2,vp-hc,Văn thư,no,2020-01-01,\r\n"
       "p3,xa,Văn thư,no,2025-07-01,\r\n"},
      {"mailboxes.csv",
       "address,kind,unit_id,person_id,position,status,created,closed,last_login,quota_mb,external_allowed,registers_"
       "mail"
       "\r\n"
       "vanthu.vp@tinh.example,unit,vp,,Văn thư,active,2016-07-01,,,1024,yes,yes\r\n"
       "vanthu.hu.kyanh@tinh.example,unit,huyen,,Văn thư,closed,2016-07-01,2025-06-30,,1024,yes,yes\r\n"
       "vanthu.kyanh@tinh.example,unit,xa,,Văn thư,active,2025-07-01,,,1024,yes,yes\r\n"
       "bithu@tinh.example,position,tinh,,Bí thư,active,2016-07-01,,,1024,no,no\r\n"
       "annv@tinh.example,person,tinh,p1,Bí thư,active,2016-07-01,,,1024,yes,no\r\n"
       "binhtt@tinh.example,person,vp-hc,p2,Văn thư,dormant,2016-07-01,,,1024,yes,no\r\n"
       "cuongl@tinh.example,person,xa,p3,Văn thư,active,2016-07-01,,,1024,yes,no\r\n"
       "dungp@tinh.example,person,tinh,p4,,closed,2016-07-01,2025-10-01,,1024,yes,no\r\n"
       "postmaster@tinh.example,system,vp,,,active,2016-07-01,,,10,yes,no\r\n"},
      {"aliases.csv",
       "alias,target,valid_from,valid_to,reason\r\n"
       "tinh@tinh.example,vanthu.vp@tinh.example,2016-07-01,,\r\n"
       "hu.kyanh@tinh.example,vanthu.hu.kyanh@tinh.example,2016-07-01,2025-06-30,\r\n"
       "an.nguyen@tinh.example,annv@tinh.example,2016-07-01,,\r\n"},
      {"groups.csv",
       "group_id,address,name_vi,kind,rule,valid_from,valid_to,note\r\n"
       "tatca,g.tatca@tinh.example,Tất cả,static,,2016-07-01,,\r\n"
       "vong,g.vong@tinh.example,Vòng,static,,2016-07-01,,\r\n"
       "xaphuong,g.xaphuong@tinh.example,\"Các đảng uỷ xã, phường\",dynamic,\"unit_kind in (du-xa,du-phuong) and "
       "parent = "
       "tinh and valid today\",2025-07-01,,\r\n"
       "huyenthi,g.huyenthi@tinh.example,Các huyện uỷ,dynamic,unit_kind in (huyen-uy) and valid on the date of the "
       "document,2016-07-01,2025-06-30,\r\n"
       "vanthu,g.vanthu@tinh.example,Văn thư,dynamic,registers_mail = yes and status = active,2016-07-01,,\r\n"},
      {"group-members.csv",
       "group_id,member_address,valid_from,valid_to\r\n"
       "tatca,annv@tinh.example,2016-07-01,\r\n"
       "tatca,binhtt@tinh.example,2016-07-01,\r\n"
       "tatca,an.nguyen@tinh.example,2016-07-01,\r\n"
       "tatca,vanthu.hu.kyanh@tinh.example,2016-07-01,\r\n"
       "tatca,cuongl@tinh.example,2016-07-01,2020-12-31\r\n"
       "tatca,g.vong@tinh.example,2016-07-01,\r\n"
       "vong,g.tatca@tinh.example,2016-07-01,\r\n"
       "vong,bithu@tinh.example,2016-07-01,\r\n"},
      {"recipient-lines.csv", "line_vi,resolves_to,note\r\nCác huyện uỷ;,group:huyenthi,\r\nLưu.,archive,\r\n"},
      {"terms.csv",
       "committee,term,first_day,last_day,exact\r\n"
       "tinh,\"XX, 2025-2030\",2025-10-03,,yes\r\n"},
  };
}

inline const Date today = date("2026-11-24");

inline ImportOptions options(const char* day = "2026-11-24") { return {{"tinh.example"}, false, date(day)}; }

/// The directory of `files`, on disk in a folder of its own.
class Office {
 public:
  explicit Office(const Files& files = small_files(), ImportOptions how = options()) {
    auto opened = Directory::open(folder_.file(), Directory::Mode::write);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
    directory_ = *std::move(opened);
    const ImportReport report = take(files, std::move(how));
    EXPECT_TRUE(report.faults.empty()) << report.faults.front();
  }
  ImportReport take(const Files& files, ImportOptions how = options()) {
    auto report = import(*directory_, files, how);
    EXPECT_TRUE(report) << (report ? "" : report.error().detail);
    return *std::move(report);
  }
  Directory& operator*() { return *directory_; }
  Directory* operator->() { return directory_.get(); }
  std::filesystem::path file() const { return folder_.file(); }
  void close() { directory_.reset(); }

 private:
  Folder folder_;
  std::unique_ptr<Directory> directory_;
};

/// The demo's directory: 70 units, 245 people, 345 mailboxes.
inline Files sample_files() {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator(VANTHU_SOURCE_DIR "/conf/demo/directory")) {
    if (entry.path().extension() != ".csv") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
  }
  return files;
}
inline ImportOptions sample_options() { return {{"hatinh.dcs.example"}, false, date("2026-11-24")}; }

/// Puts one text in place of another, once; a test that finds nothing to replace tests nothing.
inline Files with(Files files, const std::string& name, const std::string& from, const std::string& to) {
  const std::size_t at = files.at(name).find(from);
  EXPECT_NE(at, std::string::npos) << name << " has no " << from;
  if (at != std::string::npos) files[name].replace(at, from.size(), to);
  return files;
}
inline Files and_line(Files files, const std::string& name, const std::string& line) {
  files[name] += line + "\r\n";
  return files;
}

inline std::vector<std::string> addresses(const Resolution& resolution) {
  std::vector<std::string> list;
  for (const auto& target : resolution.targets) list.push_back(target.mailbox.address);
  return list;
}

}  // namespace vanthu::directory
