// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/sequence_file.hpp"

#include <sys/random.h>
#include <xapian.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace vanthu::search {
namespace {
namespace fs = std::filesystem;

constexpr const char* lowest_name = "sequences";
constexpr const char* upper_name = "sequences-upper";
constexpr const char* pairs_name = "sequences-pairs";
constexpr std::size_t id_octets = 16;

std::string to_place(std::uint64_t first, std::size_t words) {
  const std::uint64_t all = SequencePlace{first, words}.packed();
  std::string place;
  for (std::size_t i = place_octets; i-- > 0;) place += static_cast<char>(all >> (8 * i) & 0xFFU);
  return place;
}

}  // namespace

SequencePlace parse_place(std::string_view place) {
  if (place.size() != place_octets) return {};
  std::uint64_t all = 0;
  for (const char c : place) all = all << 8U | static_cast<unsigned char>(c);
  return SequencePlace::unpacked(all);
}

Result<SequenceFile> SequenceFile::create(const fs::path& folder) {
  std::string id(id_octets, '\0');
  if (::getrandom(id.data(), id.size(), 0) != static_cast<ssize_t>(id.size()))
    return fail(status::store_failed, std::string("no random octets: ") + std::strerror(errno));
  auto lowest = PartWriter::create(folder / lowest_name, id);
  if (!lowest) return lowest.error();
  auto upper = PartWriter::create(folder / upper_name, id);
  if (!upper) return upper.error();
  auto pairs = PartWriter::create(folder / pairs_name, id);
  if (!pairs) return pairs.error();
  return SequenceFile(*std::move(lowest), *std::move(upper), *std::move(pairs));
}

Result<SequenceFile> SequenceFile::open(const fs::path& folder, std::uint64_t committed) {
  auto lowest = PartWriter::open(folder / lowest_name);
  if (!lowest) return lowest.error();
  auto upper = PartWriter::open(folder / upper_name);
  if (!upper) return upper.error();
  auto pairs = PartWriter::open(folder / pairs_name);
  if (!pairs) return pairs.error();
  const auto broken = [&](const char* what) {
    return fail(status::corrupt, "search index: " + folder.string() + ": " + what);
  };
  if (lowest->id() != upper->id() || lowest->id() != pairs->id())
    return broken("its files of sequences are not of one index");
  const std::uint64_t blocks = pairs::full_blocks(committed) * pairs::block_octets;
  if (lowest->octets() < committed || upper->octets() < 2 * committed || pairs->octets() < blocks)
    return broken("the end of its sequences is missing");
  // Behind them lies what was never committed: words of records that are taken once more, and that nobody would wipe
  // when these are purged.
  if (auto cut = lowest->cut(committed); !cut) return cut.error();
  if (auto cut = upper->cut(2 * committed); !cut) return cut.error();
  if (auto cut = pairs->cut(blocks); !cut) return cut.error();
  return SequenceFile(*std::move(lowest), *std::move(upper), *std::move(pairs));
}

Result<std::string> SequenceFile::append(const SequenceOctets& sequence) {
  std::string place = to_place(words(), sequence.lowest.size());
  if (auto appended = lowest_.append(sequence.lowest); !appended) return appended.error();
  if (auto appended = upper_.append(sequence.upper); !appended) return appended.error();
  while (pairs_.octets() < pairs::full_blocks(words()) * pairs::block_octets)
    if (auto appended = append_block(); !appended) return appended.error();
  return place;
}

Result<Done> SequenceFile::make_column(pairs::Block& block, std::uint64_t which, std::uint64_t column, bool anew) {
  const std::uint64_t first = which * pairs::block_words + column * pairs::column_words;
  constexpr std::size_t words = pairs::column_words + pairs::words_behind;
  const auto lowest = lowest_.read(first, words);
  if (!lowest) return lowest.error();
  const auto upper = upper_.read(2 * first, 2 * words);
  if (!upper) return upper.error();
  if (anew)
    block.set(column, *lowest, *upper);
  else
    block.add(column, *lowest, *upper);
  return done;
}

Result<Done> SequenceFile::append_block() {
  pairs::Block block;
  for (std::uint64_t column = 0; column < pairs::columns; ++column)
    if (auto set = make_column(block, pairs_.octets() / pairs::block_octets, column, false); !set) return set;
  return pairs_.append(block.octets());
}

Result<Done> SequenceFile::wipe_pairs(const std::set<std::uint64_t>& columns) {
  // A filter never gets a bit that it had not: of what is half written after a crash nothing is missed.
  for (auto column = columns.begin(); column != columns.end();) {
    const std::uint64_t which = *column / pairs::columns;
    if ((which + 1) * pairs::block_octets > pairs_.octets()) break;  // not made yet
    auto octets = pairs_.read(which * pairs::block_octets, pairs::block_octets);
    if (!octets) return octets.error();
    pairs::Block block(*std::move(octets));
    for (; column != columns.end() && *column / pairs::columns == which; ++column)
      if (auto set = make_column(block, which, *column % pairs::columns, true); !set) return set;
    if (auto written = pairs_.overwrite(which * pairs::block_octets, block.octets()); !written) return written;
  }
  return done;
}

Result<Done> SequenceFile::flush(bool sync) {
  for (PartWriter* part : {&lowest_, &upper_, &pairs_})
    if (auto flushed = part->flush(sync); !flushed) return flushed;
  return done;
}

Result<Done> SequenceFile::wipe(std::string_view places) {
  std::set<std::uint64_t> columns;
  for (; places.size() >= place_octets; places.remove_prefix(place_octets)) {
    const SequencePlace where = parse_place(places.substr(0, place_octets));
    if (where.words == 0) continue;
    if (auto wiped = lowest_.overwrite(where.first, std::string(where.words, '\0')); !wiped) return wiped;
    if (auto wiped = upper_.overwrite(2 * where.first, std::string(2 * where.words, '\0')); !wiped) return wiped;
    // The first one that it counts to lies before those that it lies in.
    for (std::uint64_t column = (where.first - std::min(where.first, pairs::words_behind)) / pairs::column_words;
         column <= (where.first + where.words - 1) / pairs::column_words; ++column)
      columns.insert(column);
  }
  if (columns.empty()) return done;
  if (auto wiped = wipe_pairs(columns); !wiped) return wiped;
  return flush(true);
}

SequenceReader::SequenceReader(const fs::path& folder, const SequencesOf& of)
    : lowest_(folder / lowest_name, of.id),
      upper_(folder / upper_name, of.id),
      pairs_(folder / pairs_name, of.id),
      blocks_(pairs::full_blocks(of.words)) {}

std::string_view SequenceReader::pairs(std::uint64_t block, std::uint16_t row) const {
  return pairs_.at(block * pairs::block_octets + row * pairs::row_octets, pairs::row_octets);
}

Sequence SequenceReader::part(std::uint64_t first, std::size_t words, bool ahead) const {
  return {lowest_.at(first, words, ahead), *this, first, Sequence::Extent::part};
}

Sequence SequenceReader::sequence(const SequencePlace& where) const {
  if (where.words == 0) return {};
  const Sequence found(lowest_.at(where.first, where.words), *this, where.first);
  if (found.may_be_one()) return found;
  // Zeros are of a record that is being forgotten: whoever looks again does not find it any more.
  if (found.lowest().front() == '\0')
    throw Xapian::DatabaseModifiedError(lowest_.file().string() + ": a record's words are not there any more");
  throw Xapian::DatabaseCorruptError(lowest_.file().string() + ": what stands there is no sequence");
}

std::string_view SequenceReader::upper(std::uint64_t first, std::size_t words, bool with_mark) const {
  const std::string_view octets = upper_.at(2 * first, 2 * words);
  if (!with_mark || (octets[0] == '\0' && octets[1] == '\0')) return octets;
  throw Xapian::DatabaseCorruptError(upper_.file().string() + ": what stands there is no sequence");
}

Result<Done> share_sequences(const fs::path& from, const fs::path& to) {
  for (const char* name : {lowest_name, upper_name, pairs_name}) {
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
