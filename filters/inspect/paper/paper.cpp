// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/paper.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "filters/inspect/paper/head.hpp"
#include "filters/inspect/paper/issuer.hpp"
#include "filters/inspect/paper/kinds.hpp"
#include "filters/inspect/paper/letters.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/paper/number.hpp"
#include "filters/inspect/paper/recipients.hpp"
#include "filters/inspect/paper/rule_books.hpp"
#include "filters/inspect/paper/signing.hpp"
#include "filters/inspect/paper/stamps.hpp"
#include "filters/inspect/paper/subject.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

bool refers(const std::vector<std::string>& recipients, std::string_view words) {
  return std::any_of(recipients.begin(), recipients.end(),
                     [&](const std::string& line) { return text::match_key(line).starts_with(words); });
}

/// Whether a header can have a line with a number, which begins with "Số" and has a dash or slash; where two blocks ran
/// together it begins behind the first one, before a date. Dashes, and what plain_line() drops or maps, begin with one
/// of four octets. Looks at the lines that head_of() takes, and at some more where lines might vanish.
bool can_have_number(const Lines& lines) {
  std::size_t solid = 0;  // lines that surely stay lines of the header
  for (const Line& line : lines) {
    const std::string_view text = line.text;
    if (solid >= header_lines) return false;
    const char first = text.empty() ? '\0' : text.front();
    if (first > 0x20 && first != 0x7F && first != 'n') ++solid;
    const auto mapped = [](char c) { return c == '\xC2' || c == '\xE2' || c == '\xE3' || c == '\xEF'; };
    const bool marked =
        std::any_of(text.begin(), text.end(), [&](char c) { return c == '-' || c == '/' || mapped(c); });
    if (!marked) continue;
    if (first == 'S' || first == 's' || mapped(first) || (first >= 0 && first <= 0x20) || first == 0x7F) return true;
    if (text.find(',') != std::string_view::npos && text.find_first_of("Ss") != std::string_view::npos) return true;
  }
  return false;
}

/// "Số 12-TB/TU ngày 3/4/2020 của Tỉnh uỷ …": a sentence goes on behind the number, so it is another paper's.
bool is_quoted(const Number& number) {
  if (number.rest.size() < 3 || read_place_date(number.rest) || begins_subject(text::match_key(number.rest)))
    return false;
  std::string_view first = number.rest;
  first = first.substr(0, first.find(' '));
  const LetterCount count = count_letters(first);
  return count.letters > 0 && count.capitals == 0;
}

/// Which of the numbers in a header is the paper's own: those in stamps and quoted ones have less around them.
std::size_t find_number(const std::vector<HeadLine>& head, const Lines& lines) {
  const Arrival arrival = read_arrival(lines);
  const Stamp declassified = read_declassification(lines);
  std::size_t best = no_line;
  int best_score = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i].role != Role::number) continue;
    const std::size_t line = head[i].line;
    const Number number = *read_number(head[i].text);
    int score = (known_abbreviation(number.abbreviation) ? 2 : 0) + (number.rest.empty() ? 1 : 0);
    if (i > 0 && (head[i - 1].role == Role::rule || (head[i - 1].role == Role::text && all_capitals(head[i - 1].text))))
      ++score;
    for (std::size_t at = i > 12 ? i - 12 : 0; at < std::min(head.size(), i + 6); ++at)
      if (head[at].role == Role::party_head || head[at].role == Role::state_head) {
        score += 2;
        break;
      }
    if (lines[line].zone == Zone::box) --score;
    if (is_quoted(number)) score -= 5;
    if (declassified.line != no_line && line >= declassified.line && line <= declassified.line + 4) score -= 6;
    if (arrival.line != no_line && line >= arrival.line && line < arrival.end) score -= 4;
    if (best == no_line || score > best_score) {
      best = i;
      best_score = score;
    }
  }
  return best;
}

/// Collects where the fields were read.
class Sources {
 public:
  explicit Sources(const Lines& lines) : lines_(lines) {}

  /// @param sure  0 to 1, were the letters read without doubt
  void add(const char* field, bool found, std::size_t line, double sure) {
    if (!found) return;
    filters::Source source;
    source.field = field;
    source.reading = "text";
    source.confidence = sure;
    if (line < lines_.size()) {
      const Line& place = lines_[line];
      source.line = line + 1;
      if (place.certainty > 0) {
        source.reading = "ocr";
        source.confidence = sure * place.certainty / 100;
      }
      if (placed(place)) {
        source.page = place.page + 1;
        source.box = {place.begin, place.top, place.end, place.bottom};
      }
    }
    list_.push_back(std::move(source));
  }
  std::vector<filters::Source> take() { return std::move(list_); }

 private:
  const Lines& lines_;
  std::vector<filters::Source> list_;
};

/// A paper while it is read: what the header says, then the rest.
class PaperReader {
 public:
  explicit PaperReader(const Lines& lines) : lines_(lines), head_(head_of(lines)), sources_(lines) {}

  std::optional<filters::Paper> read() {
    number_at_ = find_number(head_, lines_);
    if (number_at_ != no_line)
      number_ = *read_number(head_[number_at_].text);
    else if (!find_lost_number())
      return std::nullopt;
    if (lines_[line_of(number_at_)].certainty > 0) number_.symbol = mended_symbol(number_.symbol);
    party_head_ = find_role(head_, Role::party_head) != no_line;
    state_head_ = find_role(head_, Role::state_head) != no_line;
    known_ = known_abbreviation(number_.abbreviation);
    who_and_when();
    kind_and_subject();
    mend_lost_header();
    if (!is_official()) return std::nullopt;
    rest();
    return std::move(paper_);
  }

 private:
  std::size_t line_of(std::size_t head) const { return head == no_line ? no_line : head_[head].line; }

  /// Where OCR could not read the line of the number, everything else of the form shows that it is a paper: the
  /// country's line, place and date, a body over the line, a title, "Nơi nhận". Number and symbol stay unknown.
  bool find_lost_number() {
    if (std::none_of(lines_.begin(), lines_.end(), [](const Line& line) { return line.certainty > 0; })) return false;
    const bool country = find_role(head_, Role::party_head) != no_line || find_role(head_, Role::state_head) != no_line;
    const std::size_t title = find_role(head_, Role::title);
    if (!country || title == no_line || find_date() == no_line || read_recipients(lines_).lines.empty()) return false;
    for (std::size_t i = 0; i < title; ++i) {
      const std::string& text = head_[i].text;
      const bool digit = text.find_first_of("0123456789") != std::string::npos;
      if (head_[i].role != Role::text || text[0] != 'S' || !digit || length(text) > 30) continue;
      if (!names_body(text::match_key(read_issuer(head_, i).name))) continue;
      number_at_ = i;
      lost_ = true;
      const std::size_t begin = text.find_first_of("0123456789");
      number_.number = text.substr(begin, text.find_first_not_of("0123456789", begin) - begin);
      number_.party = find_role(head_, Role::party_head) != no_line;
      return true;
    }
    return false;
  }

  /// The title says which abbreviation stands in the symbol.
  void mend_abbreviation() {
    const std::string mended = mended_abbreviation(number_.abbreviation, paper_.kind);
    known_ = known_abbreviation(mended);
    if (!known_) return;
    paper_.symbol.replace(0, number_.abbreviation.size(), mended);
    number_.abbreviation = mended;
  }

  /// Words of a symbol as the table of bodies has them.
  static std::string mended_symbol(const std::string& symbol) {
    std::string mended;
    for (std::size_t at = 0; at < symbol.size();) {
      const std::size_t end = std::min(symbol.find_first_of("-/", at), symbol.size());
      const std::string word = symbol.substr(at, end - at);
      mended += at == 0 ? word : mended_organ(word);
      if (end < symbol.size()) mended += symbol[end];
      at = end + 1;
    }
    return mended;
  }

  void who_and_when() {
    paper_.number = number_.number;
    paper_.symbol = number_.symbol;
    const Issuer issuer = read_issuer(head_, number_at_);
    paper_.issuer = issuer.name;
    paper_.parent = issuer.parent;
    const std::size_t date_at = find_date();
    if (date_at != no_line) {
      const auto place_date = read_place_date(head_[date_at].text);
      paper_.place = place_date->place;
      paper_.date = place_date->date;
    }
    // Party and state write numbers differently; where a paper mixes them, its printed head decides.
    const bool party = party_head_ || (!state_head_ && number_.party);
    paper_.form = party ? "party" : "state";
    paper_.rules = rule_books_of(paper_.form, paper_.date);
    const std::size_t number_line = line_of(number_at_);
    sources_.add("number", !paper_.number.empty(), number_line, lost_ ? 0.3 : known_ ? 0.99 : 0.9);
    sources_.add("symbol", !paper_.symbol.empty(), number_line, known_ ? 0.99 : 0.85);
    sources_.add("form", true, line_of(find_role(head_, party ? Role::party_head : Role::state_head)),
                 party_head_ || state_head_ ? 0.99 : 0.7);
    sources_.add("issuer", !paper_.issuer.empty(), issuer.line, issuer.parent.empty() ? 0.9 : 0.95);
    sources_.add("place", !paper_.place.empty(), line_of(date_at), 0.95);
    sources_.add("date", !paper_.date.empty(), line_of(date_at), paper_.place.empty() ? 0.7 : 0.98);
  }

  /// The paper's own date stands with a place; one without is taken where there is no other.
  std::size_t find_date() const {
    std::size_t bare = no_line;
    for (std::size_t i = 0; i < head_.size(); ++i) {
      if (head_[i].role != Role::date) continue;
      if (!read_place_date(head_[i].text)->place.empty()) return i;
      if (bare == no_line) bare = i;
    }
    return bare;
  }

  std::size_t find_title() const {
    std::size_t found = no_line;
    for (std::size_t i = 0; i < head_.size() && found == no_line; ++i)
      if (head_[i].role == Role::title && (i > number_at_ || party_head_ || state_head_)) found = i;
    // A title belongs to the header only if the body has not begun before it.
    for (std::size_t i = number_at_ + 1; found != no_line && i < found; ++i)
      if (head_[i].role == Role::text && (head_[i].key.starts_with("căn cứ") || head_[i].key.starts_with("kính gửi")))
        found = no_line;
    return found;
  }

  void kind_and_subject() {
    title_at_ = find_title();
    std::size_t subject_at = no_line;
    for (std::size_t i = number_at_ + 1; i < head_.size() && subject_at == no_line; ++i) {
      if (head_[i].key.starts_with("kính gửi")) break;
      if (head_[i].key.starts_with("v/v") || std::string_view(head_[i].key).starts_with("(v/v")) subject_at = i;
    }
    Subject subject;
    if (subject_at == no_line && number_.rest.size() > 3 && begins_subject(text::match_key(number_.rest)))
      subject = read_subject(head_, number_at_ + 1, number_.rest, nullptr);

    const std::string by_symbol = kind_of_abbreviation(number_.abbreviation, number_.party || party_head_);
    std::size_t kind_line = line_of(number_at_);
    double kind_sure = 0.9;
    if (title_at_ != no_line) {
      const HeadLine& title_line = head_[title_at_];
      const KindName title = kind_of_title(title_line.text);
      paper_.kind = title.name;
      if (!known_ && !lost_ && lines_[line_of(number_at_)].certainty > 0) mend_abbreviation();
      kind_line = line_of(title_at_);
      kind_sure = by_symbol.empty() || by_symbol == title.name ? 0.99 : 0.9;
      std::string rest = squeezed(std::string_view(title_line.text).substr(title.octets));
      while (!rest.empty() && (rest.front() == ':' || rest.front() == ' ')) rest.erase(0, 1);
      subject = read_subject(head_, title_at_ + 1, std::move(rest), &title_line);
    } else if (subject_at != no_line) {
      subject = read_subject(head_, subject_at, {}, nullptr);
      paper_.kind = by_symbol.empty() ? "Công văn" : by_symbol;
    } else {
      paper_.kind = by_symbol;
    }
    if (paper_.kind.empty() && !known_ && !number_.party) {
      paper_.kind = "Công văn";
      kind_sure = 0.8;
    }
    // A letter's subject stands under its number, often without "V/v".
    if (paper_.kind == "Công văn" && subject.text.empty() && number_at_ + 1 < head_.size() &&
        head_[number_at_ + 1].role == Role::text && head_[number_at_ + 1].row <= head_[number_at_].row + 2)
      subject = read_subject(head_, number_at_ + 1, {}, nullptr);
    paper_.subject = std::move(subject.text);
    sources_.add("kind", !paper_.kind.empty(), kind_line, kind_sure);
    sources_.add("subject", !paper_.subject.empty(), subject.line, 0.9);
  }

  bool is_official() const {
    // A letter of the state carries no kind in its symbol (12/SNV-TCCB); then the head must be the country's.
    const bool symbol_counts =
        known_ || lost_ || (state_head_ && !number_.party) || (party_head_ && title_at_ != no_line);
    const bool evidence =
        party_head_ || state_head_ || (!paper_.issuer.empty() && !paper_.date.empty() && known_) || header_lost_;
    if (!symbol_counts || !evidence || number_at_ > 40) return false;
    if (private_body(text::match_key(paper_.issuer)) || private_body(text::match_key(paper_.parent))) return false;
    if (paper_.kind == "Hợp đồng" || is_quoted(number_)) return false;
    // A name that is none of a body's: an application, a heading. Then everything else has to be there.
    const bool body = paper_.issuer.empty() || names_body(text::match_key(paper_.issuer)) ||
                      names_body(text::match_key(paper_.parent));
    if (!body && !header_lost_ &&
        (!known_ || paper_.date.empty() || text::match_key(paper_.issuer).starts_with("đơn ")))
      return false;
    return !paper_.issuer.empty() || !paper_.date.empty();
  }

  /// Text without its upper blocks (they are a table or boxes that whoever copied it left behind): the rule of the left
  /// block, number and title are still there, and at the end who signs and to whom it goes. The issuer then is whoever
  /// it is signed for.
  void mend_lost_header() {
    if (party_head_ || state_head_ || !paper_.issuer.empty() || !known_ || paper_.number.empty()) return;
    const bool rule = number_at_ > 0 && head_[number_at_ - 1].role == Role::rule && number_at_ <= 3;
    if (!rule || title_at_ == no_line || read_recipients(lines_).lines.empty()) return;
    const Signing signing = read_signing(lines_, line_of(title_at_) + 1);
    if (signing.signer.empty() || signing.authority.empty()) return;
    header_lost_ = true;
    const std::string first = signing.authority.substr(0, signing.authority.find(" / "));
    paper_.issuer = first.substr(std::min(first.find(' '), first.size() - 1) + 1);
    if (constexpr std::string_view head = "TRƯỞNG BAN "; paper_.issuer.starts_with(head))  // "T/L TRƯỞNG BAN CHỈ ĐẠO"
      paper_.issuer.erase(0, std::string_view("TRƯỞNG ").size());
    sources_.add("issuer", true, signing.authority_line, 0.5);
  }

  void rest() {
    const Markings markings = find_markings(lines_);
    paper_.secrecy = markings.secrecy;
    paper_.urgency = markings.urgency;
    sources_.add("secrecy", paper_.secrecy != "none", markings.secrecy_line, 0.95);
    sources_.add("urgency", paper_.urgency != "none", markings.urgency_line, 0.95);
    Addressees recipients = read_recipients(lines_);
    sources_.add("recipients", !recipients.lines.empty(), recipients.line, 0.9);
    paper_.recipients = std::move(recipients.lines);
    if (refers(paper_.recipients, "như trên") || refers(paper_.recipients, "như kính gửi"))
      paper_.addressed_to = read_addressed_to(lines_);
    if (refers(paper_.recipients, "như điều")) paper_.articles = read_articles(lines_, paper_.recipients);

    Signing signing = read_signing(lines_, line_of(title_at_ == no_line ? number_at_ : title_at_) + 1);
    sources_.add("authority", !signing.authority.empty(), signing.authority_line, 0.9);
    sources_.add("post", !signing.post.empty(), signing.post_line, 0.9);
    sources_.add("signer", !signing.signer.empty(), signing.signer_line, 0.9);
    paper_.authority = std::move(signing.authority);
    paper_.post = std::move(signing.post);
    paper_.signer = std::move(signing.signer);
    Stamp circulation = read_circulation(lines_);
    sources_.add("circulation", !circulation.text.empty(), circulation.line, 0.95);
    paper_.circulation = std::move(circulation.text);
    Stamp draft = read_draft(lines_);
    sources_.add("draft", !draft.text.empty(), draft.line, 0.95);
    paper_.draft = std::move(draft.text);
    Arrival arrival = read_arrival(lines_);
    sources_.add("arrival_number", !arrival.number.empty(), arrival.line, 0.9);
    sources_.add("arrival_date", !arrival.date.empty(), arrival.line, 0.9);
    paper_.arrival_number = std::move(arrival.number);
    paper_.arrival_date = std::move(arrival.date);

    const Line& first = lines_[line_of(number_at_)];
    if (placed(first)) paper_.page = first.page + 1;
    paper_.confidence = 0.3 + (party_head_ || state_head_ ? 0.25 : 0) + (known_ ? 0.15 : 0.05) +
                        (paper_.date.empty() ? 0 : 0.1) + (paper_.issuer.empty() ? 0 : 0.1) +
                        (paper_.number.empty() ? 0 : 0.05) + (paper_.recipients.empty() ? 0 : 0.05);
    paper_.confidence = std::min(paper_.confidence, 1.0);
    paper_.sources = sources_.take();
  }

  const Lines& lines_;
  const std::vector<HeadLine> head_;
  Sources sources_;
  filters::Paper paper_;
  Number number_;
  std::size_t number_at_ = no_line;
  std::size_t title_at_ = no_line;
  bool party_head_ = false, state_head_ = false, known_ = false;
  bool header_lost_ = false;
  bool lost_ = false;  ///< the number's line could not be read
};

/// Whether a line is the name of the party or the state as it stands over a paper.
bool country_line(const Line& line) {
  if (line.text.size() > 60 || count_letters(line.text).capitals < 15) return false;
  const std::string key = text::match_key(plain_line(line.text));
  return is_party_head(key) || is_state_head(key);
}

/// Behind the last line that belongs to the end of a paper: its signer's name, the last of its recipients.
std::size_t behind_end(const Lines& lines, std::size_t begin, std::size_t end) {
  const Lines own(lines.begin() + static_cast<std::ptrdiff_t>(begin), lines.begin() + static_cast<std::ptrdiff_t>(end));
  const Addressees recipients = read_recipients(own);
  const Signing signing = read_signing(own, recipients.line == no_line ? 0 : recipients.line);
  std::size_t last = recipients.line == no_line ? 0 : recipients.end;
  if (signing.signer_line != no_line) last = std::max(last, signing.signer_line + 1);
  return begin + last;
}

/// Where the papers of a document begin. A further one begins where the country's line stands again with a number near
/// it, and the one before has come to its end: on a page of its own, or behind "Nơi nhận".
std::vector<std::size_t> beginnings(const Lines& lines) {
  constexpr std::size_t block = 10;  // lines of the two blocks over a title
  std::vector<std::size_t> begins{0};
  std::size_t recipients = no_line;  // of the paper at hand
  std::size_t country = no_line;     // the last one seen
  for (std::size_t i = 0; i < lines.size() && begins.size() < limits::papers; ++i) {
    if (text::match_key(std::string_view(lines[i].text).substr(0, 24)).starts_with("nơi nhận")) recipients = i;
    if (!country_line(lines[i])) continue;
    const bool first = country == no_line;
    country = i;
    if (first && recipients == no_line) continue;
    bool number = false;
    for (std::size_t at = i > block ? i - block : 0; at < std::min(lines.size(), i + block) && !number; ++at)
      number = read_number(lines[at].text).has_value();
    if (!number) continue;
    std::size_t begin = i;
    if (placed(lines[i])) {
      while (begin > begins.back() && i - begin <= 2 * block && lines[begin - 1].page == lines[i].page) --begin;
      if (i - begin > 2 * block) continue;  // in the middle of a page: quoted
    } else {
      if (recipients == no_line) continue;
      begin = behind_end(lines, begins.back(), i);
      if (i - begin > 2 * block) begin = i;
    }
    if (begin <= begins.back()) continue;
    begins.push_back(begin);
    recipients = no_line;
  }
  return begins;
}

/// Sheets that lay in the scanner in another order: the page that bears a paper's header comes first; where it was the
/// last one, all are turned round. Nothing where the first page is right, or no page has a header.
std::vector<std::size_t> in_page_order(const Lines& lines) {
  constexpr std::size_t upper = 20;  // lines of a page that can be its header
  std::vector<std::size_t> order;
  std::size_t on_page = 0;
  std::uint32_t header = 0;
  for (std::size_t i = 0; i < lines.size() && header == 0; ++i) {
    on_page = i > 0 && lines[i].page == lines[i - 1].page ? on_page + 1 : 0;
    if (!placed(lines[i]) || on_page >= upper || !country_line(lines[i])) continue;
    if (lines[i].page == 0) return order;
    header = lines[i].page;
  }
  if (header == 0) return order;
  const std::uint32_t last = lines.back().page;
  const auto place = [&](std::size_t i) {
    const std::uint32_t page = lines[i].page;
    return header == last ? last - std::min(page, last) : page >= header ? page - header : page + last + 1 - header;
  };
  for (std::size_t i = 0; i < lines.size(); ++i) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return place(a) < place(b); });
  return order;
}

}  // namespace

std::optional<filters::Paper> read_paper(const Lines& lines) {
  const bool ocr = std::any_of(lines.begin(), lines.end(), [](const Line& line) { return line.certainty > 0; });
  if (!ocr && !can_have_number(lines)) return std::nullopt;
  return PaperReader(lines).read();
}

std::vector<filters::Paper> read_papers(const Lines& as_it_came) {
  const std::vector<std::size_t> order = in_page_order(as_it_came);
  Lines sheets;
  for (const std::size_t i : order) sheets.push_back(as_it_came[i]);
  const Lines& lines = order.empty() ? as_it_came : sheets;

  std::vector<filters::Paper> papers;
  const std::vector<std::size_t> begins = beginnings(lines);
  for (std::size_t i = 0; i < begins.size(); ++i) {
    std::optional<filters::Paper> paper;
    if (begins.size() == 1) {
      paper = read_paper(lines);
    } else {
      const std::size_t end = i + 1 < begins.size() ? begins[i + 1] : lines.size();
      paper = read_paper(Lines(lines.begin() + static_cast<std::ptrdiff_t>(begins[i]),
                               lines.begin() + static_cast<std::ptrdiff_t>(end)));
    }
    if (!paper) continue;
    for (filters::Source& source : paper->sources) {
      if (source.line == 0) continue;
      source.line += begins[i];
      if (!order.empty()) source.line = order[source.line - 1] + 1;
    }
    papers.push_back(*std::move(paper));
  }
  return papers;
}

}  // namespace vanthu::inspect
