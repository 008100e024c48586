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

/// Of a record that went while the model was there: whose it was, so that those who saw it are told that it went, and
/// nobody else. In memory alone: on the disk its audience is not kept.
struct Gone {
  std::uint32_t audience = 0;
  std::uint32_t number = 0;  ///< of its disposal
};

struct Folder {
  std::uint32_t id = 0;
  std::string key;
  std::vector<Placement> placements;  ///< rising by uid; those of records that are gone among them
  std::uint32_t last_uid = 0;         ///< that was ever given
  std::vector<Placement> removals;    ///< which were taken out again, by the number of that; rising
  std::uint32_t dropped = 0;          ///< number of when all were taken out
};

/// All folders, made of the book's steps and of nothing else.
class Model {
 public:
  Model() = default;
  /// Of a book that was made anew: ids of folders and audiences mean others than in the one before.
  static Model after(const Model& before) {
    Model model;
    model.making_ = before.making_ + 1;
    model.version_ = before.version_ + 1;
    return model;
  }

  void take(const Op& op);

  const std::deque<Folder>& folders() const { return folders_; }
  const Folder* folder(std::uint32_t id) const;
  const Card& card(std::uint32_t record) const;
  const Audience* audience(std::uint32_t id) const;
  std::size_t audiences() const { return audiences_.size(); }
  const Gone* gone(std::uint32_t record) const;
  /// Call it behind the first steps, those that were there already.
  void begun();
  /// Nobody knows whose it was that went before: a number above all of then, the same for everybody; 0: nothing went.
  std::uint32_t floor() const { return floor_; }
  /// Rises with every step, and when the book was made anew.
  std::uint64_t version() const { return version_; }
  /// The same as long as ids of folders and audiences mean the same.
  std::uint64_t making() const { return making_; }

 private:
  Folder& folder_of(std::uint32_t id);
  void put(std::uint32_t folder, Placement placement);

  std::deque<Folder> folders_;
  std::unordered_map<std::uint32_t, std::size_t> by_id_;
  std::vector<Card> cards_;
  std::unordered_map<std::uint32_t, Audience> audiences_;
  std::unordered_map<std::uint32_t, Gone> gone_;
  std::uint32_t last_number_ = 0;
  bool anybodys_gone_ = false;
  std::uint32_t floor_ = 0;
  std::uint64_t version_ = 0, making_ = 0;
};

}  // namespace vanthu::shelves
