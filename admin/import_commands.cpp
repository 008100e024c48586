// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <fstream>
#include <set>
#include <thread>

#include "admin/caller.hpp"
#include "admin/commands.hpp"
#include "admin/control_client.hpp"
#include "admin/import_report.hpp"
#include "admin/import_state.hpp"
#include "admin/imports/folders.hpp"
#include "admin/imports/imap.hpp"
#include "admin/imports/mbox_source.hpp"
#include "admin/imports/source.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/base/data_lock.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/imports/taker.hpp"

/// archive import: existing mail, read here with the caller's rights, handed to the gateway one message at a time. The
/// rows of the noun "import" are what it asks the gateway for.
namespace vanthu::admin {
namespace json = boost::json;
namespace fs = std::filesystem;
namespace {

constexpr const char* import_arguments =
    "SOURCE… --reason TEXT [--format FORMAT] [--unit UNIT] [--class CLASS] [--report FILE] [--rate N] [--dry-run] "
    "[--state FILE] [--mbox READING] [--folder NAME]… [--password-file FILE] [--ca FILE] [--imap-plain] [--json]";
constexpr const char* begin_arguments = "RUN --source SOURCE --reason TEXT [--unit UNIT] [--class CLASS] [--dry-run]";
constexpr const char* item_arguments = "META";
constexpr const char* end_arguments =
    "RUN [--source SOURCE] [--new N] [--same-octets N] [--same-id N] [--errors N] [--stopped]";

/// For a gateway that is being started again, or is busy with others.
constexpr std::chrono::seconds patience = 2 * vanthu::limits::office_wait;
constexpr std::size_t errors_shown = 20;

// ---- in the gateway

Answer cannot_import() {
  return {EX_UNAVAILABLE, "",
          "cổng không chạy: bản ghi do cổng ghi (no gateway runs, and it is what writes records)\n"};
}

Answer begin_import(Office& office, const Request& request) {
  const Command& self = *find_command("import", "begin");
  const auto words = read_words(begin_arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (office.imports == nullptr) return cannot_import();
  if (words->operands.size() != 1) return wrong_usage(self, "wants one id");
  imports::Run run;
  run.id = words->operands[0];
  run.by = request.actor;
  run.source = words->value("source").value_or("");
  run.reason = words->value("reason").value_or("");
  run.unit = words->value("unit").value_or("");
  run.record_class = words->value("class").value_or(run.record_class);
  run.dry = words->has("dry-run");
  const auto begun = office.imports->begin(std::move(run));
  if (!begun && begun.error().reply == Reply(status::busy)) return {EX_TEMPFAIL, "", begun.error().detail + '\n'};
  return begun ? Answer{} : failed(begun.error());
}

/// @par Errors  bad_arguments
Result<imports::Item> read_meta(const std::string& text) {
  try {
    const json::value parsed = json::parse(text);
    const json::object& o = parsed.as_object();
    const auto word = [&](const char* name) {
      const json::value* value = o.if_contains(name);
      return value == nullptr ? std::string() : std::string(value->as_string());
    };
    imports::Item item;
    item.run = word("run");
    item.sha256 = word("sha256");
    item.about.item = word("item");
    item.about.folder = word("folder");
    item.about.date = word("date");
    item.about.note = word("note");
    if (const json::value* flags = o.if_contains("flags"))
      item.about.flags = json::value_to<std::vector<std::string>>(*flags);
    return item;
  } catch (const std::exception& error) {
    return fail(status::bad_arguments, std::string("import item: ") + error.what());
  }
}

/// One JSON object. What may be tried again is exit 75.
Answer import_item(Office& office, const Request& request) {
  const Command& self = *find_command("import", "item");
  if (office.imports == nullptr) return cannot_import();
  if (request.words.size() != 1) return wrong_usage(self, "wants one word");
  auto meta = read_meta(request.words[0]);
  if (!meta) return wrong_usage(self, meta.error().detail);
  meta->octets = request.octets;
  json::object told;
  const auto taken = office.imports->take(*std::move(meta));
  if (!taken) {
    const Error& error = taken.error();
    const std::string& why = error.detail.empty() ? error.reply.text : error.detail;
    if (error.reply.transient()) return {EX_TEMPFAIL, "", why + '\n'};
    told["outcome"] = error.reply == Reply(status::bad_sequence) ? "begin" : "error";
    told["why"] = as_utf8(why);
    return {0, json::serialize(told) + '\n', ""};
  }
  told["outcome"] = imports::word(taken->what);
  told["record"] = taken->number;
  told["other"] = taken->other;
  if (!taken->why.empty())
    told["why"] = as_utf8(taken->rule.empty() ? taken->why : taken->why + " [" + taken->rule + ']');
  return {0, json::serialize(told) + '\n', ""};
}

Answer end_import(Office& office, const Request& request) {
  const Command& self = *find_command("import", "end");
  const auto words = read_words(end_arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (office.imports == nullptr) return cannot_import();
  if (words->operands.size() != 1) return wrong_usage(self, "wants one id");
  // Also of one that began in a gateway that is no more: the counts belong into the audit log.
  (void)office.imports->end(words->operands[0]);
  return {};
}

// ---- in the caller's process

/// "5/s", "5"; messages a second.
Result<double> messages_a_second(std::string text) {
  if (text.ends_with("/s")) text.resize(text.size() - 2);
  double rate = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (error != std::errc{} || rest != text.data() + text.size() || !(rate > 0 && rate <= 1e6))
    return fail(status::bad_arguments,
                "--rate: số thư mỗi giây, viết 5/s, không phải " + text + " (so many messages a second)");
  return rate;
}

Result<std::string> read_password(const Words& words, const std::string& user) {
  if (const auto file = words.value("password-file")) {
    std::ifstream in(*file, std::ios::binary);
    std::string line;
    if (!in || !std::getline(in, line))
      return fail(status::not_found, *file + ": không có mật khẩu trong tệp (no password in it)");
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }
  if (const char* given = std::getenv("VANTHU_IMAP_PASSWORD"); given != nullptr) return std::string(given);
  if (::isatty(STDIN_FILENO) == 0)
    return fail(status::bad_arguments,
                "cần mật khẩu hộp thư: --password-file FILE hoặc $VANTHU_IMAP_PASSWORD (the password of the mailbox: "
                "--password-file FILE or $VANTHU_IMAP_PASSWORD)");
  return ask_password(user);
}

struct Opened {
  std::unique_ptr<imports::Source> source;
  std::string name;  ///< "mbox:/srv/old.mbox": told in every record
  std::string rule;  ///< whatever else decides which items there are, for the state
};

Result<Opened> open_source(const std::string& place, const Words& words) {
  std::optional<imports::Format> format;
  if (const auto named = words.value("format")) {
    format = imports::format_of(*named);
    if (!format)
      return fail(status::bad_arguments,
                  "--format: eml, mbox, maildir, bag hoặc imap, không phải " + *named + " (no format)");
  } else {
    const auto guessed = imports::guess(place);
    if (!guessed) return guessed.error();
    format = *guessed;
  }
  Opened opened;
  if (*format == imports::Format::imap) {
    auto url = imports::read_imap_url(place);
    if (!url) return url.error();
    const bool plain = words.has("imap-plain");
    if (plain && url->host != "127.0.0.1" && url->host != "::1" && url->host != "localhost")
      return fail(status::bad_arguments,
                  "--imap-plain: không có TLS thì chỉ tới địa chỉ của chính máy này (--imap-plain: without TLS only to "
                  "the loopback address)");
    auto password = read_password(words, url->user + '@' + url->host);
    if (!password) return password.error();
    opened.name =
        std::string(url->tls ? "imaps://" : "imap://") + url->user + '@' + url->host + ':' + std::to_string(url->port);
    const auto folders = words.options.find("folder");
    opened.source = imports::imap_source({*std::move(url), *std::move(password), words.value("ca").value_or(""),
                                          folders == words.options.end() ? std::vector<std::string>() : folders->second,
                                          plain, imports::limits::message_octets});
    return opened;
  }
  std::error_code code;
  const fs::path absolute = fs::absolute(place, code).lexically_normal();
  opened.name = std::string(imports::word(*format)) + ':' + (code ? place : absolute.string());
  switch (*format) {
    case imports::Format::mbox: {
      const std::string reading = words.value("mbox").value_or("rd");
      if (reading != "rd" && reading != "o" && reading != "raw")
        return fail(status::bad_arguments,
                    "--mbox: rd (mboxrd), o (mboxo) hoặc raw, không phải " + reading + " (no reading of an mbox)");
      opened.source = imports::mbox_source(place, reading == "rd"  ? imports::MboxQuoting::rd
                                                  : reading == "o" ? imports::MboxQuoting::o
                                                                   : imports::MboxQuoting::raw);
      opened.rule = reading;
      break;
    }
    case imports::Format::maildir:
      opened.source = imports::maildir_source(place);
      break;
    case imports::Format::bag:
      opened.source = imports::bag_source(place);
      break;
    default:
      opened.source = imports::eml_source(place);
  }
  return opened;
}

/// Asks until there is an answer that does not say "later".
class Gateway {
 public:
  explicit Gateway(const Config& config) : config_(config), socket_(config.at("control.sock")) {}

  /// @par Errors  not_found: nobody answers; refused; bad_arguments: what was to be sent cannot be read; 4yz
  Result<Answer> ask(const char* verb, const Request& request, const Streamed* streamed) const {
    const Command& command = *find_command("import", verb);
    const auto until = std::chrono::steady_clock::now() + patience;
    while (true) {
      auto answer = streamed != nullptr ? ask_gateway(socket_, command, request, *streamed)
                                        : ask_gateway(socket_, command, request);
      if (answer && answer->exit != EX_TEMPFAIL) return answer;
      if (!answer) {
        const Reply& reply = answer.error().reply;
        const bool away =
            reply == Reply(status::not_found) || reply == Reply(status::store_failed) || reply.transient();
        if (!away) return answer;
        // Nobody is starting it either.
        if (streamed == nullptr && reply == Reply(status::not_found) && !DataLock::held(config_.data_folder))
          return answer;
      }
      if (std::chrono::steady_clock::now() >= until) return answer;
      std::this_thread::sleep_for(std::chrono::milliseconds(250));
    }
  }

 private:
  const Config& config_;
  fs::path socket_;
};

/// One source, from its begin to its end.
class Import {
 public:
  struct Options {
    std::string reason, unit, record_class;
    std::optional<double> rate;
    bool dry = false;
  };
  Import(const Gateway& gateway, const Options& options, ImportReport& report, ImportProgress& progress,
         ImportCounts& counts)
      : gateway_(gateway), options_(options), report_(report), progress_(progress), counts_(counts) {}

  /// @return what stopped it; nothing: it came to its end
  std::optional<Answer> run(Opened opened, ImportState& state) {
    source_ = opened.name;
    state_ = &state;
    if (auto stopped = begin()) return stopped;
    const ImportCounts before = counts_;
    const auto gone = opened.source->each([&](const imports::Found& found) {
      take(found);
      progress_.show(counts_, opened.source->count(), opened.source->part_done());
      return !stopped_;
    });
    progress_.clear();
    if (!gone && !stopped_) stopped_ = failed(gone.error());
    Request request;
    request.words = {state.run(),
                     "--source=" + as_utf8(source_),
                     "--new=" + std::to_string(counts_.fresh - before.fresh),
                     "--same-octets=" + std::to_string(counts_.same_octets - before.same_octets),
                     "--same-id=" + std::to_string(counts_.same_id - before.same_id),
                     "--errors=" + std::to_string(counts_.errors - before.errors)};
    if (stopped_) request.words.emplace_back("--stopped");
    const auto told = gateway_.ask("end", request, nullptr);
    if (!stopped_ && (!told || told->exit != 0))
      stopped_ = Answer{EX_TEMPFAIL, "",
                        "cổng chưa ghi được lúc kết thúc lần nhập vào nhật ký kiểm toán (the gateway did not take the "
                        "end of the import into its audit log)\n"};
    if (!stopped_) state.finish();
    return stopped_;
  }

  const std::vector<std::string>& errors() const { return errors_; }

 private:
  std::optional<Answer> begin() {
    Request request;
    request.words = {state_->run(), "--source=" + as_utf8(source_), "--reason=" + options_.reason,
                     "--class=" + options_.record_class};
    if (!options_.unit.empty()) request.words.push_back("--unit=" + options_.unit);
    if (options_.dry) request.words.emplace_back("--dry-run");
    auto answer = gateway_.ask("begin", request, nullptr);
    if (!answer && answer.error().reply == Reply(status::not_found)) return cannot_import();
    if (!answer) return failed(answer.error());
    if (answer->exit != 0) return *std::move(answer);
    return std::nullopt;
  }

  void tell(ImportLine line) {
    if (line.outcome == "new") ++counts_.fresh;
    if (line.outcome == "same-octets") ++counts_.same_octets;
    if (line.outcome == "same-id") ++counts_.same_id;
    if (line.outcome == "error") {
      ++counts_.errors;
      if (errors_.size() < errors_shown)
        errors_.push_back(
            printable((line.folder.empty() || line.item.starts_with(line.folder) ? "" : line.folder + ": ") +
                      line.item + ": " + line.why));
    }
    if (auto added = report_.add(line); !added) stopped_ = failed(added.error());
  }

  void tell_earlier(ImportLine line, const ImportedItem& done) {
    line.outcome = done.what == 'n' ? "new" : done.what == 'o' ? "same-octets" : "same-id";
    line.record = done.number;
    line.other = done.other;
    line.sha256 = done.sha256;
    line.earlier = true;
    tell(std::move(line));
  }

  void take(const imports::Found& found) {
    ImportLine line;
    line.source = source_;
    line.folder = as_utf8(found.folder);
    line.item = as_utf8(found.item);
    line.flags = found.flags;
    line.date = as_utf8(found.date);
    line.note = as_utf8(found.note);
    if (found.immutable)
      if (const ImportedItem* before = state_->find(found.folder, found.item, ""))
        return tell_earlier(std::move(line), *before);
    auto content = found.open();
    if (!content) {
      if (content.error().reply == Reply(status::next_hop_unavailable)) {
        stopped_ = failed(content.error());
        return;
      }
      line.why = as_utf8(content.error().detail);
      line.outcome = "error";
      return tell(std::move(line));
    }
    line.octets = content->octets;
    line.sha256 = content->sha256;
    line.outcome = "error";
    if (!found.expected.empty() && found.expected != content->sha256) {
      line.why = "octet không khớp SHA-256 trong bảng kê (not those that the manifest promises)";
    } else if (content->octets == 0) {
      line.why = "rỗng (empty)";
    } else if (content->octets > imports::limits::message_octets) {
      line.why = "lớn hơn " + std::to_string(imports::limits::message_octets >> 20) + " MiB (too big)";
    } else {
      if (const ImportedItem* before = state_->find(found.folder, found.item, content->sha256))
        return tell_earlier(std::move(line), *before);
      if (!send(*content, line, found)) return;
    }
    tell(std::move(line));
  }

  /// @return false: the import has stopped
  bool send(const imports::Content& content, ImportLine& line, const imports::Found& found) {
    if (options_.dry && !seen_.insert(content.sha256).second) {
      line.outcome = "same-octets";  // as something before it in this very source
      return true;
    }
    wait_for_turn();
    json::array flags;
    for (const std::string& flag : line.flags) flags.emplace_back(as_utf8(flag));
    Request request;
    request.words = {json::serialize(json::object{{"run", state_->run()},
                                                  {"item", line.item},
                                                  {"folder", line.folder},
                                                  {"date", line.date},
                                                  {"note", line.note},
                                                  {"sha256", content.sha256},
                                                  {"flags", std::move(flags)}})};
    const Streamed streamed{content.octets, content.read};
    state_->keep();
    for (int again = 0;; ++again) {
      const auto answer = gateway_.ask("item", request, &streamed);
      if (!answer && answer.error().reply == Reply(status::bad_arguments)) {
        line.why = as_utf8(answer.error().detail);  // the source changed under us: this one alone
        return true;
      }
      if (!answer || answer->exit != 0) {
        stopped_ = answer ? *answer
                          : Answer{EX_TEMPFAIL, "",
                                   "cổng không trả lời (the gateway does not answer): " + answer.error().detail + '\n'};
        return false;
      }
      if (!read_outcome(answer->out, line)) return false;
      if (line.outcome != "begin") break;
      // Another gateway than the one that we began with.
      if (again == 3) {
        stopped_ = Answer{EX_TEMPFAIL, "", "cổng luôn bắt đầu lại (the gateway keeps beginning anew)\n"};
        return false;
      }
      stopped_ = begin();
      if (stopped_) return false;
    }
    if (line.outcome == "error" || options_.dry) return true;
    const char what = line.outcome == "new" ? 'n' : line.outcome == "same-octets" ? 'o' : 'i';
    if (auto noted = state_->note(found.folder, found.item, {what, line.record, line.other, content.sha256}); !noted) {
      stopped_ = failed(noted.error());
      return false;
    }
    return true;
  }

  bool read_outcome(const std::string& text, ImportLine& line) {
    try {
      const json::value parsed = json::parse(text);
      const json::object& o = parsed.as_object();
      line.outcome = std::string(o.at("outcome").as_string());
      line.record = o.contains("record") ? o.at("record").to_number<std::uint64_t>() : 0;
      line.other = o.contains("other") ? o.at("other").to_number<std::uint64_t>() : 0;
      line.why = o.contains("why") ? std::string(o.at("why").as_string()) : std::string();
      return true;
    } catch (const std::exception& error) {
      stopped_ = Answer{
          EX_PROTOCOL, "",
          std::string("không hiểu câu trả lời của cổng (the gateway's answer makes no sense): ") + error.what() + '\n'};
      return false;
    }
  }

  void wait_for_turn() {
    if (!options_.rate) return;
    const auto at = std::chrono::steady_clock::now();
    if (turn_ > at) std::this_thread::sleep_until(turn_);
    turn_ = std::max(at, turn_) + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                      std::chrono::duration<double>(1 / *options_.rate));
  }

  const Gateway& gateway_;
  const Options& options_;
  ImportReport& report_;
  ImportProgress& progress_;
  ImportCounts& counts_;
  ImportState* state_ = nullptr;
  std::string source_;
  std::set<std::string> seen_;  // digests of a dry run
  std::optional<Answer> stopped_;
  std::vector<std::string> errors_;
  std::chrono::steady_clock::time_point turn_{};
};

Answer import_mail(Office& office, const Request& request) {
  const Command& self = *find_command("archive", "import");
  const auto words = read_words(import_arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.empty()) return wrong_usage(self, "chưa nêu nguồn cần nhập (names no source)");
  if (office.config == nullptr || office.config->data_folder.empty())
    return {EX_CONFIG, "",
            "chưa có cấu hình, nêu bằng --config FILE hoặc $VANTHU_CONFIG (no configuration: name one with --config "
            "FILE or in $VANTHU_CONFIG)\n"};
  if (!request.login.empty())
    return {EX_NOPERM, "",
            "archive import: chỉ dành cho root và tài khoản của cổng, không dùng với --login (archive import: for root "
            "and the gateway's account, not with --login)\n"};
  Import::Options options;
  options.reason = as_utf8(words->value("reason").value_or(""));
  options.unit = words->value("unit").value_or("");
  options.record_class = words->value("class").value_or(imports::Run{}.record_class);
  options.dry = words->has("dry-run");
  if (text::match_key(options.reason).empty()) return wrong_usage(self, "cần --reason, lý do nhập (wants --reason)");
  if (const auto text = words->value("rate")) {
    const auto rate = messages_a_second(*text);
    if (!rate) return wrong_usage(self, rate.error().detail);
    options.rate = *rate;
  }
  if (words->value("state") && words->operands.size() > 1)
    return wrong_usage(
        self,
        "--state chỉ dùng với một nguồn, mỗi nguồn có tệp của mình (--state is for one source; each has its own)");
  auto report = ImportReport::open(words->value("report").value_or(""));
  if (!report) return failed(report.error());
  const Gateway gateway(*office.config);
  ImportProgress progress(::isatty(STDERR_FILENO) != 0);
  ImportCounts counts;
  Answer answer;
  std::optional<Answer> stopped;
  for (const std::string& place : words->operands) {
    auto opened = open_source(place, *words);
    if (!opened) {
      stopped = failed(opened.error());
      break;
    }
    fs::path file;
    if (!options.dry)
      file = words->value("state").value_or(
          import_state_file(office.config->data_folder, opened->name + '\n' + opened->rule).string());
    auto state = ImportState::open(file);
    if (!state && !words->has("state") && state.error().reply == Reply(status::store_failed)) {
      // No home to write to: what was done is known by its digest all the same.
      answer.err += "không giữ được tiến độ, chạy lại sẽ chậm hơn (no state is kept: " + state.error().detail + ")\n";
      state = ImportState::open({});
    }
    if (!state) {
      stopped = failed(state.error());
      break;
    }
    if ((*state)->resumed()) answer.err += "đi tiếp lượt nhập trước (goes on): " + printable(opened->name) + '\n';
    Import one(gateway, options, **report, progress, counts);
    stopped = one.run(*std::move(opened), **state);
    for (const std::string& error : one.errors()) answer.err += error + '\n';
    if (stopped) break;
  }
  if (stopped) {
    answer.exit = stopped->exit == EX_UNAVAILABLE || stopped->exit == EX_IOERR ? EX_TEMPFAIL : stopped->exit;
    if (counts.all() == 0) answer.exit = stopped->exit;
    answer.err += stopped->err;
    if (counts.all() != 0)
      answer.err += "dừng giữa chừng; chạy lại cùng lệnh để đi tiếp (stopped: the same command goes on)\n";
  } else {
    if (auto finished = (*report)->finish(); !finished) return failed(finished.error());
    if (counts.errors != 0) answer.exit = EX_DATAERR;
    if (counts.errors > errors_shown) answer.err += "… --report FILE kê hết (names all)\n";
  }
  answer.out = import_totals(counts, options.dry, words->has("json"));
  return answer;
}

std::string import_help() {
  return "SOURCE: thư mục *.eml hoặc một tệp, mbox, Maildir, gói xuất (BagIt), imaps://USER@HOST[:PORT], imap://… "
         "(STARTTLS).\n"
         "--format eml|mbox|maildir|bag|imap khi không đoán được; --mbox rd|o|raw: cách đọc dấu \">From \".\n"
         "Mỗi thư: new N · same-octets N (đã có, không ghi) · same-id N (cùng Message-ID, khác octet: bản ghi mới) · "
         "error.\n"
         "Bị dừng ở đâu cũng được: chạy lại cùng lệnh thì đi tiếp, không ghi hai lần. Thư nhập không tự vào sổ đi, "
         "đến.\n"
         "A source is a folder of *.eml or one of them, an mbox, a Maildir, an exported package (BagIt), or a mailbox "
         "over\n"
         "IMAP (--folder NAME…, all without it; password from --password-file, $VANTHU_IMAP_PASSWORD or the "
         "terminal).\n"
         "What is stopped goes on with the same command; nothing is written twice. Imported mail enters no register "
         "by\n"
         "itself. Exit 0: all is in the archive; 65: some items had errors; 75: stopped, try again.\n";
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto import_rows = std::to_array<Command>({
    {"archive", "import", import_arguments,
     "nhập thư cũ vào lưu trữ: EML, mbox, Maildir, gói xuất, IMAP (bring existing mail into the archive: EML, mbox, "
     "Maildir, packages, IMAP)",
     Where::caller, Takes::nothing, import_mail, import_help},
    {"import", "begin", begin_arguments, "begin or go on with an import; asked by `archive import`", Where::office,
     Takes::nothing, begin_import, nullptr, "archive import"},
    {"import", "item", item_arguments, "take one message of an import; asked by `archive import`", Where::office,
     Takes::octets, import_item, nullptr, "archive import"},
    {"import", "end", end_arguments, "end an import; asked by `archive import`", Where::office, Takes::nothing,
     end_import, nullptr, "archive import"},
});

}  // namespace

std::span<const Command> import_commands() { return import_rows; }

}  // namespace vanthu::admin
