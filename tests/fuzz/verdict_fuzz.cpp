// SPDX-License-Identifier: GPL-3.0-or-later
// Facts as a hostile inspector could send them: the verdict stays sound, its reply is one line, its JSON can be read.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "filters/attachments/attachments.hpp"

namespace {
bool one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::filters;
  boost::json::error_code error;
  const auto json = boost::json::parse({reinterpret_cast<const char*>(data), size}, error);
  if (error) return 0;
  const auto facts = parse_facts(json);
  if (!facts) return 0;
  Context context;
  context.facts = &*facts;
  context.today = vanthu::Date{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{24}};
  const Verdict verdict = vanthu::attachments::judge(context, *Policy::built_in());
  if (!one_line(verdict.reply.text)) std::abort();
  if ((verdict.action >= Action::defer) == verdict.reply.positive()) std::abort();
  if (facts->secrecy != "none" && !verdict.secret) std::abort();
  if (verdict.secret && (verdict.steps.size() != 1 || !verdict.record_class.empty())) std::abort();
  boost::json::parse(boost::json::serialize(to_json(verdict)));
  return 0;
}
