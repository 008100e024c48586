// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <filesystem>

#include "admin/imports/content.hpp"
#include "admin/imports/folders.hpp"

namespace vanthu::imports {
namespace fs = std::filesystem;
namespace {

bool is_folder(const fs::directory_entry& entry) {
  std::error_code code;
  return fs::is_directory(entry.symlink_status(code));
}
bool is_maildir(const fs::path& path) {
  std::error_code code;
  return fs::is_directory(path / "cur", code) || fs::is_directory(path / "new", code);
}

/// The file's name without what a mail program may change of it: a message stays itself when it is read.
std::string unique_part(const std::string& name) { return name.substr(0, name.rfind(":2,")); }

class MaildirSource final : public Source {
 public:
  explicit MaildirSource(fs::path place) : place_(std::move(place)) {}

  std::optional<std::uint64_t> count() const override { return listed_ ? std::optional(total_) : std::nullopt; }

  Result<Done> each(const std::function<bool(const Found&)>& visit) override {
    if (auto listed = list(); !listed) return listed;
    for (const One& one : messages_) {
      Found found;
      found.folder = one.folder;
      const std::string name = one.path.filename().string();
      found.item = (one.folder.empty() ? "" : one.folder + '/') + unique_part(name);
      found.flags = maildir_flags(name);
      found.date = maildir_date(name);
      // A mail program that runs meanwhile may have moved it from new to cur, or changed its flags.
      const fs::path path = one.path;
      found.open = [path]() -> Result<Content> {
        auto content = whole_file(path);
        if (content || content.error().reply != Reply(status::not_found)) return content;
        const fs::path box = path.parent_path().parent_path();
        std::error_code code;
        for (const char* half : {"cur", "new"})
          for (const auto& entry : fs::directory_iterator(box / half, code))
            if (unique_part(entry.path().filename().string()) == unique_part(path.filename().string()))
              return whole_file(entry.path());
        return content;
      };
      if (!visit(found)) break;
    }
    return done;
  }

 private:
  struct One {
    std::string folder;
    fs::path path;
  };
  Result<Done> list() {
    if (!is_maildir(place_))
      return fail(status::not_found, place_.string() + ": không có cur, new (no Maildir: neither cur nor new in it)");
    if (auto listed = list(place_, ""); !listed) return listed;
    std::sort(messages_.begin(), messages_.end(), [](const One& a, const One& b) {
      if (a.folder != b.folder) return a.folder < b.folder;
      return a.path.filename() < b.path.filename();
    });
    total_ = messages_.size();
    listed_ = true;
    return done;
  }
  Result<Done> list(const fs::path& box, const std::string& folder) {
    std::error_code code;
    for (const char* half : {"cur", "new"}) {
      std::error_code none;
      if (!fs::is_directory(box / half, none)) continue;
      for (const auto& entry : fs::directory_iterator(box / half, code)) {
        const std::string name = entry.path().filename().string();
        std::error_code ignored;
        if (!name.starts_with('.') && fs::is_regular_file(entry.symlink_status(ignored)))
          messages_.push_back({folder, entry.path()});
      }
      if (code) return fail(status::not_found, (box / half).string() + ": " + code.message());
    }
    for (const auto& entry : fs::directory_iterator(box, code)) {
      if (!is_folder(entry) || !is_maildir(entry.path())) continue;
      std::string name = entry.path().filename().string();
      if (name.starts_with('.')) name.erase(0, 1);
      if (auto listed = list(entry.path(), folder.empty() ? name : folder + '/' + name); !listed) return listed;
    }
    if (code) return fail(status::not_found, box.string() + ": " + code.message());
    return done;
  }

  fs::path place_;
  std::vector<One> messages_;
  std::uint64_t total_ = 0;
  bool listed_ = false;
};

}  // namespace

std::unique_ptr<Source> maildir_source(const std::string& place) { return std::make_unique<MaildirSource>(place); }

}  // namespace vanthu::imports
