// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "filters/addressing/addressing.hpp"
#include "filters/addressing/display.hpp"
#include "filters/addressing/names.hpp"
#include "filters/policy/parties.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::addressing {
namespace {
using filters::Author;
using filters::merge;
using filters::passed;
using filters::refused;
using filters::say;
using filters::shown;
using filters::Verdict;

/// The address as the directory spells it, or nothing where our grammar does not take it.
std::optional<std::string> key_of(const Author& author) {
  const auto mailbox = mail::parse_mailbox(author.address, true);
  return mailbox ? std::optional(mail::key(*mailbox)) : std::nullopt;
}

bool names_our_domain(const Grounds& grounds, const Author& author) {
  if (const auto mailbox = mail::parse_mailbox(author.address, true)) return is_ours(grounds, mailbox->domain);
  // What our strict grammar refuses (quoted local parts, strange spellings) a mail program may still show as ours.
  const std::size_t at = author.address.rfind('@');
  if (at == std::string::npos) return false;
  const auto domain = text::domain_to_ascii(text::domain_to_unicode(shown(author.address.substr(at + 1), 300)));
  return domain && is_ours(grounds, *domain);
}

/// The judgements over our own users' messages. They stand in the order in which a sender would mend them.
class Own {
 public:
  Own(const Grounds& grounds, const filters::Context& context)
      : grounds_(grounds),
        context_(context),
        facts_(*context.facts),
        login_(*context.login),
        language_(grounds.book.language) {}

  Verdict judge() {
    Verdict verdict = one_author();
    if (verdict.action != filters::Action::accept) return verdict;
    verdict = merge(std::move(verdict), author());
    verdict = merge(std::move(verdict), sender());
    verdict = merge(std::move(verdict), resent());
    verdict = merge(std::move(verdict), reply_to());
    verdict = merge(std::move(verdict), display_name());
    return merge(std::move(verdict), way_outside());
  }

 private:
  Verdict refuse(const char* rule, std::string_view vi, std::string_view en, const std::string& about) const {
    return refused(rule, 550, {5, 7, 1}, say(language_, vi, en) + about,
                   about.empty() ? say(language_, vi, en) : about);
  }

  /// Whether the inspector could not read a field, or could read it in two ways.
  bool unclear(std::string_view field) const {
    return std::any_of(facts_.findings.begin(), facts_.findings.end(), [&](const filters::Finding& finding) {
      return finding.id == "header.bad-author" && finding.detail == field;
    });
  }

  Verdict one_author() {
    for (const char* field : {"from", "sender", "reply-to", "resent-from", "resent-sender"})
      if (unclear(field))
        return refuse("addressing.one-author", "địa chỉ trong tiêu đề thư không đọc được theo một cách duy nhất: ",
                      "an address in the header cannot be read in one way alone: ", field);
    if (facts_.from_fields == 1 && facts_.from.size() == 1) {
      if (auto key = key_of(facts_.from.front())) {
        author_ = *std::move(key);
        return passed("addressing.one-author", shown(author_));
      }
      return refuse("addressing.one-author", "không đọc được địa chỉ trong trường From",
                    "the address in From cannot be read", "");
    }
    return refuse("addressing.one-author", "thư phải có đúng một trường From với đúng một địa chỉ",
                  "a message must have exactly one From field with exactly one address", "");
  }

  Verdict author() {
    right_ = grounds_.directory.may_send_as(login_, author_, context_.today);
    if (!right_.allowed)
      return refuse("addressing.author", "tài khoản của bạn không được đứng tên người gửi ",
                    "your account may not write as ", shown(author_));
    return passed("addressing.author", shown(right_.because));
  }

  bool is_login(const std::string& address) const { return address == text::ascii_lower(login_.address); }

  Verdict sender() {
    constexpr const char* rule = "addressing.sender";
    if (facts_.sender.empty()) {
      if (!right_.allowed || !right_.on_behalf)
        return passed(rule, say(language_, "không có trường Sender", "no Sender field"));
      // Added by the door; a field in UTF-8 can only stand in a message that is carried as such (RFC 6531).
      if (!text::is_ascii(login_.address) && !(context_.envelope != nullptr && context_.envelope->utf8))
        return refuse(rule, "gửi thay người khác thì thư phải có trường Sender ghi địa chỉ ",
                      "who writes on behalf of another must be named in Sender: ", shown(login_.address));
      return on_behalf(true);
    }
    const auto address = facts_.sender.size() == 1 ? key_of(facts_.sender.front()) : std::nullopt;
    if (!address)
      return refuse(rule, "trường Sender phải có đúng một địa chỉ đọc được",
                    "Sender must hold exactly one readable address", "");
    if (is_login(*address))
      return right_.allowed && right_.on_behalf
                 ? on_behalf(false)
                 : passed(rule, say(language_, "địa chỉ của người đăng nhập", "the login's own"));
    if (right_.allowed && right_.on_behalf)
      return refuse(rule, "gửi thay người khác thì trường Sender phải ghi địa chỉ ",
                    "who writes on behalf of another must be named in Sender: ", shown(login_.address));
    const auto right = grounds_.directory.may_send_as(login_, *address, context_.today);
    if (!right.allowed || right.on_behalf)
      return refuse(rule, "tài khoản của bạn không được ghi trong trường Sender địa chỉ ",
                    "your account may not name in Sender ", shown(*address));
    return passed(rule, shown(right.because));
  }

  /// Who sends a message on names itself in each of its Resent blocks, by the rules of From and Sender. The author
  /// stays bound to the login as well: programs show From, whatever Resent-From says.
  Verdict resent() {
    constexpr const char* rule = "addressing.resent";
    std::string because;
    for (const filters::Resent& block : facts_.resent) {
      const auto from = block.from_fields == 1 && block.from.size() == 1 ? key_of(block.from.front()) : std::nullopt;
      if (!from)
        return refuse(rule, "thư gửi tiếp phải có đúng một trường Resent-From với đúng một địa chỉ",
                      "a message sent on has exactly one Resent-From field with exactly one address", "");
      const auto right = grounds_.directory.may_send_as(login_, *from, context_.today);
      if (!right.allowed)
        return refuse(rule, "tài khoản của bạn không được đứng tên người gửi tiếp (Resent-From) ",
                      "your account may not send on as (Resent-From) ", shown(*from));
      const auto sender = block.sender.size() == 1 ? key_of(block.sender.front()) : std::nullopt;
      if (block.sender.empty() ? right.on_behalf : !(sender && is_login(*sender)))
        return refuse(rule, "gửi tiếp thay người khác thì trường Resent-Sender phải ghi địa chỉ ",
                      "who sends on behalf of another must be named in Resent-Sender: ", shown(login_.address));
      because += (because.empty() ? "" : "; ") + shown(right.because);
    }
    if (facts_.resent.empty()) because = say(language_, "không có trường Resent", "no Resent fields");
    return passed(rule, because);
  }

  std::string name_of(const std::string& person) const {
    const auto row = grounds_.directory.person(person);
    return row ? row->name : std::string();
  }

  /// The act goes into the record with both persons: who wrote, and who holds what was written from that day.
  Verdict on_behalf(bool add_sender) const {
    filters::OnBehalf act;
    act.login = text::ascii_lower(login_.address);
    act.person = login_.person;
    act.author = author_;
    act.add_sender = add_sender;
    if (const auto mailbox = filters::mailbox_behind(context_, author_)) {
      act.position = mailbox->position;
      act.unit = mailbox->unit;
      act.holder = mailbox->person;
      if (act.holder.empty() && !mailbox->position.empty()) {
        const auto holders = grounds_.directory.holders(mailbox->unit, mailbox->position, context_.today);
        if (!holders.empty()) act.holder = holders.front().person;
      }
    }
    const auto unit = grounds_.directory.unit(act.unit);
    std::string whose = name_of(act.holder);
    if (!act.position.empty())
      whose += (whose.empty() ? "" : ", ") + act.position + (unit ? ", " + unit->name : std::string());
    Verdict verdict = filters::noted(
        "addressing.on-behalf",
        shown(name_of(act.person)) + " <" + shown(act.login) + say(language_, "> viết thay ", "> wrote on behalf of ") +
            (whose.empty() ? "" : shown(whose, 200) + " ") + "<" + shown(author_) + ">" +
            (add_sender ? say(language_, "; thêm trường Sender", "; a Sender field is added") : std::string()));
    verdict.on_behalf = std::move(act);
    return merge(passed("addressing.sender", say(language_, "người viết thay", "who writes on behalf")),
                 std::move(verdict));
  }

  /// Answers to the committee's letters must come back into the system, and to who may ask for them: an address that
  /// the login may write as, or the registry of an office it stands in or under.
  Verdict reply_to() {
    constexpr const char* rule = "addressing.reply-to";
    if (grounds_.book.addressing.reply_to == filters::ReplyTo::anywhere)
      return passed(rule, say(language_, "không xét", "not asked"));
    std::string because;
    for (const Author& to : facts_.reply_to) {
      if (!names_our_domain(grounds_, to))
        return refuse(rule, "thư trả lời không được hướng ra ngoài hệ thống (Reply-To): ",
                      "answers may not be sent outside this system (Reply-To): ", shown(to.address));
      if (grounds_.book.addressing.reply_to == filters::ReplyTo::inside) continue;
      const auto address = key_of(to);
      const auto right =
          address ? grounds_.directory.may_send_as(login_, *address, context_.today) : directory::Directory::Right{};
      if (!right.allowed && !(address && is_registry_of_ours(*address)))
        return refuse(rule,
                      "thư trả lời chỉ được hướng về địa chỉ bạn được đứng tên hoặc văn thư cơ quan bạn (Reply-To): ",
                      "answers may be sent to what you may write as or to your office's registry only (Reply-To): ",
                      shown(to.address));
      because += (because.empty() ? "" : "; ") + shown(right.allowed ? right.because : *address);
    }
    if (because.empty())
      because = facts_.reply_to.empty() ? say(language_, "không có trường Reply-To", "no Reply-To field")
                                        : say(language_, "trong hệ thống", "inside this system");
    return passed(rule, because);
  }

  /// A registry of the unit of the login or of the author's mailbox, or of a unit above it.
  bool is_registry_of_ours(const std::string& address) const {
    const auto registry = filters::mailbox_behind(context_, address);
    if (!registry || !registry->registers_mail) return false;
    const auto author = filters::mailbox_behind(context_, author_);
    for (const std::string& unit : {login_.unit, author ? author->unit : std::string()})
      if (!unit.empty() && filters::within(context_, unit, {registry->unit})) return true;
    return false;
  }

  Verdict display_name() {
    constexpr const char* rule = "addressing.display-name";
    if (!grounds_.book.addressing.display_names) return passed(rule, say(language_, "không xét", "not asked"));
    for (const Author& shown_as : facts_.from)
      if (const auto borrowed = borrowed_name(grounds_, context_, shown_as, author_))
        return borrowed->title ? refuse(rule, "tên hiển thị mang chức danh mà bạn không giữ: ",
                                        "the display name is a title that you do not hold: ", borrowed->whose)
                               : refuse(rule, "tên hiển thị là của người hoặc đơn vị khác: ",
                                        "the display name is another person's or unit's: ", borrowed->whose);
    for (const Author& shown_as : facts_.sender)
      if (const auto borrowed = borrowed_name(grounds_, context_, shown_as, text::ascii_lower(login_.address)))
        return refuse(rule, "tên hiển thị trong Sender là của người hoặc đơn vị khác: ",
                      "the display name in Sender is another person's or unit's: ", borrowed->whose);
    return passed(rule, "");
  }

  Verdict way_outside() {
    constexpr const char* rule = "addressing.outside";
    const auto leaves = [](const mail::Delivery& delivery) { return delivery.next_hop != "local"; };
    if (context_.deliveries == nullptr ||
        std::none_of(context_.deliveries->begin(), context_.deliveries->end(), leaves))
      return passed(rule, say(language_, "trong hệ thống", "inside this system"));
    const auto mailbox = filters::sender_mailbox(context_);
    if (!mailbox || !mailbox->external_allowed)
      return refuse(
          rule, "hộp thư này chỉ gửi trong hệ thống, không gửi ra ngoài: ",
          "this mailbox may write inside this system only: ", shown(mailbox ? mailbox->address : login_.address));
    return passed(rule, shown(mailbox->address) + say(language_, " được gửi ra ngoài", " may write to the outside"));
  }

  const Grounds& grounds_;
  const filters::Context& context_;
  const filters::Facts& facts_;
  const directory::Login& login_;
  filters::Language language_;
  std::string author_;
  directory::Directory::Right right_;
};

/// What a rule with shows_name_of could act on is written down whether there is one or not.
Verdict familiar_step(const Grounds& grounds, const filters::Context& context) {
  constexpr const char* rule = "addressing.display-name";
  if (context.familiar == nullptr || context.familiar->empty()) return passed(rule, "");
  std::string all;
  for (const filters::Familiar& one : *context.familiar)
    all += (all.empty() ? "" : ", ") + one.name + " (" + one.kind + ")";
  return filters::noted(
      rule, say(grounds.book.language, "thư từ ngoài mang tên của ta: ", "from outside under a name of ours: ") + all);
}

Verdict judge_outsiders(const Grounds& grounds, const filters::Context& context) {
  const filters::Language language = grounds.book.language;
  const filters::Facts& facts = *context.facts;
  // Several authors are lawful (RFC 5322 §3.6.2) and shown as one by most programs; DMARC knows of one (RFC 7489
  // §6.6.1).
  if (facts.from_fields != 1 || facts.from.size() != 1)
    return refused("addressing.one-author", 550, {5, 7, 1},
                   say(language, "thư phải có đúng một trường From với đúng một địa chỉ",
                       "a message must have exactly one From field with exactly one address"),
                   "From × " + std::to_string(facts.from_fields) + ", " + std::to_string(facts.from.size()) +
                       say(language, " địa chỉ", " addresses"));
  Verdict verdict = passed("addressing.one-author", shown(facts.from.front().address));
  std::vector<const std::vector<Author>*> fields{&facts.from, &facts.sender};
  for (const filters::Resent& block : facts.resent) {
    fields.push_back(&block.from);
    fields.push_back(&block.sender);
  }
  for (const std::vector<Author>* field : fields)
    for (const Author& author : *field)
      if (names_our_domain(grounds, author))
        return merge(
            std::move(verdict),
            refused("addressing.forged", 550, {5, 7, 1},
                    say(language, "người gửi ghi trong thư thuộc hệ thống này; người dùng phải đăng nhập để gửi",
                        "the author named in the message is ours; our users log in to send"),
                    shown(author.address)));
  verdict = merge(std::move(verdict), passed("addressing.forged", ""));
  return merge(std::move(verdict), familiar_step(grounds, context));
}

Verdict judge_hops(const Grounds& grounds, const filters::Facts& facts) {
  const filters::Language language = grounds.book.language;
  const std::string count = "Received × " + std::to_string(facts.received_fields);
  if (facts.received_fields <= limits::received_fields) return passed("addressing.loop", count);
  return refused("addressing.loop", 554, {5, 4, 6},
                 say(language, "thư đi vòng: đã qua quá nhiều chặng", "mail loop: too many hops"), count);
}
}  // namespace

std::vector<filters::Familiar> familiar(const Grounds& grounds, const filters::Context& context) {
  std::vector<filters::Familiar> found;
  if (context.direction != mail::Direction::in || context.facts == nullptr) return found;
  const filters::Facts& facts = *context.facts;
  for (const std::vector<Author>* field : {&facts.from, &facts.sender, &facts.reply_to})
    for (std::size_t i = 0; i < std::min(field->size(), limits::authors_looked_at); ++i)
      for (filters::Familiar& one : familiar_names(grounds, (*field)[i]))
        if (std::none_of(found.begin(), found.end(), [&](const auto& known) { return known.kind == one.kind; }))
          found.push_back(std::move(one));
  return found;
}

Verdict judge_authors(const Grounds& grounds, const filters::Context& context) {
  Verdict verdict = judge_hops(grounds, *context.facts);
  if (context.direction == mail::Direction::in) return merge(std::move(verdict), judge_outsiders(grounds, context));
  if (context.login == nullptr)
    return merge(std::move(verdict),
                 judge_reverse_path(grounds, context.direction, nullptr, std::nullopt, context.today));
  return merge(std::move(verdict), Own(grounds, context).judge());
}

}  // namespace vanthu::addressing
