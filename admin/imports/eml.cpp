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
    return files_.size();
  }

  Result<Done> each(const std::function<bool(const Found&)>& visit) override {
    if (auto listed = list(); !listed) return listed;
    for (const fs::path& file : files_) {
      Found found;
      found.item = file.empty() ? place_.filename().string() : file.string();
      const fs::path path = file.empty() ? place_ : place_ / file;
      if (file.has_parent_path()) found.folder = file.parent_path().string();
      found.open = [path] { return whole_file(path); };
      if (!visit(found)) break;
    }
    return done;
  }

 private:
  Result<Done> list() {
    std::error_code code;
    if (!fs::is_directory(place_, code)) {
      files_.assign(1, fs::path());
      listed_ = true;
      return done;
    }
    for (fs::recursive_directory_iterator at(place_, code), end; !code && at != end; at.increment(code))
      if (is_eml(at->path()) && fs::is_regular_file(at->symlink_status(code)))
        files_.push_back(at->path().lexically_relative(place_));
    if (code) return fail(status::not_found, place_.string() + ": " + code.message());
    if (files_.empty()) return fail(status::not_found, place_.string() + ": không có tệp *.eml nào (no *.eml in it)");
    std::sort(files_.begin(), files_.end());
    listed_ = true;
    return done;
  }

  fs::path place_;
  std::vector<fs::path> files_;  // below place_; an empty one is place_ itself
  bool listed_ = false;
};

}  // namespace

std::unique_ptr<Source> eml_source(const std::string& place) { return std::make_unique<EmlSource>(place); }

}  // namespace vanthu::imports
