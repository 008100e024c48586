// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/line_meaning.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::addressing {
namespace {
using Entry = LineBook::Entry;

// What a way to meet a name takes away from its strength.
constexpr double loosely = 0.97, without_marks = 0.93, with_owner = 0.9, with_head = 0.86, marks_differ = 0.72,
                 by_class = 0.88, by_post = 0.92, by_person = 0.9, near_most = 0.75;
constexpr double likeness_from = 0.6;
constexpr std::size_t position_words = 7, head_words = 4;

/// What a position begins with, for those that nobody holds that day.
constexpr auto posts =
    std::to_array<std::string_view>({"bí thư",      "phó bí thư",      "trưởng",        "phó trưởng",
                                     "chánh",       "phó chánh",       "chủ tịch",      "phó chủ tịch",
                                     "chủ nhiệm",   "phó chủ nhiệm",   "giám đốc",      "phó giám đốc",
                                     "hiệu trưởng", "phó hiệu trưởng", "tổng biên tập", "phó tổng biên tập",
                                     "uỷ viên",     "chuyên viên",     "thường trực",   "lãnh đạo",
                                     "văn thư",     "thư ký",          "kế toán"});

std::string joined(std::string_view a, std::string_view b) { return std::string(a) + ' ' + std::string(b); }

bool begins_with_word(std::string_view text, std::string_view words) {
  return text.starts_with(words) && (text.size() == words.size() || text[words.size()] == ' ');
}
bool ends_with_word(std::string_view text, std::string_view words) {
  return text.ends_with(words) && (text.size() == words.size() || text[text.size() - words.size() - 1] == ' ');
}
bool holds_words(std::string_view text, std::string_view words) {
  for (std::size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1))
    if ((at == 0 || text[at - 1] == ' ') && begins_with_word(text.substr(at), words)) return true;
  return false;
}

bool fits(const LineBook::Class::Pattern& pattern, const LineWords& words, bool ascii) {
  const auto one = [&](const std::string& text, const std::string& wanted) {
    if (wanted.empty()) return false;
    if (pattern.open_front && pattern.open_end) return holds_words(text, wanted);
    if (pattern.open_front) return ends_with_word(text, wanted);
    if (pattern.open_end) return begins_with_word(text, wanted);
    return text == wanted;
  };
  return one(words.strict, pattern.words.strict) || one(words.loose, pattern.words.loose) ||
         (ascii && one(words.bare, pattern.words.bare));
}

Both both(std::string_view vi, std::string_view en) { return {std::string(vi), std::string(en)}; }
}  // namespace

LineReader::LineReader(Terms terms) : terms_(std::move(terms)), look_ups_(limits::recipient_look_ups) {
  for (const std::string& id : terms_.above) {
    auto unit = terms_.directory.unit(id, terms_.at);
    if (!unit) unit = terms_.directory.unit(id);
    if (!unit) continue;
    for (const std::string* name : {&unit->short_name, &unit->name}) {
      std::string words = line_words(*name, terms_.book.abbreviations()).loose;
      if (!words.empty() && std::find(owners_.begin(), owners_.end(), words) == owners_.end())
        owners_.push_back(std::move(words));
    }
  }
  owners_.emplace_back("tỉnh");
}

bool LineReader::spend() {
  if (look_ups_ == 0) return false;
  --look_ups_;
  return true;
}

std::vector<Meaning> LineReader::of_entry(const Entry& entry, double factor) {
  Meaning made;
  made.name = entry.name;
  made.confidence = entry.strength * factor;
  std::string_view target = entry.id;
  if (entry.kind == Entry::Kind::line) {
    made.how = both("dòng có trong danh bạ", "a line of the directory's table");
    const std::size_t colon = target.find(':');
    const std::string_view what = target.substr(0, colon);
    target = colon == std::string_view::npos ? std::string_view() : target.substr(colon + 1);
    if (what == "external") {
      made.kind = Meaning::Kind::external;
      made.id = target;
      return {made};
    }
    if (what != "group" && what != "unit") return {};  // archive, kinh-gui, article: the grammar has read these
    made.kind = what == "group" ? Meaning::Kind::group : Meaning::Kind::units;
  } else {
    made.kind = entry.kind == Entry::Kind::group ? Meaning::Kind::group : Meaning::Kind::units;
    made.how = entry.kind == Entry::Kind::group ? both("tên nhóm trong danh bạ", "a group's name")
                                                : both("tên đơn vị trong danh bạ", "a unit's name");
  }
  made.id = target;
  if (made.kind == Meaning::Kind::units) {
    made.units = {made.id};
    if (const auto unit = terms_.directory.unit(made.id, terms_.at))
      made.name = unit->name;
    else if (const auto newest = terms_.directory.unit(made.id))
      made.name = newest->name;
  } else if (const auto* group = terms_.book.group(made.id)) {
    made.name = group->name;
  }
  return {made};
}

/// Of several of one name that day the strongest, then the sender's own; what is no more is a doubt.
LineReader::Candidate LineReader::choose(const std::vector<const Entry*>& entries, double factor) {
  Candidate out;
  double best = 0;
  std::vector<const Entry*> open;
  const Entry* gone = nullptr;
  for (const Entry* entry : entries) {
    directory::Validity valid = entry->valid;
    if (entry->kind == Entry::Kind::line) {
      std::string_view id = entry->id;
      if (id.starts_with("group:"))
        if (const auto* group = terms_.book.group(id.substr(6))) valid = group->valid;
      if (id.starts_with("unit:") && !terms_.directory.unit(id.substr(5), terms_.at))
        if (const auto unit = terms_.directory.unit(id.substr(5))) valid = unit->valid;
    }
    if (!valid.covers(terms_.at)) {
      if (gone == nullptr || entry->strength > gone->strength) gone = entry;
      continue;
    }
    if (entry->strength < best) continue;
    if (entry->strength > best) open.clear();
    best = entry->strength;
    if (std::none_of(open.begin(), open.end(), [&](const Entry* other) { return other->id == entry->id; }))
      open.push_back(entry);
  }
  if (open.size() > 1) {
    const auto own = [&](const Entry* entry) {
      const auto unit = terms_.directory.unit(entry->id, terms_.at);
      return std::find(terms_.above.begin(), terms_.above.end(), entry->id) != terms_.above.end() ||
             (unit && !terms_.above.empty() && unit->parent == terms_.above.front());
    };
    std::vector<const Entry*> nearer;
    std::copy_if(open.begin(), open.end(), std::back_inserter(nearer), own);
    if (nearer.size() == 1) open = nearer;
  }
  if (open.size() == 1) {
    out.meaning = of_entry(*open.front(), factor);
  } else if (open.size() > 1) {
    out.doubt = both("nhiều nơi cùng tên: ", "several are called so: ");
    for (std::size_t i = 0; i < std::min(open.size(), limits::named_successors); ++i) {
      const std::string one = (i == 0 ? "" : ", ") + open[i]->name + " (" + open[i]->id + ")";
      out.doubt.vi += one, out.doubt.en += one;
    }
  } else if (gone != nullptr) {
    const std::string day = gone->valid.to && *gone->valid.to < terms_.at ? iso(*gone->valid.to) : "";
    out.doubt = {"không còn (hoặc chưa có) vào ngày của văn bản: " + gone->name + (day.empty() ? "" : ", đến " + day),
                 "did not exist on the paper's day: " + gone->name + (day.empty() ? "" : ", until " + day)};
  }
  return out;
}

LineReader::Candidate LineReader::in_book(const LineWords& words) {
  Candidate found;
  const auto strict = terms_.book.find(LineBook::Form::strict, words.strict);
  if (!strict.empty()) found = choose(strict, 1);
  if (!found.meaning.empty()) return found;
  const auto loose = terms_.book.find(LineBook::Form::loose, words.loose);
  if (!loose.empty()) {
    Candidate second = choose(loose, loosely);
    if (!second.meaning.empty() || found.doubt.vi.empty()) found = std::move(second);
  }
  return found;
}

/// Whether a part of a longer span means something by itself, so that an open pattern must not swallow it.
bool LineReader::stands_alone(std::string_view text) {
  if (!spend()) return true;
  const LineWords words = line_words(text, terms_.book.abbreviations());
  if (!in_book(words).meaning.empty()) return true;
  for (const LineBook::Class& cls : terms_.book.classes())
    for (const auto& pattern : cls.patterns)
      if (!pattern.open_front && cls.rule->valid.covers(terms_.at) && fits(pattern, words, false)) return true;
  return false;
}

std::vector<Meaning> LineReader::of_class(const LineWords& words, std::size_t pieces, bool ascii) const {
  for (const LineBook::Class& cls : terms_.book.classes()) {
    if (!cls.rule->valid.covers(terms_.at)) continue;
    const bool met = std::any_of(cls.patterns.begin(), cls.patterns.end(), [&](const auto& pattern) {
      return (pieces == 1 || !(pattern.open_end || pattern.open_front)) && fits(pattern, words, ascii);
    });
    if (!met) continue;
    Meaning made;
    made.id = made.name = cls.rule->name;
    made.confidence = by_class;
    made.how = both("lớp trong policy.toml", "a class of policy.toml");
    made.kind = cls.rule->external ? Meaning::Kind::external
                : cls.rule->own    ? Meaning::Kind::own
                                   : Meaning::Kind::units;
    if (made.kind == Meaning::Kind::units) {
      made.units = terms_.book.units_of(cls.rule->unit_kinds, terms_.at);
      if (made.units.empty()) continue;  // a later class may know where they went
    }
    return {made};
  }
  return {};
}

/// "Ban Tổ chức" in a paper of the Tỉnh uỷ is its own.
std::vector<Meaning> LineReader::completed(const LineWords& words) {
  for (const std::string& owner : owners_) {
    if (ends_with_word(words.loose, owner) || !spend()) continue;
    const LineWords more{joined(words.strict, owner), joined(words.loose, owner), {}};
    Candidate found = in_book(more);
    if (found.meaning.empty()) continue;
    found.meaning.front().confidence *= with_owner;
    return found.meaning;
  }
  return {};
}

std::vector<std::string> LineReader::unit_called(const std::string& words) {
  const auto units = [](const Candidate& found) {
    return !found.meaning.empty() && found.meaning.front().kind == Meaning::Kind::units ? found.meaning.front().units
                                                                                        : std::vector<std::string>();
  };
  if (!spend()) return {};
  auto ids = units(in_book({words, words, {}}));
  for (const std::string& owner : owners_) {
    if (!ids.empty() || ends_with_word(words, owner) || !spend()) break;
    ids = units(in_book({joined(words, owner), joined(words, owner), {}}));
  }
  return ids;
}

/// "Chánh Văn phòng Tỉnh uỷ": a position and the unit it belongs to; they may share words.
std::vector<Meaning> LineReader::position(const LineWords& words) {
  const auto list = split_words(words.loose);
  const bool known = std::any_of(posts.begin(), posts.end(),
                                 [&](std::string_view post) { return begins_with_word(words.loose, post); });
  if (list.size() < 2) return {};
  const auto text = [&](std::size_t first, std::size_t last) {
    const char* begin = list[first].data();
    return std::string(begin, static_cast<std::size_t>(list[last].data() + list[last].size() - begin));
  };
  std::vector<Meaning> unheld;
  for (std::size_t taken = std::min(position_words, list.size() - 1); taken > 0; --taken)
    for (std::size_t shared = 0; shared < std::min<std::size_t>(taken, 3); ++shared) {
      if (!known && shared > 0) continue;
      const std::string post = text(0, taken - 1);
      for (const std::string& unit : unit_called(text(taken - shared, list.size() - 1))) {
        Meaning made;
        made.kind = Meaning::Kind::position;
        made.units = {unit};
        made.position = post;
        made.confidence = by_post;
        made.how = both("chức vụ của đơn vị", "a position of the unit");
        const auto named = terms_.directory.unit(unit, terms_.at);
        made.name = post + ", " + (named ? named->name : unit);
        for (const directory::Assignment& one : terms_.directory.holders(unit, post, terms_.at))
          made.people.push_back(one.person);
        if (!made.people.empty()) return {made};
        if (known && unheld.empty()) unheld = {made};
      }
    }
  return unheld;
}

LineReader::Candidate LineReader::person(const LineWords& words) {
  Candidate out;
  if (split_words(words.loose).size() < 2 || split_words(words.loose).size() > 6) return out;
  const bool ascii = text::is_ascii(words.loose);
  std::vector<std::string> ids;
  for (const Named& named : terms_.directory.called(words.loose)) {
    // Likeness is the display names' business; here a name is the name, or it is written without any mark.
    const bool same = ascii ? text::fold(named.name) == words.bare : text::match_key(named.name) == words.loose;
    if (named.kind == Named::Kind::person && same) ids.push_back(named.id);
  }
  if (ids.empty()) return out;
  if (ids.size() > 1) {
    out.doubt = {"có " + std::to_string(ids.size()) + " người cùng tên",
                 std::to_string(ids.size()) + " people are called so"};
    return out;
  }
  Meaning made;
  made.kind = Meaning::Kind::person;
  made.people = ids;
  const auto found = terms_.directory.person(ids.front());
  made.name = found ? found->name : ids.front();
  made.confidence = by_person;
  made.how = both("tên người trong danh bạ", "a person's name");
  out.meaning = {made};
  return out;
}

LineReader::Candidate LineReader::nearest(const LineWords& words) {
  Candidate out;
  const auto bare = terms_.book.find(LineBook::Form::bare, words.bare);
  Candidate same = bare.empty() ? Candidate{} : choose(bare, marks_differ);
  if (!same.meaning.empty()) {
    out.guess = std::move(same.meaning);
    out.doubt = both("chỉ giống khi bỏ dấu: ", "the same only without marks: ");
  } else if (const LineBook::Near near = terms_.book.near(words.bare, terms_.at); near.likeness >= likeness_from) {
    out.guess = of_entry(*near.entry, near_most * near.likeness / near.entry->strength);
    out.doubt = both("có thể là: ", "perhaps: ");
  }
  if (!out.guess.empty()) out.doubt.vi += out.guess.front().name, out.doubt.en += out.guess.front().name;
  return out;
}

LineReader::Candidate LineReader::look_up(std::string_view text, std::size_t pieces, Depth depth) {
  if (!spend()) return {};
  const LineWords words = line_words(text, terms_.book.abbreviations());
  if (words.strict.empty()) return {};
  const bool ascii = text::is_ascii(text);
  Candidate found = in_book(words);
  if (!found.meaning.empty()) return found;
  const auto take = [&](std::vector<Meaning> meaning) {
    if (meaning.empty()) return false;
    found.meaning = std::move(meaning);
    return true;
  };
  if (take(of_class(words, pieces, ascii))) return found;
  if (ascii) {
    // Marks are a nuisance on many keyboards: a name without any is met by a name with them.
    if (Candidate bare = choose(terms_.book.find(LineBook::Form::bare, words.bare), without_marks);
        !bare.meaning.empty())
      return bare;
  }
  // What was called so and is no more must not be completed into something else.
  if (!found.doubt.vi.empty() && depth == Depth::exact) return found;
  if (found.doubt.vi.empty() && take(completed(words))) return found;
  if (depth == Depth::exact) return found;
  if (take(position(words))) return found;
  if (Candidate one = person(words); !one.meaning.empty() || (found.doubt.vi.empty() && !one.doubt.vi.empty()))
    return one;
  if (found.doubt.vi.empty()) return nearest(words);
  return found;
}

/// Addressees one after the other, the longest run of pieces that means something first.
void LineReader::names(const PrintedLine& line, LineMeaning& out) {
  const std::size_t count = line.pieces.size();
  const bool archive = line.kind == PrintedLine::Kind::archive;
  const std::string first = count > 1 ? line_words(line.piece(0), terms_.book.abbreviations()).loose : std::string();
  for (std::size_t i = 0; i < count;) {
    std::size_t next = i + 1;
    bool gone = false;
    Candidate found;
    for (std::size_t last = count; last-- > i;) {
      if (exhausted()) break;
      found = look_up(line.span(i, last), last - i + 1, Depth::exact);
      // What was called so another day is one addressee all the same.
      gone = found.meaning.empty() && !found.doubt.vi.empty();
      if (gone) next = last + 1;
      if (gone) break;
      if (found.meaning.empty() && last > i) {
        // "Sở Văn hoá, Thể thao và Du lịch": an open pattern takes what means nothing by itself.
        bool alone = false;
        for (std::size_t k = i + 1; k <= last && !alone; ++k) alone = stands_alone(line.piece(k));
        if (!alone) {
          const LineWords words = line_words(line.span(i, last), terms_.book.abbreviations());
          found.meaning = of_class(words, 1, text::is_ascii(line.span(i, last)));
        }
      }
      if (found.meaning.empty()) continue;
      next = last + 1;
      break;
    }
    const std::string printed(line.span(i, next - 1));
    const bool try_more = found.meaning.empty() && !archive && !exhausted() && next == i + 1;
    if (try_more) found = look_up(line.piece(i), 1, Depth::guessing);
    if (try_more && !gone && found.meaning.empty() && i > 0) {
      // "Huyện uỷ Can Lộc, Nghi Xuân": the head of the first one is meant again.
      const auto head = split_words(first);
      const LineWords words = line_words(line.piece(i), terms_.book.abbreviations());
      for (std::size_t taken = std::min(head_words, head.size()); taken > 0 && found.meaning.empty(); --taken) {
        if (!spend()) break;
        const char* begin = head.front().data();
        const std::string start(begin,
                                static_cast<std::size_t>(head[taken - 1].data() + head[taken - 1].size() - begin));
        const LineWords more{joined(start, words.loose), joined(start, words.loose), {}};
        found.meaning = in_book(more).meaning;
        if (found.meaning.empty()) found.meaning = completed(more);
        if (!found.meaning.empty()) found.meaning.front().confidence *= with_head;
      }
    }
    if (!found.meaning.empty() && found.meaning.front().confidence >= terms_.min_confidence) {
      found.meaning.front().printed = printed;
      out.meanings.push_back(std::move(found.meaning.front()));
    } else if (!archive) {
      Riddle riddle{printed, found.meaning.empty() ? std::move(found.guess) : std::move(found.meaning), found.doubt};
      if (exhausted()) riddle.why = both("danh sách quá dài", "the list is too long");
      if (riddle.why.vi.empty() && !riddle.guess.empty())
        riddle.why = {"có thể là: " + riddle.guess.front().name, "perhaps: " + riddle.guess.front().name};
      if (riddle.why.vi.empty()) riddle.why = both("không có trong danh bạ", "not in the directory");
      out.riddles.push_back(std::move(riddle));
    }
    i = next;
  }
}

/// Lines elsewhere in the paper that one of "Nơi nhận" refers to.
void LineReader::lines(const std::vector<std::string>& printed, const Both& missing, const PrintedLine& line,
                       LineMeaning& out) {
  bool any = false;
  for (const std::string& one : printed)
    for (const PrintedLine& entry : read_recipient_line(one)) {
      if (entry.kind != PrintedLine::Kind::addressees) continue;  // "Như trên" there would go round in a circle
      any = true;
      names(entry, out);
    }
  if (!any) out.riddles.push_back({line.text, {}, missing});
}

LineMeaning LineReader::read(const PrintedLine& line) {
  LineMeaning out;
  switch (line.kind) {
    case PrintedLine::Kind::addressees:
    case PrintedLine::Kind::archive:
      names(line, out);
      break;
    case PrintedLine::Kind::as_above: {
      static const std::vector<std::string> none;
      lines(terms_.addressed_to != nullptr ? *terms_.addressed_to : none,
            both("không đọc được phần Kính gửi", "the lines of Kính gửi were not read"), line, out);
      break;
    }
    case PrintedLine::Kind::articles: {
      std::vector<std::string> named;
      for (const std::string& article : terms_.articles != nullptr ? *terms_.articles : std::vector<std::string>()) {
        // "Điều 3. Văn phòng Tỉnh uỷ, … chịu trách nhiệm thi hành": the number, then whom it binds.
        const std::size_t digits = article.find_first_of("0123456789");
        if (digits == std::string::npos) continue;
        unsigned number = 0;
        const auto [end, error] = std::from_chars(article.data() + digits, article.data() + article.size(), number);
        if (error != std::errc{}) continue;
        const bool wanted = line.articles.empty() ||
                            std::find(line.articles.begin(), line.articles.end(), number) != line.articles.end();
        if (!wanted) continue;
        std::string who(end, article.data() + article.size());
        for (const std::string_view verb :
             {" chịu trách nhiệm", " có trách nhiệm", " căn cứ", " thi hành", " tổ chức thực hiện"})
          if (const std::size_t at = who.find(verb); at != std::string::npos) who.resize(at);
        named.push_back(std::move(who));
      }
      lines(named, both("không đọc được điều được dẫn", "the article was not read"), line, out);
      break;
    }
  }
  return out;
}

}  // namespace vanthu::addressing
