// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <random>

#include "gateway/base/limits.hpp"
#include "gateway/smtp/command.hpp"
#include "gateway/smtp/data.hpp"

namespace vanthu::smtp {
namespace {

struct LineCase {
  const char *name, *line;
  int code;  // 0: read
};
class CommandLine : public testing::TestWithParam<LineCase> {};
TEST_P(CommandLine, IsReadAsTheGrammarSays) {
  const auto line = parse_line(GetParam().line);
  EXPECT_EQ(line ? 0 : line.error().reply.code, GetParam().code) << GetParam().line;
}
INSTANTIATE_TEST_SUITE_P(
    Rfc5321, CommandLine,
    testing::Values(
        LineCase{"ehlo", "EHLO pc.example", 0}, LineCase{"ehlo_literal", "ehlo [192.0.2.1]", 0},
        LineCase{"ehlo_underscore", "EHLO my_pc", 0}, LineCase{"ehlo_nothing", "EHLO", 501},
        LineCase{"ehlo_junk", "EHLO a<b", 501}, LineCase{"mail", "MAIL FROM:<a@x.example>", 0},
        LineCase{"mail_null", "MAIL FROM:<>", 0}, LineCase{"mail_space", "mail from: <a@x.example>", 0},
        LineCase{"mail_size", "MAIL FROM:<a@x.example> SIZE=1000 BODY=8BITMIME", 0},
        LineCase{"mail_bad_size", "MAIL FROM:<a@x.example> SIZE=-1", 501},
        LineCase{"mail_size_overflow", "MAIL FROM:<a@x.example> SIZE=99999999999999999999", 501},
        LineCase{"mail_binary", "MAIL FROM:<a@x.example> BODY=BINARYMIME", 0},
        LineCase{"mail_bad_body", "MAIL FROM:<a@x.example> BODY=16BITMIME", 501},
        LineCase{"mail_body_nothing", "MAIL FROM:<a@x.example> BODY", 501},
        LineCase{"mail_size_twice", "MAIL FROM:<a@x.example> SIZE=1 SIZE=1", 501},
        LineCase{"mail_utf8_value", "MAIL FROM:<a@x.example> SMTPUTF8=yes", 501},
        LineCase{"mail_dsn", "MAIL FROM:<a@x.example> RET=HDRS ENVID=QQ+2B1", 0},
        LineCase{"mail_ret", "MAIL FROM:<a@x.example> RET=HALF", 501},
        LineCase{"mail_envid_plus", "MAIL FROM:<a@x.example> ENVID=a+b", 501},
        LineCase{"mail_envid_newline", "MAIL FROM:<a@x.example> ENVID=a+0D+0A", 501},
        LineCase{"mail_envid_nothing", "MAIL FROM:<a@x.example> ENVID=", 501},
        LineCase{"mail_require_tls", "MAIL FROM:<a@x.example> REQUIRETLS", 0},
        LineCase{"mail_require_tls_value", "MAIL FROM:<a@x.example> REQUIRETLS=1", 501},
        LineCase{"mail_priority", "MAIL FROM:<a@x.example> MT-PRIORITY=-9", 0},
        LineCase{"mail_priority_plus", "MAIL FROM:<a@x.example> MT-PRIORITY=+1", 501},
        LineCase{"mail_priority_zero", "MAIL FROM:<a@x.example> MT-PRIORITY=-0", 501},
        LineCase{"mail_priority_ten", "MAIL FROM:<a@x.example> MT-PRIORITY=10", 501},
        LineCase{"mail_prdr", "MAIL FROM:<a@x.example> PRDR", 0},
        LineCase{"mail_auth_bad", "MAIL FROM:<a@x.example> AUTH=a=b", 501},
        LineCase{"mail_unknown", "MAIL FROM:<a@x.example> XYZ=1", 555},
        LineCase{"mail_auth", "MAIL FROM:<a@x.example> AUTH=<>", 0},
        LineCase{"mail_no_brackets", "MAIL FROM:a@x.example", 501},
        LineCase{"mail_junk", "MAIL FROM:<a@x.example>SIZE=1", 501},
        LineCase{"mail_utf8", "MAIL FROM:<vănthư@x.example> SMTPUTF8", 0},
        LineCase{"mail_utf8_unasked", "MAIL FROM:<vănthư@x.example>", 553},
        LineCase{"rcpt", "RCPT TO:<a@x.example>", 0}, LineCase{"rcpt_postmaster", "RCPT TO:<Postmaster>", 0},
        LineCase{"rcpt_null", "RCPT TO:<>", 553}, LineCase{"rcpt_route", "RCPT TO:<@a.example:b@c.example>", 553},
        LineCase{"rcpt_never", "RCPT TO:<a@x.example> NOTIFY=NEVER", 0},
        LineCase{"rcpt_notify", "RCPT TO:<a@x.example> NOTIFY=success,DELAY,FAILURE", 0},
        LineCase{"rcpt_never_and", "RCPT TO:<a@x.example> NOTIFY=NEVER,DELAY", 501},
        LineCase{"rcpt_notify_comma", "RCPT TO:<a@x.example> NOTIFY=DELAY,", 501},
        LineCase{"rcpt_notify_nothing", "RCPT TO:<a@x.example> NOTIFY", 501},
        LineCase{"rcpt_notify_twice", "RCPT TO:<a@x.example> NOTIFY=DELAY NOTIFY=DELAY", 501},
        LineCase{"rcpt_orcpt", "RCPT TO:<a@x.example> ORCPT=rfc822;b+2Bc@y.example", 0},
        LineCase{"rcpt_orcpt_utf8", "RCPT TO:<a@x.example> ORCPT=utf-8;v\\x{103}n@y.example", 0},
        LineCase{"rcpt_orcpt_untyped", "RCPT TO:<a@x.example> ORCPT=b@y.example", 501},
        LineCase{"rcpt_orcpt_control", "RCPT TO:<a@x.example> ORCPT=utf-8;v\\x{A}", 501},
        LineCase{"rcpt_unknown", "RCPT TO:<a@x.example> SIZE=1", 555}, LineCase{"data", "DATA", 0},
        LineCase{"data_argument", "DATA x", 501}, LineCase{"auth", "AUTH PLAIN AGEAYg==", 0},
        LineCase{"auth_empty_initial", "auth plain =", 0}, LineCase{"auth_nothing", "AUTH", 501},
        LineCase{"auth_two", "AUTH PLAIN a b", 501}, LineCase{"starttls", "STARTTLS", 0},
        LineCase{"starttls_argument", "STARTTLS now", 501}, LineCase{"bdat", "BDAT 10 LAST", 0},
        LineCase{"bdat_zero", "bdat 0", 0}, LineCase{"bdat_most", "BDAT 4294967296", 0},
        LineCase{"bdat_more", "BDAT 4294967297", 501}, LineCase{"bdat_overflow", "BDAT 99999999999999999999", 501},
        LineCase{"bdat_nothing", "BDAT", 501}, LineCase{"bdat_negative", "BDAT -1", 501},
        LineCase{"bdat_word", "BDAT 10 FIRST", 501}, LineCase{"bdat_glued", "BDAT 10LAST", 501},
        LineCase{"xclient", "XCLIENT ADDR=203.0.113.9 HELO=mail.example LOGIN=a@x.example", 0},
        LineCase{"xclient_v6", "XCLIENT ADDR=IPV6:2001:db8::1 PORT=2525 PROTO=ESMTP", 0},
        LineCase{"xclient_unknown", "XCLIENT NAME=[UNAVAILABLE] HELO=[TEMPUNAVAIL]", 0},
        LineCase{"xclient_nothing", "XCLIENT", 501}, LineCase{"xclient_word", "XCLIENT ADDR", 501},
        LineCase{"xclient_other", "XCLIENT COLOUR=red", 501}, LineCase{"xclient_newline", "XCLIENT NAME=a+0D+0Ab", 501},
        LineCase{"xclient_port", "XCLIENT PORT=65536", 501}, LineCase{"xclient_twice", "XCLIENT PORT=1 PORT=1", 501},
        LineCase{"xclient_bracket", "XCLIENT HELO=a]b", 501}, LineCase{"etrn", "ETRN x", 502},
        LineCase{"expn", "EXPN list", 502}, LineCase{"unknown", "XYZZY", 500}, LineCase{"empty", "", 500},
        LineCase{"tab", "NOOP\tx", 500}, LineCase{"noop", "NOOP whatever", 0},
        LineCase{"vrfy", "VRFY <a@x.example>", 0}, LineCase{"vrfy_nothing", "VRFY", 501}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CommandLine, GivesValues) {
  const auto line = parse_line("MAIL FROM:<Lan@HATINH.dcs.example> SIZE=42 BODY=8BITMIME SMTPUTF8");
  const auto& mail = std::get<Mail>(line->command);
  EXPECT_EQ(mail.reverse_path->domain, "hatinh.dcs.example");
  EXPECT_EQ(mail.size, 42U);
  EXPECT_EQ(mail.body, mail::Envelope::Body::eight_bit);
  EXPECT_TRUE(mail.utf8);
}

TEST(CommandLine, GivesTheParametersDecoded) {
  const auto line = parse_line("MAIL FROM:<> RET=full ENVID=a+3Db BODY=binarymime MT-PRIORITY=-3 PRDR REQUIRETLS");
  const auto& mail = std::get<Mail>(line->command);
  EXPECT_EQ(mail.envid, "a=b");
  EXPECT_EQ(mail.ret, mail::Envelope::Return::full);
  EXPECT_EQ(mail.body, mail::Envelope::Body::binary);
  EXPECT_EQ(mail.priority, -3);
  EXPECT_TRUE(mail.per_recipient);
  EXPECT_TRUE(mail.require_tls);
  const auto rcpt = parse_line("RCPT TO:<a@x.example> NOTIFY=SUCCESS,DELAY ORCPT=UTF-8;v\\x{103}n+x@y.example");
  EXPECT_FALSE(rcpt);  // '+' stands for itself in no form
  const auto good = parse_line("RCPT TO:<a@x.example> NOTIFY=SUCCESS,DELAY ORCPT=UTF-8;v\\x{103}n@y.example");
  EXPECT_EQ(std::get<Rcpt>(good->command).orcpt, "utf-8;văn@y.example");
  EXPECT_EQ(std::get<Rcpt>(good->command).notify, mail::Notify::on_success | mail::Notify::on_delay);
  EXPECT_FALSE(std::get<Rcpt>(good->command).utf8);
  const auto v6 = parse_line("XCLIENT ADDR=IPv6:2001:db8::1 LOGIN=[UNAVAILABLE]");
  EXPECT_EQ(std::get<XClient>(v6->command).address, "2001:db8::1");
  EXPECT_EQ(std::get<XClient>(v6->command).login, "");
}

TEST(CommandLine, BoundsEnvidAndOrcpt) {
  const auto mail = [](std::size_t n) { return parse_line("MAIL FROM:<> ENVID=" + std::string(n, 'x')); };
  EXPECT_TRUE(mail(limits::envid_octets));
  EXPECT_FALSE(mail(limits::envid_octets + 1));
  const auto rcpt = [](std::size_t n) {
    return parse_line("RCPT TO:<a@x.example> ORCPT=rfc822;" + std::string(n - 7, 'x'));
  };
  EXPECT_TRUE(rcpt(limits::orcpt_octets));
  EXPECT_FALSE(rcpt(limits::orcpt_octets + 1));
}

TEST(Verbs, AreEachFoundByTheirName) {
  for (const Verb& verb : verbs()) EXPECT_EQ(find_verb(verb.name), &verb);
}

/// All that a reader gives for an input that comes in pieces.
struct Read {
  std::string content;
  DataReader::Step ended = DataReader::Step::more;
  std::string rest;
};
Read read_all(std::string_view wire, std::size_t piece_octets) {
  Read read;
  std::string buffer;
  std::size_t fed = 0;
  while (true) {
    const auto piece = DataReader::next(buffer);
    if (piece.step == DataReader::Step::content) read.content += piece.octets;
    buffer.erase(0, piece.taken);
    if (piece.step == DataReader::Step::content) continue;
    if (piece.step == DataReader::Step::more && fed < wire.size()) {
      buffer += wire.substr(fed, piece_octets);
      fed += std::min(piece_octets, wire.size() - fed);
      continue;
    }
    read.ended = piece.step;
    read.rest = buffer + std::string(wire.substr(fed));
    return read;
  }
}

TEST(Data, EndsWithCrlfDotCrlfAndTakesDotStuffingOff) {
  for (std::size_t pieces : {1U, 2U, 3U, 7U, 1000U}) {
    const Read read = read_all("Subject: x\r\n\r\n..dot\r\n...\r\n. x\r\nend\r\n.\r\nQUIT\r\n", pieces);
    EXPECT_EQ(read.ended, DataReader::Step::end);
    EXPECT_EQ(read.content, "Subject: x\r\n\r\n.dot\r\n..\r\n x\r\nend\r\n");
    EXPECT_EQ(read.rest, "QUIT\r\n");
  }
  EXPECT_EQ(read_all(".\r\n", 1).ended, DataReader::Step::end);
}

/// SMTP smuggling: every way to write an end of data but the right one is an error, in whatever pieces it comes.
TEST(Data, TakesNoOtherEndOfData) {
  const std::vector<std::string> ends{
      "\n", "\r", "\r\n", "\r\r\n", "\n\r", std::string("\r\n\0", 3), std::string("\0\r\n", 3), "\r\n\t", "\r\n "};
  for (const std::string& before : ends)
    for (const std::string& after : ends) {
      // CRLF.CRLF itself stands in these, whatever else is around it
      if ((before == "\r\n" || before == std::string("\0\r\n", 3)) && after.starts_with("\r\n")) continue;
      const std::string wire =
          "Subject: x\r\n\r\nbody" + before + "." + after + "MAIL FROM:<evil@x.example>\r\nmore\r\n.\r\n";
      for (std::size_t pieces : {1U, 5U, 1000U}) {
        const Read read = read_all(wire, pieces);
        if (read.ended == DataReader::Step::end) {
          // No bare CR or LF in it: then it must have been plain content up to the real end.
          EXPECT_TRUE(read.rest.empty()) << testing::PrintToString(wire);
          EXPECT_EQ(read.content.find("MAIL FROM") == std::string::npos, false) << testing::PrintToString(wire);
        } else {
          EXPECT_EQ(read.ended, DataReader::Step::bare) << testing::PrintToString(wire);
        }
      }
    }
}

TEST(Data, RefusesBareLineEndsAnywhere) {
  for (const char* wire : {"a\nb\r\n.\r\n", "a\rb\r\n.\r\n", "\n\r\n.\r\n", "a\r\r\n.\r\n", "\r\na\n", "..\n"})
    for (std::size_t pieces : {1U, 1000U})
      EXPECT_EQ(read_all(wire, pieces).ended, DataReader::Step::bare) << testing::PrintToString(wire);
}

TEST(Data, BoundsALine) {
  EXPECT_EQ(read_all(std::string(limits::data_line_octets - 2, 'x') + "\r\n.\r\n", 100'000).ended,
            DataReader::Step::end);
  EXPECT_EQ(read_all(std::string(limits::data_line_octets - 1, 'x') + "\r\n.\r\n", 100'000).ended,
            DataReader::Step::too_long);
  EXPECT_EQ(read_all(std::string(limits::data_line_octets + 1, 'x'), 100'000).ended, DataReader::Step::too_long);
}

ChunkLines::Fault check(std::string_view octets, std::size_t pieces, bool* complete = nullptr) {
  ChunkLines lines;
  for (std::string_view rest = octets; !rest.empty(); rest.remove_prefix(std::min(pieces, rest.size())))
    lines.take(rest.substr(0, pieces));
  if (complete != nullptr) *complete = lines.complete();
  return lines.take("");
}

TEST(Chunks, HoldLinesWhereverTheyAreCut) {
  struct Case {
    const char* octets;
    ChunkLines::Fault fault;
    bool complete;
  };
  for (const Case& c :
       {Case{"", ChunkLines::Fault::none, true}, Case{"a\r\n", ChunkLines::Fault::none, true},
        Case{"a\r\n\r\nb\r\n", ChunkLines::Fault::none, true}, Case{"\r\n.\r\n..\r\n", ChunkLines::Fault::none, true},
        Case{"a", ChunkLines::Fault::none, false}, Case{"a\r", ChunkLines::Fault::none, false},
        Case{"a\nb\r\n", ChunkLines::Fault::bare, false}, Case{"a\rb\r\n", ChunkLines::Fault::bare, false},
        Case{"a\r\r\n", ChunkLines::Fault::bare, false}, Case{"\n", ChunkLines::Fault::bare, false},
        Case{"a\r\n\n", ChunkLines::Fault::bare, false}})
    for (std::size_t pieces : {1U, 2U, 3U, 100U}) {
      bool complete = false;
      EXPECT_EQ(check(c.octets, pieces, &complete), c.fault) << testing::PrintToString(c.octets) << ' ' << pieces;
      EXPECT_EQ(complete, c.complete) << testing::PrintToString(c.octets) << ' ' << pieces;
    }
}

TEST(Chunks, BoundALine) {
  for (std::size_t pieces : {1000U, 100'000U}) {
    EXPECT_EQ(check(std::string(limits::data_line_octets - 2, 'x') + "\r\n", pieces), ChunkLines::Fault::none);
    EXPECT_EQ(check(std::string(limits::data_line_octets - 1, 'x') + "\r\n", pieces), ChunkLines::Fault::too_long);
  }
}

/// Whatever is stuffed and cut in pieces comes out as it went in.
TEST(Data, SurvivesStuffingThenReading) {
  std::mt19937 random(20261124);
  for (int round = 0; round < 300; ++round) {
    std::string content, wire;
    for (auto lines = random() % 20; lines > 0; --lines) {
      std::string line;
      for (auto length = random() % 30; length > 0; --length)
        line += random() % 3 == 0 ? '.' : static_cast<char>('a' + random() % 26);
      content += line + "\r\n";
      wire += (line.starts_with('.') ? "." : "") + line + "\r\n";
    }
    const Read read = read_all(wire + ".\r\n", random() % 40 + 1);
    ASSERT_EQ(read.ended, DataReader::Step::end);
    ASSERT_EQ(read.content, content);
  }
}

}  // namespace
}  // namespace vanthu::smtp
