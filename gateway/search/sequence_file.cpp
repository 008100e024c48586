// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/sequence_file.hpp"

#include <sys/random.h>
#include <xapian.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace vanthu::search {
namespace {
namespace fs = std::filesystem;

constexpr const char* lowest_name = "sequences";
constexpr const char* upper_name = "sequences-upper";
constexpr std::size_t id_octets = 16;
constexpr unsigned first_octets = 5, words_octets = 3;

struct Where {
  std::uint64_t first = 0;  // of the words of all sequences
  std::size_t words = 0;
};

std::string to_place(std::uint64_t first, std::uint64_t words) {
  std::string place;
  for (unsigned i = first_octets; i-- > 0;) place += static_cast<char>(first >> (8 * i) & 0xFFU);
  for (unsigned i = words_octets; i-- > 0;) place += static_cast<char>(words >> (8 * i) & 0xFFU);
  return place;
}

/// @return no words: it is no place
Where parse_place(std::string_view place) {
  if (place.size() != first_octets + words_octets) return {};
  const auto number = [&](std::size_t from, std::size_t count) {
    std::uint64_t value = 0;
    for (const char c : place.substr(from, count)) value = value << 8U | static_cast<unsigned char>(c);
    return value;
  };
  return {number(0, first_octets), number(first_octets, words_octets)};
}

}  // namespace

Result<SequenceFile> SequenceFile::create(const fs::path& folder) {
  std::string id(id_octets, '\0');
  if (::getrandom(id.data(), id.size(), 0) != static_cast<ssize_t>(id.size()))
    return fail(status::store_failed, std::string("no random octets: ") + std::strerror(errno));
  auto lowest = PartWriter::create(folder / lowest_name, id);
  if (!lowest) return lowest.error();
  auto upper = PartWriter::create(folder / upper_name, id);
  if (!upper) return upper.error();
  return SequenceFile(*std::move(lowest), *std::move(upper));
}

Result<SequenceFile> SequenceFile::open(const fs::path& folder, std::uint64_t committed) {
  auto lowest = PartWriter::open(folder / lowest_name);
  if (!lowest) return lowest.error();
  auto upper = PartWriter::open(folder / upper_name);
  if (!upper) return upper.error();
  const auto broken = [&](const char* what) {
    return fail(status::corrupt, "search index: " + folder.string() + ": " + what);
  };
  if (lowest->id() != upper->id()) return broken("its two files of sequences are not of one index");
  if (lowest->octets() < committed || upper->octets() < 2 * committed)
    return broken("the end of its sequences is missing");
  // Behind them lies what was never committed: words of records that are taken once more, and that nobody would wipe
  // when these are purged.
  if (auto cut = lowest->cut(committed); !cut) return cut.error();
  if (auto cut = upper->cut(2 * committed); !cut) return cut.error();
  return SequenceFile(*std::move(lowest), *std::move(upper));
}

Result<std::string> SequenceFile::append(const SequenceOctets& sequence) {
  std::string place = to_place(words(), sequence.lowest.size());
  if (auto appended = lowest_.append(sequence.lowest); !appended) return appended.error();
  if (auto appended = upper_.append(sequence.upper); !appended) return appended.error();
  return place;
}

Result<Done> SequenceFile::flush(bool sync) {
  auto flushed = lowest_.flush(sync);
  return flushed ? upper_.flush(sync) : flushed;
}

Result<Done> SequenceFile::wipe(const std::string& place) {
  const Where where = parse_place(place);
  if (where.words == 0) return done;
  auto wiped = lowest_.wipe(where.first, where.words);
  return wiped ? upper_.wipe(2 * where.first, 2 * where.words) : wiped;
}

SequenceReader::SequenceReader(const fs::path& folder, const std::string& id)
    : lowest_(folder / lowest_name, id), upper_(folder / upper_name, id) {}

Sequence SequenceReader::sequence(const std::string& place) const {
  const Where where = parse_place(place);
  if (where.words == 0) return {};
  const Sequence found(lowest_.at(where.first, where.words), *this, where.first);
  if (found.may_be_one()) return found;
  // Zeros are of a record that is being forgotten: whoever looks again does not find it any more.
  if (found.lowest().front() == '\0')
    throw Xapian::DatabaseModifiedError(lowest_.file().string() + ": a record's words are not there any more");
  throw Xapian::DatabaseCorruptError(lowest_.file().string() + ": what stands there is no sequence");
}

std::string_view SequenceReader::upper(std::uint64_t first, std::size_t words) const {
  const std::string_view octets = upper_.at(2 * first, 2 * words);
  if (octets[0] == '\0' && octets[1] == '\0') return octets;  // of the mark that each begins with
  throw Xapian::DatabaseCorruptError(upper_.file().string() + ": what stands there is no sequence");
}

Result<Done> share_sequences(const fs::path& from, const fs::path& to) {
  for (const char* name : {lowest_name, upper_name}) {
    std::error_code code;
    fs::create_hard_link(from / name, to / name, code);
    if (code) fs::copy_file(from / name, to / name, fs::copy_options::overwrite_existing, code);
    if (code)
      return fail(code == std::errc::no_space_on_device ? status::store_full : status::store_failed,
                  (to / name).string() + ": " + code.message());
  }
  return done;
}

}  // namespace vanthu::search
