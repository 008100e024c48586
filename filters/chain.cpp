// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/chain.hpp"

#include <exception>

#include "filters/addressing/addressing.hpp"
#include "filters/addressing/path_rules.hpp"
#include "filters/addressing/recipients.hpp"
#include "filters/attachments/attachments.hpp"
#include "filters/official/official.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::filters {
namespace {

/// Whatever breaks while judging is an outage of ours: "not now", never a "no" and never a "yes".
template <class Judge>
Verdict guarded(Language language, Judge judge) {
  std::string why;
  try {
    return judge();
  } catch (const std::exception& error) {
    why = error.what();
  }
  return directory_unavailable(language, shown(why));
}

}  // namespace

Chain::Chain(const Config& config, const directory::Directory& directory, std::shared_ptr<const Policy> policy)
    : config_(config),
      directory_(directory),
      policy_(std::move(policy)),
      lines_(std::make_shared<addressing::LineBooks>()) {
  for (const std::string& domain : config.domains) {
    auto ascii = text::domain_to_ascii(domain);
    domains_.push_back(ascii ? *std::move(ascii) : text::ascii_lower(domain));
  }
}

Verdict Chain::judge_reverse_path(mail::Direction direction, const directory::Login* login,
                                  const std::optional<mail::Mailbox>& reverse_path, Date today) const {
  const addressing::Grounds grounds{domains_, !config_.relay_outside.empty(), directory_, policy_->book()};
  Verdict verdict = guarded(grounds.book.language, [&] {
    return addressing::judge_reverse_path(grounds, direction, login, reverse_path, today);
  });
  verdict.policy_version = policy_->version();
  return verdict;
}

Recipient Chain::judge_forward_path(mail::Direction direction, const directory::Login* login,
                                    const mail::Mailbox& forward_path, Date today,
                                    const mail::Mailbox* reverse_path) const {
  const addressing::Grounds grounds{domains_, config_.reaches(forward_path.domain), directory_, policy_->book()};
  Recipient recipient;
  recipient.verdict = guarded(grounds.book.language, [&] {
    addressing::Destination destination =
        addressing::judge_forward_path(grounds, direction, login, forward_path, today, reverse_path);
    recipient.deliveries = std::move(destination.deliveries);
    return std::move(destination.verdict);
  });
  recipient.verdict.policy_version = policy_->version();
  return recipient;
}

Verdict Chain::judge_message(const Context& arrived) const {
  const addressing::Grounds grounds{domains_, !config_.relay_outside.empty(), directory_, policy_->book()};
  Verdict verdict = guarded(grounds.book.language, [&] {
    Context context = arrived;
    const std::vector<Familiar> familiar = addressing::familiar(grounds, context);
    context.familiar = &familiar;
    // Secrecy comes first and alone: what the other judgements would say quotes names and addresses of the message.
    Verdict content = attachments::judge(context, *policy_);
    if (content.secret) return content;
    if (directory_.generation() == 0)
      return directory_unavailable(grounds.book.language,
                                   say(grounds.book.language, "danh bạ chưa nạp", "no directory imported"));
    // What a mailbox holds was written by anybody, and is sent to nobody by being filed.
    if (context.direction == mail::Direction::append)
      return merge(std::move(content), official::judge(context, policy_->book()));
    Verdict judged = addressing::judge_authors(grounds, context);
    judged = merge(std::move(judged), addressing::judge_ways(grounds, context));
    judged = merge(std::move(judged), addressing::judge_personal_papers(grounds, context));
    judged = merge(std::move(judged), std::move(content));
    // What is refused is not sent: nobody needs to hear how its list differs.
    if (judged.action != Action::reject && judged.action != Action::defer)
      judged = merge(std::move(judged), addressing::judge_recipients(grounds, *lines_, context));
    return merge(std::move(judged), official::judge(context, policy_->book()));
  });
  verdict.policy_version = policy_->version();
  return verdict;
}

}  // namespace vanthu::filters
