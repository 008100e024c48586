// SPDX-License-Identifier: GPL-3.0-or-later
// What looking into a message costs, by kind and size: processor time of analyse() in this process and, with --pool, of
// the whole way through the sandboxed inspector and back. Prints, judges nothing.
//   inspect_bench [--pool VANTHU-INSPECTOR] [--only WORD] [--seconds N] [MESSAGE.eml …]
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/pool.hpp"
#include "tests/bench/cpu.hpp"
#include "tests/bench/letter.hpp"
#include "tests/unit/inspect/zip_writer.hpp"

namespace {

using namespace vanthu;
namespace samples = inspect::samples;

struct Case {
  std::string name, octets;
};

constexpr std::string_view head =
    "Received: from mail.example.vn (mail.example.vn [192.0.2.7]) by gw.example.vn with ESMTPS;\r\n"
    "\tTue, 24 Nov 2026 08:00:00 +0700\r\nFrom: =?UTF-8?B?VsSDbiB0aMawIFPhu58gTuG7mWkgduG7pQ==?= <snv@example.vn>\r\n"
    "To: <ubnd@example.vn>, <tu@example.vn>\r\nSubject: =?UTF-8?B?TOG7i2NoIGjhu41w?=\r\n"
    "Date: Tue, 24 Nov 2026 08:00:00 +0700\r\nMessage-ID: <1@example.vn>\r\nMIME-Version: 1.0\r\n";

/// Sentences of office mail, lines of up to 76 characters.
std::string prose(std::size_t octets, bool vietnamese) {
  constexpr std::string_view vi =
      "Kính gửi các đồng chí, Văn phòng xin gửi lịch họp giao ban tuần tới để các đơn vị\r\n"
      "chuẩn bị nội dung. Đề nghị các phòng báo cáo kết quả trước 16 giờ ngày thứ Sáu;\r\n"
      "mọi ý kiến xin trao đổi qua điện thoại hoặc trả lời thư này. Trân trọng cảm ơn.\r\n\r\n";
  constexpr std::string_view en =
      "Dear colleagues, please find below the agenda of next week's meeting so that the\r\n"
      "offices can prepare. Reports are due by Friday, 4 p.m.; for questions please call\r\n"
      "or answer this letter. Thank you very much and kind regards from the office.\r\n\r\n";
  std::string text;
  while (text.size() < octets) text += vietnamese ? vi : en;
  return text;
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c != '\r' && c != '\n' && column >= 72) {
      out += "=\r\n";
      column = 0;
    }
    if (u >= 0x80 || c == '=') {
      constexpr std::string_view digits = "0123456789ABCDEF";
      out += '=';
      out += digits[u >> 4U];
      out += digits[u & 15U];
      column += 3;
    } else {
      out += c;
      column = c == '\n' ? 0 : column + 1;
    }
  }
  return out;
}

std::string text_mail(std::string_view encoding, std::string_view body, std::string_view type = "text/plain") {
  return std::string(head) + "Content-Type: " + std::string(type) +
         "; charset=utf-8\r\nContent-Transfer-Encoding: " + std::string(encoding) + "\r\n\r\n" + std::string(body);
}

std::string random_octets(std::size_t size) {
  std::mt19937 random{20161};  // the same in every run
  std::string octets(size, '\0');
  for (char& one : octets) one = static_cast<char>(random() & 0xFFU);
  return octets;
}

std::vector<Case> cases() {
  std::vector<std::string> paragraphs;
  std::vector<std::string> lines;
  for (int i = 0; i < 400; ++i) {
    const std::string number = std::to_string(i * 7919 % 1000);
    paragraphs.push_back("Đoạn " + number + ": các đơn vị báo cáo kết quả thực hiện nhiệm vụ " + number + ".");
    lines.push_back("Line " + number + ": offices report their results by Friday, room " + number + ".");
  }
  lines.resize(50);
  const std::string noise = bench::picture_letter("a@example.vn", "b@example.vn", 64U << 10);
  return {
      {"4 KiB text, bench letter", bench::text_letter("a@example.vn", "b@example.vn", 4096)},
      {"4 KiB text, ASCII", text_mail("7bit", prose(3600, false))},
      {"4 KiB text, Vietnamese 8bit", text_mail("8bit", prose(3600, true))},
      {"4 KiB text, Vietnamese QP", text_mail("quoted-printable", quoted_printable(prose(2200, true)))},
      {"4 KiB text, Vietnamese base64", text_mail("base64", samples::base64(prose(2600, true)))},
      {"4 KiB HTML", text_mail("8bit", "<html><body><p>" + prose(3500, true) + "</p></body></html>\r\n", "text/html")},
      {"64 KiB, bench letter, JPEG", noise},
      {"64 KiB, random octets", samples::with_file("a.bin", random_octets(46000))},
      {"64 KiB, PDF", samples::with_file("a.pdf", samples::pdf_of(lines) + std::string(44000, ' '))},
      {"64 KiB, DOCX", samples::with_file("a.docx", samples::docx_of(paragraphs, {{"word/media/a.png", noise}}))},
      {"64 KiB text, Vietnamese 8bit", text_mail("8bit", prose(64U << 10, true))},
      {"1 MiB, bench letter, JPEG", bench::picture_letter("a@example.vn", "b@example.vn", 1U << 20)},
      {"1 MiB text, bench letter", bench::text_letter("a@example.vn", "b@example.vn", 1U << 20)},
      {"1 MiB text, Vietnamese 8bit", text_mail("8bit", prose(1U << 20, true))}};
}

double own_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Cost {
  double milliseconds = 0;  ///< a message
  std::size_t messages = 0;
};

Cost of_analysis(const std::string& octets, double seconds) {
  (void)inspect::analyse(octets);
  Cost cost;
  const double begun = own_seconds();
  double used = 0;
  for (; used < seconds; used = own_seconds() - begun, ++cost.messages) (void)inspect::analyse(octets);
  cost.milliseconds = used * 1000 / static_cast<double>(cost.messages);
  return cost;
}

/// The same through the pool, eight at a time as a busy gateway has them; the cost of all processes.
Cost of_pool(inspect::Pool& pool, const std::string& octets, std::size_t messages) {
  constexpr std::size_t at_once = 8;
  const double own = own_seconds();
  const double begun = bench::cpu_seconds({::getpid()});
  std::size_t left = messages;
  std::size_t good = 0;
  const auto session = [&]() -> boost::asio::awaitable<void> {
    while (left > 0) {
      --left;
      auto message = Octets::of(octets);
      if (!message) std::abort();
      const auto sealed = std::make_shared<const Octets>(*std::move(message));
      auto facts = co_await pool.inspect(sealed);
      if (facts) ++good;
    }
  };
  boost::asio::io_context context(1);
  for (std::size_t i = 0; i < at_once; ++i) boost::asio::co_spawn(context, session, boost::asio::detached);
  context.run();
  if (good != messages) std::fprintf(stderr, "%zu of %zu failed\n", messages - good, messages);
  const double all = bench::cpu_seconds({::getpid()}) - begun;
  std::printf(" %8.3f %8.3f", all * 1000 / static_cast<double>(messages),
              (own_seconds() - own) * 1000 / static_cast<double>(messages));
  return {all * 1000 / static_cast<double>(messages), messages};
}

}  // namespace

int main(int count, char** arguments) {
  std::string program;
  std::string only;
  double seconds = 0.5;
  std::vector<Case> list;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--pool" && i + 1 < count)
      program = arguments[++i];
    else if (argument == "--only" && i + 1 < count)
      only = arguments[++i];
    else if (argument == "--seconds" && i + 1 < count)
      seconds = std::atof(arguments[++i]);
    else
      list.push_back({std::string(argument), samples::read_file(arguments[i])});
  }
  if (list.empty()) list = cases();
  inspect::warm_up();
  std::unique_ptr<inspect::Pool> pool;
  if (!program.empty()) {
    auto started = inspect::Pool::start({program, 2, std::chrono::seconds(20)});
    if (!started) {
      std::fprintf(stderr, "%s\n", started.error().detail.c_str());
      return 1;
    }
    pool = *std::move(started);
  }
  std::printf("%-34s %9s %9s%s\n", "ms CPU a message", "octets", "analyse",
              pool ? "      all  of them in the gateway" : "");
  for (const Case& one : list) {
    if (one.name.find(only) == std::string::npos) continue;
    const Cost cost = of_analysis(one.octets, seconds);
    std::printf("%-34s %9zu %9.3f", one.name.c_str(), one.octets.size(), cost.milliseconds);
    if (pool) of_pool(*pool, one.octets, static_cast<std::size_t>(seconds * 2000 / (cost.milliseconds + 0.1)) + 10);
    std::printf("\n");
    std::fflush(stdout);
  }
  return 0;
}
