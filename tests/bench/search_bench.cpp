// SPDX-License-Identifier: GPL-3.0-or-later
// Full text of the archive: how fast records are taken in, how soon one can be found, what questions cost and how big
// the index is, in process, over a real record log.
//
//   search_bench [--records N] [--octets 20480] [--text 20480] [--plain] [--sealed] [--no-index] [--maildir DIR]
//   [--folder DIR] [--ask NAME] search_bench --log-only [--imported] --records N --folder DIR   for imap_archive.py:
//   the record log alone
//
// A letter has so many octets, of which so many are Vietnamese text and the rest an attachment without words. Texts
// come from the sandboxed inspector, or with --plain from the letter itself, which costs nothing: what is measured then
// is the index alone. --sealed keeps records as the gateway does. A --folder is a gateway's data folder, its records
// delivered long ago; proof_bench reads it, too. --maildir writes the same letters for notmuch and mu
// (search_compare.sh).
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <boost/program_options.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "filters/facts.hpp"
#include "filters/inspect/pool.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/keeping/limits.hpp"
#include "gateway/search/index.hpp"
#include "gateway/spool/progress.hpp"
#include "gateway/vault/vault.hpp"
#include "tests/support/temp_folder.hpp"

namespace {
using namespace vanthu;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

/// Syllables as Vietnamese has them, by Zipf's law.
class Words {
 public:
  Words() {
    const std::vector<std::string> onsets{"",  "b",  "c",  "ch", "d", "đ", "g", "gi", "h",  "kh", "l", "m",
                                          "n", "ng", "nh", "ph", "r", "s", "t", "th", "tr", "v",  "x"};
    const std::vector<std::string> rimes{
        "a",   "á",   "à",  "ả",  "ạ", "ai", "ái",  "an",  "án",   "ang",  "áng", "anh", "ao",   "áo",   "ăn", "ắt",
        "âm",  "ân",  "ấn", "ập", "ê", "ế",  "ền",  "iên", "iệm",  "iết",  "inh", "ính", "o",    "ó",    "oà", "oán",
        "ông", "ổng", "ơ",  "ới", "u", "ủ",  "uân", "uật", "uyên", "uyết", "ưng", "ước", "ương", "ường", "ưu", "y"};
    for (const std::string& rime : rimes)
      for (const std::string& onset : onsets) words_.push_back(onset + rime);
    std::shuffle(words_.begin(), words_.end(), std::mt19937(7));
    std::vector<double> weights;
    for (std::size_t i = 0; i < words_.size(); ++i) weights.push_back(1.0 / static_cast<double>(i + 3));
    drawn_ = std::discrete_distribution<std::size_t>(weights.begin(), weights.end());
  }
  const std::string& draw(std::mt19937& random) { return words_[drawn_(random)]; }
  const std::string& at(std::size_t rank) const { return words_[std::min(rank, words_.size() - 1)]; }
  std::string text(std::mt19937& random, std::size_t octets) {
    std::string text;
    std::size_t line = 0;
    while (text.size() < octets) {
      const std::string& word = draw(random);
      text.append(word).append(line + word.size() > 70 ? "\r\n" : " ");
      line = text.ends_with('\n') ? 0 : line + word.size() + 1;
    }
    return text;
  }

 private:
  std::vector<std::string> words_;
  std::discrete_distribution<std::size_t> drawn_;
};

struct Letter {
  std::string octets;
  mail::Accepted accepted;
};

/// How letters differ: by unit, by kind of paper; imported ones were delivered long ago and stand in one folder.
struct Variety {
  std::size_t units = 70, kinds = 6;
  bool imported = false;
};

Letter letter(std::uint64_t number, std::size_t octets, std::size_t text_octets, Words& words, std::mt19937& random,
              const Variety& variety = {}) {
  static const std::vector<std::string> kinds{"Thông báo", "Công văn", "Báo cáo", "Quyết định", "Giấy mời", "Kế hoạch"};
  static const std::vector<std::string> short_kinds{"TB", "CV", "BC", "QĐ", "GM", "KH"};
  Letter made;
  std::string subject = words.text(random, 60);
  std::replace_if(
      subject.begin(), subject.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  made.octets =
      "From: vanthu@u" + std::to_string(number % variety.units) +
      ".example\r\nTo: vanthu@tinh.example\r\nSubject: " + subject + "\r\nMessage-ID: <" + std::to_string(number) +
      "@bench.example>\r\nDate: Tue, 24 Nov 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: 8bit\r\n\r\n" +
      words.text(random, text_octets) + "\r\n";
  filters::Facts facts;
  facts.subject = subject;
  facts.message_id = "<" + std::to_string(number) + "@bench.example>";
  facts.to = {{"", "vanthu@tinh.example"}};
  facts.parts.push_back({"1", "", "text/plain", "text/plain", text_octets, "", false, true});
  if (octets > text_octets + 1000) {
    made.octets +=
        "--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename=\"tep.bin\"\r\n\r\n";
    static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (made.octets.size() + 10 < octets) {
      for (int i = 0; i < 76; ++i) made.octets += digits[random() % 64];
      made.octets += "\r\n";
    }
    facts.parts.push_back(
        {"2", "tep.bin", "application/octet-stream", "application/octet-stream", octets, "", true, false});
  }
  made.octets += "--b--\r\n";
  facts.octets = made.octets.size();
  facts.sha256 = hex(sha256(made.octets));
  const std::size_t kind = number % std::min(kinds.size(), variety.kinds);
  filters::Paper paper;
  paper.part = "1";
  paper.form = "party";
  paper.number = std::to_string(number % 900 + 1);
  paper.symbol = short_kinds[kind] + "/U" + std::to_string(number % variety.units);
  paper.kind = kinds[kind];
  paper.subject = subject;
  paper.date = std::to_string(2016 + number % 11) + "-" + (number % 12 + 1 < 10 ? "0" : "") +
               std::to_string(number % 12 + 1) + "-15";
  facts.papers.push_back(paper);
  mail::Accepted& a = made.accepted;
  a.id = "B" + std::to_string(number);
  a.received = now();
  a.direction = number % 2 == 0 ? mail::Direction::in : mail::Direction::out;
  a.envelope.reverse_path = mail::Mailbox{"vanthu", "u" + std::to_string(number % variety.units) + ".example"};
  a.envelope.forward_paths = {{"vanthu", "tinh.example"}};
  if (variety.imported) {
    a.imported.emplace();
    a.imported->item = std::to_string(number);
    a.imported->unit = "vptu";
  } else {
    a.deliveries.push_back(
        {{"vanthu", "tinh.example"}, "vanthu@tinh.example", "local", "u" + std::to_string(number % variety.units), ""});
  }
  a.sha256 = facts.sha256;
  a.record_class = "official";
  a.facts = filters::to_json(facts);
  return made;
}

Result<inspect::Texts> plain(const std::shared_ptr<const Octets>& message) {
  std::string_view text = message->view();
  text.remove_prefix(std::min(text.find("8bit\r\n\r\n") + 8, text.size()));
  inspect::Texts texts;
  texts.parts.push_back({"1", std::string(text.substr(0, text.find("\r\n--b")))});
  return texts;
}

std::uint64_t octets_in(const fs::path& folder) {
  std::uint64_t octets = 0;
  for (const auto& file : fs::recursive_directory_iterator(folder))
    if (file.is_regular_file()) octets += file.file_size();
  return octets;
}

/// A spool log whose checkpoint leaves nothing to deliver.
bool says_delivered(const fs::path& folder, std::uint64_t last) {
  auto spool = journal::Log::open(real_disk(), {folder / "spool", 1, 64ULL << 20, 0});
  if (!spool) return false;
  spool::Progress checkpoint;
  checkpoint.spool_below = (*spool)->last_sequence() + 1;
  checkpoint.records_below = last + 1;
  return static_cast<bool>(
      (*spool)->append_and_wait({journal::Kind::progress, false, spool::to_json(checkpoint), nullptr}));
}

double megabytes(std::uint64_t octets) { return static_cast<double>(octets) / (1 << 20); }

/// Of this process alone: the inspectors' is theirs.
double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Of the thread that asks: a question is answered on one.
double thread_milliseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_nsec) / 1e6;
}

double percentile(std::vector<double>& values, std::size_t percent) {
  std::sort(values.begin(), values.end());
  return values[values.size() * percent / 100];
}

long resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  return 0;
}

struct Question {
  const char* name;
  std::function<std::string(std::mt19937&)> query;
  bool facets, snippets;
  search::Order order = search::Order::fitting;
  std::string unit{};  // that the answer is kept to; empty: to none
};

void ask(const search::Index& index, const Question& question, int times) {
  std::mt19937 random(11);
  std::vector<double> took, cpu;
  std::uint64_t found = 0;
  for (int i = 0; i < times; ++i) {
    search::Request request;
    auto node = search::parse_query(question.query(random));
    if (!node) {
      std::cerr << node.error().detail << '\n';
      std::exit(1);
    }
    request.query = *std::move(node);
    request.facets = question.facets;
    request.snippets = question.snippets;
    request.order = question.order;
    if (!question.unit.empty()) request.scope.parts.emplace().push_back({{{question.unit}}, {}});
    const double cpu_before = thread_milliseconds();
    const auto begun = Clock::now();
    const auto answer = index.search(request);
    took.push_back(seconds_since(begun) * 1000);
    cpu.push_back(thread_milliseconds() - cpu_before);
    if (!answer) {
      std::cerr << answer.error().detail << '\n';
      std::exit(1);
    }
    found += answer->records;
  }
  std::printf("  %-26s p50 %8.2f ms  p99 %8.2f ms  CPU p50 %8.2f ms  p99 %8.2f ms  %9.0f found\n", question.name,
              percentile(took, 50), percentile(took, 99), percentile(cpu, 50), percentile(cpu, 99),
              static_cast<double>(found) / times);
}

/// @param only  those whose name has this; empty: all
void ask_all(const search::Index& index, Words& words, int times, const std::string& only) {
  const auto one = [&](std::size_t from, std::size_t to) {
    return [&words, from, to](std::mt19937& random) { return words.at(from + random() % (to - from)); };
  };
  const std::vector<Question> questions{
      {"rare word", one(700, 1000), false, false},
      {"common word", one(5, 50), false, false},
      {"common word, snippets", one(5, 50), false, true},
      {"two words", [&](auto& r) { return words.at(20 + r() % 200) + " " + words.at(20 + r() % 200); }, false, false},
      {"four words",
       [&](auto& r) {
         return words.at(r() % 60) + " " + words.at(r() % 60) + " " + words.at(r() % 60) + " " + words.at(r() % 60);
       },
       false, false},
      {"phrase of two", [&](auto& r) { return "\"" + words.at(r() % 100) + " " + words.at(r() % 100) + "\""; }, false,
       false},
      {"phrase of three",
       [&](auto& r) { return "\"" + words.at(r() % 20) + " " + words.at(r() % 20) + " " + words.at(r() % 20) + "\""; },
       false, false},
      {"phrase of two, no marks",
       [&](auto& r) { return text::fold("\"" + words.at(r() % 100) + " " + words.at(r() % 100) + "\""); }, false,
       false},
      {"phrase of two, newest", [&](auto& r) { return "\"" + words.at(r() % 100) + " " + words.at(r() % 100) + "\""; },
       false, false, search::Order::newest},
      {"phrase of two, of a unit",
       [&](auto& r) { return "\"" + words.at(r() % 100) + " " + words.at(r() % 100) + "\""; }, false, false,
       search::Order::fitting, "u7"},
      {"phrase of two, facets", [&](auto& r) { return "\"" + words.at(r() % 100) + " " + words.at(r() % 100) + "\""; },
       true, false},
      {"symbol", [&](auto& r) { return std::to_string(r() % 900 + 1) + "-TB/U" + std::to_string(r() % 70); }, false,
       false},
      {"kind, unit and a month", [&](auto& r) { return "kind:TB unit:u" + std::to_string(r() % 70) + " date:2020-03"; },
       false, false},
      {"word, kind and a year", [&](auto& r) { return words.at(20 + r() % 200) + " kind:BC date:2021"; }, false, false},
      {"common word, facets", one(5, 50), true, false},
      {"everything, facets", [](auto&) { return std::string("received:2000.."); }, true, false},
  };
  for (const Question& question : questions)
    if (std::string_view(question.name).find(only) != std::string_view::npos) ask(index, question, times);
}

/// One letter now and then: how long until it is found.
void ask_how_soon(journal::Log& log, archive::Archive& archive, search::Index& index, Words& words,
                  std::uint64_t number, std::size_t octets, std::size_t text, int times) {
  std::atomic<bool> over{false};
  std::thread follower([&] {
    std::uint64_t seen = log.last_ordinal();
    while (!over) {
      if (log.last_ordinal() == seen) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        continue;
      }
      seen = log.last_ordinal();
      (void)archive.catch_up();
      (void)index.catch_up();
    }
  });
  std::mt19937 random(13);
  std::vector<double> took;
  for (int i = 0; i < times; ++i) {
    Letter one = letter(++number, octets, text, words, random);
    const auto head = log.append_and_wait({journal::Kind::message, true, mail::to_json(one.accepted),
                                           std::make_shared<const Octets>(*Octets::of(one.octets)), "official"});
    const auto begun = Clock::now();
    if (!head) std::exit(1);
    index.wait_for(head->ordinal, std::chrono::seconds(30));
    took.push_back(seconds_since(begun) * 1000);
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 40));
  }
  over = true;
  follower.join();
  std::sort(took.begin(), took.end());
  std::printf("searchable after the sync: p50 %.0f ms, p99 %.0f ms\n", took[took.size() / 2],
              took[took.size() * 99 / 100]);
}

/// How long records take to be taken out, as a purge does it and as a disposal does; they stay out.
void forget(search::Index& index, std::uint64_t count) {
  std::uint64_t number = 0;
  for (const std::size_t together : {std::size_t{1}, keeping::limits::disposal_batch}) {
    const std::uint64_t before = number;
    const auto begun = Clock::now();
    while (number - before < count) {
      std::vector<std::uint64_t> some;
      while (some.size() < together) some.push_back(++number);
      if (!index.forget(some)) std::exit(1);
    }
    std::printf("taken out, %zu at once: %.1f ms a record\n", together,
                seconds_since(begun) * 1000 / static_cast<double>(number - before));
  }
}
}  // namespace

int main(int count, char** arguments) {
  namespace po = boost::program_options;
  po::options_description options("search_bench");
  std::uint64_t records = 0, forgotten = 0;
  std::size_t octets = 0, text = 0;
  unsigned processes = 0;
  int times = 0;
  std::string folder, maildir, only;
  options.add_options()("help", "print this")("records", po::value(&records)->default_value(10000))(
      "octets", po::value(&octets)->default_value(20480), "of a letter")(
      "text", po::value(&text)->default_value(6144), "of its text")("plain", "the text without the inspector")(
      "sealed", "each record with a key of its own")("no-index", "ends before the full text")(
      "processes", po::value(&processes)->default_value(2), "inspectors, and records read at once")(
      "times", po::value(&times)->default_value(200), "each question")(
      "ask", po::value(&only), "only questions whose name has this, and nothing else")(
      "folder", po::value(&folder), "kept; else a new one that is deleted")("maildir", po::value(&maildir),
                                                                            "writes the letters there as well")(
      "forget", po::value(&forgotten),
      "takes so many records out, one at a time, and so many fifty at a time, and ends")(
      "log-only", "writes the record log and ends")(
      "imported", "as mail that an archive takes over: of one unit, one kind, waiting for no delivery");
  po::variables_map given;
  po::store(po::parse_command_line(count, arguments, options), given);
  po::notify(given);
  if (given.count("help") != 0) {
    std::cout << options;
    return 0;
  }
  log::set_level(log::Level::warning);
  std::optional<test::TempFolder> own;
  if (folder.empty()) folder = own.emplace("search").path();
  const fs::path at(folder);
  fs::create_directories(at);
  if (!maildir.empty())
    for (const char* sub : {"cur", "new", "tmp"}) fs::create_directories(fs::path(maildir) / sub);
  Words words;
  std::mt19937 random(3);
  const Variety variety = given.count("imported") == 0 ? Variety() : Variety{1, 1, true};
  std::unique_ptr<vault::Vault> vault;
  if (given.count("sealed") != 0) {
    auto opened = vault::Vault::open(real_disk(), {at / "keys", "file:" + (at / "master.key").string()});
    if (!opened) {
      std::cerr << opened.error().detail << '\n';
      return 1;
    }
    vault = *std::move(opened);
  }
  auto log = journal::Log::open(real_disk(), {at / "records", 2, 64ULL << 20, 0, 0, 0, vault.get()});
  if (!log) {
    std::cerr << log.error().detail << '\n';
    return 1;
  }
  std::atomic<std::uint64_t> waiting{0};
  std::uint64_t mail_octets = 0;
  auto begun = Clock::now();
  const double cpu_of_writing = cpu_seconds();
  for (std::uint64_t number = (*log)->last_ordinal() + 1; number <= records; ++number) {
    Letter one = letter(number, octets, text, words, random, variety);
    mail_octets += one.octets.size();
    if (!maildir.empty())
      std::ofstream(fs::path(maildir) / "cur" / (std::to_string(number) + ":2,S"), std::ios::binary) << one.octets;
    while (waiting > 500) std::this_thread::sleep_for(std::chrono::microseconds(200));
    ++waiting;
    (*log)->append({journal::Kind::message, true, mail::to_json(one.accepted),
                    std::make_shared<const Octets>(*Octets::of(one.octets)), "official"},
                   [&](const Result<journal::FrameHead>& head) {
                     if (!head) std::exit(1);
                     --waiting;
                   });
  }
  while (waiting > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (mail_octets == 0) mail_octets = records * octets;
  std::uint64_t log_octets = 0;
  for (const journal::SegmentInfo& segment : (*log)->segments()) log_octets += segment.octets;
  std::printf(
      "%llu letters of %zu octets, %zu of them text; written in %.1f s (CPU %.1f s); %.0f MiB = %.2f of the mail\n",
      static_cast<unsigned long long>(records), octets, text, seconds_since(begun), cpu_seconds() - cpu_of_writing,
      megabytes(log_octets), static_cast<double>(log_octets) / static_cast<double>(mail_octets));
  if (!says_delivered(at, (*log)->last_sequence())) return 1;
  if (given.count("log-only") != 0) return 0;
  auto archive = archive::Archive::open(**log, at / "archive.lmdb");
  if (!archive) return 1;
  begun = Clock::now();
  (void)(*archive)->catch_up();
  std::printf("view: %.1f s, %.0f MiB\n", seconds_since(begun), megabytes(fs::file_size(at / "archive.lmdb")));

  if (given.count("no-index") != 0) return 0;

  std::unique_ptr<inspect::Pool> pool;
  search::TextOf texts = plain;
  if (given.count("plain") == 0) {
    auto started =
        inspect::Pool::start({fs::read_symlink("/proc/self/exe").parent_path() / "vanthu-inspector", processes});
    if (!started) {
      std::cerr << started.error().detail << '\n';
      return 1;
    }
    pool = *std::move(started);
    texts = [&](std::shared_ptr<const Octets> message) { return pool->texts_and_wait(std::move(message)); };
  }
  auto index = search::Index::open(**archive, {at / "archive.xapian", texts, processes});
  if (!index) {
    std::cerr << index.error().detail << '\n';
    return 1;
  }
  const std::uint64_t before = (*index)->status().complete_up_to;
  begun = Clock::now();
  const double cpu_before = cpu_seconds();
  auto caught = (*index)->catch_up();
  if (!caught) {
    std::cerr << caught.error().detail << '\n';
    return 1;
  }
  const double took = seconds_since(begun);
  if (records > before)
    std::printf(
        "index: %.1f s (CPU %.1f s), %.0f letters/s, %.1f MiB/s; %.0f MiB = %.2f of the mail; without text %llu\n",
        took, cpu_seconds() - cpu_before, static_cast<double>(records - before) / took, megabytes(mail_octets) / took,
        megabytes(octets_in(at / "archive.xapian")),
        static_cast<double>(octets_in(at / "archive.xapian")) / static_cast<double>(mail_octets),
        static_cast<unsigned long long>((*index)->status().without_text));
  if (forgotten > 0) {
    forget(**index, forgotten);
    return 0;
  }
  ask_all(**index, words, times, only);
  if (!only.empty()) return 0;
  ask_how_soon(**log, **archive, **index, words, records, octets, text, times);
  begun = Clock::now();
  (void)(*index)->compact();
  std::printf("compacted in %.1f s: %.0f MiB = %.2f of the mail\n", seconds_since(begun),
              megabytes(octets_in(at / "archive.xapian")),
              static_cast<double>(octets_in(at / "archive.xapian")) / static_cast<double>(mail_octets));
  ask_all(**index, words, times, only);
  std::printf("most resident memory: %ld MiB\n", resident_kib() / 1024);
  return 0;
}
