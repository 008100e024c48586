// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "filters/inspect/document/documents.hpp"

namespace vanthu::inspect {

/// Knows again the pictures in which nothing was to be read: logos under signatures come with every letter, and looking
/// for words in one costs more than the rest of the letter. What is kept is the picture's SHA-256 and the notes, no
/// octet and no word of any document.
class Remembered final : public Documents {
 public:
  /// @param documents  asked for all that is not known; outlives this
  /// @param most  pictures that are known at once; the oldest goes
  explicit Remembered(Documents& documents, std::size_t most = 4096)
      : Documents(documents.ocr_time()), documents_(documents), most_(most) {}

  Document read(const Task& task, std::string_view octets) override;

 private:
  using Key = std::pair<std::array<unsigned char, 32>, std::string>;  // with the type it was taken for
  Documents& documents_;
  const std::size_t most_;
  std::map<Key, Document> known_;
  std::deque<std::map<Key, Document>::iterator> ages_;
};

}  // namespace vanthu::inspect
