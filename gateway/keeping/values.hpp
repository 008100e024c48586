// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"
#include "gateway/keeping/numbers.hpp"

/// What the ledger keeps, as plain values; each has a JSON form (README.md).
namespace vanthu::keeping {

/// Whose word it was, and when.
struct Voice {
  std::string actor;   ///< login or account
  std::string person;  ///< id in the directory; empty: an account of the machine, which is no person
  Time at{};
  friend bool operator==(const Voice&, const Voice&) = default;
};

/// A fonds (phông): all that one creating unit has left, as Circular 05/2025/TT-BNV describes it. Files belong to one;
/// what it holds and from when to when is counted from records (`holdings_of`), never written down.
struct Fonds {
  std::string code;      ///< mã phông, in the whole archive: no white space, no slash
  std::string name;      ///< tên phông
  std::string unit;      ///< that formed it
  std::string history;   ///< of that unit (lịch sử đơn vị hình thành phông); may have several lines
  std::string plan;      ///< of classification (phương án phân loại)
  std::string language;  ///< of its papers: "vi"
  std::string backup;    ///< how copies are kept (chế độ sao lưu)
  std::string note;
  enum class State : std::uint8_t { open, closed } state = State::open;
  std::string opened;          ///< ISO: when it was written down here
  std::optional<Date> closed;  ///< the day its unit ended, or it was closed for another reason
  std::string why;             ///< it was closed
  bool described = true;       ///< false: nobody has opened it; it is its unit's, and its code is the unit's id
  friend bool operator==(const Fonds&, const Fonds&) = default;
};
/// Members of its JSON form that may be described anew.
inline constexpr std::array<const char*, 6> changeable_of_fonds{"name",     "history", "plan",
                                                                "language", "backup",  "note"};

/// A file (hồ sơ): papers of one piece of work, named by unit, year and the code it has in the unit's list of files
/// (danh mục hồ sơ) of that year.
struct File {
  std::string unit;
  unsigned year = 0;
  std::string code;   ///< "05" or "05.TH": no white space
  std::string title;  ///< tiêu đề hồ sơ
  std::string file_class;
  enum class State : std::uint8_t { open, closed, handed_over } state = State::open;
  std::string opened;         ///< ISO
  std::optional<Date> ended;  ///< the day its work ended; of an open file none
  std::string receipt;        ///< of the handing over: number of the minutes
  std::string to;             ///< to which archive
  std::string fonds;          ///< code; empty: its unit's own (Ledger::fonds_of)
  /// "vptu/2026/05"
  std::string id() const { return unit + '/' + std::to_string(year) + '/' + code; }
  friend bool operator==(const File&, const File&) = default;
};

/// A unit's list of the files that a year's work is expected to make (danh mục hồ sơ), as its head has decided it.
struct FilePlan {
  std::string unit;
  unsigned year = 0;
  std::string decision;  ///< number of the decision, or empty
  struct Row {
    std::string code, title, file_class;
    std::string who;  ///< who makes the file: a post, a person, or empty
    friend bool operator==(const Row&, const Row&) = default;
  };
  std::vector<Row> rows;  ///< in the order of the list
  Voice set;
  /// "vptu/2026"
  std::string id() const { return unit + '/' + std::to_string(year); }
  friend bool operator==(const FilePlan&, const FilePlan&) = default;
};

/// A paper in a record, as far as its term depends on it.
struct PaperKind {
  std::string form, kind;
  friend auto operator<=>(const PaperKind&, const PaperKind&) = default;
};

/// What is kept of a record: nothing that its text could be guessed from.
struct Kept {
  std::string day;                 ///< of receipt in Viet Nam, ISO; the message's own Date is not asked
  std::vector<std::string> units;  ///< sender's and recipients'
  std::vector<PaperKind> papers;   ///< that have a kind
};

/// A hold (lệnh giữ): its records may not be disposed of, whatever their terms say.
struct Hold {
  std::uint64_t number = 0;
  std::string owner;          ///< for whom: an organ, a case
  std::string reason;         ///< in words
  std::string unit;           ///< whose records; empty: of all
  boost::json::object query;  ///< search that made it; empty: by numbers or by a file
  std::string file;           ///< id of a file, or empty
  bool future = false;        ///< what comes later and matches is held, too
  std::string review;         ///< day on which it is looked at again, ISO
  Voice set;
  std::optional<Voice> asked;  ///< first word for its release
  std::string asked_reason;
  std::optional<Voice> released;  ///< second word
  Time free{};                    ///< from then on its records may be disposed of again
  std::uint64_t records = 0;      ///< that it holds, those that came later included
};

/// A proposal for disposal, and what became of it.
struct Disposal {
  std::uint64_t number = 0;
  std::string unit;
  enum class State : std::uint8_t { proposed, decided, approved, running, executed, withdrawn } state = State::proposed;
  std::string list;         ///< what is proposed (list.hpp), frozen
  std::string list_sha256;  ///< of it: what decision and approval are bound to
  std::string schedule;     ///< version of the retention table
  std::string explanation;  ///< bản thuyết minh
  std::uint64_t records = 0;
  Voice proposed;
  std::string decision, decision_date, decision_sha256;  ///< quyết định: number, ISO day, SHA-256 of the scanned paper
  std::uint64_t decision_octets = 0;  ///< of the scan; 0: an old one, of which the digest alone was kept
  std::uint64_t decision_frame = 0;   ///< sequence of the frame that holds it
  std::optional<Voice> decided, approved, executor, ended;
  std::string end_reason;           ///< of a withdrawal
  std::vector<std::string> stores;  ///< places that were emptied, in words; how the octets were destroyed last
};

/// What became of one record of a proposal.
struct Line {
  enum class State : std::uint8_t {
    listed,     ///< whole
    spared,     ///< whole, and left out for ever: a hold, an open file, a longer term
    disposed,   ///< it is decided that it goes, its octets may still be there
    destroyed,  ///< gone
  } state = State::listed;
  std::string why;  ///< spared
};

/// Why a record is there no more.
struct Gone {
  std::string basis;                    ///< "disposal" or "purge"
  std::uint64_t number = 0;             ///< of it
  std::string decision, decision_date;  ///< of a disposal
  Time at{};
  bool destroyed = false;  ///< its octets are gone, too
};

/// The emergency purge of a wrongly stored secret.
struct Purge {
  std::uint64_t number = 0;
  std::string records;      ///< ranges
  std::string note_sha256;  ///< of the sealed note, which lies with the cipher section and not here
  std::string note_place;   ///< its number in their register
  std::string reason;
  Voice asked;
  std::optional<Voice> confirmed, ended;
  std::string end;  ///< "", "done", "withdrawn"
};

std::string_view name_of(Fonds::State state);
std::string_view name_of(File::State state);
std::string_view name_of(Disposal::State state);
std::string_view name_of(Line::State state);

boost::json::object to_json(const Voice& voice);
boost::json::object to_json(const Fonds& fonds);
boost::json::object to_json(const File& file);
boost::json::object to_json(const FilePlan& plan);
boost::json::object to_json(const Kept& kept);
boost::json::object to_json(const Hold& hold);
boost::json::object to_json(const Disposal& disposal);
boost::json::object to_json(const Gone& gone);
boost::json::object to_json(const Purge& purge);
/// What is not there or of another kind counts as empty: these are our own words, read back.
Fonds to_fonds(const boost::json::object& o);
File to_file(const boost::json::object& o);
FilePlan to_file_plan(const boost::json::object& o);
Kept to_kept(const boost::json::object& o);
Hold to_hold(const boost::json::object& o);
Disposal to_disposal(const boost::json::object& o);
Gone to_gone(const boost::json::object& o);
Purge to_purge(const boost::json::object& o);

/// Members of an object that may be missing.
std::string text_in(const boost::json::object& o, std::string_view name);
std::uint64_t number_in(const boost::json::object& o, std::string_view name);
std::vector<std::string> texts_in(const boost::json::object& o, std::string_view name);
bool flag_in(const boost::json::object& o, std::string_view name);

}  // namespace vanthu::keeping
