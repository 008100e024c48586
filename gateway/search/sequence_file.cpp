// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/sequence_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
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
#include "gateway/search/sequence.hpp"

namespace vanthu::search {
namespace {
namespace fs = std::filesystem;

constexpr const char* file_name = "sequences";
constexpr std::string_view magic = "VanthuSequences1";
constexpr std::size_t id_octets = 16, head_octets = 32;
constexpr unsigned offset_octets = 5, words_octets = 3;

struct Where {
  std::uint64_t offset = 0, octets = 0;
};

std::string to_place(std::uint64_t offset, std::uint64_t words) {
  std::string place;
  for (unsigned i = offset_octets; i-- > 0;) place += static_cast<char>(offset >> (8 * i) & 0xFFU);
  for (unsigned i = words_octets; i-- > 0;) place += static_cast<char>(words >> (8 * i) & 0xFFU);
  return place;
}

/// @return no octets: it is no place
Where parse_place(std::string_view place) {
  if (place.size() != offset_octets + words_octets) return {};
  const auto number = [&](std::size_t from, std::size_t count) {
    std::uint64_t value = 0;
    for (const char c : place.substr(from, count)) value = value << 8U | static_cast<unsigned char>(c);
    return value;
  };
  return {number(0, offset_octets), 3 * number(offset_octets, words_octets)};
}

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

SequenceFile::SequenceFile(fs::path file, int descriptor, std::string id, std::uint64_t octets)
    : file_(std::move(file)), descriptor_(descriptor), id_(std::move(id)), octets_(octets) {}

SequenceFile::SequenceFile(SequenceFile&& other) noexcept
    : file_(std::move(other.file_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      id_(std::move(other.id_)),
      octets_(other.octets_),
      waiting_(std::move(other.waiting_)) {}

SequenceFile& SequenceFile::operator=(SequenceFile&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(id_, other.id_);
  std::swap(octets_, other.octets_);
  std::swap(waiting_, other.waiting_);
  return *this;
}

SequenceFile::~SequenceFile() {
  if (descriptor_ >= 0) real_disk().close(descriptor_);
}

Result<SequenceFile> SequenceFile::create(const fs::path& folder) {
  const fs::path file = folder / file_name;
  std::string id(id_octets, '\0');
  if (::getrandom(id.data(), id.size(), 0) != static_cast<ssize_t>(id.size()))
    return fail(status::store_failed, std::string("no random octets: ") + std::strerror(errno));
  std::error_code ignored;
  fs::remove(file, ignored);  // not emptied: another folder may share it
  const auto descriptor = real_disk().open(file, Disk::Open::create);
  if (!descriptor) return descriptor.error();
  SequenceFile made(file, *descriptor, hex(id), 0);
  made.waiting_ = std::string(magic) + id;
  if (auto flushed = made.flush(true); !flushed) return flushed.error();
  return made;
}

Result<SequenceFile> SequenceFile::open(const fs::path& folder, std::uint64_t least) {
  const fs::path file = folder / file_name;
  std::error_code code;
  if (!fs::exists(file, code)) return broken(file, "it is missing");
  const auto descriptor = real_disk().open(file, Disk::Open::write);
  if (!descriptor) return descriptor.error();
  SequenceFile opened(file, *descriptor, {}, 0);
  opened.id_ = id_in(opened.descriptor_);
  opened.octets_ = fs::file_size(file, code);
  if (code || opened.id_.empty()) return broken(file, "it is no file of sequences");
  if (opened.octets_ < least) return broken(file, "its end is missing");
  return opened;
}

Result<std::string> SequenceFile::append(std::string_view sequence) {
  std::string place = to_place(octets(), sequence.size() / 3);
  waiting_ += sequence;
  if (waiting_.size() >= limits::sequences_waiting)
    if (auto flushed = flush(false); !flushed) return flushed.error();
  return place;
}

Result<Done> SequenceFile::flush(bool sync) {
  iovec part{waiting_.data(), waiting_.size()};
  if (!waiting_.empty())
    if (auto written = real_disk().write(descriptor_, {&part, 1}, octets_); !written)
      return fail(written.error().reply, file_.string() + ": " + written.error().detail);
  octets_ += waiting_.size();
  waiting_.clear();
  return sync ? real_disk().sync_data(descriptor_) : Result<Done>(done);
}

Result<Done> SequenceFile::wipe(const std::string& place) {
  const Where where = parse_place(place);
  if (where.octets == 0) return done;
  if (where.offset < head_octets || where.offset + where.octets > octets_) return broken(file_, "no such place in it");
  std::string zeros(where.octets, '\0');
  iovec part{zeros.data(), zeros.size()};
  if (auto written = real_disk().write(descriptor_, {&part, 1}, where.offset); !written) return written;
  return real_disk().sync_data(descriptor_);
}

SequenceReader::~SequenceReader() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void SequenceReader::open() const {
  const fs::path file = folder_ / file_name;
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw Xapian::DatabaseModifiedError(file.string() + ": " + std::strerror(errno));
  struct stat status {};
  if (id_in(descriptor) != id_ || ::fstat(descriptor, &status) != 0) {
    ::close(descriptor);
    throw Xapian::DatabaseModifiedError(file.string() + " belongs to another index");
  }
  descriptor_ = descriptor;
  size_ = static_cast<std::uint64_t>(status.st_size);
}

void SequenceReader::read(std::uint64_t offset, std::size_t least, std::size_t most) const {
  begin_ = offset;
  window_.resize(most);
  std::size_t have = 0;
  while (have < least) {
    const ssize_t got =
        ::pread(descriptor_, window_.data() + have, window_.size() - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      const int code = errno;
      window_.clear();
      const std::string file = (folder_ / file_name).string();
      if (got < 0) throw Xapian::DatabaseError(file + ": " + std::strerror(code));
      throw Xapian::DatabaseCorruptError(file + ": its end is missing");
    }
    have += static_cast<std::size_t>(got);
  }
  window_.resize(have);
}

std::string_view SequenceReader::at(const std::string& place) const {
  const Where where = parse_place(place);
  if (where.octets == 0) return {};
  if (descriptor_ < 0) open();
  if (where.offset < head_octets || where.octets > size_ || where.offset > size_ - where.octets)
    throw Xapian::DatabaseCorruptError((folder_ / file_name).string() + ": its end is missing");
  const std::uint64_t end = begin_ + window_.size();
  if (where.offset < begin_ || where.offset + where.octets > end) {
    // Records are looked at in the order of their numbers, which is that of the file: where they lie close together,
    // what follows is read along.
    const bool close = where.offset >= begin_ && where.offset <= end + limits::sequences_gap;
    const std::size_t most = close ? std::max<std::size_t>(where.octets, limits::sequences_window) : where.octets;
    read(where.offset, where.octets, most);
  }
  return std::string_view(window_).substr(where.offset - begin_, where.octets);
}

std::string_view SequenceReader::sequence(const std::string& place) const {
  const std::string_view octets = at(place);
  if (octets.empty() || begins_with_mark(octets)) return octets;
  const std::string where = (folder_ / file_name).string();
  // Zeros are of a record that is being forgotten: whoever looks again does not find it any more.
  if (octets.front() == '\0') throw Xapian::DatabaseModifiedError(where + ": a record's words are not there any more");
  throw Xapian::DatabaseCorruptError(where + ": what stands there is no sequence");
}

Result<Done> share_sequences(const fs::path& from, const fs::path& to) {
  std::error_code code;
  fs::create_hard_link(from / file_name, to / file_name, code);
  if (code) fs::copy_file(from / file_name, to / file_name, fs::copy_options::overwrite_existing, code);
  if (!code) return done;
  return fail(code == std::errc::no_space_on_device ? status::store_full : status::store_failed,
              (to / file_name).string() + ": " + code.message());
}

}  // namespace vanthu::search
