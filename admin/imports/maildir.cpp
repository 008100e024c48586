// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <filesystem>

#include "admin/imports/content.hpp"
#include "admin/imports/folders.hpp"

namespace vanthu::imports {
namespace fs = std::filesystem;
namespace {

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
      if (!one.unread.empty()) {
        if (!visit(unread(one.path.string(), one.folder, one.unread))) break;
        continue;
      }
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
    fs::path path;         // of what is not looked into, its name as an item
    std::string unread{};  // why
  };
  Result<Done> list() {
    messages_.clear();
    if (!is_maildir(place_))
      return fail(status::not_found, place_.string() + ": không có cur, new (no Maildir: neither cur nor new in it)");
    if (const std::error_code code = list(place_, ""); code)
      return fail(status::not_found, place_.string() + ": " + code.message());
    std::sort(messages_.begin(), messages_.end(), [](const One& a, const One& b) {
      if (a.folder != b.folder) return a.folder < b.folder;
      return a.path.filename() < b.path.filename();
    });
    total_ = messages_.size();
    listed_ = true;
    return done;
  }

  static std::string below(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + '/' + name;
  }

  void list_half(const fs::path& half, const std::string& folder) {
    std::error_code code;
    for (fs::directory_iterator at(half, code), end; !code && at != end; at.increment(code)) {
      const std::string name = at->path().filename().string();
      if (name.starts_with('.')) continue;
      std::error_code unknown;
      const fs::file_status kind = at->symlink_status(unknown);
      if (unknown || fs::is_symlink(kind))
        messages_.push_back(
            {folder, below(folder, unique_part(name)), unknown ? unknown.message() : link_not_followed});
      else if (fs::is_regular_file(kind))
        messages_.push_back({folder, at->path()});
    }
    if (code) messages_.push_back({folder, below(folder, half.filename().string()), code.message()});
  }

  /// A Maildir's messages, and the Maildirs below it; also below a folder that is none itself.
  /// @return why the folder itself cannot be read (any further)
  std::error_code list(const fs::path& box, const std::string& folder) {  // NOLINT(misc-no-recursion): as a path is
    std::error_code code;
    for (fs::directory_iterator at(box, code), end; !code && at != end; at.increment(code)) {
      const std::string name = at->path().filename().string();
      if (name == "cur" || name == "new") list_half(at->path(), folder);
      if (name == "cur" || name == "new" || name == "tmp") continue;
      const std::string inner = below(folder, name.starts_with('.') ? name.substr(1) : name);
      std::error_code unknown;
      const fs::file_status kind = at->symlink_status(unknown);
      if (unknown) {
        messages_.push_back({folder, inner, unknown.message()});
      } else if (fs::is_symlink(kind) && is_maildir(at->path())) {
        messages_.push_back({folder, inner, link_not_followed});
      } else if (fs::is_directory(kind)) {
        if (const std::error_code closed = list(at->path(), inner); closed)
          messages_.push_back({folder, inner, closed.message()});
      }
    }
    return code;
  }

  fs::path place_;
  std::vector<One> messages_;
  std::uint64_t total_ = 0;
  bool listed_ = false;
};

}  // namespace

std::unique_ptr<Source> maildir_source(const std::string& place) { return std::make_unique<MaildirSource>(place); }

}  // namespace vanthu::imports
