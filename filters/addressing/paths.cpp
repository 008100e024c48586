// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "filters/addressing/addressing.hpp"
#include "filters/addressing/path_rules.hpp"
#include "filters/policy/parties.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::addressing {
namespace {
using directory::Resolution;
using filters::passed;
using filters::refused;
using filters::say;
using filters::shown;
using filters::Verdict;
using mail::Direction;

/// The first `most`, the rest counted.
std::string joined(filters::Language language, const std::vector<std::string>& items, std::size_t most) {
  std::string all;
  for (std::size_t i = 0; i < std::min(items.size(), most); ++i) all += (all.empty() ? "" : ", ") + shown(items[i]);
  if (items.size() > most)
    all +=
        say(language, " và ", " and ") + std::to_string(items.size() - most) + say(language, " địa chỉ khác", " more");
  return all;
}

Verdict unknown_address(const Grounds& grounds, Direction direction, const std::string& address, Date today) {
  const filters::Language language = grounds.book.language;
  std::string text = say(language, "không có địa chỉ ", "no such address: ") + shown(address);
  if (direction == Direction::out && grounds.book.addressing.neighbours > 0) {
    const auto near =
        grounds.directory.neighbours(address, static_cast<std::size_t>(grounds.book.addressing.neighbours), today);
    if (!near.empty())
      text += say(language, "; có phải: ", "; did you mean: ") + joined(language, near, near.size()) + "?";
  }
  return refused("addressing.unknown", 550, {5, 1, 1}, text,
                 say(language, "không có trong danh bạ", "not in the directory"));
}

Verdict closed_address(filters::Language language, const std::string& address, const Resolution& resolution) {
  std::string text = say(language, "địa chỉ ", "address ") + shown(address);
  if (!resolution.closed_name.empty()) text += " (" + shown(resolution.closed_name) + ")";
  text += say(language, " đã đóng", " is closed");
  if (!resolution.successors.empty())
    text += say(language, "; hãy gửi tới: ", "; write to: ") +
            joined(language, resolution.successors, limits::named_successors);
  return refused("addressing.closed", 550, {5, 1, 6}, text, say(language, "địa chỉ đã đóng", "closed address"));
}

Destination deliver(filters::Language language, const mail::Mailbox& forward_path, const Resolution& resolution,
                    std::string because) {
  Destination destination;
  destination.verdict = passed("addressing.recipient", std::move(because));
  const std::string original = mail::format(forward_path);
  for (const Resolution::Target& target : resolution.targets) {
    const auto to = mail::parse_mailbox(target.mailbox.address, true);
    if (!to) continue;
    destination.deliveries.push_back({*to, original, "local", target.mailbox.unit, target.holder});
  }
  if (destination.deliveries.empty())
    destination.verdict = filters::directory_unavailable(
        language, say(language, "danh bạ có địa chỉ không đọc được", "the directory holds an unreadable address"));
  return destination;
}

Destination to_mailbox(const Grounds& grounds, Direction direction, const mail::Mailbox& forward_path,
                       const Resolution& resolution) {
  const filters::Language language = grounds.book.language;
  if (direction == Direction::in && !resolution.targets.front().mailbox.external_allowed)
    return {refused("addressing.inside-only", 550, {5, 7, 1},
                    say(language, "hộp thư này không nhận thư từ ngoài hệ thống",
                        "this mailbox takes no mail from outside"),
                    say(language, "hộp thư chỉ dùng nội bộ", "the mailbox is for inside mail only")),
            {}};
  return deliver(language, forward_path, resolution, shown(resolution.via));
}

Destination to_group(const Grounds& grounds, Direction direction, const mail::Mailbox& forward_path,
                     const Resolution& resolution) {
  const filters::Language language = grounds.book.language;
  if (direction == Direction::in)
    return {refused("addressing.group", 550, {5, 7, 1},
                    say(language, "chỉ người dùng trong hệ thống được gửi tới nhóm này",
                        "only users of this system may write to this group"),
                    say(language, "nhóm địa chỉ, thư từ ngoài", "a group, from outside")),
            {}};
  std::string because = shown(resolution.via) + ": " + std::to_string(resolution.targets.size()) +
                        say(language, " hộp thư", " mailboxes");
  if (!resolution.skipped.empty())
    because += say(language, "; bỏ qua thành viên đã đóng: ", "; closed members skipped: ") +
               joined(language, resolution.skipped, limits::explained_items);
  if (resolution.targets.empty())
    return {refused("addressing.empty-group", 550, {5, 2, 4},
                    say(language, "nhóm này hiện không có thành viên nào nhận được thư",
                        "no member of this group can receive mail today"),
                    because),
            {}};
  return deliver(language, forward_path, resolution, because);
}

/// Whether the login's own mailbox, or one it may send as, may write to the outside. Which of them it will be is known
/// with the whole message and judged there.
bool may_reach_outside(const Grounds& grounds, const directory::Login& login, Date today) {
  const std::vector<std::string> usable = grounds.directory.usable_by(login, today);
  return std::any_of(usable.begin(), usable.end(), [&](const std::string& address) {
    const auto mailbox = grounds.directory.mailbox(address);
    return mailbox && mailbox->external_allowed && mailbox->status != directory::Mailbox::Status::closed;
  });
}

Destination to_outside(const Grounds& grounds, Direction direction, const directory::Login* login,
                       const mail::Mailbox& forward_path, Date today) {
  const filters::Language language = grounds.book.language;
  if (direction == Direction::in || login == nullptr)
    return {refused("addressing.relay", 550, {5, 7, 1}, say(language, "không chuyển tiếp thư", "relaying denied"),
                    say(language, "tên miền không phải của ta", "not a domain of ours")),
            {}};
  if (!grounds.outside_reachable)
    return {refused("addressing.no-route", 550, {5, 4, 4},
                    say(language, "hệ thống này không gửi thư ra ngoài", "this system sends no mail to other domains"),
                    say(language, "không đặt relay.outside", "relay.outside is not set")),
            {}};
  if (grounds.directory.generation() == 0)
    return {filters::directory_unavailable(language, say(language, "danh bạ chưa nạp", "no directory imported")), {}};
  if (!may_reach_outside(grounds, *login, today))
    return {refused("addressing.outside", 550, {5, 7, 1},
                    say(language, "hộp thư của bạn chỉ gửi trong hệ thống, không gửi ra ngoài",
                        "your mailbox may write inside this system only"),
                    say(language, "không hộp thư nào của người gửi được gửi ra ngoài",
                        "no mailbox of the sender's may write to the outside")),
            {}};
  Destination destination;
  destination.verdict = passed("addressing.recipient", say(language, "ra ngoài", "to the outside"));
  destination.deliveries.push_back({forward_path, mail::format(forward_path), "outside", "", ""});
  return destination;
}

Verdict judge_own_reverse_path(const Grounds& grounds, const directory::Login* login,
                               const std::optional<mail::Mailbox>& reverse_path, Date today) {
  const filters::Language language = grounds.book.language;
  if (login == nullptr)
    return refused("addressing.login", 530, {5, 7, 0}, say(language, "phải đăng nhập trước", "authentication required"),
                   say(language, "chưa đăng nhập", "not logged in"));
  if (grounds.directory.generation() == 0)
    return filters::directory_unavailable(language, say(language, "danh bạ chưa nạp", "no directory imported"));
  if (!reverse_path)
    return refused("addressing.null-reverse-path", 550, {5, 7, 1},
                   say(language, "thư gửi đi phải có địa chỉ người gửi", "a message must name its sender"),
                   say(language, "địa chỉ gửi trống", "null reverse-path"));
  const std::string address = mail::key(*reverse_path);
  const auto right = grounds.directory.may_send_as(*login, address, today);
  if (right.allowed) return passed("addressing.reverse-path", shown(right.because));
  return refused(
      "addressing.reverse-path", 550, {5, 7, 1},
      say(language, "tài khoản của bạn không được gửi bằng địa chỉ ", "your account may not send as ") + shown(address),
      shown(login->address) + say(language, " không có quyền gửi bằng ", " may not send as ") + shown(address));
}
}  // namespace

bool is_ours(const Grounds& grounds, const std::string& domain) {
  return std::find(grounds.domains.begin(), grounds.domains.end(), domain) != grounds.domains.end();
}

Verdict judge_reverse_path(const Grounds& grounds, Direction direction, const directory::Login* login,
                           const std::optional<mail::Mailbox>& reverse_path, Date today) {
  if (direction == Direction::out) return judge_own_reverse_path(grounds, login, reverse_path, today);
  const filters::Language language = grounds.book.language;
  if (reverse_path && is_ours(grounds, reverse_path->domain))
    return refused("addressing.forged", 550, {5, 7, 1},
                   say(language, "địa chỉ gửi thuộc hệ thống này; người dùng phải đăng nhập để gửi",
                       "the sender's address is ours; our users log in to send"),
                   shown(mail::format(*reverse_path)));
  return passed("addressing.reverse-path", reverse_path ? say(language, "từ ngoài", "from outside")
                                                        : say(language, "địa chỉ gửi trống", "null reverse-path"));
}

namespace {
/// Who stands behind the address, whoever of ours writes to it.
/// @param found  for an address of ours: what the directory says
Destination reach(const Grounds& grounds, Direction direction, const directory::Login* login,
                  const mail::Mailbox& forward_path, Date today, std::optional<Resolution>& found) {
  const filters::Language language = grounds.book.language;
  if (!is_ours(grounds, forward_path.domain)) return to_outside(grounds, direction, login, forward_path, today);
  if (grounds.directory.generation() == 0)
    return {filters::directory_unavailable(language, say(language, "danh bạ chưa nạp", "no directory imported")), {}};
  const std::string address = mail::key(forward_path);
  const Resolution& resolution = found.emplace(grounds.directory.resolve(address, today));
  switch (resolution.kind) {
    case Resolution::Kind::mailbox:
      if (resolution.targets.empty()) break;
      return to_mailbox(grounds, direction, forward_path, resolution);
    case Resolution::Kind::group:
      return to_group(grounds, direction, forward_path, resolution);
    case Resolution::Kind::closed:
      return {closed_address(language, address, resolution), {}};
    case Resolution::Kind::suspended:
      return {refused("addressing.suspended", 550, {5, 2, 1},
                      say(language, "hộp thư đang tạm khoá: ", "mailbox suspended: ") + shown(address),
                      say(language, "hộp thư tạm khoá", "suspended mailbox")),
              {}};
    case Resolution::Kind::unknown:
      break;
  }
  return {unknown_address(grounds, direction, address, today), {}};
}
}  // namespace

Destination judge_forward_path(const Grounds& grounds, Direction direction, const directory::Login* login,
                               const mail::Mailbox& forward_path, Date today, const mail::Mailbox* reverse_path) {
  std::optional<Resolution> resolution;
  Destination destination = reach(grounds, direction, login, forward_path, today, resolution);
  if (destination.verdict.action != filters::Action::accept || direction != Direction::out || login == nullptr)
    return destination;
  filters::Context context;  // as far as it is known before the message
  context.direction = direction;
  context.login = login;
  context.directory = &grounds.directory;
  context.today = today;
  mail::Envelope envelope;
  if (reverse_path != nullptr) envelope.reverse_path = *reverse_path;
  context.envelope = &envelope;
  const Way way{*login, filters::sender_mailbox(context), forward_path, resolution ? &*resolution : nullptr, today};
  WayVerdict judged = judge_way(grounds, way, destination.verdict.steps.front().because);
  if (judged.verdict.action != filters::Action::accept) destination.deliveries.clear();
  destination.verdict = std::move(judged.verdict);
  return destination;
}

}  // namespace vanthu::addressing
