// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/registers/card.hpp"
#include "gateway/registers/places.hpp"

/// What a register consists of. Values with a JSON form (FORMAT.md); nobody's pen changes them, only events do.
namespace vanthu::registers {

enum class Direction : std::uint8_t { out, in };
std::string_view word(Direction direction);  ///< "out", "in"

/// Which register: of whom, which way, how long, which numbers.
struct Key {
  Direction direction = Direction::out;
  std::string unit;
  Period period;
  std::string series;    ///< "TB/TU"; empty: all of them share one sequence
  bool numbered = true;  ///< false: what has no number of its own ("khac")
  /// "di/vptu/xx-2025-2030/tb-tu", "den/vptu/2026", "di/vptu/2026/khac"
  std::string id() const;
  friend bool operator==(const Key&, const Key&) = default;
};

/// Who did something and why.
struct Hand {
  std::string by, why;
  Time at{};
  friend bool operator==(const Hand&, const Hand&) = default;
};

/// What a person has signed of a closed volume: its note (closing.hpp), octet for octet.
struct Signature {
  std::string cms;                 ///< detached CMS (RFC 5652), DER, base64
  std::string signer;              ///< subject of the certificate
  std::string certificate_sha256;  ///< of its DER
  std::string signed_at;           ///< RFC 3339, as the signer says; empty: they do not
  Hand hand;                       ///< who brought it, and whose certificate it is
  friend bool operator==(const Signature&, const Signature&) = default;
};

/// A part of a register that is closed and bound.
struct Volume {
  std::uint32_t first = 0, last = 0;  ///< lowest and highest number; 0: it has none
  std::uint64_t lines = 0;
  std::string from, to;  ///< ISO days of its lines, earliest and latest
  std::string sha256;    ///< of its lines as they stood (FORMAT.md)
  Hand closed;
  std::uint64_t pages = 0;  ///< of its print; 0: not known
  std::string note{};       ///< what the log's key signed when it was closed (closing.hpp); empty: an old one
  std::vector<Signature> signatures{};  ///< of persons
  friend bool operator==(const Volume&, const Volume&) = default;
};

struct Register {
  Key key;
  std::uint64_t lines = 0;          ///< so many, in all volumes
  std::vector<Volume> volumes;      ///< closed ones
  std::uint64_t open_lines = 0;     ///< in the volume that is open
  std::uint32_t open_reserved = 0;  ///< numbers given and not yet sent
  std::string id() const { return key.id(); }
  std::uint32_t open_volume() const { return static_cast<std::uint32_t>(volumes.size()) + 1; }
  friend bool operator==(const Register&, const Register&) = default;
};

struct Line {
  enum class State : std::uint8_t { sent, reserved, entered, cancelled } state = State::sent;
  std::uint64_t ordinal = 0;  ///< names it; rises in the order in which lines were made
  std::uint32_t volume = 1;
  std::uint32_t number = 0;  ///< 0: none
  bool late = false;         ///< made when a volume that it belonged to was closed
  Card card;                 ///< as it is today
  std::string day;           ///< of despatch or of registration, ISO; of a reserved number: of its allocation
  std::string arrived;       ///< incoming: when the letter came, RFC 3339
  Hand made;                 ///< who allocated or registered; by nobody: filled from a record

  /// That a record carried the paper.
  struct Despatch {
    std::uint64_t record = 0;
    std::uint32_t paper = 0;  ///< place among the record's papers
    std::string day;
    enum class Sort : std::uint8_t { first, again, version } sort = Sort::first;
    friend bool operator==(const Despatch&, const Despatch&) = default;
  };
  std::vector<Despatch> despatches;
  /// A text struck through and written anew.
  struct Correction {
    std::string field, was, now;
    Hand hand;
    friend bool operator==(const Correction&, const Correction&) = default;
  };
  std::vector<Correction> corrections;
  struct Remark {
    std::string text;
    Hand hand;
    friend bool operator==(const Remark&, const Remark&) = default;
  };
  std::vector<Remark> remarks;
  std::optional<Hand> cancelled;
  std::string gone;  ///< that records it stands on were disposed of, by which decision
  friend bool operator==(const Line&, const Line&) = default;
};

/// A letter at a receiving unit's mailroom: one for each of its papers.
struct Item {
  std::string unit;
  std::uint64_t record = 0;
  std::uint32_t paper = 0;
  enum class State : std::uint8_t { waiting, entered, refused, gone } state = State::waiting;
  std::string mailbox;        ///< that it came to, "; " between several
  std::string arrived;        ///< RFC 3339
  std::string book;           ///< entered: the register
  std::uint64_t ordinal = 0;  ///< and the line
  std::uint32_t number = 0;
  std::string cause;  ///< refused (gone: the record was disposed of before anybody registered it): wrong-recipient,
                      ///< missing-page, bad-signature, other
  std::optional<Hand> hand;
  std::uint64_t before = 0;  ///< record that had brought the same file to this unit before; 0: none
  /// How what was registered is dealt with. It goes on when the register's volume is long closed, so it stands here
  /// and in no line.
  struct Handling {
    std::string deadline{};     ///< ISO day, or empty
    std::string instruction{};  ///< of the leader
    std::string finished{};     ///< ISO day on which it was, or empty
    std::string answer{};       ///< number and symbol of the paper that answers
    Hand hand{};                ///< who wrote the last of it
    friend bool operator==(const Handling&, const Handling&) = default;
  };
  std::optional<Handling> handling{};
  friend bool operator==(const Item&, const Item&) = default;
};

/// Takes from a line that stands on any of these records what it says, and who had to do with it: the number, the
/// symbol and the days stay, for a book has no gap. So it is shown while a record waits for its purge.
/// @param records  rising
/// @return whether it stands on any
bool withhold(Line& line, const std::vector<std::uint64_t>& records);
bool withhold(Item& item, const std::vector<std::uint64_t>& records);  ///< the same of a letter at a mailroom

/// Sequence of the frame that made it: a record's, or an event's.
std::uint64_t frame_of(std::uint64_t ordinal);
inline std::uint64_t frame_of(const Line& line) { return frame_of(line.ordinal); }
std::uint64_t first_of(std::uint64_t frame);  ///< the lowest ordinal that it may have made
/// What stays when a record that they stand on was purged: no text of the paper's and none that anybody wrote about it.
void take_words(Line& line);
void take_words(Item& item);
/// What stays of a number when what it was given with, and for, is destroyed: the paper that was sent with it, and what
/// was written on it since.
/// @param sent  that paper, as it was then; null: none was
void take_words_given(Line& line, const Card* sent);

std::string_view word(Line::State state);
std::string_view word(Line::Despatch::Sort sort);
std::string_view word(Item::State state);

boost::json::object to_json(const Key& key);
boost::json::object to_json(const Hand& hand);
boost::json::object to_json(const Register& book);
boost::json::object to_json(const Line& line);
boost::json::object to_json(const Item& item);
// Throw what boost::json throws, or std::invalid_argument for a word that is none.
Key to_key(const boost::json::value& value);
Register to_register(const boost::json::value& value);
Line to_line(const boost::json::value& value);
Item to_item(const boost::json::value& value);

}  // namespace vanthu::registers
