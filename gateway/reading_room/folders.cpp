// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/folders.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "gateway/base/text.hpp"
#include "gateway/shelves/book.hpp"

namespace vanthu::reading_room {
namespace {

constexpr std::string_view roots[][2] = {{shelves::root::sent, "Văn bản đi"},
                                         {shelves::root::received, "Văn bản đến"},
                                         {shelves::root::imported, "Thư đã nhập"},
                                         {shelves::root::file, "Hồ sơ"},
                                         {shelves::root::hold, "Giữ lại"}};
constexpr std::string_view saved_root = "Tìm kiếm đã lưu";
constexpr std::string_view nobody = "Không rõ đơn vị";
constexpr std::string_view no_kind = "Không rõ loại";

/// One level of a name: nothing that a client could take for a delimiter or a pattern.
std::string level(std::string_view text) {
  std::string clean;
  for (const char c : text::nfc(text))
    clean += c == '/' || c == '*' || c == '%' || static_cast<unsigned char>(c) < 0x20 || c == '\x7F' ? '-' : c;
  return clean.empty() ? "-" : clean;
}

/// Units as people call them; two that are called the same are told apart by their ids.
class UnitNames {
 public:
  explicit UnitNames(const directory::Directory& directory) {
    std::unordered_map<std::string, std::size_t> called;
    for (const directory::Unit& unit : directory.units()) {
      const auto [row, made] = names_.insert_or_assign(text::ascii_lower(unit.id), level(unit.name));
      if (made) ++called[row->second];
    }
    for (auto& [id, name] : names_)
      if (called[name] > 1) name += " (" + level(id) + ')';
  }
  std::string of(std::string_view id) const {
    if (id == "-") return std::string(nobody);
    const auto found = names_.find(text::ascii_lower(id));
    return found == names_.end() ? level(id) : found->second;
  }

 private:
  std::unordered_map<std::string, std::string> names_;
};

std::vector<std::string> parts_of(std::string_view key) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= key.size();) {
    const std::size_t end = std::min(key.find('/', at), key.size());
    parts.emplace_back(key.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

/// Empty: a key of another version.
std::string name_of(std::string_view key, const UnitNames& units) {
  const auto parts = parts_of(key);
  std::string name;
  for (const auto& [root, shown] : roots)
    if (root == parts.front()) name = shown;
  if (name.empty() || parts.size() < 2) return {};
  const bool unit_first = parts.front() == shelves::root::file;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const bool of_direction = parts.front() != shelves::root::hold && !unit_first;
    const bool unit = (of_direction && i == 2) || (unit_first && i == 1);
    if (parts.front() == shelves::root::hold && i == 2) break;  // whose it is
    name += '/';
    name += unit                                        ? units.of(parts[i])
            : of_direction && i == 3 && parts[i] == "-" ? std::string(no_kind)
                                                        : level(parts[i]);
  }
  return name;
}
}  // namespace

std::vector<Node> folder_tree(const shelves::Model& model, const directory::Directory& directory,
                              const std::vector<SavedSearch>& searches, const Visible& visible) {
  const UnitNames units(directory);
  std::map<std::string, Node> all;
  const auto add = [&](Node node) {
    for (std::size_t slash = node.name.rfind('/'); slash != std::string::npos;
         slash = node.name.rfind('/', slash - 1)) {
      Node& above = all[node.name.substr(0, slash)];
      above.children = true;
      if (slash == 0) break;
    }
    Node& there = all[node.name];
    node.children = there.children;
    there = std::move(node);
  };
  add({"INBOX", Node::Kind::inbox, 0, {}, false, false});
  for (const shelves::Folder& folder : model.folders()) {
    const bool any = std::any_of(folder.placements.begin(), folder.placements.end(),
                                 [&](const shelves::Placement& one) { return visible(folder, one.record); });
    if (!any) continue;
    std::string name = name_of(folder.key, units);
    if (name.empty()) continue;
    if (const auto there = all.find(name); there != all.end() && there->second.kind == Node::Kind::shelf)
      name += " (" + std::to_string(folder.id) + ')';  // two keys that look the same
    add({std::move(name), Node::Kind::shelf, folder.id, {}, false, false});
  }
  for (const SavedSearch& search : searches)
    add({std::string(saved_root) + '/' + level(search.name), Node::Kind::saved, 0, search.name, false, false});
  std::vector<Node> list;
  for (auto& [name, node] : all) {
    node.name = name;
    node.special = name == roots[1][1];
    list.push_back(std::move(node));
  }
  return list;
}

}  // namespace vanthu::reading_room
