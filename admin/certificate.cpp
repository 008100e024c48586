// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/certificate.hpp"

#include <boost/json.hpp>
#include <map>

#include "admin/directory_text.hpp"
#include "admin/opening.hpp"
#include "admin/record_text.hpp"
#include "admin/table.hpp"
#include "directory/directory.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/proof/checkpoint.hpp"
#include "gateway/registers/words.hpp"
#include "gateway/transparency/log_tree.hpp"

namespace vanthu::admin {
namespace json = boost::json;

Certificate certificate_of(const KeepingCall& call, const keeping::Look& look, const keeping::Disposal& d) {
  keeping::Numbers destroyed;
  std::map<std::string, keeping::Numbers> spared;
  look.ledger.each_line(look.books, d.number, [&](std::uint64_t record, const keeping::Line& line) {
    if (line.state == keeping::Line::State::destroyed)
      destroyed.push_back(record);
    else
      spared[line.why].push_back(record);
    return true;
  });
  std::uint64_t left = 0;
  for (const auto& [why, records] : spared) left += records.size();
  std::string unit = d.unit;
  if (call.office().directory != nullptr)
    if (const auto known = call.office().directory->unit(d.unit)) unit = known->name + " (" + d.unit + ')';
  const auto at = [&](const std::optional<keeping::Voice>& voice) {
    return voice ? printable(call.named(*voice)) + ", lúc " + local_minute(rfc3339(voice->at)) : std::string("-");
  };

  Certificate certificate;
  std::string& text = certificate.text;
  text = "BIÊN BẢN HỦY TÀI LIỆU HẾT GIÁ TRỊ\n\n";
  text += "Đề nghị hủy số:        " + std::to_string(d.number) + '\n';
  text += "Cơ quan, đơn vị:       " + printable(unit) + '\n';
  text += "Căn cứ quyết định:     " + printable(d.decision) + " ngày " + d.decision_date + '\n';
  text += "  bản quét (SHA-256):  " + d.decision_sha256 + '\n';
  const std::string kept_at = d.decision_octets == 0
                                  ? std::string()
                                  : "khung " + std::to_string(d.decision_frame) + " của sổ, " +
                                        std::to_string(d.decision_octets) + " octet (vanthu disposal decision " +
                                        std::to_string(d.number) + ')';
  if (!kept_at.empty()) text += "  bản quét lưu ở:      " + kept_at + '\n';
  text += "Bảng thời hạn:         phiên bản " + d.schedule + '\n';
  text += "Danh mục (SHA-256):    " + d.list_sha256 + "\n\n";
  text += "Người đề nghị:         " + at(d.proposed) + '\n';
  text += "Người ghi quyết định:  " + at(d.decided) + '\n';
  text += "Người duyệt:           " + at(d.approved) + '\n';
  text += "Người thực hiện:       " + at(d.executor) + '\n';
  text += "Hoàn thành:            " + (d.ended ? local_minute(rfc3339(d.ended->at)) : std::string("-")) + "\n\n";
  text += "Thuyết minh: " + printable(d.explanation) + "\n\n";
  text += "Trong danh mục:        " + std::to_string(d.records) + " bản ghi\n";
  text += "Đã hủy:                " + std::to_string(destroyed.size()) + " bản ghi: " + keeping::to_ranges(destroyed) +
          '\n';
  text += "Để lại:                " + std::to_string(left) + " bản ghi\n";
  json::array kept;
  for (const auto& [why, records] : spared) {
    text += "  " + keeping::to_ranges(records) + ": " + printable(why) + '\n';
    kept.push_back({{"records", keeping::to_ranges(records)}, {"why", why}});
  }
  text += "\nĐã xoá ở:\n";
  json::array stores;
  for (const std::string& store : d.stores) {
    text += "  " + printable(store) + '\n';
    stores.emplace_back(store);
  }
  text +=
      "\nSố bản ghi, dòng sổ đăng ký, mục lục hồ sơ và các chứng cứ trong nhật ký vẫn giữ nguyên. Bản sao dự phòng của "
      "kho "
      "khoá\ncòn giữ được khoá cho tới khi bản cuối cùng hết hạn.\n\nDanh mục:\n";
  json::array files;
  if (const auto listed = keeping::parse_list(d.list)) {
    Table table({"Hồ sơ", "Tiêu đề", "Năm", "Kết thúc", "Hết hạn từ", "Bản ghi"});
    for (const keeping::Listed& one : *listed) {
      table.add({one.file, printable(one.title), one.term, one.ended, one.due, keeping::to_ranges(one.records)});
      files.push_back({{"file", one.file},
                       {"title", one.title},
                       {"term", one.term},
                       {"ended", one.ended},
                       {"due", one.due},
                       {"records", keeping::to_ranges(one.records)}});
    }
    text += table.text();
  }
  text += "\n     NGƯỜI DUYỆT                    NGƯỜI THỰC HIỆN\n";

  json::object& o = certificate.json;
  o = {{"schema", "vanthu-disposal-certificate/1"},
       {"disposal", d.number},
       {"unit", d.unit},
       {"decision", d.decision},
       {"decision_date", d.decision_date},
       {"decision_sha256", d.decision_sha256},
       {"decision_octets", d.decision_octets},
       {"decision_frame", d.decision_frame},
       {"schedule", d.schedule},
       {"list_sha256", d.list_sha256},
       {"explanation", d.explanation},
       {"proposed", call.voiced(d.proposed)},
       {"listed", d.records},
       {"destroyed", destroyed.size()},
       {"destroyed_records", keeping::to_ranges(destroyed)},
       {"spared", left},
       {"spared_records", std::move(kept)},
       {"stores", std::move(stores)},
       {"files", std::move(files)},
       {"list", d.list}};
  for (const auto& [name, voice] : {std::pair{"decided", &d.decided}, std::pair{"approved", &d.approved},
                                    std::pair{"executed", &d.executor}, std::pair{"finished", &d.ended}})
    if (*voice) o[name] = call.voiced(**voice);
  o["sha256"] = hex(sha256(json::serialize(o)));

  keeping::DisposalMinutes& m = certificate.minutes;
  m.head = letterhead_of(call.office(), d.unit);
  m.number = d.number;
  m.unit = unit;
  m.decision = d.decision;
  m.decision_date = d.decision_date;
  m.decision_sha256 = d.decision_sha256;
  m.decision_kept = kept_at;
  m.schedule = d.schedule;
  m.explanation = d.explanation;
  m.list_sha256 = d.list_sha256;
  m.persons = {{"Người đề nghị", at(d.proposed)},
               {"Người ghi quyết định", at(d.decided)},
               {"Người duyệt", at(d.approved)},
               {"Người thực hiện", at(d.executor)}};
  m.listed = d.records;
  m.destroyed = destroyed.size();
  m.spared = left;
  m.destroyed_records = keeping::to_ranges(destroyed);
  for (const auto& [why, records] : spared) m.spared_records.emplace_back(keeping::to_ranges(records), why);
  if (auto listed = keeping::parse_list(d.list)) m.files = *std::move(listed);
  m.stores = d.stores;
  m.finished = d.ended ? local_minute(rfc3339(d.ended->at)) : std::string("-");
  return certificate;
}

keeping::Letterhead letterhead_of(const Office& office, const std::string& unit) {
  keeping::Letterhead head;
  const Date today = day_of(now());
  head.day = iso(today);
  head.body = registers::in_capitals(unit);
  if (office.directory == nullptr) return head;
  head.body = registers::in_capitals(unit_name(*office.directory, unit, today));
  auto one = office.directory->unit(unit, today);
  if (!one) one = office.directory->unit(unit);
  if (one && !one->parent.empty())
    head.superior = registers::in_capitals(unit_name(*office.directory, one->parent, today));
  return head;
}

Result<keeping::Anchor> anchor_of(const Office& office) {
  keeping::Anchor anchor;
  if (office.record_tree == nullptr) return anchor;
  // It has to cover what the paper speaks of, so the newest one, witnessed or not yet.
  const auto head = newest_head(office, *office.record_tree);
  if (!head) return head.error();
  const auto read = proof::parse_checkpoint(head->note);
  if (!read) return read.error();
  anchor.origin = read->origin;
  anchor.size = read->size;
  anchor.root = hex(read->root);
  anchor.signers = signers_of(head->note);
  return anchor;
}

}  // namespace vanthu::admin
