// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/archive/book.hpp"
#include "gateway/registers/line.hpp"
#include "gateway/registers/rules.hpp"

/// Sổ văn bản đi, sổ văn bản đến: made of the record log's records and of events `register.*`, and of nothing else.
namespace vanthu::registers {

/// Which line of a register: "7", "7.2" (the second line with that number), "#1537" (by its ordinal).
struct LineRef {
  std::uint32_t number = 0;
  std::uint32_t nth = 1;
  std::uint64_t ordinal = 0;
};
/// @par Errors  bad_arguments
Result<LineRef> parse_ref(std::string_view text);

/// A line by its register's id and its ordinal.
using Place = std::pair<std::string, std::uint64_t>;

/// What of a register is wanted.
struct Wanted {
  std::uint32_t volume = 0;        ///< 0: all
  std::uint32_t from = 0, to = 0;  ///< numbers (places, where there are none), both included; 0: open
  std::size_t most = 0;            ///< lines
};
struct Lines {
  std::vector<Line> lines;  ///< by number; where there are none, in the order in which they were made
  bool more = false;
};

/// What of a register's numbers a mailroom must look at.
struct Gaps {
  struct Range {
    std::uint32_t first = 0, last = 0;
  };
  std::vector<Range> unseen;              ///< between two seen numbers: not sent through this gateway
  std::vector<std::uint32_t> duplicates;  ///< numbers that several papers bear
  std::vector<std::uint32_t> reused;      ///< cancelled numbers that a paper bears nevertheless
  std::vector<std::uint32_t> versions;    ///< papers that were sent in several versions
  std::vector<std::uint32_t> reserved;    ///< given and not sent yet
  bool more = false;                      ///< beyond limits::gaps
};

/// How far a paper has come with those that it was sent to.
struct Receipts {
  std::vector<Item> items;  ///< each unit once, its best state
  std::size_t entered = 0, refused = 0;
};

/// Whether a paper that goes out that day can bear that date: which term or year it is counted in hangs on it.
bool is_believed(Date printed, Date sent);

/// The registers' book in the archive's view (FORMAT.md): tables in the view's file, read within its transactions.
class Registers final : public archive::Book {
 public:
  /// @param places  outlives it
  explicit Registers(const Places& places) : places_(places) {}

  std::string_view format() const override { return "registers 3"; }
  Result<Done> open(lmdb::Transaction& txn) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Event& event) override;
  bool wants_ahead(const archive::Event& event) const override;
  Result<Done> foresee(lmdb::Transaction& txn, const archive::Event& event) override;

  // ---- what is in them

  /// All, or those of a unit, by their ids.
  std::vector<Register> registers(const lmdb::Transaction& txn, std::string_view unit = {}) const;
  std::optional<Register> find(const lmdb::Transaction& txn, std::string_view id) const;
  Lines lines(const lmdb::Transaction& txn, const Register& book, const Wanted& wanted) const;
  /// @par Errors  not_found
  Result<Line> line(const lmdb::Transaction& txn, std::string_view id, const LineRef& ref) const;
  Gaps gaps(const lmdb::Transaction& txn, const Register& book) const;
  Receipts receipts(const lmdb::Transaction& txn, const Line& line) const;
  /// What waits to be registered, oldest first; of one unit or of all.
  std::vector<Item> waiting(const lmdb::Transaction& txn, std::string_view unit, std::size_t most) const;
  /// What has a deadline up to that day (ISO; empty: any) and is not finished, the nearest first; of one unit or of
  /// all.
  std::vector<Item> due(const lmdb::Transaction& txn, std::string_view unit, std::string_view until,
                        std::size_t most) const;
  std::optional<Item> item(const lmdb::Transaction& txn, std::string_view unit, std::uint64_t record,
                           std::uint32_t paper) const;
  /// The papers of a record at a unit's mailroom.
  std::vector<Item> items(const lmdb::Transaction& txn, std::string_view unit, std::uint64_t record) const;
  /// All units that a record came to.
  std::vector<Item> items(const lmdb::Transaction& txn, std::uint64_t record) const;
  Card card(const lmdb::Transaction& txn, std::uint64_t record, std::uint32_t paper) const;
  /// The lines that a record stands in, outgoing and incoming, each with its register.
  std::vector<std::pair<Register, Line>> lines_of(const lmdb::Transaction& txn, std::uint64_t record) const;
  /// The lines of all numbers that one act gave together with this one's, in their order; of any other line that line.
  std::vector<Line> given_with(const lmdb::Transaction& txn, const Register& book, const Line& line) const;
  /// Sequence of the last frame that was taken, of those that registers are made of.
  std::uint64_t taken_up_to(const lmdb::Transaction& txn) const;
  bool is_purged(const lmdb::Transaction& txn, std::uint64_t record) const;
  /// Whether the lines of a disposed record are in the log as an event of their own (acts.hpp, keep()).
  bool is_kept(const lmdb::Transaction& txn, std::uint64_t record) const;
  /// Whether they are, and must be kept anew: words in them were purged since.
  bool is_kept_no_more(const lmdb::Transaction& txn, std::uint64_t record) const;
  /// SHA-256 of a volume's lines as they stand today; of a closed one it should be the one it was closed with.
  std::string digest(const lmdb::Transaction& txn, const Register& book, std::uint32_t volume) const;
  /// What that is the SHA-256 of (FORMAT.md).
  std::string bound_lines(const lmdb::Transaction& txn, const Register& book, std::uint32_t volume) const;
  /// Highest number of a register in any volume, 0: none.
  std::uint32_t highest(const lmdb::Transaction& txn, std::string_view id) const;
  bool is_taken(const lmdb::Transaction& txn, std::string_view id, std::uint32_t number) const;
  /// The rules in force and who put them there; none: the defaults.
  struct InForce {
    std::string text;
    Hand hand;
  };
  std::optional<InForce> rules(const lmdb::Transaction& txn) const;
  Rules rules_now(const lmdb::Transaction& txn) const;

  /// Where an outgoing paper belongs; none: that unit keeps no such register. `sent`: the day it goes or went out.
  std::optional<Key> outgoing(const Rules& rules, const std::string& unit, const Card& card, Date sent) const;
  std::optional<Key> incoming(const Rules& rules, const std::string& unit, Date day) const;

 private:
  std::optional<Line> line_at(const lmdb::Transaction& txn, std::string_view id, std::uint64_t ordinal) const;
  std::vector<Line> with_number(const lmdb::Transaction& txn, std::string_view id, std::uint32_t number) const;
  Result<Done> put(lmdb::Transaction& txn, const Register& book);
  Result<Done> put(lmdb::Transaction& txn, std::string_view id, const Line& line);
  Result<Done> put(lmdb::Transaction& txn, const Item& item);
  Register register_of(const lmdb::Transaction& txn, const Key& key) const;
  /// Gives it its place and volume.
  Result<Done> add(lmdb::Transaction& txn, Register& book, Line& line);
  Result<Done> take_out(lmdb::Transaction& txn, const Key& key, const Card& card, const archive::Entry& entry,
                        std::uint32_t paper, const std::string& day);
  Result<Done> take_in(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted,
                       const std::vector<Card>& cards, const std::string& sender);

  /// The first record that brought one of its files to that unit; 0: none did before it.
  std::uint64_t brought_before(const lmdb::Transaction& txn, const Item& item, const Card& card) const;
  /// is_taken() as of the frame that is taken: a line that stands as it is kept may have got its number later.
  bool had_taken(const lmdb::Transaction& txn, std::string_view id, std::uint32_t number) const;
  Result<Done> allocated(lmdb::Transaction& txn, const archive::Event& event);
  Result<Done> entered(lmdb::Transaction& txn, const archive::Event& event);
  Result<Done> refused(lmdb::Transaction& txn, const archive::Event& event);
  Result<Done> tracked(lmdb::Transaction& txn, const archive::Event& event);
  Result<Done> changed(lmdb::Transaction& txn, const archive::Event& event);
  Result<Done> closed(lmdb::Transaction& txn, const archive::Event& event);
  Result<Done> signed_by(lmdb::Transaction& txn, const archive::Event& event);
  Result<Done> configured(lmdb::Transaction& txn, const archive::Event& event);
  Result<Done> disposed(lmdb::Transaction& txn, const archive::Event& event);
  Result<std::vector<std::string>> note_files(lmdb::Transaction& txn, const Item& item, const Card& card);
  Result<Done> take_words_given_with(lmdb::Transaction& txn, const Register& book, const Line& line);
  Result<Done> forget_files(lmdb::Transaction& txn, const Item& purged);
  Result<Done> tell_later(lmdb::Transaction& txn, const Item& behind, const std::vector<std::string>& files);
  Result<Done> destroyed(lmdb::Transaction& txn, const archive::Event& event);
  void check_kept(const lmdb::Transaction& txn, const archive::Event& event) const;
  Result<Done> restored(lmdb::Transaction& txn, const archive::Event& event);
  /// Up to which frame a line stands here as an event further on keeps it; 0: it goes by the frame that is taken.
  std::uint64_t settled_until(const lmdb::Transaction& txn, std::string_view id, std::uint64_t ordinal) const;
  /// Begins with a frame, and lets foreseen lines stand that a frame up to this one has made.
  Result<Done> begin(lmdb::Transaction& txn, std::uint64_t sequence);
  Result<Done> settle(lmdb::Transaction& txn, const Key& key, Line line);

  const Places& places_;
  lmdb::Table books_, lines_, papers_, index_;
  // take() runs on one thread at a time: which frame it takes, and the rules that it went by last.
  std::uint64_t taking_ = 0;
  std::string rules_text_;
  Rules rules_;
};

}  // namespace vanthu::registers
