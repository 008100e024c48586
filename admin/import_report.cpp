// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/import_report.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "gateway/base/text.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace fs = std::filesystem;
std::string as_utf8(const std::string& text) { return text::is_utf8(text) ? text : text::nfc(text); }

Result<std::unique_ptr<ImportReport>> ImportReport::open(const fs::path& file) {
  std::unique_ptr<ImportReport> report(new ImportReport);
  if (file.empty()) return report;
  report->file_ = file;
  report->part_ = file.string() + ".part";
  report->out_ = std::fopen(report->part_.c_str(), "we");
  if (report->out_ == nullptr) return fail(status::store_failed, report->part_.string() + ": " + std::strerror(errno));
  return report;
}

ImportReport::~ImportReport() {
  if (out_ != nullptr) std::fclose(out_);
}

Result<Done> ImportReport::add(const ImportLine& line) {
  if (out_ == nullptr) return done;
  json::object o{{"source", as_utf8(line.source)}, {"item", as_utf8(line.item)}, {"outcome", line.outcome}};
  if (line.record != 0) o["record"] = line.record;
  if (line.other != 0) o["same_id_as"] = line.other;
  if (!line.sha256.empty()) o["sha256"] = line.sha256;
  if (line.octets != 0) o["octets"] = line.octets;
  if (!line.folder.empty()) o["folder"] = as_utf8(line.folder);
  if (!line.date.empty()) o["date"] = as_utf8(line.date);
  if (!line.note.empty()) o["note"] = as_utf8(line.note);
  if (!line.why.empty()) o["why"] = as_utf8(line.why);
  if (line.earlier) o["earlier"] = true;
  if (!line.flags.empty()) {
    json::array flags;
    for (const std::string& flag : line.flags) flags.emplace_back(as_utf8(flag));
    o["flags"] = std::move(flags);
  }
  const std::string text = json::serialize(o) + '\n';
  if (std::fwrite(text.data(), 1, text.size(), out_) == text.size()) return done;
  return fail(status::store_failed, part_.string() + ": " + std::strerror(errno));
}

Result<Done> ImportReport::finish() {
  if (out_ == nullptr) return done;
  const auto broken = [&] { return fail(status::store_failed, part_.string() + ": " + std::strerror(errno)); };
  if (std::fflush(out_) != 0 || ::fsync(::fileno(out_)) != 0) return broken();
  if (std::fclose(std::exchange(out_, nullptr)) != 0) return broken();
  if (std::rename(part_.c_str(), file_.c_str()) != 0) return broken();
  const fs::path folder = file_.has_parent_path() ? file_.parent_path() : fs::path(".");
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor >= 0) {
    ::fsync(descriptor);
    ::close(descriptor);
  }
  return done;
}

void ImportProgress::show(const ImportCounts& counts, std::optional<std::uint64_t> total, double part) {
  const Clock::time_point at = Clock::now();
  if (!shown_ || at - last_ < std::chrono::milliseconds(300)) return;
  last_ = at;
  const double seconds = std::max(0.001, std::chrono::duration<double>(at - begun_).count());
  const double rate = double(counts.all()) / seconds;
  if (total && *total != 0) part = double(counts.all()) / double(*total);
  std::string text = std::to_string(counts.all());
  if (total) text += '/' + std::to_string(*total);
  text += " thư, " + std::to_string(static_cast<std::uint64_t>(rate)) + "/s";
  if (part > 0 && part <= 1)
    text += ", còn khoảng " + std::to_string(static_cast<std::uint64_t>(seconds / part * (1 - part))) + " s";
  if (counts.errors != 0) text += ", lỗi " + std::to_string(counts.errors);
  std::fprintf(stderr, "\r%s\033[K", text.c_str());
  std::fflush(stderr);
  written_ = true;
}

void ImportProgress::clear() {
  if (!std::exchange(written_, false)) return;
  std::fprintf(stderr, "\r\033[K");
  std::fflush(stderr);
}

std::string import_totals(const ImportCounts& counts, bool dry, bool as_json) {
  if (as_json)
    return json::serialize(json::object{{"new", counts.fresh},
                                        {"same_octets", counts.same_octets},
                                        {"same_id", counts.same_id},
                                        {"errors", counts.errors},
                                        {"dry_run", dry}}) +
           '\n';
  const auto line = [](const char* what, std::uint64_t count) {
    return std::string("  ") + what + std::to_string(count) + '\n';
  };
  return std::string(dry ? "Chạy thử, không ghi gì. Sẽ là:\n" : "Đã nhập:\n") +
         line("mới (new)                            ", counts.fresh + counts.same_id) +
         line("  trong đó cùng Message-ID, khác octet ", counts.same_id) +
         line("đã có, đúng từng octet (same octets) ", counts.same_octets) +
         line("lỗi (errors)                         ", counts.errors);
}

}  // namespace vanthu::admin
