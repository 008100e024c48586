// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "filters/inspect/texts.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/search/limits.hpp"
#include "gateway/search/plan.hpp"

/// Full text search: an index of the archive's records in Xapian, which follows the record log, is derived from it, and
/// can be dropped at any instant.
namespace vanthu::search {

/// The sandboxed inspector's text of a message; asked from several threads at once.
using TextOf = std::function<Result<inspect::Texts>(std::shared_ptr<const Octets> message)>;

struct Options {
  std::filesystem::path folder;  ///< archive.xapian in the data folder; made when missing
  TextOf texts{};                ///< empty: only for looking: nothing is written, nothing followed
  unsigned readers = 1;          ///< records read at once while the index catches up
};

enum class Order : std::uint8_t {
  fitting,  ///< nearest to the query first, newest first among equals; newest first where there are no words
  newest
};

struct Request {
  Node query{};
  Order order = Order::fitting;
  std::size_t most = 50;  ///< hits, at most limits::hits
  std::string after{};    ///< Found::next of the page before
  bool facets = false;
  bool snippets = false;
  Scope scope{};  ///< applied inside the query: what is outside is not found, counted or shown
};

/// A piece of text, and whether it is a word that was looked for.
struct Piece {
  std::string text;
  bool light = false;
  friend bool operator==(const Piece&, const Piece&) = default;
};

struct Hit {
  archive::Summary summary;
  std::vector<Piece> snippet;       ///< of the message's own text; empty unless asked for
  std::vector<std::string> places;  ///< where words stand: "subject", "text", "paper", or a file's name
};

struct FacetValue {
  std::string value;
  std::uint64_t records = 0;
  friend bool operator==(const FacetValue&, const FacetValue&) = default;
};

struct Found {
  std::vector<Hit> hits;
  std::uint64_t records = 0;  ///< that fit, on all pages
  bool exact = false;         ///< else an estimate: of more than limits::counted, made of what is within the scope
  std::string next;           ///< for Request::after; empty: this is the last page
  /// "direction", "kind", "unit", "year", "secrecy", "attachment": values by how many records have them.
  std::map<std::string, std::vector<FacetValue>> facets;
  bool loosely = false;              ///< nothing fitted with the marks as written: these are found without them
  std::uint64_t complete_up_to = 0;  ///< record number the index has reached
  std::uint64_t last = 0;            ///< record number of the log
};

class Index {
 public:
  /// Opens the index, or makes an empty one where there is none, it cannot be read, is of another format or of another
  /// log. One process at a time may have it open for writing (the holder of the data lock).
  /// @param archive  outlives the index; its view must have what is to be indexed
  /// @par Errors  bad_configuration: the folder may not be written; not_found: there is none, and it is for looking
  /// only
  static Result<std::unique_ptr<Index>> open(const archive::Archive& archive, Options options,
                                             Knowledge knowledge = {});
  ~Index();

  /// Takes what the archive's view has and the index has not; callers wait for one another. What cannot be read of a
  /// record is logged, the rest of it is indexed. A damaged index is dropped and begun anew.
  /// @par Errors  store_full, store_failed: the index is as it was at its last commit; shutting_down
  Result<Done> catch_up();
  /// Waits until it has a record, or has tried long enough: for who asks for what came a moment ago. Does not wait for
  /// one that is more than limits::near_records ahead.
  /// @return whether it has
  bool wait_for(std::uint64_t number, std::chrono::milliseconds longest) const;
  /// Builds it again from the log into another folder, while the old one is searched, and puts it in the old one's
  /// place.
  Result<Done> rebuild();
  /// Takes records out in one commit, of an index that is being built beside it, too. Their words are in the files
  /// until compact(), which tidy() sees to. A damaged index is dropped, and begun anew by the next catch_up().
  /// @par Errors  store_failed
  Result<Done> forget(const std::vector<std::uint64_t>& numbers);
  /// Writes the index anew without what was taken out and without slack, while the old one is searched.
  Result<Done> compact();
  /// compact(), if records were taken out since the last one and none of them a moment ago: whoever disposes of many
  /// waits for one compaction. To be called now and then.
  Result<Done> tidy(std::chrono::seconds quiet = limits::tidy_pause);
  /// Ends catch_up() and rebuild() soon, wherever they are.
  void stop();

  /// Any thread.
  /// @par Errors  bad_arguments, with the column; corrupt: the index is damaged. catch_up() begins a new one where it
  /// meets the damage, too; status() tells of it until there is a new one
  Result<Found> search(const Request& request) const;

  struct Status {
    std::uint64_t complete_up_to = 0;  ///< record number
    std::uint64_t records = 0;         ///< in the index
    std::uint64_t without_text = 0;    ///< of which the inspector could not read the text
    std::uint64_t with_pictures = 0;   ///< with pictures or scans whose text is not in it
    std::uint64_t octets = 0;          ///< on the disk
    std::string trouble;               ///< why it does not go on, or what a search found damaged; empty: all is well
  };
  Status status() const;

  struct State;  ///< for the functions beside this class, in this folder

 private:
  explicit Index(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vanthu::search
