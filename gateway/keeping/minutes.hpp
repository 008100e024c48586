// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/keeping/list.hpp"

/// Minutes (biên bản) on paper, in the form of a Party organ's document: to be printed, numbered, signed and kept. In
/// Vietnamese: they are papers of their office.
namespace vanthu::keeping {

/// The head of the paper. What is empty stays to be filled in by hand.
struct Letterhead {
  std::string superior, body;  ///< in capitals
  std::string day;             ///< of the paper, ISO
};

/// A signed head of the record log, so that the paper says which log it speaks of: whoever keeps it can tell later
/// whether that log was rewritten. Empty origin: no gateway ran.
struct Anchor {
  std::string origin, root;  ///< root: hexadecimal digits
  std::uint64_t size = 0;
  std::vector<std::string> signers;  ///< with the time of each cosignature
};

struct DisposalMinutes {
  Letterhead head;
  std::uint64_t number = 0;
  std::string unit;
  std::string decision, decision_date, decision_sha256;
  std::string decision_kept{};  ///< where the scan is kept, in words; empty: its digest alone was
  std::string schedule, explanation, list_sha256;
  std::vector<std::pair<std::string, std::string>> persons;  ///< what they did, who and when
  std::uint64_t listed = 0, destroyed = 0, spared = 0;
  std::string destroyed_records;                                    ///< ranges
  std::vector<std::pair<std::string, std::string>> spared_records;  ///< ranges, why
  std::vector<Listed> files;
  std::vector<std::string> stores;
  std::string finished;
  Anchor log;
};
/// Biên bản hủy tài liệu hết giá trị, with the list of what went and what stayed.
/// @par Errors  store_failed
Result<std::string> to_pdf(const DisposalMinutes& what);

/// What of a file stands in the minutes of its handing over.
struct HandedFile {
  std::string id, title, term;  ///< term: in words
  std::string opened, ended;    ///< ISO
  std::uint64_t records = 0;
};
struct HandoverMinutes {
  Letterhead head;
  std::string from, to;
  std::vector<std::string> fonds{};  ///< that the files are of: "VPTU, Văn phòng Tỉnh uỷ"
  std::vector<HandedFile> files;
  Anchor log;
};
/// Biên bản giao nhận tài liệu lưu trữ, with the list of the files.
/// @par Errors  store_failed
Result<std::string> to_pdf(const HandoverMinutes& what);

}  // namespace vanthu::keeping
