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
  const auto domain = text::domain_to_ascii(shown(author.address.substr(at + 1), 300));
  return domain && is_ours(grounds, *domain);
}

/// The judgements over our own users' messages. They stand in the order in which a sender would mend them.
class Own {
 public:
  Own(const Grounds& grounds, Names& names, const filters::Context& context)
      : grounds_(grounds),
        names_(names),
        context_(context),
        facts_(*context.facts),
        login_(*context.login),
        language_(grounds.book.language) {}

  Verdict judge() {
    Verdict verdict = one_author();
    if (verdict.action != filters::Action::accept) return verdict;
    verdict = merge(std::move(verdict), author());
    verdict = merge(std::move(verdict), sender());
    verdict = merge(std::move(verdict), reply_to());
    verdict = merge(std::move(verdict), display_name());
    return merge(std::move(verdict), way_outside());
  }

 private:
  Verdict refuse(const char* rule, std::string_view vi, std::string_view en, const std::string& about) const {
    return refused(rule, 550, {5, 7, 1}, say(language_, vi, en) + about,
                   about.empty() ? say(language_, vi, en) : about);
  }

  Verdict one_author() {
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
      if (right_.allowed && right_.on_behalf)
        return refuse(rule, "gửi thay người khác thì thư phải có trường Sender ghi địa chỉ ",
                      "who writes on behalf of another must be named in Sender: ", shown(login_.address));
      return passed(rule, say(language_, "không có trường Sender", "no Sender field"));
    }
    const auto address = facts_.sender.size() == 1 ? key_of(facts_.sender.front()) : std::nullopt;
    if (!address)
      return refuse(rule, "trường Sender phải có đúng một địa chỉ đọc được",
                    "Sender must hold exactly one readable address", "");
    if (is_login(*address)) return passed(rule, say(language_, "địa chỉ của người đăng nhập", "the login's own"));
    if (right_.allowed && right_.on_behalf)
      return refuse(rule, "gửi thay người khác thì trường Sender phải ghi địa chỉ ",
                    "who writes on behalf of another must be named in Sender: ", shown(login_.address));
    const auto right = grounds_.directory.may_send_as(login_, *address, context_.today);
    if (!right.allowed || right.on_behalf)
      return refuse(rule, "tài khoản của bạn không được ghi trong trường Sender địa chỉ ",
                    "your account may not name in Sender ", shown(*address));
    return passed(rule, shown(right.because));
  }

  /// Answers to the committee's letters must come back into the system. Any address of ours will do: a leader's letter
  /// may well ask that answers go to the registry.
  Verdict reply_to() {
    constexpr const char* rule = "addressing.reply-to";
    if (grounds_.book.addressing.reply_to_outside) return passed(rule, say(language_, "không xét", "not asked"));
    for (const Author& to : facts_.reply_to)
      if (!names_our_domain(grounds_, to))
        return refuse(rule, "thư trả lời không được hướng ra ngoài hệ thống (Reply-To): ",
                      "answers may not be sent outside this system (Reply-To): ", shown(to.address));
    return passed(rule, facts_.reply_to.empty() ? say(language_, "không có trường Reply-To", "no Reply-To field")
                                                : say(language_, "trong hệ thống", "inside this system"));
  }

  Verdict display_name() {
    constexpr const char* rule = "addressing.display-name";
    if (!grounds_.book.addressing.display_names) return passed(rule, say(language_, "không xét", "not asked"));
    for (const Author& shown_as : facts_.from)
      if (const auto borrowed = borrowed_name(grounds_, names_, context_, shown_as, author_))
        return refuse(rule, "tên hiển thị là của người hoặc đơn vị khác: ",
                      "the display name is another person's or unit's: ", borrowed->whose);
    for (const Author& shown_as : facts_.sender)
      if (const auto borrowed = borrowed_name(grounds_, names_, context_, shown_as, text::ascii_lower(login_.address)))
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
  Names& names_;
  const filters::Context& context_;
  const filters::Facts& facts_;
  const directory::Login& login_;
  filters::Language language_;
  std::string author_;
  directory::Directory::Right right_;
};

Verdict judge_outsiders(const Grounds& grounds, Names& names, const filters::Context& context) {
  const filters::Language language = grounds.book.language;
  const filters::Facts& facts = *context.facts;
  if (facts.from_fields != 1 || facts.from.empty())
    return refused("addressing.one-author", 550, {5, 7, 1},
                   say(language, "thư phải có đúng một trường From", "a message must have exactly one From field"),
                   "From × " + std::to_string(facts.from_fields));
  Verdict verdict = passed("addressing.one-author", shown(facts.from.front().address));
  for (const std::vector<Author>* field : {&facts.from, &facts.sender})
    for (const Author& author : *field)
      if (names_our_domain(grounds, author))
        return merge(
            std::move(verdict),
            refused("addressing.forged", 550, {5, 7, 1},
                    say(language, "người gửi ghi trong thư thuộc hệ thống này; người dùng phải đăng nhập để gửi",
                        "the author named in the message is ours; our users log in to send"),
                    shown(author.address)));
  verdict = merge(std::move(verdict), passed("addressing.forged", ""));
  for (const Author& author : facts.from)
    if (const auto familiar = familiar_name(grounds, names, author))
      return merge(std::move(verdict), filters::noted("addressing.display-name",
                                                      say(language, "thư từ ngoài mang tên người hoặc đơn vị của ta: ",
                                                          "from outside under a name of ours: ") +
                                                          familiar->whose));
  return merge(std::move(verdict), passed("addressing.display-name", ""));
}

Verdict judge_hops(const Grounds& grounds, const filters::Facts& facts) {
  const filters::Language language = grounds.book.language;
  const std::string count = "Received × " + std::to_string(facts.received_fields);
  if (facts.received_fields <= limits::received_fields) return passed("addressing.loop", count);
  return refused("addressing.loop", 554, {5, 4, 6},
                 say(language, "thư đi vòng: đã qua quá nhiều chặng", "mail loop: too many hops"), count);
}
}  // namespace

Verdict judge_authors(const Grounds& grounds, Names& names, const filters::Context& context) {
  Verdict verdict = judge_hops(grounds, *context.facts);
  if (context.direction == mail::Direction::in)
    return merge(std::move(verdict), judge_outsiders(grounds, names, context));
  if (context.login == nullptr)
    return merge(std::move(verdict),
                 judge_reverse_path(grounds, context.direction, nullptr, std::nullopt, context.today));
  return merge(std::move(verdict), Own(grounds, names, context).judge());
}

}  // namespace vanthu::addressing
