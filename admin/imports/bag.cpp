// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>

#include "admin/imports/content.hpp"
#include "admin/imports/folders.hpp"

namespace vanthu::imports {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t manifest_line_octets = 4096;

/// "12" of "12.eml"; nothing: it is none of the package's records.
std::optional<std::uint64_t> number_of(const std::string& name) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} ||
      std::string_view(rest, static_cast<std::size_t>(name.data() + name.size() - rest)) != ".eml")
    return std::nullopt;
  return number;
}

class BagSource final : public Source {
 public:
  explicit BagSource(fs::path place) : place_(std::move(place)) {}

  std::optional<std::uint64_t> count() const override {
    return records_.empty() ? std::nullopt : std::optional<std::uint64_t>(records_.size());
  }

  Result<Done> each(const std::function<bool(const Found&)>& visit) override {
    if (auto listed = list(); !listed) return listed;
    for (const auto& [number, record] : records_) {
      Found found;
      found.item = "data/records/" + record.name;
      found.note = "gói xuất, bản ghi " + std::to_string(number) + " (package, record " + std::to_string(number) + ")";
      found.expected = record.sha256;
      const fs::path path = place_ / found.item;
      const bool there = record.there, named = !record.sha256.empty();
      found.open = [path, there, named]() -> Result<Content> {
        if (!there) return fail(status::not_found, "có trong bảng kê, không có tệp (in the manifest, no such file)");
        if (!named) return fail(status::bad_arguments, "không có trong bảng kê (not in the manifest)");
        return whole_file(path);
      };
      if (!visit(found)) break;
    }
    return done;
  }

 private:
  struct Record {
    std::string name;
    std::string sha256;
    bool there = false;
  };
  Result<Done> list() {
    const fs::path manifest = place_ / "manifest-sha256.txt";
    auto file = File::open(manifest);
    if (!file) return file.error();
    std::string line;
    std::size_t faulty = 0;
    const auto end_of_line = [&] {
      if (const auto read = read_manifest_line(line)) {
        constexpr std::string_view prefix = "data/records/";
        if (read->path.starts_with(prefix)) {
          std::string name = read->path.substr(prefix.size());
          if (const auto number = number_of(name)) records_[*number] = {std::move(name), read->sha256};
        }
      } else if (!line.empty()) {
        ++faulty;
      }
      line.clear();
    };
    const auto read = (*file)->read(0, (*file)->octets(), [&](std::string_view piece) -> Result<Done> {
      for (const char c : piece) {
        if (c == '\n')
          end_of_line();
        else if (line.size() < manifest_line_octets)
          line += c;
      }
      return done;
    });
    if (!read) return read;
    end_of_line();
    if (faulty != 0)
      return fail(status::bad_arguments, manifest.string() + ": " + std::to_string(faulty) +
                                             " dòng không đúng (lines that are no manifest's)");
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(place_ / "data" / "records", code)) {
      std::error_code ignored;
      const std::string name = entry.path().filename().string();
      const auto number = number_of(name);
      if (!number || !fs::is_regular_file(entry.symlink_status(ignored))) continue;
      Record& record = records_[*number];
      if (record.name.empty()) record.name = name;
      record.there = record.there || record.name == name;
    }
    if (code) return fail(status::not_found, (place_ / "data/records").string() + ": " + code.message());
    if (records_.empty())
      return fail(status::not_found, place_.string() + ": không có bản ghi nào (no data/records/N.eml in it)");
    return done;
  }

  fs::path place_;
  std::map<std::uint64_t, Record> records_;
};

}  // namespace

std::unique_ptr<Source> bag_source(const std::string& place) { return std::make_unique<BagSource>(place); }

}  // namespace vanthu::imports
