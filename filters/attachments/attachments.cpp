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

/// Text that nobody has looked at is where a marking may stand unseen: say so, once, instead of calling it clean.
filters::Step unread(const Facts& facts, Language language) {
  filters::Step step{"attachments.unread", false, ""};
  std::size_t count = 0;
  for (const filters::Part& part : facts.parts) {
    if (!part.attachment || part.text_read) continue;
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
