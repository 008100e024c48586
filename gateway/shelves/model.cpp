// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/shelves/model.hpp"

#include <algorithm>
#include <limits>

namespace vanthu::shelves {
namespace {
constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
}

Folder& Model::folder_of(std::uint32_t id) {
  const auto [found, made] = by_id_.try_emplace(id, folders_.size());
  if (made) folders_.push_back({id, {}, {}, 0, {}, 0});
  return folders_[found->second];
}

void Model::put(std::uint32_t id, Placement placement) {
  Folder& folder = folder_of(id);
  if (placement.uid <= folder.last_uid) return;  // never: numbers rise
  folder.placements.push_back(placement);
  folder.last_uid = placement.uid;
}

void Model::take(const Op& op) {
  ++version_;
  last_number_ = std::max(last_number_, op.uid);
  switch (op.kind) {
    case Op::Kind::folder:
      folder_of(op.id).key = op.text;
      return;
    case Op::Kind::audience:
      audiences_[op.id] = parse_audience(op.text);
      return;
    case Op::Kind::record: {
      if (op.record >= most) return;
      const auto number = static_cast<std::uint32_t>(op.record);
      if (number >= cards_.size()) {
        if (number >= cards_.capacity()) cards_.reserve(number + number / 2 + 1);
        cards_.resize(number + 1);
      }
      cards_[number] = {op.id, static_cast<std::uint32_t>(std::min(op.octets, most)),
                        static_cast<std::uint32_t>(std::min(op.seconds, most))};
      for (const std::uint32_t folder : op.folders) put(folder, {op.uid, number});
      return;
    }
    case Op::Kind::place:
      if (op.record < most) put(op.id, {op.uid, static_cast<std::uint32_t>(op.record)});
      return;
    case Op::Kind::remove: {
      Folder& folder = folder_of(op.id);
      std::erase_if(folder.placements, [&](const Placement& one) { return one.record == op.record; });
      folder.last_uid = std::max(folder.last_uid, op.uid);
      folder.removals.push_back({op.uid, static_cast<std::uint32_t>(op.record)});
      return;
    }
    case Op::Kind::dispose:
      if (op.record < cards_.size() && cards_[static_cast<std::size_t>(op.record)].audience != 0) {
        Card& card = cards_[static_cast<std::size_t>(op.record)];
        gone_[static_cast<std::uint32_t>(op.record)] = {card.audience, op.uid};
        card = {};
      } else {
        anybodys_gone_ = true;
      }
      return;
    case Op::Kind::drop: {
      Folder& folder = folder_of(op.id);
      folder.placements = {};
      folder.dropped = std::max(folder.dropped, op.uid);
      return;
    }
  }
}

void Model::begun() {
  if (anybodys_gone_) floor_ = last_number_;
}

const Gone* Model::gone(std::uint32_t record) const {
  const auto found = gone_.find(record);
  return found == gone_.end() ? nullptr : &found->second;
}

const Folder* Model::folder(std::uint32_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &folders_[found->second];
}

const Card& Model::card(std::uint32_t record) const {
  static const Card none;
  return record < cards_.size() ? cards_[record] : none;
}

const Audience* Model::audience(std::uint32_t id) const {
  const auto found = audiences_.find(id);
  return found == audiences_.end() ? nullptr : &found->second;
}

}  // namespace vanthu::shelves
