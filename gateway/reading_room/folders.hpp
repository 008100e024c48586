// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "directory/directory.hpp"
#include "gateway/shelves/model.hpp"
#include "gateway/shelves/store.hpp"

namespace vanthu::reading_room {

using shelves::SavedSearch;

/// A folder as a client sees it.
struct Node {
  std::string name;  ///< UTF-8, "Văn bản đi/2026/Văn phòng Tỉnh uỷ/Thông báo"
  enum class Kind : std::uint8_t { none, inbox, shelf, saved } kind = Kind::none;  ///< none: only folders below it
  std::uint32_t shelf = 0;                                                         ///< shelves::Folder::id
  std::string saved{};                                                             ///< SavedSearch::name
  bool children = false;
  bool special = false;  ///< \Archive
};

/// Whether a record is seen to stand in a folder.
using Visible = std::function<bool(const shelves::Folder& folder, std::uint32_t record)>;
/// All folders in which somebody sees something, those above them too, sorted by name.
std::vector<Node> folder_tree(const shelves::Model& model, const directory::Directory& directory,
                              const std::vector<SavedSearch>& searches, const Visible& visible);

}  // namespace vanthu::reading_room
