// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <fstream>
#include <thread>

#include "admin/commands.hpp"
#include "admin/control_client.hpp"
#include "admin/words.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/text.hpp"
#include "gateway/exports/bag.hpp"
#include "gateway/exports/card.hpp"
#include "gateway/exports/folder.hpp"
#include "gateway/exports/limits.hpp"
#include "gateway/exports/mbox.hpp"
#include "gateway/exports/names.hpp"
#include "gateway/exports/package.hpp"
#include "gateway/exports/parts.hpp"

/// archive export, archive provenance: in the caller's own process, so that what is written is written with the
/// caller's rights. What goes out is decided and remembered by the gateway (export_commands.cpp).
namespace vanthu::admin {
namespace fs = std::filesystem;
namespace json = boost::json;
namespace {
using exports::Folder;
using exports::Format;
using exports::Parts;
using exports::Plan;

/// Asks the gateway for one of its rows; an answer that is no success is handed on as it is.
struct GatewayAnswer {
  std::string out;
  std::optional<Answer> no;
};
GatewayAnswer ask_for(const Config& config, const char* verb, const Request& request) {
  if (config.data_folder.empty())
    return {"", Answer{EX_CONFIG, "",
                       "chưa có cấu hình, nêu bằng --config FILE hoặc $VANTHU_CONFIG (no configuration: name one with "
                       "--config FILE or in $VANTHU_CONFIG)\n"}};
  auto answer = ask_gateway(config.at("control.sock"), *find_command("archive", verb), request);
  if (!answer) {
    if (answer.error().reply == Reply(status::not_found))
      return {"", Answer{EX_UNAVAILABLE, "",
                         "cổng thư không chạy; chỉ xuất được khi cổng chạy (no gateway runs: " + answer.error().detail +
                             ")\n"}};
    if (answer.error().reply == Reply(status::refused))
      return {"", Answer{EX_NOPERM, "", answer.error().detail + ": be root or the gateway's account, or --login\n"}};
    return {"", failed(answer.error())};
  }
  if (answer->exit != 0) return {"", *std::move(answer)};
  return {std::move(answer->out), std::nullopt};
}

/// Waits so that no more than so many records a second are asked for.
class Pace {
 public:
  explicit Pace(unsigned a_second) : step_(std::chrono::microseconds(1'000'000 / a_second)) {}
  void wait() {
    const auto now = std::chrono::steady_clock::now();
    next_ = std::max(next_, now - std::chrono::seconds(1)) + step_;  // a slow second may be made up for
    if (next_ > now) std::this_thread::sleep_for(next_ - now);
  }

 private:
  std::chrono::steady_clock::duration step_;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now();
};

/// "200/s", "200".
Result<unsigned> records_a_second(std::string_view text) {
  if (text.ends_with("/s")) text.remove_suffix(2);
  unsigned rate = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (error != std::errc{} || rest != text.data() + text.size() || rate == 0 ||
      rate > exports::limits::most_records_a_second)
    return fail(status::bad_arguments,
                "--rate từ 1/s đến " + std::to_string(exports::limits::most_records_a_second) + "/s (is out of that)");
  return rate;
}

std::string text_in(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// One run of `archive export`.
class Export {
 public:
  Export(const Config& config, const Request& request, const Words& words, std::unique_ptr<Folder> folder,
         unsigned rate)
      : config_(config), request_(request), words_(words), folder_(std::move(folder)), pace_(rate) {}

  Answer run() {
    if (auto no = begin()) return *std::move(no);
    for (const std::uint64_t number : plan_.records) {
      if (number <= folder_->reached()) continue;
      pace_.wait();
      if (auto no = one(number)) return *std::move(no);
    }
    if (auto no = finish()) return *std::move(no);
    return told();
  }

 private:
  std::optional<Answer> begin() {
    Request request = request_;
    request.words.clear();
    for (const char* option : {"format", "purpose", "language", "search"})
      if (const auto value = words_.value(option)) add(request, option, *value);
    if (const auto files = words_.options.find("file"); files != words_.options.end())
      for (const std::string& file : files->second) add(request, "file", file);
    request.words.insert(request.words.end(), words_.operands.begin(), words_.operands.end());
    if (folder_->plan()) request.files["plan"] = exports::to_json(*folder_->plan());
    auto parts = parts_of("export-begin", request);
    if (!parts.second) return parts.first;
    auto plan = exports::parse_plan(text_in(parts.second->about, "plan"));
    if (!plan) return failed(plan.error());
    plan_ = *std::move(plan);
    if (!request_.login.empty()) ticket_ = text_in(parts.second->about, "ticket");
    if (!folder_->plan())
      if (auto begun = folder_->begin(plan_); !begun) return failed(begun.error());
    for (const exports::Part& part : parts.second->list)
      if (auto put = folder_->put(part.name, part.octets, false); !put) return failed(put.error());
    return std::nullopt;
  }

  std::optional<Answer> one(std::uint64_t number) {
    Request request = request_;
    request.words = {std::to_string(number), "--export", plan_.id};
    auto parts = parts_of("export-one", request);
    if (!parts.second) return parts.first;
    if (auto written = write(number, *parts.second); !written) return failed(written.error());
    return std::nullopt;
  }

  Result<Done> write(std::uint64_t number, const Parts& parts) {
    const std::string list = exports::list_name(plan_);
    const bool mbox = plan_.format == Format::mbox;
    if (folder_->grown(list) == 0)
      if (auto put = folder_->append(
              list, std::string("number\tstate\toctets\tsha256\tremark") + (mbox ? "\toffset\tlength\n" : "\n"));
          !put)
        return put;
    const std::string state = text_in(parts.about, "state");
    std::string remark = text_in(parts.about, "remark");
    std::string place;
    const exports::Part* letter = nullptr;
    for (const exports::Part& part : parts.list) {
      if (part.name.ends_with(".eml")) letter = &part;
      if (mbox) continue;
      if (auto put = folder_->put(part.name, part.octets, true); !put) return put;
    }
    if (mbox && letter != nullptr) {
      const json::value* micros = parts.about.if_contains("micros");
      const Time received{std::chrono::microseconds(micros == nullptr ? 0 : micros->to_number<std::int64_t>())};
      const exports::Mboxed mboxed = exports::to_mboxrd(letter->octets, text_in(parts.about, "sender"), received);
      place = '\t' + std::to_string(folder_->grown(mbox_name) + mboxed.begin) + '\t' + std::to_string(mboxed.length);
      if (mboxed.ended) remark += (remark.empty() ? "" : "; ") + std::string("no line feed at its end");
      if (auto put = folder_->append(mbox_name, mboxed.octets); !put) return put;
    } else if (mbox) {
      place = "\t-\t-";
    }
    std::string line = std::to_string(number) + '\t' + state + '\t';
    line += letter == nullptr ? "-\t-" : std::to_string(letter->octets.size()) + '\t' + hex(sha256(letter->octets));
    if (auto put = folder_->append(list, line + '\t' + remark + place + '\n'); !put) return put;
    if (exports::is_whole(plan_.format)) {
      const std::string lines = exports::lines_name(plan_);
      if (folder_->grown(lines) == 0)
        if (auto put = folder_->append(lines, exports::register_head()); !put) return put;
      if (auto put = folder_->append(lines, text_in(parts.about, "lines")); !put) return put;
    }
    return folder_->done_with(number);
  }

  std::optional<Answer> finish() {
    if (plan_.format == Format::eark) {
      if (auto put = add_verifier(); !put) return failed(put.error());
      if (auto written = exports::write_package(*folder_, plan_, VANTHU_VERSION); !written)
        return failed(written.error());
    }
    const auto payload = exports::write_manifest(*folder_, plan_.format);
    if (!payload) return failed(payload.error());
    Request request = request_;
    request.words = {"--export", plan_.id, "--manifest", payload->manifest.sha256};
    auto parts = parts_of("export-close", request);
    if (!parts.second) return parts.first;
    manifest_ = payload->manifest.sha256;
    if (exports::is_whole(plan_.format))
      for (const exports::Part& part : parts.second->list)
        if (auto put = folder_->put(part.name, part.octets, false); !put) return failed(put.error());
    if (plan_.format == Format::bagit) {
      if (auto put = add_verifier(); !put) return failed(put.error());
      if (auto written = exports::write_tag_files(*folder_, plan_, *payload); !written) return failed(written.error());
    }
    count_states();
    if (auto ended = folder_->end(); !ended) return failed(ended.error());
    return std::nullopt;
  }

  /// The program that checks the bag, from beside this one.
  Result<Done> add_verifier() {
    std::error_code code;
    const fs::path self = fs::read_symlink("/proc/self/exe", code);
    std::ifstream in(self.parent_path() / "vanthu-verify", std::ios::binary);
    if (code || !in) {
      remarks_ +=
          "vanthu-verify không có cạnh chương trình này nên không kèm theo (it is not beside this program, and so "
          "not in the bag)\n";
      return done;
    }
    const std::string octets{std::istreambuf_iterator<char>(in), {}};
    return folder_->put("tools/vanthu-verify", octets, false, 0755);
  }

  /// From the list itself, so that a run that went on counts what was there before.
  void count_states() {
    const fs::path to = *words_.value("to");
    std::ifstream in(to / exports::list_name(plan_));
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      const std::size_t first = line.find('\t');
      const std::size_t second = line.find('\t', first + 1);
      if (second == std::string::npos) continue;
      const std::string state = line.substr(first + 1, second - first - 1);
      ++states_[state];
      if (state == "record" && line.find(std::string("\t") + exports::unstamped) != std::string::npos) ++unstamped_;
      if (state != "record" && state != "disposed") remarks_ += line + '\n';
    }
  }

  Answer told() const {
    const auto count = [&](const char* state) {
      const auto found = states_.find(state);
      return found == states_.end() ? 0U : found->second;
    };
    const bool vi = plan_.language == "vi";
    const std::size_t whole = count("record");
    const std::size_t disposed = count("disposed");
    const std::size_t other = plan_.records.size() - whole - disposed;
    Answer answer;
    answer.exit = other == 0 ? 0 : 1;
    answer.out = (vi ? "Đã xuất " : "Exported ") + std::to_string(whole) + (vi ? " bản ghi vào " : " records to ") +
                 *words_.value("to") + (vi ? ", lần xuất " : ", export ") + plan_.id + ".\n";
    if (disposed != 0)
      answer.out += (vi ? "Đã hủy, chỉ còn ghi trong list.tsv: " : "Disposed of, listed in list.tsv alone: ") +
                    std::to_string(disposed) + ".\n";
    if (other != 0)
      answer.err += (vi ? "Không xuất được trọn vẹn, xem list.tsv: " : "Not handed out whole, see list.tsv: ") +
                    std::to_string(other) + ".\n";
    if (unstamped_ != 0)
      answer.err += (vi ? "Chưa có dấu thời gian phủ lên " : "No time stamp covers ") + std::to_string(unstamped_) +
                    (vi ? " bản ghi, xem list.tsv; đóng dấu rồi xuất lại nếu cần: vanthu log stamp.\n"
                        : " records yet, see list.tsv; stamp and export again if they want one: vanthu log stamp.\n");
    answer.out +=
        std::string(vi ? "SHA-256 của manifest-sha256.txt: " : "SHA-256 of manifest-sha256.txt: ") + manifest_ + '\n';
    answer.err += remarks_;
    return answer;
  }

  static void add(Request& request, const char* option, const std::string& value) {
    request.words.push_back(std::string("--") + option);
    request.words.push_back(value);
  }
  /// An answer that says why not, or the parts.
  std::pair<std::optional<Answer>, std::optional<Parts>> parts_of(const char* verb, Request request) {
    if (!ticket_.empty()) {
      request.password = ticket_;
      request.code.clear();
    }
    GatewayAnswer asked = ask_for(config_, verb, request);
    if (asked.no) return {std::move(asked.no), std::nullopt};
    auto parts = exports::parse_parts(asked.out);
    if (!parts) return {failed(parts.error()), std::nullopt};
    return {std::nullopt, *std::move(parts)};
  }

  static constexpr const char* mbox_name = "records.mbox";
  const Config& config_;
  const Request& request_;
  const Words& words_;
  std::unique_ptr<Folder> folder_;
  Pace pace_;
  Plan plan_;
  std::string ticket_, manifest_, remarks_;
  std::map<std::string, std::size_t> states_;
  std::size_t unstamped_ = 0;
};

Answer export_records(Office& office, const Request& request) {
  const Command& self = *find_command("archive", "export");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  const auto to = words->value("to");
  if (!to || to->empty()) return wrong_usage(self, "cần --to, thư mục để ghi gói (wants --to FOLDER)");
  if (text::match_key(words->value("purpose").value_or("")).empty())
    return wrong_usage(self, "phải nói rõ mục đích (an export wants its purpose: --purpose TEXT)");
  const auto format = exports::format_named(words->value("format").value_or(""));
  if (!format)
    return wrong_usage(self, "--format là eml, mbox, bagit hoặc eark (--format is eml, mbox, bagit or eark)");
  unsigned rate = exports::limits::records_a_second;
  if (const auto text = words->value("rate")) {
    const auto read = records_a_second(*text);
    if (!read) return wrong_usage(self, read.error().detail);
    rate = *read;
  }
  auto folder = Folder::open(*to);
  if (!folder) {
    Answer no = failed(folder.error());
    if (folder.error().reply == Reply(status::refused)) no.exit = EX_CANTCREAT;
    return no;
  }
  if (const auto& plan = (*folder)->plan()) {
    std::vector<std::string> files;
    if (const auto named = words->options.find("file"); named != words->options.end()) files = named->second;
    if (plan->what != exports::described(words->operands, files, words->value("search")) ||
        plan->purpose != *words->value("purpose") || plan->format != *format ||
        plan->language != words->value("language").value_or("vi"))
      return {EX_CANTCREAT, "",
              *to + ": đã có lần xuất khác ở đó (another export stands there: " + plan->id + ", " + plan->what + ")\n"};
    if ((*folder)->complete())
      return {0, "Lần xuất " + plan->id + " đã xong từ trước (this export is complete).\n", ""};
  }
  return Export(*office.config, request, *words, *std::move(folder), rate).run();
}

Answer provenance(Office& office, const Request& request) {
  const Command& self = *find_command("archive", "provenance");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.size() != 1) return wrong_usage(self, "cần đúng một số bản ghi (wants one record number)");
  const auto output = words->value("output");
  if (!output || output->empty()) return wrong_usage(self, "cần --output, tệp PDF để ghi (wants --output FILE.pdf)");
  Request inner = request;
  inner.words = words->operands;
  for (const char* option : {"language", "purpose"})
    if (const auto value = words->value(option)) {
      inner.words.push_back(std::string("--") + option);
      inner.words.push_back(*value);
    }
  GatewayAnswer asked = ask_for(*office.config, "provenance-sheet", inner);
  if (asked.no) return *std::move(asked.no);
  if (auto written = real_disk().replace(fs::absolute(*output), asked.out); !written) return failed(written.error());
  return {0, *output + ": " + std::to_string(asked.out.size()) + " octet\n", ""};
}

constexpr auto export_caller_rows = std::to_array<Command>({
    {"archive", "export",
     "--to FOLDER --format eml|mbox|bagit|eark --purpose TEXT [--language vi|en] [--rate N/s] [--file FILE] [--search "
     "QUERY] "
     "[N…]",
     "xuất bản ghi 1-5 8, hồ sơ UNIT/YEAR/CODE, hoặc kết quả tìm, để giao nộp hoặc kiểm tra; dừng giữa chừng thì chạy "
     "lại "
     "đúng lệnh đó (export records with their proofs; the same command goes on after a stop)",
     Command::Where::caller, Command::Takes::nothing, export_records},
    {"archive", "provenance", "N --output FILE [--language vi|en] [--purpose TEXT]",
     "phiếu chứng minh nguồn gốc của một bản ghi, để in: PDF (a sheet for a court or an inspection)",
     Command::Where::caller, Command::Takes::nothing, provenance},
});
}  // namespace

std::span<const Command> export_callers() { return export_caller_rows; }

}  // namespace vanthu::admin
