// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/match.hpp"

#include <algorithm>

#include "filters/policy/findings.hpp"
#include "filters/policy/parties.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::filters {
namespace {

bool holds_any(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// What a mail program and the system behind it would take for the file's type: after the last dot, without the dots
/// and spaces that Windows drops from the end of a name.
std::string extension_of(std::string_view name) {
  std::string visible = text::ascii_lower(shown(name, 1000));
  while (visible.ends_with('.') || visible.ends_with(' ')) visible.pop_back();
  const std::size_t dot = visible.rfind('.');
  return dot == std::string::npos ? std::string() : visible.substr(dot + 1);
}

const Part* part_at(const Facts& facts, std::string_view path) {
  const auto part = std::find_if(facts.parts.begin(), facts.parts.end(), [&](const Part& p) { return p.path == path; });
  return part == facts.parts.end() ? nullptr : &*part;
}

bool part_fits(const Conditions& when, const Part& part) {
  const auto type_fits = [&](const std::string& pattern) { return glob(pattern, text::ascii_lower(part.type)); };
  return (when.type.empty() || std::any_of(when.type.begin(), when.type.end(), type_fits)) &&
         (when.name_extension.empty() || holds_any(when.name_extension, extension_of(part.name)));
}

class Matcher {
 public:
  Matcher(const Conditions& when, const Context& context, const RuleBook& book, const Met& met)
      : when_(when), context_(context), facts_(*context.facts), book_(book), met_(met) {}

  Match run() {
    Match match;
    match.holds = direction() && filing() && sender() && recipients() && sizes() && authentication() && opinion() &&
                  labels() && familiar() && parts(match.quotes) && papers() && urgency();
    if (match.holds) {
      match.because = std::move(because_);
      match.finding = std::move(finding_);
      match.findings = std::move(findings_);
      match.recipients = std::move(recipients_);
    }
    return match;
  }

 private:
  void because(const std::string& words) { because_ += (because_.empty() ? "" : "; ") + words; }

  bool direction() {
    if (when_.direction.empty()) return true;
    using mail::Direction;
    const Direction direction = context_.direction;
    if (!holds_any(when_.direction, direction == Direction::in ? "in" : direction == Direction::out ? "out" : "append"))
      return false;
    because(direction == Direction::in    ? say(book_.language, "thư từ ngoài vào", "from outside")
            : direction == Direction::out ? say(book_.language, "thư gửi đi", "from one of our users")
                                          : say(book_.language, "thư cất vào hộp thư", "filed into a mailbox"));
    return true;
  }

  bool filing() {
    const FilingConditions& wanted = when_.filing;
    if (!wanted.given()) return true;
    if (context_.filing == nullptr) return false;
    const Filing& known = *context_.filing;
    const std::string user = context_.login == nullptr ? std::string() : context_.login->address;
    if (!is_folder(wanted.folder, wanted.special_use, known.folder, known.special_use) ||
        !is_address(wanted.mailbox, known.mailbox) || !is_address(wanted.user, user))
      return false;
    because(say(book_.language, "thư mục ", "folder ") + shown(known.folder) +
            (known.special_use.empty() ? "" : " (" + known.special_use + ")") + say(book_.language, " của ", " of ") +
            shown(known.mailbox));
    return true;
  }

  bool sender() {
    if (when_.sender_kind.empty() && when_.sender_unit.empty()) return true;
    const auto mailbox = sender_mailbox(context_);
    const std::string_view kind = mailbox ? kind_name(mailbox->kind) : "outside";
    if (!mailbox && context_.direction != mail::Direction::in) return false;
    if (!when_.sender_kind.empty() && !holds_any(when_.sender_kind, kind)) return false;
    if (!when_.sender_unit.empty() && !(mailbox && within(context_, mailbox->unit, when_.sender_unit))) return false;
    because(say(book_.language, "người gửi: ", "sender: ") + std::string(kind) +
            (mailbox ? " " + mailbox->address + " (" + mailbox->unit + ")" : ""));
    return true;
  }

  bool recipients() {
    if (when_.recipients_over) {
      const std::size_t count = context_.deliveries == nullptr ? 0 : context_.deliveries->size();
      if (count <= *when_.recipients_over) return false;
      because(std::to_string(count) + say(book_.language, " hộp thư nhận", " recipient mailboxes"));
    }
    if (!when_.of_recipient()) return true;
    if (context_.deliveries == nullptr) return false;
    for (const mail::Delivery& delivery : *context_.deliveries) {
      const auto mailbox = recipient_mailbox(context_, delivery);
      const bool outside = delivery.next_hop != "local";
      if (!mailbox && !outside) continue;
      const std::string_view kind = mailbox ? kind_name(mailbox->kind) : "outside";
      if (!when_.recipient_kind.empty() && !holds_any(when_.recipient_kind, kind)) continue;
      if (!when_.recipient_unit.empty() && !within(context_, delivery.unit, when_.recipient_unit)) continue;
      std::string cls;
      if (!when_.recipient_class.empty()) {
        cls = outside ? external_class(book_.addressing, delivery.to.domain) : std::string();
        if (!holds_any(when_.recipient_class, cls)) continue;
      }
      if (recipients_.empty())
        because(say(book_.language, "người nhận: ", "recipient: ") + std::string(kind) + " " +
                shown(mail::format(delivery.to)) + (cls.empty() ? "" : " (" + cls + ")"));
      if (recipients_.empty() || recipients_.back() != delivery.original) recipients_.push_back(delivery.original);
    }
    if (!recipients_.empty()) return true;
    return false;
  }

  bool sizes() {
    if (!when_.octets_over) return true;
    if (facts_.octets <= *when_.octets_over) return false;
    because(std::to_string(facts_.octets) + say(book_.language, " byte", " octets"));
    return true;
  }

  bool authentication() {
    const AuthenticationConditions& wanted = when_.authentication;
    if (!wanted.given()) return true;
    if (context_.authentication == nullptr) return false;
    const Authentication& known = *context_.authentication;
    const std::string dkim = dkim_result(known);
    const auto one_of = [](const std::vector<std::string>& list, const std::string& value) {
      return list.empty() || holds_any(list, value);
    };
    if (!one_of(wanted.spf, known.spf.result) || !one_of(wanted.dkim, dkim) ||
        !one_of(wanted.dmarc, known.dmarc.result) || !one_of(wanted.dmarc_policy, known.dmarc.policy) ||
        (wanted.forged_results && *wanted.forged_results != (known.forged_results > 0)))
      return false;
    const auto of = [](const std::string& domain) { return domain.empty() ? "" : " (" + shown(domain) + ")"; };
    because("spf=" + known.spf.result + of(known.spf.domain) + " dkim=" + dkim + " dmarc=" + known.dmarc.result +
            of(known.dmarc.domain) + (known.dmarc.policy.empty() ? "" : " p=" + known.dmarc.policy));
    if (wanted.forged_results && *wanted.forged_results)
      because(say(book_.language, "đến với Authentication-Results mang tên cổng này",
                  "came with an Authentication-Results field in our name"));
    return true;
  }

  bool opinion() {
    const OpinionConditions& wanted = when_.opinion;
    if (!wanted.given()) return true;
    if (context_.opinions == nullptr) return false;
    const auto said = [&](std::string_view source, const std::vector<std::string>& results,
                          const std::optional<std::uint64_t>& over) {
      if (results.empty() && !over) return true;
      for (const Opinion& one : *context_.opinions) {
        if (one.source != source || (!results.empty() && !holds_any(results, one.result))) continue;
        if (over && !(one.score > static_cast<double>(*over))) continue;
        because(one.source + "=" + one.result + (one.detail.empty() ? "" : " (" + shown(one.detail) + ")"));
        return true;
      }
      return false;
    };
    return said("clamd", wanted.clamd, std::nullopt) && said("rspamd", wanted.rspamd, wanted.rspamd_score_over);
  }

  /// Whether a delivery's mailbox and its way are cleared for a level.
  bool cleared(const mail::Delivery& delivery, const std::string& level) const {
    const LabelModel& model = book_.labels;
    const bool outside = delivery.next_hop != "local";
    const auto mailbox = recipient_mailbox(context_, delivery);
    const auto fits_recipient = [&](const LabelModel::Clearance& one) {
      return (one.kind.empty() || holds_any(one.kind, mailbox ? kind_name(mailbox->kind) : "outside")) &&
             (one.unit.empty() || within(context_, delivery.unit, one.unit)) &&
             (one.external.empty() ||
              (outside && holds_any(one.external, external_class(book_.addressing, delivery.to.domain))));
    };
    const auto fits_route = [&](const LabelModel::Clearance& one) {
      const std::string hop = text::ascii_lower(delivery.next_hop);
      return std::any_of(one.route.begin(), one.route.end(),
                         [&](const std::string& pattern) { return glob(pattern, hop); });
    };
    const auto up_to = [&](const std::vector<LabelModel::Clearance>& list, const auto& fits) {
      const auto first = std::find_if(list.begin(), list.end(), fits);
      const std::string& most = first == list.end() ? model.cleared : first->level;
      return most.empty() || model.dominates(most, level);
    };
    return up_to(model.recipients, fits_recipient) && up_to(model.routes, fits_route);
  }

  bool labels() {
    const LabelConditions& wanted = when_.label;
    if (!wanted.given()) return true;
    const LabelReading reading = read_labels(book_.labels, facts_);
    std::vector<std::string> levels = reading.message;
    for (const LabelReading::Of& one : reading.parts) levels.push_back(one.level);
    std::sort(levels.begin(), levels.end());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    const auto named = [&](const std::string& level) { return holds_any(wanted.level, level); };
    if (!wanted.level.empty() && std::none_of(levels.begin(), levels.end(), named)) return false;
    if (wanted.undominated && *wanted.undominated == reading.undominated.empty()) return false;
    if (wanted.unknown && *wanted.unknown == reading.unknown.empty()) return false;
    if (wanted.beyond_clearance) {
      bool beyond = false;
      if (context_.deliveries != nullptr)
        for (const mail::Delivery& delivery : *context_.deliveries) {
          const auto not_cleared = [&](const std::string& level) { return !cleared(delivery, level); };
          const auto level = std::find_if(levels.begin(), levels.end(), not_cleared);
          if (level == levels.end()) continue;
          if (!beyond)
            because(say(book_.language, "nhãn ", "label ") + *level +
                    say(book_.language, " vượt quyền của ", " is beyond ") + shown(mail::format(delivery.to)));
          beyond = true;
          if (recipients_.empty() || recipients_.back() != delivery.original) recipients_.push_back(delivery.original);
        }
      if (beyond != *wanted.beyond_clearance) return false;
    }
    std::string all;
    for (const std::string& level : levels) all += (all.empty() ? "" : ", ") + level;
    because(say(book_.language, "nhãn: ", "labels: ") + all);
    if (wanted.undominated && *wanted.undominated)
      because(say(book_.language, "nhãn của thư thấp hơn nhãn của ", "the message's label does not cover that of ") +
              part_label(facts_, reading.undominated.front().part, book_.language) + " (" +
              reading.undominated.front().level + ")");
    return true;
  }

  bool familiar() {
    if (when_.shows_name_of.empty()) return true;
    if (context_.familiar == nullptr) return false;
    const auto one = std::find_if(context_.familiar->begin(), context_.familiar->end(),
                                  [&](const Familiar& f) { return holds_any(when_.shows_name_of, f.kind); });
    if (one == context_.familiar->end()) return false;
    because(say(book_.language, "mang tên của ta (", "shows a name of ours (") + one->kind + "): " + one->name);
    return true;
  }

  void found(const Finding* finding, const Part* part, Quotes& quotes) {
    const std::string label = part_label(facts_, finding != nullptr ? finding->part : part->path, book_.language);
    std::string type = part != nullptr ? shown(part->type) : std::string();
    // A name that makes a program run it ("x.exe") counts whatever is inside; say which name.
    if (finding != nullptr && finding->detail.starts_with('.')) type += " (" + shown(finding->detail, 16) + ")";
    if (++found_ == 1) {
      quotes.part = label;
      quotes.name = part != nullptr && !part->name.empty() ? shown(part->name) : label;
      quotes.type = !type.empty() ? type : finding != nullptr ? shown(finding->detail) : std::string();
      quotes.finding = finding != nullptr ? finding_words(book_.language, finding->id) : std::string();
      finding_ = finding != nullptr ? finding->id : std::string();
    }
    if (found_ > limits::explained_items) return;
    std::string words = finding != nullptr ? shown(finding->id, 64) + ": " + label : label;
    if (!type.empty()) words += " (" + type + ")";
    if (finding != nullptr && !finding->detail.empty() && type.find(finding->detail) == std::string::npos)
      words += " [" + shown(finding->detail) + "]";
    because(words);
  }

  bool parts(Quotes& quotes) {
    if (!when_.of_part()) return true;
    if (!when_.finding.empty()) {
      for (const Finding& finding : facts_.findings) {
        const auto fits = [&](const std::string& pattern) {
          return meets(pattern, finding.id) && (pattern != "*" || !met_.contains(&finding));
        };
        if (std::none_of(when_.finding.begin(), when_.finding.end(), fits)) continue;
        const Part* part = part_at(facts_, finding.part);
        const bool of_more = !when_.type.empty() || !when_.name_extension.empty();
        if (of_more && (part == nullptr || !part_fits(when_, *part))) continue;
        found(&finding, part, quotes);
        findings_.push_back(&finding);
      }
    } else {
      for (const Part& part : facts_.parts)
        if (part_fits(when_, part)) found(nullptr, &part, quotes);
    }
    if (found_ > limits::explained_items)
      because(say(book_.language, "và ", "and ") + std::to_string(found_ - limits::explained_items) +
              say(book_.language, " mục khác", " more"));
    return found_ > 0;
  }

  static bool reads(const std::vector<std::string>& patterns, const std::string& printed) {
    if (patterns.empty()) return true;
    const std::string folded = text::fold(printed);
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return glob(text::fold(pattern), folded); });
  }

  bool paper_fits(const Paper& paper) const {
    return paper.confidence >= book_.official.min_confidence &&
           (when_.paper_form.empty() || holds_any(when_.paper_form, paper.form)) &&
           (when_.paper_kind.empty() || std::any_of(when_.paper_kind.begin(), when_.paper_kind.end(),
                                                    [key = text::match_key(paper.kind)](const std::string& kind) {
                                                      return text::match_key(kind) == key;
                                                    })) &&
           (!when_.paper_draft || *when_.paper_draft == !paper.draft.empty()) &&
           reads(when_.paper_symbol, paper.symbol) && reads(when_.paper_circulation, paper.circulation) &&
           reads(when_.paper_signer, paper.signer) && reads(when_.paper_issuer, paper.issuer);
  }

  bool papers() {
    if (!when_.of_paper()) return true;
    const auto paper =
        std::find_if(facts_.papers.begin(), facts_.papers.end(), [&](const Paper& p) { return paper_fits(p); });
    if (when_.paper && !*when_.paper) {
      if (paper != facts_.papers.end()) return false;
      because(say(book_.language, "không có văn bản", "no official paper"));
      return true;
    }
    if (paper == facts_.papers.end()) return false;
    std::string words = say(book_.language, "văn bản ", "official paper ") + shown(paper->number + "-" + paper->symbol);
    if (!paper->kind.empty()) words += " (" + shown(paper->kind) + ")";
    if (when_.paper_draft && *when_.paper_draft) words += ", " + shown(paper->draft);
    if (!when_.paper_circulation.empty()) words += ", " + shown(paper->circulation);
    if (!when_.paper_signer.empty()) words += ", " + shown(paper->signer);
    if (!when_.paper_issuer.empty()) words += ", " + shown(paper->issuer);
    because(words);
    return true;
  }

  bool urgency() {
    if (when_.urgency.empty()) return true;
    const auto fits = [&](const Paper& paper) { return holds_any(when_.urgency, paper.urgency); };
    const bool none = holds_any(when_.urgency, "none") && facts_.papers.empty();
    if (!none && std::none_of(facts_.papers.begin(), facts_.papers.end(), fits)) return false;
    because(say(book_.language, "mức độ khẩn", "urgency"));
    return true;
  }

  const Conditions& when_;
  const Context& context_;
  const Facts& facts_;
  const RuleBook& book_;
  const Met& met_;
  std::string because_;
  std::string finding_;
  std::vector<const Finding*> findings_;
  std::vector<std::string> recipients_;
  std::size_t found_ = 0;
};

}  // namespace

bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string part_label(const Facts& facts, std::string_view path, Language language) {
  if (path.empty()) return say(language, "thư", "the message");
  const std::size_t slash = path.find('/');
  const std::string_view section = path.substr(0, slash);
  const Part* outer = part_at(facts, section);
  std::string label = outer != nullptr && !outer->name.empty() ? shown(outer->name)
                                                               : say(language, "phần ", "part ") + shown(section, 40);
  if (slash != std::string_view::npos) label += "/" + shown(path.substr(slash + 1));
  return label;
}

bool is_marked(const Facts& facts) {
  return facts.secrecy != "none" ||
         std::any_of(facts.papers.begin(), facts.papers.end(), [](const Paper& p) { return p.secrecy != "none"; }) ||
         std::any_of(facts.findings.begin(), facts.findings.end(),
                     [](const Finding& f) { return f.id.starts_with("secrecy."); });
}

Match match(const Conditions& when, const Context& context, const RuleBook& book, const Met& met) {
  return Matcher(when, context, book, met).run();
}

}  // namespace vanthu::filters
