// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/rtf.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/text/legacy_font.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// Groups that hold no words of the document.
constexpr auto silent = std::to_array<std::string_view>(
    {"colortbl",     "stylesheet",    "info",      "pict",     "objdata",   "themedata",         "colorschememapping",
     "latentstyles", "datastore",     "generator", "xmlnstbl", "listtable", "listoverridetable", "rsidtbl",
     "fldinst",      "nonshppict",    "filetbl",   "revtbl",   "sp",        "bkmkstart",         "bkmkend",
     "mmathPr",      "wgrffmtfilter", "pnseclvl",  "panose",   "falt",      "userprops",         "docvar",
     "template"});

/// Where letters go that are no words of the document.
enum class Aside : std::uint8_t { none, object, field, attached };

constexpr std::size_t longest_font_name = 64;

struct State {
  Aside aside = Aside::none;
  bool silent = false;
  bool fonts = false;      ///< inside the font table
  std::size_t fields = 0;  ///< how many instructions are open
  Zone zone = Zone::body;
  int font = -1;
  float size = 0;  ///< points
  int skip = 1;    ///< characters that stand for a \u in readers that do not know it
};

class Reader {
 public:
  Reader(std::string_view octets, Notes& notes, RtfParts* parts) : octets_(octets), notes_(notes), parts_(parts) {}

  Lines read() {
    while (at_ < octets_.size()) {
      const char c = octets_[at_];
      if (c == '{') {
        ++at_;
        flush_bytes();
        if (stack_.size() >= limits::rtf_depth) {
          note(notes_, "inspect.unreadable", "groups");
          break;
        }
        stack_.push_back(now_);
        first_ = true;
        optional_ = false;
      } else if (c == '}') {
        ++at_;
        flush_bytes();
        const Zone zone = now_.zone;
        if (!stack_.empty()) {
          const Aside aside = now_.aside;
          const std::size_t depth = now_.fields;
          now_ = stack_.back();
          stack_.pop_back();
          if (aside != now_.aside || depth != now_.fields) end_aside(aside);
          if (stack_.empty() && parts_ != nullptr && parts_->end == 0) parts_->end = at_;
        }
        if (now_.zone != zone) end_line(zone);
      } else if (c == '\\') {
        control();
      } else {
        ++at_;
        if (c != '\r' && c != '\n') plain(c);
      }
    }
    flush_bytes();
    end_line(now_.zone);
    if (now_.aside == Aside::object) end_aside(Aside::object);
    while (!fields_.empty()) end_aside(Aside::field);  // not closed, and acted upon all the same
    unweave(lines_);
    return std::move(lines_);
  }

 private:
  void plain(char c) {
    first_ = false;
    if (to_skip_ > 0) {
      --to_skip_;
      return;
    }
    if (now_.aside != Aside::none) return aside(c);
    if (now_.fonts && !now_.silent) {
      std::string& name = names_[now_.font];
      if (name.size() < longest_font_name && c != ';') name += c;
      return;
    }
    if (!now_.silent) bytes_ += c;
  }

  void aside(char c) {
    if (now_.aside == Aside::field && !fields_.empty()) {
      if (fields_.back().size() < limits::header_field_octets) fields_.back() += c;
    } else if (now_.aside == Aside::attached && parts_ != nullptr) {
      if (parts_->attached.size() < limits::header_field_octets) parts_->attached += c;
    } else if (now_.aside == Aside::object) {
      const int value = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (value < 0) return;
      if (half_ >= 0) object_ += static_cast<char>(half_ * 16 + value);
      half_ = half_ >= 0 ? -1 : value;
    }
  }

  void end_aside(Aside aside) {
    if (aside == Aside::object) {
      if (parts_ != nullptr && !object_.empty() && parts_->objects.size() <= limits::container_entries)
        parts_->objects.push_back(std::move(object_));
      object_.clear();
      half_ = -1;
    } else if (aside == Aside::field && !fields_.empty()) {
      const std::string code = std::move(fields_.back());
      fields_.pop_back();
      // A field's result may be part of the instruction of the one around it.
      if (!fields_.empty() && fields_.back().size() < limits::header_field_octets) fields_.back() += code;
      if (parts_ != nullptr && parts_->fields.size() <= limits::container_entries) parts_->fields.push_back(code);
    }
  }

  void control() {
    ++at_;
    if (at_ >= octets_.size()) return;
    const char c = octets_[at_];
    if (c == '\'') {
      const auto digit = [](char d) {
        return d >= '0' && d <= '9'   ? d - '0'
               : d >= 'a' && d <= 'f' ? d - 'a' + 10
               : d >= 'A' && d <= 'F' ? d - 'A' + 10
                                      : -1;
      };
      const int high = at_ + 2 < octets_.size() ? digit(octets_[at_ + 1]) : -1;
      const int low = high >= 0 ? digit(octets_[at_ + 2]) : -1;
      at_ += low >= 0 ? 3 : 1;
      if (low >= 0) plain(static_cast<char>(high * 16 + low));
      return;
    }
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
      ++at_;
      if (c == '*') {
        optional_ = true;
        return;
      }
      if (c == '~') return plain(' ');
      if (c == '_') return plain('-');  // non-breaking hyphen
      if (c == '{' || c == '}' || c == '\\') return plain(c);
      if (c == '\r' || c == '\n') end_line(now_.zone);
      return;
    }
    std::size_t end = at_;
    while (end < octets_.size() &&
           ((octets_[end] >= 'a' && octets_[end] <= 'z') || (octets_[end] >= 'A' && octets_[end] <= 'Z')))
      ++end;
    const std::string_view word = octets_.substr(at_, end - at_);
    bool given = false;
    bool negative = false;
    long number = 0;
    if (end < octets_.size() && octets_[end] == '-') {
      negative = true;
      ++end;
    }
    for (; end < octets_.size() && octets_[end] >= '0' && octets_[end] <= '9'; ++end) {
      given = true;
      number = std::min(number * 10 + (octets_[end] - '0'), 100'000'000L);
    }
    if (end < octets_.size() && octets_[end] == ' ') ++end;
    at_ = end;
    act(word, negative ? -number : number, given);
    first_ = false;
  }

  void act(std::string_view word, long number, bool given) {
    if (word == "bin") {  // that many raw octets follow
      if (now_.aside == Aside::object) {
        object_.append(octets_.substr(at_, static_cast<std::size_t>(std::max(number, 0L))));
        half_ = -1;
      }
      at_ = std::min(octets_.size(), at_ + static_cast<std::size_t>(std::max(number, 0L)));
      return;
    }
    if (word == "objdata" || word == "objupdate") note(notes_, "content.active", "embedded object");
    if (word == "objautlink" || word == "objlink" || word == "objsub") note(notes_, "content.active", "linked object");
    if (word == "objocx") note(notes_, "content.active", "ActiveX");
    if (word == "objdata") {  // wherever it stands in its group
      end_aside(Aside::object);
      now_.silent = true;
      now_.aside = Aside::object;
    }
    if (word == "fldinst") {
      now_.silent = true;
      now_.aside = Aside::field;
      if (fields_.size() < limits::rtf_fields) {
        fields_.emplace_back();
        now_.fields = fields_.size();
      }
    }
    if (word == "fldrslt" && now_.aside == Aside::field) now_.aside = Aside::none;
    if (word == "template" && (optional_ || first_)) now_.aside = Aside::attached;
    if (first_) destination(word);
    if (word == "u" && given) {
      unicode(number);
    } else if (word == "uc" && given) {
      now_.skip = static_cast<int>(std::clamp(number, 0L, 16L));
    } else if (word == "ansicpg" && given) {
      page_ = number;
    } else if (word == "f" && given) {
      flush_bytes();
      now_.font = static_cast<int>(number);
    } else if (word == "fs" && given) {
      flush_bytes();
      now_.size = static_cast<float>(std::clamp(number, 0L, 3276L)) / 2;  // in half points
    } else if (word == "deff" && given) {
      default_font_ = static_cast<int>(number);
    } else if (word == "fcharset" && now_.fonts) {
      charsets_[now_.font] = number;
    } else if (word == "plain") {
      flush_bytes();
      now_.font = -1;
      now_.size = 12;
    } else if (word == "par" || word == "line" || word == "sect" || word == "page" || word == "row") {
      end_line(now_.zone);
    } else if (word == "cell" || word == "nestcell") {
      end_line(now_.zone == Zone::body ? Zone::cell : now_.zone);
    } else if (word == "tab") {
      plain('\t');
    } else if (word == "endash" || word == "emdash") {
      plain('-');
    } else if (word == "lquote" || word == "rquote") {
      plain('\'');
    } else if (word == "ldblquote" || word == "rdblquote") {
      plain('"');
    } else if (word == "bullet") {
      plain('-');
    }
  }

  /// The first word of a group says what the group is.
  void destination(std::string_view word) {
    if (word == "fonttbl") {
      now_.fonts = true;
    } else if (std::find(silent.begin(), silent.end(), word) != silent.end()) {
      now_.silent = true;
    } else if (word.substr(0, 6) == "header") {
      now_.zone = Zone::page_header;
    } else if (word.substr(0, 6) == "footer") {
      now_.zone = Zone::page_footer;
    } else if (word == "shptxt" || word == "dptxbxtext") {
      end_line(now_.zone);
      now_.zone = Zone::box;
      now_.silent = false;
    } else if (optional_ && word != "shpinst" && word != "shppict" && word != "footnote" && word != "annotation" &&
               word != "do" && word != "background" && word != "shprslt") {
      now_.silent = true;  // \*: what a reader does not know it may leave out
    }
    optional_ = false;
  }

  void unicode(long number) {
    flush_bytes();
    to_skip_ = now_.skip;
    if (now_.aside != Aside::none && number > 0 && number < 0x80) aside(static_cast<char>(number));
    if (now_.silent || now_.fonts) return;
    auto unit = static_cast<char32_t>(number < 0 ? number + 65536 : number);
    if (unit >= 0xD800 && unit < 0xDC00) {
      surrogate_ = unit;
      return;
    }
    if (unit >= 0xDC00 && unit < 0xE000)
      unit = surrogate_ == 0 ? U'\uFFFD' : 0x10000 + ((surrogate_ - 0xD800) << 10) + (unit - 0xDC00);
    surrogate_ = 0;
    if (unit == 0 || unit > 0x10FFFF) return;
    std::string letter;
    if (unit < 0x80) {
      letter += static_cast<char>(unit);
    } else if (unit < 0x800) {
      letter += static_cast<char>(0xC0 | unit >> 6);
      letter += static_cast<char>(0x80 | (unit & 0x3F));
    } else if (unit < 0x10000) {
      letter += static_cast<char>(0xE0 | unit >> 12);
      letter += static_cast<char>(0x80 | (unit >> 6 & 0x3F));
      letter += static_cast<char>(0x80 | (unit & 0x3F));
    } else {
      letter += static_cast<char>(0xF0 | unit >> 18);
      letter += static_cast<char>(0x80 | (unit >> 12 & 0x3F));
      letter += static_cast<char>(0x80 | (unit >> 6 & 0x3F));
      letter += static_cast<char>(0x80 | (unit & 0x3F));
    }
    add(letter);
  }

  /// Two characters may be one letter of the font, so a run is drawn as a whole.
  void add(std::string_view utf8) {
    if (run_font_ != now_.font || run_size_ != now_.size) end_run();
    run_font_ = now_.font;
    run_size_ = now_.size;
    run_ += utf8;
  }
  void end_run() {
    if (run_.empty()) return;
    const auto name = names_.find(run_font_ < 0 ? default_font_ : run_font_);
    line_.append(run_, font_named(name == names_.end() ? std::string_view{} : name->second, run_size_));
    run_.clear();
  }

  /// Octets since the last change of font, read in the font's character set.
  void flush_bytes() {
    if (bytes_.empty()) return;
    const bool ascii =
        std::all_of(bytes_.begin(), bytes_.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (ascii) {
      add(bytes_);
    } else {
      const auto found = charsets_.find(now_.font);
      const bool vietnamese = found != charsets_.end() ? found->second == 163 : page_ == 1258;
      add(to_utf8(bytes_, vietnamese ? "windows-1258" : "windows-1252").value_or(std::string()));
    }
    bytes_.clear();
  }

  void end_line(Zone zone) {
    flush_bytes();
    if (now_.silent) return;
    end_run();
    add_row(lines_, line_, zone, row_++);
    line_.clear();
  }

  std::string_view octets_;
  Notes& notes_;
  RtfParts* parts_;
  std::string object_;               // \objdata so far
  int half_ = -1;                    // its first digit of two
  std::vector<std::string> fields_;  // instructions that are open
  std::size_t at_ = 0;
  Lines lines_;
  FontText line_;
  std::string run_;  // of the line, UTF-8, in one font
  int run_font_ = -1;
  float run_size_ = 0;
  int default_font_ = -1;
  std::string bytes_;  // not yet decoded
  std::uint32_t row_ = 0;
  std::vector<State> stack_;
  State now_;
  bool first_ = false;     // the next word is the first of its group
  bool optional_ = false;  // \* stood before it
  int to_skip_ = 0;
  char32_t surrogate_ = 0;
  long page_ = 1252;
  std::map<int, long> charsets_;  // of fonts
  std::map<int, std::string> names_;
};

}  // namespace

Lines read_rtf(std::string_view octets, Notes& notes, RtfParts* parts) { return Reader(octets, notes, parts).read(); }

}  // namespace vanthu::inspect
