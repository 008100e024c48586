// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/import_state.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace vanthu::admin {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view magic = "vanthu-import 1 ";

Error state_fault(const fs::path& file, const char* call) {
  return fail(status::store_failed, file.string() + ": " + call + ": " + std::strerror(errno));
}

Sha256 item_key(const std::string& folder, const std::string& item) { return sha256(folder + '\0' + item); }

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Sha256 from_hex(std::string_view digits) {
  Sha256 value{};
  for (std::size_t i = 0; i < value.size(); ++i)
    std::from_chars(digits.data() + 2 * i, digits.data() + 2 * i + 2, value[i], 16);
  return value;
}

Result<std::string> read_descriptor(int descriptor, const fs::path& file) {
  std::string text;
  std::string block(64U << 10, '\0');
  while (true) {
    const ssize_t got = ::read(descriptor, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return state_fault(file, "read");
    if (got == 0) return text;
    text.append(block, 0, static_cast<std::size_t>(got));
  }
}

Result<Done> write_all(int descriptor, std::string_view text, const fs::path& file) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return state_fault(file, "write");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return done;
}

}  // namespace

Result<std::unique_ptr<ImportState>> ImportState::open(const fs::path& file) {
  std::unique_ptr<ImportState> state(new ImportState);
  state->file_ = file;
  std::string text;
  if (!file.empty()) {
    std::error_code ignored;
    if (file.has_parent_path()) fs::create_directories(file.parent_path(), ignored);
    state->descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (state->descriptor_ < 0) return state_fault(file, "open");
    if (::flock(state->descriptor_, LOCK_EX | LOCK_NB) != 0)
      return fail(status::busy, file.string() + ": lượt nhập này đang chạy (this import is under way)");
    auto read = read_descriptor(state->descriptor_, file);
    if (!read) return read.error();
    text = *std::move(read);
  }
  std::istringstream lines(text.substr(0, text.rfind('\n') + 1));  // what a kill tore off is done again
  std::string line;
  if (std::getline(lines, line) && line.starts_with(magic) && is_hex(std::string_view(line).substr(magic.size()), 32)) {
    state->run_ = line.substr(magic.size());
    while (std::getline(lines, line)) {
      std::istringstream words(line);
      std::string key;
      ImportedItem item;
      if (words >> key >> item.what >> item.number >> item.other >> item.sha256 && is_hex(key, 64) &&
          is_hex(item.sha256, 64))
        state->items_.insert_or_assign(from_hex(key), std::move(item));
    }
    // Behind a torn line the next one begins anew.
    if (!text.empty() && text.back() != '\n')
      if (auto ended = write_all(state->descriptor_, "\n", file); !ended) return ended.error();
    return state;
  }
  // Of our own there can only be the first line, torn by a kill; a file that was named by mistake is left alone.
  const std::string_view begun = std::string_view(text).substr(0, magic.size());
  if (!magic.starts_with(begun) || text.find('\n') != std::string::npos)
    return fail(status::bad_arguments, file.string() +
                                           ": không phải tệp trạng thái của lượt nhập, không ghi đè "
                                           "(not the state of an import; it is left as it is)");
  state->kept_ = false;
  std::array<unsigned char, 16> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) return fail(status::store_failed, "no random octets");
  state->run_ = hex(std::string_view(reinterpret_cast<const char*>(random.data()), random.size()));
  if (state->descriptor_ >= 0) {
    if (::ftruncate(state->descriptor_, 0) != 0) return state_fault(file, "ftruncate");
    if (auto written = write_all(state->descriptor_, std::string(magic) + state->run_ + '\n', file); !written)
      return written.error();
    // The run's name has to outlive a power loss: what it wrote is known by it.
    if (::fsync(state->descriptor_) != 0) return state_fault(file, "fsync");
  }
  return state;
}

ImportState::~ImportState() {
  if (!kept_) finish();
  if (descriptor_ >= 0) ::close(descriptor_);
}

const ImportedItem* ImportState::find(const std::string& folder, const std::string& item,
                                      const std::string& sha256) const {
  const auto found = items_.find(item_key(folder, item));
  if (found == items_.end() || (!sha256.empty() && found->second.sha256 != sha256)) return nullptr;
  return &found->second;
}

Result<Done> ImportState::note(const std::string& folder, const std::string& item, const ImportedItem& what) {
  keep();
  if (descriptor_ < 0) return done;
  return write_all(descriptor_,
                   hex(item_key(folder, item)) + ' ' + what.what + ' ' + std::to_string(what.number) + ' ' +
                       std::to_string(what.other) + ' ' + what.sha256 + '\n',
                   file_);
}

void ImportState::finish() {
  std::error_code ignored;
  if (descriptor_ >= 0) fs::remove(file_, ignored);
}

fs::path import_state_file(const std::string& data_folder, const std::string& source) {
  fs::path base;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/')
    base = state;
  else if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
    base = fs::path(home) / ".local" / "state";
  if (base.empty()) return base;
  return base / "vanthu" / ("import-" + hex(sha256(data_folder + '\0' + source)).substr(0, 24) + ".state");
}

}  // namespace vanthu::admin
