// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "admin/imports/content.hpp"
#include "admin/imports/folders.hpp"

namespace vanthu::imports {
namespace fs = std::filesystem;
namespace {

bool is_eml(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return extension == ".eml";
}

class EmlSource final : public Source {
 public:
  explicit EmlSource(fs::path place) : place_(std::move(place)) {}

  std::optional<std::uint64_t> count() const override {
    if (!listed_) return std::nullopt;
    return entries_.size();
  }

  Result<Done> each(const std::function<bool(const Found&)>& visit) override {
    if (auto listed = list(); !listed) return listed;
    for (const Entry& entry : entries_) {
      const fs::path& file = entry.file;
      Found found;
      if (!entry.unread.empty()) {
        found = unread(file.string(), file.parent_path().string(), entry.unread);
      } else {
        found.item = file.empty() ? place_.filename().string() : file.string();
        found.folder = file.parent_path().string();
        found.open = [path = file.empty() ? place_ : place_ / file] { return whole_file(path); };
      }
      if (!visit(found)) break;
    }
    return done;
  }

 private:
  struct Entry {
    fs::path file;         // below place_; an empty one is place_ itself
    std::string unread{};  // why it is not looked into
  };

  Result<Done> list() {
    entries_.clear();
    std::error_code code;
    if (!fs::is_directory(place_, code)) {
      entries_.push_back({fs::path()});
      listed_ = true;
      return done;
    }
    if (code = list_below(fs::path()); code) return fail(status::not_found, place_.string() + ": " + code.message());
    if (entries_.empty()) return fail(status::not_found, place_.string() + ": không có tệp *.eml nào (no *.eml in it)");
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.file < b.file; });
    listed_ = true;
    return done;
  }

  /// @return why the folder itself cannot be read (any further)
  std::error_code list_below(const fs::path& folder) {  // NOLINT(misc-no-recursion): as deep as a path can be
    std::error_code code;
    for (fs::directory_iterator at(place_ / folder, code), end; !code && at != end; at.increment(code)) {
      const fs::path file = folder / at->path().filename();
      std::error_code unknown;
      const fs::file_status kind = at->symlink_status(unknown);
      std::error_code ignored;
      if (unknown)
        entries_.push_back({file, unknown.message()});
      else if (fs::is_symlink(kind) && (is_eml(file) || fs::is_directory(at->path(), ignored)))
        entries_.push_back({file, link_not_followed});
      else if (fs::is_directory(kind)) {
        if (const std::error_code closed = list_below(file); closed) entries_.push_back({file, closed.message()});
      } else if (is_eml(file))
        entries_.push_back({file});
    }
    return code;
  }

  fs::path place_;
  std::vector<Entry> entries_;
  bool listed_ = false;
};

}  // namespace

std::unique_ptr<Source> eml_source(const std::string& place) { return std::make_unique<EmlSource>(place); }

}  // namespace vanthu::imports
