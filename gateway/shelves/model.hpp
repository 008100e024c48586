// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/shelves/op.hpp"

namespace vanthu::shelves {

/// A record in a folder.
struct Placement {
  std::uint32_t uid = 0, record = 0;
  friend bool operator==(const Placement&, const Placement&) = default;
};

/// What is known of a record without looking at it: 12 octets each, because there are millions.
struct Card {
  std::uint32_t audience = 0;  ///< 0: it is not there, or no more
  std::uint32_t octets = 0;    ///< as received
  std::uint32_t seconds = 0;   ///< of receipt, since 1970
};

struct Folder {
  std::uint32_t id = 0;
  std::string key;
  std::vector<Placement> placements;  ///< rising by uid; those of records that are gone among them
  std::uint32_t last_uid = 0;         ///< that was ever given
  std::uint32_t last_change = 0;      ///< number of the last removal
  std::uint64_t version = 0;          ///< rises with every change
};

/// All folders, made of the book's steps and of nothing else.
class Model {
 public:
  void take(const Op& op);

  const std::deque<Folder>& folders() const { return folders_; }
  const Folder* folder(std::uint32_t id) const;
  const Card& card(std::uint32_t record) const;
  const Audience* audience(std::uint32_t id) const;
  std::size_t audiences() const { return audiences_.size(); }
  std::uint32_t last_disposal() const { return last_disposal_; }
  /// Rises with every step.
  std::uint64_t version() const { return version_; }

 private:
  Folder& folder_of(std::uint32_t id);
  void put(std::uint32_t folder, Placement placement);

  std::deque<Folder> folders_;
  std::unordered_map<std::uint32_t, std::size_t> by_id_;
  std::vector<Card> cards_;
  std::unordered_map<std::uint32_t, Audience> audiences_;
  std::uint32_t last_disposal_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace vanthu::shelves
