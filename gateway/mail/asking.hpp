// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "gateway/base/clock.hpp"

/// Mail of our own that asks somebody for a decision, or tells a sender something about his letter.
namespace vanthu::mail {

/// The letter that it is about. All text is one line, without controls; what may not be quoted is left empty.
struct About {
  std::string queue_id;
  Time received{};
  std::string message_id;           ///< "<a@b>": for References; empty: it has none
  std::string from;                 ///< reverse-path
  std::vector<std::string> to;      ///< whom it waits for, as the sender wrote them
  std::size_t more = 0;             ///< and so many others
  std::string subject;              ///< UTF-8
  std::vector<std::string> papers;  ///< "07-TB/TU": number and symbol
};

/// Who writes it, and to whom.
struct Letterhead {
  std::string hostname;
  std::string from;  ///< address
  std::string to;    ///< address
  std::string id;    ///< of this mail
  Time at{};
};

/// What is asked.
struct Asking {
  std::string kind;  ///< as mail::Question
  std::string why;   ///< one line
  Time deadline{};
  std::string on_timeout;      ///< as mail::Question; "next" where there is no next one reads "return"
  std::string reply, yes, no;  ///< addresses that answer: by the first line, by themselves
};

/// Vietnamese, then English; text/plain, quoted-printable, CRLF line ends, 7-bit unless an address has UTF-8 in it.
/// Auto-Submitted: auto-generated (RFC 3834), so that no vacation programme answers it.
std::string asking_mail(const Letterhead& head, const About& about, const Asking& asking);

struct Remark {
  std::string vi, en;  ///< one of them may be empty
};
/// What a sender is told of an accepted letter.
std::string notice_mail(const Letterhead& head, const About& about, const std::vector<Remark>& remarks);

/// Text of a header field (RFC 2047 §2, §5): as it is where it is printable ASCII, else encoded words of at most 75
/// octets, folded.
std::string field_words(std::string_view utf8);

}  // namespace vanthu::mail
