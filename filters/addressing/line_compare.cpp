// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/line_compare.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "filters/policy/parties.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::addressing {
namespace {
using directory::Mailbox;
using directory::Resolution;
using filters::shown;

/// "vanthu.canloc@… (Đảng uỷ xã Can Lộc)" as a resolution names a successor: the address.
std::string address_of(const std::string& successor) { return successor.substr(0, successor.find(" (")); }

/// The deliveries of the message, found by what they may be called, each with whether a line accounts for it.
class Sent {
 public:
  explicit Sent(const filters::Context& context) : context_(context) {
    if (context.deliveries == nullptr) return;
    for (const mail::Delivery& delivery : *context.deliveries) {
      const std::size_t at = rows_.size();
      rows_.push_back({&delivery, filters::recipient_mailbox(context, delivery)});
      const Row& row = rows_.back();
      by_address_.emplace(mail::key(delivery.to), at);
      by_original_.emplace(text::ascii_lower(delivery.original), at);
      if (!delivery.holder.empty()) by_person_.emplace(delivery.holder, at);
      if (!row.mailbox) continue;
      by_unit_.emplace(row.mailbox->unit, at);
      if (!row.mailbox->person.empty() && row.mailbox->person != delivery.holder)
        by_person_.emplace(row.mailbox->person, at);
    }
  }

  struct Row {
    const mail::Delivery* delivery;
    std::optional<Mailbox> mailbox;
    bool covered = false;
  };
  std::vector<Row>& rows() { return rows_; }

  bool address(const std::string& key) {
    return cover(by_address_, key, [](const Row&) { return true; });
  }
  bool original(const std::string& key) {
    return cover(by_original_, key, [](const Row&) { return true; });
  }
  bool person(const std::string& id) {
    return cover(by_person_, id, [](const Row&) { return true; });
  }
  /// Every mailbox of the unit is accounted for; only those that are nobody's own make it served.
  bool unit(const std::string& id) {
    return cover(by_unit_, id, [](const Row& row) { return row.mailbox->kind != Mailbox::Kind::person; });
  }
  bool position(const std::string& unit, const std::string& post) {
    const std::string key = text::match_key(post);
    bool served = false;
    const auto [first, last] = by_unit_.equal_range(unit);
    for (auto row = first; row != last; ++row) {
      Row& one = rows_[row->second];
      if (one.mailbox->kind != Mailbox::Kind::position || text::match_key(one.mailbox->position) != key) continue;
      one.covered = served = true;
    }
    return served;
  }

 private:
  using Index = std::unordered_multimap<std::string, std::size_t>;
  template <class Serves>
  bool cover(const Index& index, const std::string& key, Serves serves) {
    bool served = false;
    const auto [first, last] = index.equal_range(key);
    for (auto row = first; row != last; ++row) {
      rows_[row->second].covered = true;
      served = served || serves(rows_[row->second]);
    }
    return served;
  }

  const filters::Context& context_;
  std::vector<Row> rows_;
  Index by_address_, by_original_, by_unit_, by_person_;
};

class Comparer {
 public:
  Comparer(const LineBook& book, const filters::Context& context, const filters::RecipientLineRules& rules,
           const Mailbox& sender)
      : book_(book), context_(context), rules_(rules), sender_(sender), sent_(context) {
    std::string at = sender.unit;
    for (std::size_t depth = 0; !at.empty() && depth < limits::unit_depth; ++depth) {
      above_.push_back(at);
      const auto unit = context.directory->unit(at);
      at = unit ? unit->parent : std::string();
    }
  }

  void paper(const filters::Paper& paper) {
    const auto dated = parse_date(paper.date);
    at_ = dated ? *dated : context_.today;
    LineReader reader(
        {*context_.directory, book_, at_, above_, rules_.min_confidence, &paper.addressed_to, &paper.articles});
    for (const std::string& printed : paper.recipients)
      for (const PrintedLine& line : read_recipient_line(printed)) one(reader, line);
  }

  Comparison finish() {
    extra();
    return std::move(out_);
  }

 private:
  void one(LineReader& reader, const PrintedLine& line) {
    ++out_.lines;
    const LineMeaning read = reader.read(line);
    if (line.kind == PrintedLine::Kind::archive) {
      for (const Meaning& meaning : read.meanings) reach(meaning);  // copies for the archive are nobody's surprise
      out_.archive.push_back({shown(line.text.empty() ? "Lưu" : line.text), {}, 1});
      return;
    }
    for (const Meaning& meaning : read.meanings) {
      ComparedLine row{shown(meaning.printed, 200), meaning.how, meaning.confidence};
      row.remark.vi = shown(meaning.name) + " (" + row.remark.vi + ")";
      row.remark.en = shown(meaning.name) + " (" + row.remark.en + ")";
      if (meaning.kind == Meaning::Kind::external) {
        outside_named_ = true;
        out_.external.push_back(std::move(row));
        continue;
      }
      const std::vector<std::string> missing = reach(meaning);
      if (missing.empty()) {
        out_.served.push_back(std::move(row));
        continue;
      }
      const bool whole = missing.size() == 1 && missing.front().empty();
      row.remark = whole ? Both{shown(meaning.name), shown(meaning.name)} : listed(missing);
      out_.unserved.push_back(std::move(row));
    }
    for (const Riddle& riddle : read.riddles) {
      for (const Meaning& guess : riddle.guess) reach(guess);  // never served by a guess, but no surprise either
      out_.not_understood.push_back({shown(riddle.printed, 200),
                                     {shown(riddle.why.vi, 300), shown(riddle.why.en, 300)},
                                     riddle.guess.empty() ? 0 : riddle.guess.front().confidence});
      puzzled_ = true;
    }
  }

  static Both listed(const std::vector<std::string>& missing) {
    Both all{"còn thiếu: ", "missing: "};
    for (std::size_t i = 0; i < std::min(missing.size(), limits::explained_items); ++i) {
      const std::string one = (i == 0 ? "" : ", ") + shown(missing[i]);
      all.vi += one, all.en += one;
    }
    if (missing.size() > limits::explained_items) {
      const std::string more = std::to_string(missing.size() - limits::explained_items);
      all.vi += " và " + more + " nơi khác", all.en += " and " + more + " more";
    }
    return all;
  }

  /// @return who was not reached; one empty name: nobody was
  std::vector<std::string> reach(const Meaning& meaning) {
    std::vector<std::string> missing;
    std::size_t asked = 0;
    const auto need = [&](bool reached, const std::string& name) {
      ++asked;
      if (!reached) missing.push_back(name);
    };
    switch (meaning.kind) {
      case Meaning::Kind::external:
        return {};
      case Meaning::Kind::own:
        for (Sent::Row& row : sent_.rows())
          if (row.mailbox && filters::within(context_, row.mailbox->unit, {sender_.unit})) row.covered = true;
        return {};
      case Meaning::Kind::group: {
        const auto* group = book_.group(meaning.id);
        if (group == nullptr) return {std::string()};
        // Whoever writes to the group itself reaches what it is today, however the paper's day differs.
        if (sent_.original(group->address)) return {};
        const Resolution members = context_.directory->resolve(group->address, at_);
        for (const Resolution::Target& target : members.targets) {
          if (++mailboxes_ > limits::recipient_mailboxes) break;
          need(mailbox(target.mailbox, target.holder), name_of(target.mailbox));
        }
        break;
      }
      case Meaning::Kind::units:
        for (const std::string& unit : meaning.units) {
          if (++mailboxes_ > limits::recipient_mailboxes) break;
          need(unit_reached(unit), unit_name(unit));
        }
        break;
      case Meaning::Kind::position:
        if (sent_.position(meaning.units.front(), meaning.position)) {
          for (const std::string& person : meaning.people) sent_.person(person);
          return {};
        }
        [[fallthrough]];
      case Meaning::Kind::person:
        for (const std::string& person : meaning.people) {
          const auto found = context_.directory->person(person);
          need(sent_.person(person), found ? found->name : person);
        }
        break;
    }
    if (missing.size() == asked) return {std::string()};
    return missing;
  }

  std::string unit_name(const std::string& id) const {
    auto unit = context_.directory->unit(id, at_);
    if (!unit) unit = context_.directory->unit(id);
    return unit ? unit->name : id;
  }

  std::string name_of(const Mailbox& mailbox) const {
    if (mailbox.kind == Mailbox::Kind::person)
      if (const auto person = context_.directory->person(mailbox.person)) return person->name;
    std::string name = unit_name(mailbox.unit);
    if (mailbox.kind == Mailbox::Kind::position && !mailbox.position.empty()) name = mailbox.position + " " + name;
    return name;
  }

  /// A mailbox as it was on the paper's day.
  bool mailbox(const Mailbox& mailbox, const std::string& holder) {
    if (mailbox.address == sender_.address) return true;
    bool reached = sent_.address(mailbox.address);
    if (mailbox.kind == Mailbox::Kind::unit) reached = sent_.unit(mailbox.unit) || reached;
    if (!mailbox.person.empty()) reached = sent_.person(mailbox.person) || reached;
    if (!holder.empty()) reached = sent_.person(holder) || reached;
    return reached || heirs(mailbox.address);
  }

  /// Who took over from an address that is closed today, all of them.
  bool heirs(const std::string& address) {
    const Resolution today = context_.directory->resolve(address, context_.today);
    if (today.kind == Resolution::Kind::mailbox && !today.targets.empty())
      return sent_.address(today.targets.front().mailbox.address);
    if (today.kind != Resolution::Kind::closed || today.successors.empty()) return false;
    bool all = true;
    for (const std::string& successor : today.successors) {
      const std::string heir = address_of(successor);
      all = (heir == sender_.address || sent_.address(heir)) && all;
    }
    return all;
  }

  bool unit_reached(const std::string& id) {
    if (id == sender_.unit || sent_.unit(id)) return true;
    const auto registry = context_.directory->registry_of(id, at_);
    if (!registry) return false;
    if (registry->address == sender_.address) return true;
    return sent_.address(registry->address) || heirs(registry->address);
  }

  /// Deliveries that no line accounts for, by the address that the sender wrote.
  void extra() {
    struct Count {
      std::size_t all = 0, extra = 0;
      std::string name;
    };
    std::map<std::string, Count> by_original;
    for (const Sent::Row& row : sent_.rows()) {
      Count& count = by_original[row.delivery->original];
      ++count.all;
      if (row.covered || expected(row)) continue;
      if (++count.extra == 1 && row.mailbox) count.name = name_of(*row.mailbox);
    }
    for (const auto& [original, count] : by_original) {
      if (count.extra == 0) continue;
      ComparedLine line{shown(original), {shown(count.name), shown(count.name)}, 0};
      if (count.all > 1) {
        const std::string share = std::to_string(count.extra) + "/" + std::to_string(count.all);
        line.remark = {share + " hộp thư", share + " mailboxes"};
      }
      out_.extra.push_back(std::move(line));
    }
  }

  bool expected(const Sent::Row& row) const {
    if (!row.mailbox) return outside_named_ || (puzzled_ && row.delivery->next_hop != "local");
    if (row.mailbox->kind == Mailbox::Kind::system || row.mailbox->address == sender_.address) return true;
    return filters::within(context_, row.mailbox->unit, {sender_.unit});
  }

  const LineBook& book_;
  const filters::Context& context_;
  const filters::RecipientLineRules& rules_;
  const Mailbox& sender_;
  Sent sent_;
  std::vector<std::string> above_;
  Date at_{};
  Comparison out_;
  std::size_t mailboxes_ = 0;
  bool outside_named_ = false, puzzled_ = false;
};

}  // namespace

Comparison compare_recipients(const LineBook& book, const filters::Context& context,
                              const filters::RecipientLineRules& rules, const Mailbox& sender,
                              const std::vector<const filters::Paper*>& papers) {
  Comparer comparer(book, context, rules, sender);
  for (const filters::Paper* paper : papers) comparer.paper(*paper);
  return comparer.finish();
}

}  // namespace vanthu::addressing
