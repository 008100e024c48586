// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/sequence_part.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xapian.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "gateway/base/digest.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/search/limits.hpp"

namespace vanthu::search {
namespace {
namespace fs = std::filesystem;

constexpr std::string_view magic = "VanthuSequences3";
constexpr std::size_t head_octets = 32;

Error broken(const fs::path& file, const std::string& what) {
  return fail(status::corrupt, "search index: " + file.string() + ": " + what);
}

/// The id of an open file; empty: it is of something else.
std::string id_in(int descriptor) {
  std::string head(head_octets, '\0');
  if (::pread(descriptor, head.data(), head.size(), 0) != static_cast<ssize_t>(head.size())) return {};
  return head.starts_with(magic) ? hex(std::string_view(head).substr(magic.size())) : std::string();
}

}  // namespace

PartWriter::PartWriter(fs::path file, int descriptor, std::string id)
    : file_(std::move(file)), descriptor_(descriptor), id_(std::move(id)) {}

PartWriter::PartWriter(PartWriter&& other) noexcept
    : file_(std::move(other.file_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      id_(std::move(other.id_)),
      octets_(other.octets_),
      waiting_(std::move(other.waiting_)) {}

PartWriter& PartWriter::operator=(PartWriter&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(id_, other.id_);
  std::swap(octets_, other.octets_);
  std::swap(waiting_, other.waiting_);
  return *this;
}

PartWriter::~PartWriter() {
  if (descriptor_ >= 0) real_disk().close(descriptor_);
}

Result<PartWriter> PartWriter::create(fs::path file, std::string_view id) {
  std::error_code ignored;
  fs::remove(file, ignored);  // not emptied: another folder may share it
  const auto descriptor = real_disk().open(file, Disk::Open::create);
  if (!descriptor) return descriptor.error();
  PartWriter made(std::move(file), *descriptor, hex(id));
  std::string head = std::string(magic) + std::string(id);
  iovec part{head.data(), head.size()};
  if (auto written = real_disk().write(made.descriptor_, {&part, 1}, 0); !written) return written.error();
  if (auto synced = real_disk().sync_data(made.descriptor_); !synced) return synced.error();
  return made;
}

Result<PartWriter> PartWriter::open(fs::path file) {
  std::error_code code;
  if (!fs::exists(file, code)) return broken(file, "it is missing");
  const auto descriptor = real_disk().open(file, Disk::Open::write);
  if (!descriptor) return descriptor.error();
  PartWriter opened(std::move(file), *descriptor, id_in(*descriptor));
  const std::uintmax_t size = fs::file_size(opened.file_, code);
  if (code || opened.id_.empty()) return broken(opened.file_, "it is no file of sequences");
  opened.octets_ = size - head_octets;
  return opened;
}

Result<Done> PartWriter::cut(std::uint64_t octets) {
  if (auto cut = real_disk().truncate(descriptor_, head_octets + octets); !cut) return cut;
  octets_ = octets;
  return done;
}

Result<Done> PartWriter::append(std::string_view octets) {
  waiting_ += octets;
  return waiting_.size() < limits::sequences_waiting ? Result<Done>(done) : flush(false);
}

Result<Done> PartWriter::flush(bool sync) {
  iovec part{waiting_.data(), waiting_.size()};
  if (!waiting_.empty())
    if (auto written = real_disk().write(descriptor_, {&part, 1}, head_octets + octets_); !written)
      return fail(written.error().reply, file_.string() + ": " + written.error().detail);
  octets_ += waiting_.size();
  waiting_.clear();
  return sync ? real_disk().sync_data(descriptor_) : Result<Done>(done);
}

Result<std::string> PartWriter::read(std::uint64_t from, std::size_t octets) {
  if (from + octets > octets_)
    if (auto flushed = flush(false); !flushed) return flushed.error();
  std::string found(octets, '\0');
  std::size_t have = 0;
  while (have < octets) {
    const ssize_t got =
        ::pread(descriptor_, found.data() + have, octets - have, static_cast<off_t>(head_octets + from + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(status::store_failed, file_.string() + ": " + std::strerror(errno));
    if (got == 0) return broken(file_, "no such place in it");
    have += static_cast<std::size_t>(got);
  }
  return found;
}

Result<Done> PartWriter::overwrite(std::uint64_t from, std::string octets) {
  if (octets.size() > octets_ || from > octets_ - octets.size()) return broken(file_, "no such place in it");
  iovec part{octets.data(), octets.size()};
  return real_disk().write(descriptor_, {&part, 1}, head_octets + from);
}

PartReader::~PartReader() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void PartReader::open() const {
  const int descriptor = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw Xapian::DatabaseModifiedError(file_.string() + ": " + std::strerror(errno));
  struct stat status {};
  if (id_in(descriptor) != id_ || ::fstat(descriptor, &status) != 0) {
    ::close(descriptor);
    throw Xapian::DatabaseModifiedError(file_.string() + " belongs to another index");
  }
  descriptor_ = descriptor;
  size_ = static_cast<std::uint64_t>(status.st_size) - head_octets;
}

void PartReader::read(std::uint64_t from, std::size_t least, std::size_t most) const {
  begin_ = from;
  window_.resize(most);
  std::size_t have = 0;
  while (have < least) {
    const ssize_t got = ::pread(descriptor_, window_.data() + have, window_.size() - have,
                                static_cast<off_t>(head_octets + from + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      const int code = errno;
      window_.clear();
      if (got < 0) throw Xapian::DatabaseError(file_.string() + ": " + std::strerror(code));
      throw Xapian::DatabaseCorruptError(file_.string() + ": its end is missing");
    }
    have += static_cast<std::size_t>(got);
  }
  window_.resize(have);
}

std::string_view PartReader::at(std::uint64_t from, std::size_t octets, bool ahead) const {
  if (descriptor_ < 0) open();
  if (octets > size_ || from > size_ - octets)
    throw Xapian::DatabaseCorruptError(file_.string() + ": its end is missing");
  if (from < begin_ || from + octets > begin_ + window_.size())
    read(from, octets, ahead ? std::max(octets, limits::sequences_window) : octets);
  return std::string_view(window_).substr(from - begin_, octets);
}

}  // namespace vanthu::search
