// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/keeping/ledger.hpp"
#include "gateway/keeping/schedule.hpp"

/// How long records are kept, and why. The term belongs to the file, by its most valuable paper, and counts from the
/// end of the year in which the work ended. No date that a message brings is asked.
namespace vanthu::keeping {

/// What everything is judged by.
struct Look {
  const Ledger& ledger;
  const lmdb::Transaction& books;
  const Schedule& schedule;
  Time now;
};

/// One reason of a term, in Vietnamese: "nhóm 10-nam (Bảo quản 10 năm): 10 năm, nguồn …".
struct TermReason {
  Term term;
  std::string words;
};

struct FileTerm {
  File file;
  Term term;
  std::vector<TermReason> reasons;  ///< the class first, then each kind of paper in it
  std::optional<Date> kept_until;   ///< last day; none: open, permanent or unknown
};
FileTerm term_of(const Look& look, const File& file);

/// What may be done with a record today.
struct Fate {
  /// In this order: the first that fits is told.
  enum class Kind : std::uint8_t {
    unknown_record,
    gone,
    held,     ///< or released, and the cooling-off time is not over
    purging,  ///< an emergency purge is asked for
    claimed,  ///< stands in another proposal
    unfiled,  ///< in no file: nobody has judged it
    permanent,
    open_file,
    handed_over,
    undetermined,  ///< the table has no row for it
    not_yet,
    due,
    elsewhere  ///< told alone: what stands against it is none of theirs to see
  } kind = Kind::unknown_record;
  std::string why;                 ///< in Vietnamese
  std::vector<FileTerm> files;     ///< that it is in
  std::optional<Date> kept_until;  ///< by the file that keeps it longest
  std::size_t longest = 0;         ///< that file's place in `files`
  bool may_go() const { return kind == Kind::due; }
};
std::string_view name_of(Fate::Kind kind);

/// Terms of files that were looked at already: a file's term costs a look at all its papers.
using Terms = std::map<std::string, FileTerm>;
/// @param disposal  a proposal that it may stand in; 0: none
Fate fate_of(const Look& look, std::uint64_t record, Terms& terms, std::uint64_t disposal = 0);

/// What of the books somebody may see. Without a `unit` all.
struct InSight {
  /// Whether files, proposals and holds of that unit are theirs to see.
  std::function<bool(const std::string& unit)> unit{};
  bool sees(const std::string& one) const { return !unit || unit(one); }
  /// A hold is its unit's, or that of its file; of whose records it is said of none, only who sees all sees it.
  bool sees(const Hold& hold) const;
};
/// The same as it is told to somebody: by what they may see alone. Where nothing of that stands against its going and
/// something else does, only that it is so.
Fate fate_told(const Look& look, std::uint64_t record, Terms& terms, const InSight& sight, std::uint64_t disposal = 0);

}  // namespace vanthu::keeping
