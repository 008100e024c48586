// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>

#include "filters/chain.hpp"
#include "filters/inspect/analyse.hpp"
#include "gateway/base/text.hpp"
#include "tests/unit/filters/office_fixture.hpp"

/// tests/fixtures/senders/tricks.tsv: what is published about deceiving readers with author fields, through the
/// inspector's reading and the whole chain, as one of our users and as a stranger sends it.
namespace vanthu::filters {
namespace {
using testing::province;
using testing::today;

struct Trick {
  std::string id, origin, place, octets, own, outside;
};
void PrintTo(const Trick& trick, std::ostream* out) { *out << trick.id << " (" << trick.origin << ")"; }

std::string utf8(unsigned c) {
  std::string text;
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0 | (c >> 6));
    text += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    text += static_cast<char>(0xE0 | (c >> 12));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  }
  return text;
}

/// Undoes the escapes that the fixture's README names.
std::string unescaped(const std::string& text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      octets += text[i];
      continue;
    }
    const char kind = text.at(++i);
    if (kind == 'x' || kind == 'u') {
      const std::size_t digits = kind == 'x' ? 2 : 4;
      const auto value = static_cast<unsigned>(std::stoul(text.substr(i + 1, digits), nullptr, 16));
      octets += kind == 'x' ? std::string(1, static_cast<char>(value)) : utf8(value);
      i += digits;
    } else {
      octets += kind == 'r' ? '\r' : kind == 'n' ? '\n' : kind == '0' ? '\0' : kind;
    }
  }
  return octets;
}

std::vector<Trick> tricks() {
  std::ifstream in(VANTHU_SOURCE_DIR "/tests/fixtures/senders/tricks.tsv");
  std::vector<Trick> all;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<std::string> cells(1);
    for (const char c : line)
      if (c == '\t')
        cells.emplace_back();
      else
        cells.back() += c;
    if (cells.size() == 6) all.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]});
  }
  return all;
}

struct Side {
  bool own = false;
  std::string me, legit, domain, name;
};
const Side ours{true, "hungnv@hatinh.dcs.example", "bithu@hatinh.dcs.example", "hatinh.dcs.example", "Nguyễn Văn Hùng"};
const Side theirs{false, "first@attack.example", "admin@legitimate.example", "attack.example", "Attila Hun"};

std::string filled(std::string text, const Side& side) {
  std::string capitals = side.me;
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::pair<const char*, std::string> names[] = {{"{me}", side.me},       {"{ME}", capitals},
                                                       {"{legit}", side.legit}, {"{d}", side.domain},
                                                       {"{name}", side.name},   {"{ours}", "hatinh.dcs.example"}};
  for (const auto& [mark, value] : names)
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
      text.replace(at, std::string_view(mark).size(), value);
  return text;
}

std::string outcome(const Trick& trick, const Side& side) {
  static const Config config = testing::gateway_config();
  const Chain chain(config, province().directory(), Policy::built_in());
  const directory::Login login = province().login(ours.me);
  const directory::Login* const who = side.own ? &login : nullptr;
  const mail::Direction direction = side.own ? mail::Direction::out : mail::Direction::in;
  const std::string octets = filled(unescaped(trick.octets), side);
  mail::Envelope envelope;
  const bool on_envelope = trick.place == "envelope";
  auto path = mail::parse_mailbox(on_envelope ? octets : side.me, true);
  if (!path) return "refuse";
  envelope.reverse_path = *std::move(path);
  if (chain.judge_reverse_path(direction, who, envelope.reverse_path, today).action != Action::accept) return "refuse";
  const std::string header = on_envelope ? "From: <" + side.me + ">" : octets;
  const Facts facts =
      inspect::analyse(header +
                       "\r\nTo: <vanthu.vptu@hatinh.dcs.example>\r\nSubject: x\r\n"
                       "Date: Mon, 23 Nov 2026 08:00:00 +0700\r\nMessage-ID: <1@x.example>\r\n\r\nx\r\n");
  const mail::Mailbox to{"vanthu.vptu", "hatinh.dcs.example"};
  const Recipient recipient = chain.judge_forward_path(direction, who, to, today);
  envelope.forward_paths = {to};
  Context context;
  context.direction = direction;
  context.login = who;
  context.envelope = &envelope;
  context.deliveries = &recipient.deliveries;
  context.facts = &facts;
  context.directory = &province().directory();
  context.today = today;
  const Verdict verdict = chain.judge_message(context);
  if (verdict.action != Action::accept) return "refuse";
  if (std::any_of(facts.findings.begin(), facts.findings.end(),
                  [](const Finding& finding) { return finding.id == "header.strange-author"; }))
    return "finding";
  return std::any_of(verdict.steps.begin(), verdict.steps.end(),
                     [](const Step& step) { return step.matched && step.rule == "addressing.display-name"; })
             ? "noted"
             : "accept";
}

class Tricks : public ::testing::TestWithParam<Trick> {};
TEST_P(Tricks, AreSeenThrough) {
  EXPECT_EQ(outcome(GetParam(), ours), GetParam().own) << "one of our users";
  EXPECT_EQ(outcome(GetParam(), theirs), GetParam().outside) << "from outside";
}
INSTANTIATE_TEST_SUITE_P(Published, Tricks, ::testing::ValuesIn(tricks()), [](const auto& row) {
  std::string name = row.param.id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Tricks, AreAllThere) {
  std::set<std::string> origins;
  for (const Trick& trick : tricks()) origins.insert(trick.origin);
  for (int i = 1; i <= 19; ++i) {
    const std::string origin = "espoofer A" + std::to_string(i);
    EXPECT_EQ(origins.count(origin), i == 4 ? 0U : 1U) << origin;  // A4 is about signatures alone
  }
  for (const char* other : {"espoofer client A1", "espoofer client A2", "espoofer client A3", "atom", "rfc"})
    EXPECT_EQ(origins.count(other), 1U) << other;
}
}  // namespace
}  // namespace vanthu::filters
