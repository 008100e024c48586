// SPDX-License-Identifier: GPL-3.0-or-later
// The folder that an export grows in, over a disk that fails, fills up or writes half, call by call: the error names
// the file and the reason, nothing is under its name but what belongs there, and the same export goes on from where it
// was.
#undef _FORTIFY_SOURCE  // its inline open() would be a second definition
#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

#include "gateway/base/digest.hpp"
#include "gateway/exports/folder.hpp"
#include "tests/support/temp_folder.hpp"

namespace {
/// What the next calls to the disk do. This program's own definitions stand before those of the C library.
struct Trouble {
  enum class Kind : std::uint8_t { none, fails, writes_half } kind = Kind::none;
  int code = 0;
  int at = -1;        ///< call that it hits, from 0
  int calls = 0;      ///< so far
  bool full = false;  ///< from then on every write fails, as on a disk that is full
  const char* hit = nullptr;
} trouble;

/// @return whether this call fails, with errno set
bool fails(const char* call, bool writes = false) {
  if (trouble.kind == Trouble::Kind::none) return false;
  const bool now = trouble.calls++ == trouble.at;
  if (now) {
    trouble.hit = call;
    trouble.full = trouble.code == ENOSPC;
  }
  if (!(now && trouble.kind == Trouble::Kind::fails) && !(writes && trouble.full && !now)) return false;
  errno = trouble.code;
  return true;
}
}  // namespace

extern "C" {
ssize_t write(int descriptor, const void* octets, size_t count) {
  if (fails("write", true)) return -1;
  // The one that is hit writes half, and says so.
  if (trouble.kind == Trouble::Kind::writes_half && trouble.calls == trouble.at + 1 && count > 1) count /= 2;
  return syscall(SYS_write, descriptor, octets, count);
}
int rename(const char* from, const char* to) noexcept {
  return fails("rename") ? -1 : static_cast<int>(syscall(SYS_rename, from, to));
}
int fdatasync(int descriptor) { return fails("fdatasync") ? -1 : static_cast<int>(syscall(SYS_fdatasync, descriptor)); }
int syncfs(int) noexcept {
  return fails("syncfs") ? -1
                         : 0;  // what a power loss does is not looked at here, and waiting for the disk proves nothing
}
int ftruncate(int descriptor, off_t octets) noexcept {
  return fails("ftruncate") ? -1 : static_cast<int>(syscall(SYS_ftruncate, descriptor, octets));
}
int mkdir(const char* name, mode_t mode) noexcept {
  return fails("mkdir") ? -1 : static_cast<int>(syscall(SYS_mkdir, name, mode));
}
int open(const char* name, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return fails("open") ? -1 : static_cast<int>(syscall(SYS_openat, AT_FDCWD, name, flags, mode));
}
}

namespace vanthu::exports {
namespace {
namespace fs = std::filesystem;
constexpr std::uint64_t records = 6;

std::string letter(std::uint64_t record) { return std::string(5000, static_cast<char>('a' + record)); }
std::string list() {
  std::string all;
  for (std::uint64_t i = 1; i <= records; ++i) all += std::to_string(i) + "\trecord\n";
  return all;
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// An export to its end, or to the first error. @param stored  the record up to which a gather() has made sure
Result<Done> go_on(const fs::path& path, std::map<std::string, Kept>* all) {
  auto folder = Folder::open(path);
  if (!folder) return folder.error();
  if ((*folder)->complete()) return done;
  Plan plan;
  plan.id = "e1";
  plan.records = {1, 2, 3, 4, 5, 6};
  if (!(*folder)->plan())
    if (auto begun = (*folder)->begin(plan); !begun) return begun;
  for (std::uint64_t i = (*folder)->reached() + 1; i <= records; ++i) {
    if (auto put = (*folder)->put("data/records/" + std::to_string(i) + ".eml", letter(i), true); !put) return put;
    if (auto grown = (*folder)->append("data/list.tsv", std::to_string(i) + "\trecord\n"); !grown) return grown;
    if (auto over = (*folder)->done_with(i); !over) return over;
    // So that groups end within the export, too: what is asked for twice is visited twice.
    if (i == records / 2)
      if (auto some = (*folder)->gather([](const std::string&, const Kept&) { return Result<Done>(done); }); !some)
        return some;
  }
  const auto list = (*folder)->put_pieces("manifest-sha256.txt", [&](const auto& write) -> Result<Done> {
    return (*folder)->gather([&](const std::string& name, const Kept& kept) {
      if (all != nullptr) (*all)[name] = kept;
      return write(kept.sha256 + "  " + name + '\n');
    });
  });
  if (!list) return list.error();
  return (*folder)->end();
}

class ExportFault : public testing::Test {
 protected:
  void TearDown() override { trouble = {}; }
  /// Whatever is under its name is whole.
  static void nothing_half(const fs::path& path, const std::string& where) {
    for (std::uint64_t i = 1; i <= records; ++i) {
      const fs::path file = path / "data/records" / (std::to_string(i) + ".eml");
      if (fs::exists(file)) {
        EXPECT_EQ(read(file), letter(i)) << where;
      }
    }
    const fs::path grown = path / "data/list.tsv";
    if (fs::exists(grown) && fs::exists(path / "manifest-sha256.txt")) {
      EXPECT_EQ(read(grown), list()) << where;
    }
    if (!fs::exists(path / "vanthu-export.json")) return;
    EXPECT_TRUE(parse_plan(read(path / "vanthu-export.json"))) << where;
  }
  void comes_to_its_end(const fs::path& path, const std::string& where) {
    trouble = {};
    std::map<std::string, Kept> all;
    const auto ended = go_on(path, &all);
    ASSERT_TRUE(ended) << where << ": " << ended.error().detail;
    EXPECT_FALSE(fs::exists(path / ".vanthu-partial")) << where;
    nothing_half(path, where);
    EXPECT_EQ(read(path / "data/list.tsv"), list()) << where;
    for (const auto& [name, kept] : all) EXPECT_EQ(hex(sha256(read(path / name))), kept.sha256) << where << ' ' << name;
    std::size_t lines = 0;
    const std::string manifest = read(path / "manifest-sha256.txt");
    for (const char c : manifest) lines += c == '\n' ? 1 : 0;
    EXPECT_EQ(lines, records + 2) << where << '\n' << manifest;
  }
  test::TempFolder top_{"export-fault"};
};

TEST_F(ExportFault, WhicheverCallFailsItIsToldAndTheExportGoesOn) {
  std::map<std::string, int> hit;
  for (const int code : {ENOSPC, EIO}) {
    for (int at = 0;; ++at) {
      const fs::path path = top_ / (std::to_string(code) + "-" + std::to_string(at));
      trouble = {Trouble::Kind::fails, code, at, 0, false, nullptr};
      const auto ended = go_on(path, nullptr);
      const char* call = trouble.hit;
      trouble = {};
      if (call == nullptr) {
        EXPECT_TRUE(ended) << ended.error().detail;
        EXPECT_GT(at, 40) << "calls that an export makes";
        break;
      }
      ++hit[call];
      const std::string where = std::string(call) + " number " + std::to_string(at) + ", " + std::strerror(code);
      ASSERT_FALSE(ended) << where << " went unnoticed";
      const std::string& detail = ended.error().detail;
      EXPECT_NE(detail.find(path.string()), std::string::npos) << where << ": " << detail;
      EXPECT_NE(detail.find(std::strerror(code)), std::string::npos) << where << ": " << detail;
      EXPECT_EQ(ended.error().reply == Reply(status::store_full), code == ENOSPC && std::strcmp(call, "mkdir") != 0)
          << where << ": " << detail;
      nothing_half(path, where);
      comes_to_its_end(path, where);
    }
  }
  for (const char* call : {"write", "rename", "fdatasync", "syncfs", "ftruncate", "open", "mkdir"})
    EXPECT_GT(hit[call], 0) << call << " was never hit: does the export still use it?";
}

TEST_F(ExportFault, ADiskThatFillsUpInTheMiddleOfAWriteLeavesNothingHalf) {
  for (int at = 0;; ++at) {
    const fs::path path = top_ / std::to_string(at);
    trouble = {Trouble::Kind::writes_half, ENOSPC, at, 0, false, nullptr};
    const auto ended = go_on(path, nullptr);
    const char* call = trouble.hit;
    trouble = {};
    if (call == nullptr) break;
    const std::string where = std::string(call) + " number " + std::to_string(at);
    if (ended) continue;  // nothing was left to be written
    EXPECT_EQ(ended.error().reply, Reply(status::store_full)) << where << ": " << ended.error().detail;
    nothing_half(path, where);
    comes_to_its_end(path, where);
  }
}

TEST_F(ExportFault, AWriteThatTakesOnlyHalfIsGoneOnWith) {
  for (int at = 0; at < 60; ++at) {
    const fs::path path = top_ / std::to_string(at);
    trouble = {Trouble::Kind::writes_half, 0, at, 0, false, nullptr};
    const auto ended = go_on(path, nullptr);
    trouble = {};
    ASSERT_TRUE(ended) << at << ": " << ended.error().detail;
    comes_to_its_end(path, std::to_string(at));
  }
}

}  // namespace
}  // namespace vanthu::exports
