// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/attachments/attachments.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "filters/policy/match.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::attachments {
namespace {
using filters::Facts;
using filters::Language;
using filters::say;
using filters::Verdict;

/// What is wrong with the report itself, or nothing.
std::string unsound(const Facts& facts, Language language) {
  std::set<std::string_view> paths;
  for (const filters::Part& part : facts.parts)
    if (!paths.insert(part.path).second) return say(language, "hai phần trùng đường dẫn", "two parts of one path");
  if (facts.parts.empty() && facts.findings.empty())
    return say(language, "báo cáo không có phần nào", "no part at all");
  return {};
}

/// Paths of containers and attached messages whose inside is in the report: they have no text of their own.
std::set<std::string_view> opened(const Facts& facts) {
  std::set<std::string_view> paths;
  for (const filters::Part& part : facts.parts) {
    const std::string_view path = part.path;
    const std::size_t section = std::min(path.find('/'), path.size());  // "1.2" of "1.2/bao-cao.pdf"
    for (std::size_t at = path.find_first_of("./"); at != std::string_view::npos; at = path.find_first_of("./", at + 1))
      if (at <= section || path[at] == '/') paths.insert(path.substr(0, at));
  }
  return paths;
}

/// Text that nobody has looked at is where a marking may stand unseen: say so, once, instead of calling it clean.
filters::Step unread(const Facts& facts, Language language) {
  filters::Step step{"attachments.unread", false, ""};
  std::size_t count = 0;
  const std::set<std::string_view> with_inside = opened(facts);
  for (const filters::Part& part : facts.parts) {
    if (!part.attachment || part.text_read || with_inside.contains(part.path)) continue;
    if (++count > limits::explained_items) continue;
    step.because += (step.because.empty() ? "" : "; ") + part_label(facts, part.path, language) + " (" +
                    filters::shown(part.type) + ")";
  }
  step.matched = count > 0;
  if (step.matched)
    step.because = say(language, "không đọc được chữ, không thể khẳng định không có dấu mật: ",
                       "no text could be read, so no marking was found is not proof: ") +
                   step.because;
  if (count > limits::explained_items)
    step.because += say(language, "; và ", "; and ") + std::to_string(count - limits::explained_items) +
                    say(language, " tệp khác", " more");
  return step;
}
}  // namespace

Verdict judge(const filters::Context& context, const filters::Policy& policy) {
  Verdict verdict = policy.judge(context);
  if (verdict.secret) return verdict;
  const Language language = policy.book().language;
  if (std::string fault = unsound(*context.facts, language); !fault.empty())
    verdict = filters::merge(std::move(verdict),
                             filters::refused("attachments.report", 451, {4, 7, 1},
                                              say(language, "thư chưa kiểm tra được, xin gửi lại sau",
                                                  "the message could not be inspected now, try again later"),
                                              std::move(fault)));
  verdict.steps.push_back(unread(*context.facts, language));
  return verdict;
}

}  // namespace vanthu::attachments
