// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "filters/facts.hpp"
#include "filters/inspect/document/documents.hpp"
#include "filters/inspect/notes.hpp"
#include "filters/inspect/text/lines.hpp"
#include "filters/inspect/texts.hpp"

namespace vanthu::inspect {

/// Something to be looked at: a body part, a file in a container, an embedded object.
struct Object {
  std::string path;                  ///< unique in the message
  std::vector<std::string> names;    ///< all it is called, the one that is shown first; may be empty
  std::string declared_type;         ///< Content-Type, lower case; empty where there is none
  std::string charset;               ///< of a text, lower case, may be empty
  bool attachment = false;           ///< a mail program would offer it as a file
  bool in_multipart_signed = false;  ///< a signature belongs beside it
  std::size_t mime_depth = 0;        ///< multiparts and messages around it
  std::size_t container_depth = 0;   ///< containers around it

  std::string_view name() const { return names.empty() ? std::string_view{} : std::string_view(names.front()); }
};

/// What has been found out about one message so far, and what may still be spent on it. Everything counts over the
/// whole message, however deep it stands.
class Examination {
 public:
  explicit Examination(Documents& documents) : documents_(documents), ocr_left_(documents.ocr_time()) {}
  /// One that is asked for the text alone: it is collected, and judged by nobody. Pictures are not read.
  Examination(Documents& documents, Texts& texts) : documents_(documents), texts_(&texts) {}

  filters::Facts facts;

  /// Who reads the documents in it.
  Documents& documents() { return documents_; }
  /// What may still be taken out of containers and spent on pictures.
  Room room() const;

  /// Whether the text is all that is asked for.
  bool only_text() const { return texts_ != nullptr; }
  /// Text of a part, up to limits::texts_octets of all.
  void add_text(std::string_view path, const Lines& lines);

  void find(std::string_view id, std::string_view part, std::string_view detail = {},
            std::optional<std::uint64_t> offset = {});
  void find_all(const Notes& notes, std::string_view part);
  void add_labels(std::vector<filters::Label> labels, std::string_view part);
  void add_signatures(std::vector<filters::Signature> signatures, std::string_view part);
  /// Records a marking; the gravest one stays.
  void mark(std::string_view secrecy, std::string_view part);
  /// Adds a part, its path made unique.
  filters::Part& add_part(filters::Part part);

  /// Time that a document has spent on its pictures.
  void spend_ocr(std::chrono::milliseconds time) {
    ocr_left_ = std::max(ocr_left_ - time, std::chrono::milliseconds(0));
  }
  /// One more body part. False, and a finding, at the limit.
  bool take_mime_part(std::string_view path);
  /// One more entry of a container. False, and a finding, at the limit.
  bool take_entry(std::string_view path);
  /// So many more octets out of a container. False, and a finding, at the limit.
  bool take_expanded(std::uint64_t octets, std::string_view path);

 private:
  Documents& documents_;
  std::set<std::string> paths_;
  std::map<std::string, std::size_t> repeated_;  ///< how often a path was asked for
  std::set<std::string> seen_findings_;
  Texts* texts_ = nullptr;
  std::uint64_t text_octets_ = 0;
  std::chrono::milliseconds ocr_left_{0};
  std::size_t mime_parts_ = 0;
  std::size_t entries_ = 0;
  std::uint64_t expanded_ = 0;
};

}  // namespace vanthu::inspect
