// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "directory/import.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::filters::testing {

/// The demo's directory (conf/demo/directory), imported once into a folder that goes away with the program.
class SampleProvince {
 public:
  /// @param without  a file that is replaced by its head line alone
  /// @param replaced  files with another text
  explicit SampleProvince(const std::string& without = "", const std::map<std::string, std::string>& replaced = {}) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(VANTHU_SOURCE_DIR "/conf/demo/directory")) {
      if (entry.path().extension() != ".csv") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      std::string text{std::istreambuf_iterator<char>(in), {}};
      if (entry.path().filename() == without) text.resize(text.find('\n') + 1);
      files[entry.path().filename().string()] = std::move(text);
    }
    for (const auto& [file, text] : replaced) files[file] = text;
    auto opened = directory::Directory::open(folder_ / "directory.lmdb", directory::Directory::Mode::write);
    if (!opened) throw std::runtime_error(opened.error().detail);
    directory_ = *std::move(opened);
    const auto report =
        directory::import(*directory_, files, {{"hatinh.dcs.example"}, false, *parse_date("2026-11-24")});
    if (!report) throw std::runtime_error(report.error().detail);
    for (const std::string& fault : report->faults) throw std::runtime_error(fault);
  }
  SampleProvince(const SampleProvince&) = delete;
  SampleProvince& operator=(const SampleProvince&) = delete;
  const directory::Directory& directory() const { return *directory_; }

 private:
  test::TempFolder folder_{"sample"};
  std::unique_ptr<directory::Directory> directory_;
};

}  // namespace vanthu::filters::testing
