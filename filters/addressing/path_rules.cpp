// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/path_rules.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "filters/addressing/group_posts.hpp"
#include "filters/policy/parties.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::addressing {
namespace {
using directory::Mailbox;
using directory::Resolution;
using filters::PathRule;
using filters::Relation;
using filters::say;
using filters::shown;
using filters::Verdict;

constexpr const char* recipient_rule = "addressing.recipient";

bool holds(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::vector<std::string> above(const directory::Directory& directory, const std::string& unit) {
  std::vector<std::string> ids;
  auto found = directory.unit(unit);
  while (found && !found->parent.empty() && ids.size() < limits::unit_depth) {
    ids.push_back(found->parent);
    found = directory.unit(found->parent);
  }
  return ids;
}

/// The mailbox's unit, and the bodies above it that its registry serves: the office of a committee speaks for it.
std::vector<std::string> stands_for(const directory::Directory& directory, const Mailbox& mailbox, Date today) {
  std::vector<std::string> ids{mailbox.unit};
  if (!mailbox.registers_mail) return ids;
  for (const std::string& id : above(directory, mailbox.unit)) {
    const auto registry = directory.registry_of(id, today);
    if (!registry || registry->address != mailbox.address) break;
    ids.push_back(id);
  }
  return ids;
}

/// Whether one of the units stands below one of those named, or is one.
bool any_within(const directory::Directory& directory, const std::string& unit, const std::vector<std::string>& units) {
  filters::Context context;
  context.directory = &directory;
  return filters::within(context, unit, units);
}

std::string kind_of_unit(const directory::Directory& directory, const std::string& id) {
  const auto unit = directory.unit(id);
  return unit ? unit->kind : std::string();
}

/// What stands at the other end of a way.
struct End {
  std::string_view kind;           ///< of the mailbox, "group" or "outside"
  std::optional<Mailbox> mailbox;  ///< a group: a stand-in of its unit, where it has one
  std::string group;               ///< id
  std::string cls;                 ///< of who is outside
  std::size_t mailboxes = 1;
};

class Asker {
 public:
  Asker(const Grounds& grounds, const Way& way, const End& end)
      : grounds_(grounds), directory_(grounds.directory), way_(way), end_(end) {}

  bool fits(const PathRule& rule) const {
    return rule.valid.covers(way_.today) && from(rule) && to(rule) && related(rule);
  }

 private:
  bool from(const PathRule& rule) const {
    const std::string unit = way_.sender ? way_.sender->unit : way_.login.unit;
    if (!rule.from_unit.empty() && !any_within(directory_, unit, rule.from_unit)) return false;
    if (!rule.from_unit_kind.empty() && !holds(rule.from_unit_kind, kind_of_unit(directory_, unit))) return false;
    if (!rule.from_kind.empty() && !(way_.sender && holds(rule.from_kind, filters::kind_name(way_.sender->kind))))
      return false;
    if (rule.from_role.empty()) return true;
    const auto roles = directory_.roles(way_.login.person, way_.today);
    return std::any_of(roles.begin(), roles.end(), [&](const auto& role) { return holds(rule.from_role, role.role); });
  }

  bool to(const PathRule& rule) const {
    if (rule.mailboxes_over && end_.mailboxes <= *rule.mailboxes_over) return false;
    if (!rule.to_kind.empty() && !holds(rule.to_kind, end_.kind)) return false;
    if (!rule.to_class.empty() && !holds(rule.to_class, end_.cls)) return false;
    if (!rule.to_group.empty() && !holds(rule.to_group, end_.group)) return false;
    if (!rule.to_unit.empty() && !(end_.mailbox && any_within(directory_, end_.mailbox->unit, rule.to_unit)))
      return false;
    if (!rule.to_unit_kind.empty() &&
        !(end_.mailbox && holds(rule.to_unit_kind, kind_of_unit(directory_, end_.mailbox->unit))))
      return false;
    if (!rule.to_position.empty() && !has_post(rule.to_position)) return false;
    return !rule.to_thuong_truc || is_thuong_truc();
  }

  bool related(const PathRule& rule) const {
    if (rule.relation.empty()) return true;
    const auto wanted = [&](Relation one) {
      return std::find(rule.relation.begin(), rule.relation.end(), one) != rule.relation.end();
    };
    if (end_.kind == "outside") return wanted(Relation::outside);
    if (!way_.sender || !end_.mailbox || end_.mailbox->unit.empty()) return false;
    const auto found = relations(directory_, *way_.sender, *end_.mailbox, way_.today);
    return std::any_of(found.begin(), found.end(), wanted);
  }

  /// The mailbox's position, or one that its owner holds.
  bool has_post(const std::vector<std::string>& positions) const {
    if (!end_.mailbox || end_.kind == "group") return false;
    const auto named = [&](const std::string& position) {
      const std::string key = text::match_key(position);
      return !key.empty() && std::any_of(positions.begin(), positions.end(),
                                         [&](const std::string& one) { return text::match_key(one) == key; });
    };
    if (end_.mailbox->kind == Mailbox::Kind::position) return named(end_.mailbox->position);
    if (end_.mailbox->kind != Mailbox::Kind::person) return false;
    const auto posts = directory_.assignments(end_.mailbox->person);
    return std::any_of(posts.begin(), posts.end(), [&](const directory::Assignment& post) {
      return post.valid.covers(way_.today) && named(post.position);
    });
  }

  bool is_thuong_truc() const {
    const auto& list = grounds_.book.addressing.thuong_truc;
    return (!end_.group.empty() && holds(list, "group:" + end_.group)) || has_post(list);
  }

  const Grounds& grounds_;
  const directory::Directory& directory_;
  const Way& way_;
  const End& end_;
};

std::string words_of(const Grounds& grounds, const PathRule& rule) {
  return grounds.book.language == filters::Language::vi ? rule.text_vi : rule.text_en;
}

filters::Decision moderation(const Grounds& grounds, const directory::Group& group, const std::string& path) {
  filters::Decision decision;
  decision.kind = "moderate";
  decision.deciders = listed_words(group.moderators);
  decision.recipients = {path};
  decision.hours =
      group.decide_hours != 0 ? group.decide_hours : static_cast<std::uint32_t>(grounds.book.addressing.decide_hours);
  if (!group.on_timeout.empty()) decision.on_timeout = group.on_timeout;
  decision.why = say(grounds.book.language, "thư gửi tới nhóm có người điều hành: ", "mail to a moderated group: ") +
                 shown(group.name) + " <" + path + ">";
  return decision;
}

Verdict judge_volume(const Grounds& grounds, const filters::Context& context) {
  constexpr const char* rule = "addressing.volume";
  const filters::Language language = grounds.book.language;
  const std::uint64_t most = grounds.book.addressing.size_times_recipients_mb;
  const std::uint64_t count = context.deliveries == nullptr ? 0 : context.deliveries->size();
  constexpr std::uint64_t mega = 1U << 20;
  const std::uint64_t size = (context.facts->octets + mega - 1) / mega;
  const std::string sum = std::to_string(size) + " MB x " + std::to_string(count);
  if (most == 0 || count < 2 || context.facts->octets / mega * count <= most) return filters::passed(rule, sum);
  return filters::refused(rule, 552, {5, 3, 4},
                          say(language, "thư lớn gửi tới quá nhiều hộp thư: ", "too large for so many mailboxes: ") +
                              sum + say(language, ", nhiều nhất ", ", at most ") + std::to_string(most) +
                              say(language, " MB tất cả; hãy giảm tệp đính kèm hoặc gửi thành nhiều đợt",
                                  " MB in all; make the attachments smaller or send it to fewer"),
                          sum + " > " + std::to_string(most) + " MB");
}
}  // namespace

std::vector<Relation> relations(const directory::Directory& directory, const Mailbox& from, const Mailbox& to,
                                Date today) {
  if (from.unit == to.unit) return {Relation::self};
  const auto any_above = [&](const std::vector<std::string>& units, const std::string& unit) {
    const std::vector<std::string> over = above(directory, unit);
    return std::any_of(units.begin(), units.end(), [&](const std::string& one) { return holds(over, one); });
  };
  std::vector<Relation> found;
  if (any_above(stands_for(directory, to, today), from.unit)) found.push_back(Relation::up);
  if (any_above(stands_for(directory, from, today), to.unit)) found.push_back(Relation::down);
  if (found.empty()) found.push_back(Relation::across);
  return found;
}

WayVerdict judge_way(const Grounds& grounds, const Way& way, const std::string& entry) {
  const filters::Language language = grounds.book.language;
  const std::string address = shown(mail::format(way.forward_path));
  const std::string chain = address + " → " + entry;
  WayVerdict out;
  End end;
  if (way.resolution == nullptr) {
    end.kind = "outside";
    end.cls = filters::external_class(grounds.book.addressing, way.forward_path.domain);
  } else if (way.resolution->kind == Resolution::Kind::group) {
    end.kind = "group";
    end.group = way.resolution->via.substr(std::min(way.resolution->via.find(':') + 1, way.resolution->via.size()));
    end.mailboxes = way.resolution->targets.size();
    const auto group = grounds.directory.group(end.group);
    if (group) {
      end.mailbox.emplace().unit = group->unit;
      const PostRight right = may_post(grounds, *group, way);
      if (!right.allowed) {
        out.verdict =
            filters::refused("addressing.may-post", 550, {5, 7, 1},
                             say(language, "bạn không được gửi tới nhóm ", "you may not write to the group ") +
                                 shown(group->name) + say(language, "; được gửi: ", "; who may: ") + right.who,
                             chain + " → may_post: " + shown(group->may_post));
        return out;
      }
      if (group->moderated && !right.moderator) {
        // Nobody to ask is no leave to send.
        if (listed_words(group->moderators).empty()) {
          out.verdict =
              filters::refused("addressing.moderators", 550, {5, 7, 1},
                               say(language, "nhóm này phải có người điều hành duyệt thư nhưng danh bạ chưa nêu ai: ",
                                   "a moderator must pass mail to this group, but the directory names none: ") +
                                   shown(group->name),
                               chain + " → moderators: 0");
          return out;
        }
        out.moderated = *group;
      }
    }
  } else if (!way.resolution->targets.empty()) {
    end.mailbox = way.resolution->targets.front().mailbox;
    end.kind = filters::kind_name(end.mailbox->kind);
  }
  const Asker asker(grounds, way, end);
  const auto& rules = grounds.book.addressing.rules;
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const PathRule& one) { return asker.fits(one); });
  const std::string cls = end.cls.empty() ? std::string() : " (" + end.cls + ")";
  const std::string told =
      chain + cls + " → " +
      (rule == rules.end() ? say(language, "không quy tắc nào cấm", "no rule against it")
                           : say(language, "quy tắc ", "rule ") + rule->id) +
      (out.moderated ? say(language, "; chờ người điều hành nhóm", "; its moderators decide") : "");
  if (rule != rules.end() && rule->action == PathRule::Action::reject) {
    out.moderated.reset();
    out.verdict = filters::refused(rule->id, 550, {5, 7, 1}, words_of(grounds, *rule) + ": " + address, told);
    return out;
  }
  out.verdict = filters::passed(recipient_rule, told);
  if (rule != rules.end() && rule->action == PathRule::Action::confirm) out.confirm = &*rule;
  return out;
}

Verdict judge_ways(const Grounds& grounds, const filters::Context& context) {
  if (context.direction != mail::Direction::out || context.login == nullptr || context.envelope == nullptr) return {};
  Verdict verdict = judge_volume(grounds, context);
  const auto sender = filters::sender_mailbox(context);
  std::map<const PathRule*, filters::Decision> confirmations;
  std::size_t steps = 0;
  const filters::Language language = grounds.book.language;
  for (const mail::Mailbox& path : context.envelope->forward_paths) {
    std::optional<Resolution> resolution;
    if (is_ours(grounds, path.domain)) resolution = grounds.directory.resolve(mail::key(path), context.today);
    // What changed since RCPT is settled: the deliveries are made.
    const bool gone = resolution && resolution->targets.empty();
    if (gone) continue;
    std::string entry = say(language, "ra ngoài", "to the outside");
    if (resolution)
      entry = shown(resolution->via) + " " +
              (resolution->kind == Resolution::Kind::group
                   ? std::to_string(resolution->targets.size()) + say(language, " hộp thư", " mailboxes")
                   : shown(resolution->targets.front().mailbox.address));
    const Way way{*context.login, sender, path, resolution ? &*resolution : nullptr, context.today};
    WayVerdict one = judge_way(grounds, way, entry);
    const std::string written = mail::format(path);
    if (one.verdict.action != filters::Action::accept) {
      verdict = merge(std::move(verdict), std::move(one.verdict));
      continue;
    }
    const bool asks = one.confirm != nullptr || one.moderated.has_value();
    if (asks || ++steps <= limits::recipient_named) {
      one.verdict.steps.front().matched = asks;
      verdict = merge(std::move(verdict), std::move(one.verdict));
    }
    if (one.moderated) verdict.decisions.push_back(moderation(grounds, *one.moderated, written));
    if (one.confirm == nullptr) continue;
    const auto found = confirmations.find(one.confirm);
    if (found != confirmations.end()) {
      found->second.recipients.push_back(written);
    } else {
      filters::Decision decision =
          filters::confirmation(context, grounds.book.addressing.decide_hours, words_of(grounds, *one.confirm));
      decision.recipients = {written};
      confirmations.emplace(one.confirm, std::move(decision));
    }
  }
  if (steps > limits::recipient_named)
    verdict.steps.push_back({recipient_rule, false,
                             say(language, "và ", "and ") + std::to_string(steps - limits::recipient_named) +
                                 say(language, " địa chỉ khác", " more addresses")});
  for (const PathRule& rule : grounds.book.addressing.rules)  // in the policy's order
    if (const auto found = confirmations.find(&rule); found != confirmations.end())
      verdict.decisions.push_back(std::move(found->second));
  return verdict;
}

}  // namespace vanthu::addressing
