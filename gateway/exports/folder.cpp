// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "gateway/base/digest.hpp"
#include "gateway/exports/limits.hpp"
#include "gateway/exports/parts.hpp"
#include "gateway/exports/running_digest.hpp"

namespace vanthu::exports {
namespace fs = std::filesystem;
namespace json = boost::json;
namespace {
constexpr const char* plan_name = "vanthu-export.json";

Error broken(const std::string& what) {
  const int code = errno;
  return fail(code == ENOSPC || code == EDQUOT ? status::store_full : status::store_failed,
              what + ": " + std::strerror(code));
}

Result<Done> write_all(int descriptor, std::string_view octets, const fs::path& file) {
  while (!octets.empty()) {
    const ssize_t written = ::write(descriptor, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return broken(file.string());
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return done;
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Result<Kept> kept_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return broken(file.string());
  RunningDigest digest;
  Kept kept;
  std::string block(1U << 20, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    const auto got = static_cast<std::size_t>(in.gcount());
    digest.add(std::string_view(block).substr(0, got));
    kept.octets += got;
  }
  if (in.bad()) return broken(file.string());
  kept.sha256 = digest.end();
  return kept;
}
}  // namespace

/// A file that is appended to until the end.
struct Folder::Grown {
  fs::path file;
  Descriptor descriptor;
  std::uint64_t octets = 0;
};

Folder::Folder(fs::path folder) : folder_(std::move(folder)) {}

Folder::~Folder() {
  if (progress_ >= 0) ::close(progress_);
  if (!unused_ || plan_) return;
  // The export was refused, or given up, before there was anything of it.
  std::error_code ignored;
  fs::remove(partial() / "progress", ignored);
  fs::remove(partial(), ignored);
  if (made_) fs::remove(folder_, ignored);
}

Result<std::unique_ptr<Folder>> Folder::open(const fs::path& path) {
  std::unique_ptr<Folder> folder(new Folder(path));
  std::error_code code;
  folder->made_ = fs::create_directories(path, code);
  if (code) return fail(status::store_failed, path.string() + ": " + code.message());
  if (auto read = folder->read_plan(); !read) return read.error();
  fs::remove_all(folder->over(), code);  // a stop after the end
  const bool partial = fs::is_directory(folder->partial(), code);
  if (!folder->plan_ && !partial && !fs::is_empty(path, code))
    return fail(status::refused, path.string() + ": không trống (the folder is not empty, and no export stands there)");
  folder->complete_ = folder->plan_ && !partial;
  if (folder->complete_) return folder;
  if (auto opened = folder->open_progress(); !opened) return opened.error();
  folder->unused_ = !folder->plan_ && !partial;
  if (folder->plan_)
    if (auto read = folder->read_progress(); !read) return read.error();
  return folder;
}

Result<Done> Folder::read_plan() {
  std::ifstream in(folder_ / plan_name, std::ios::binary);
  if (!in) return done;
  std::string text;
  std::string block(64U << 10, '\0');
  while ((in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) &&
         text.size() <= limits::plan_octets)
    text.append(block, 0, static_cast<std::size_t>(in.gcount()));
  auto plan = parse_plan(text);
  if (!plan) return plan.error();
  plan_ = *std::move(plan);
  files_[plan_name] = {text.size(), hex(sha256(text))};
  return done;
}

Result<Done> Folder::open_progress() {
  std::error_code code;
  fs::create_directory(partial(), code);
  if (code) return fail(status::store_failed, partial().string() + ": " + code.message());
  const fs::path file = partial() / "progress";
  progress_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (progress_ < 0) return broken(file.string());
  if (::flock(progress_, LOCK_EX | LOCK_NB) != 0)
    return fail(status::refused, folder_.string() + ": đang có lệnh xuất khác (another export is writing there)");
  return done;
}

/// Takes what the progress says, and cuts a line that was not written to its end.
Result<Done> Folder::read_progress() {
  const fs::path file = partial() / "progress";
  std::ifstream in(file, std::ios::binary);
  std::uint64_t whole = 0;
  for (std::string line; std::getline(in, line);) {
    if (in.eof()) break;  // no line feed behind it
    json::error_code wrong;
    const json::value parsed = json::parse(line, wrong);
    if (wrong || !parsed.is_object()) return fail(status::corrupt, file.string() + ": damaged; begin in a new folder");
    try {
      const json::object& o = parsed.get_object();
      reached_ = o.at("record").to_number<std::uint64_t>();
      for (const json::value& one : o.at("grown").as_array())
        recorded_[std::string(one.as_array().at(0).as_string())] = one.as_array().at(1).to_number<std::uint64_t>();
    } catch (const std::exception&) {
      return fail(status::corrupt, file.string() + ": damaged; begin in a new folder");
    }
    whole += line.size() + 1;
  }
  if (::ftruncate(progress_, static_cast<off_t>(whole)) != 0) return broken(file.string());
  return done;
}

Result<Done> Folder::begin(const Plan& plan) {
  if (auto written = put(plan_name, to_json(plan), false); !written) return written;
  plan_ = plan;
  return sync_all();
}

Result<Done> Folder::make_parent(const std::string& name) {
  std::error_code code;
  fs::create_directories((folder_ / name).parent_path(), code);
  if (code) return fail(status::store_failed, (folder_ / name).parent_path().string() + ": " + code.message());
  return done;
}

Result<Done> Folder::put(const std::string& name, std::string_view octets, bool of_record, unsigned mode) {
  if (!is_safe_name(name)) return fail(status::corrupt, "a file's name: " + name);
  if (auto made = make_parent(name); !made) return made;
  const fs::path part = partial() / "part";
  ::unlink(part.c_str());  // what a stop left has the mode of another file, and some disks know no chmod
  {
    const Descriptor descriptor(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (descriptor.get() < 0) return broken(part.string());
    if (auto written = write_all(descriptor.get(), octets, part); !written) return written;
  }
  if (::rename(part.c_str(), (folder_ / name).c_str()) != 0) return broken((folder_ / name).string());
  const Kept kept{octets.size(), hex(sha256(octets))};
  if (of_record) {
    of_record_ += (of_record_.empty() ? "" : ",") + json::serialize(json::array{name, kept.octets, kept.sha256});
    pending_octets_ += octets.size();
  } else {
    files_[name] = kept;
  }
  return done;
}

Result<Folder::Grown*> Folder::grown_file(const std::string& name) {
  if (const auto known = grown_.find(name); known != grown_.end()) return known->second.get();
  if (!is_safe_name(name)) return fail(status::corrupt, "a file's name: " + name);
  std::string flat = name;
  for (char& c : flat)
    if (c == '/') c = '_';
  const fs::path file = partial() / ("grown-" + flat);
  const std::uint64_t length = recorded_[name];
  std::error_code ignored;
  // The end came between the naming of this file and of another one: it is taken back.
  if (!fs::exists(file, ignored) && fs::exists(folder_ / name, ignored) &&
      ::rename((folder_ / name).c_str(), file.c_str()) != 0)
    return broken(file.string());
  auto grown = std::unique_ptr<Grown>(
      new Grown{file, Descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)), length});
  if (grown->descriptor.get() < 0) return broken(file.string());
  struct stat there {};
  if (::fstat(grown->descriptor.get(), &there) != 0) return broken(file.string());
  if (static_cast<std::uint64_t>(there.st_size) < length)
    return fail(status::corrupt, file.string() + ": shorter than it was; begin in a new folder");
  if (::ftruncate(grown->descriptor.get(), static_cast<off_t>(length)) != 0) return broken(file.string());
  return (grown_[name] = std::move(grown)).get();
}

Result<Done> Folder::append(const std::string& name, std::string_view octets) {
  const auto grown = grown_file(name);
  if (!grown) return grown.error();
  if (auto written = write_all((*grown)->descriptor.get(), octets, (*grown)->file); !written) return written;
  (*grown)->octets += octets.size();
  pending_octets_ += octets.size();
  return done;
}

std::uint64_t Folder::grown(const std::string& name) const {
  if (const auto known = grown_.find(name); known != grown_.end()) return known->second->octets;
  const auto recorded = recorded_.find(name);
  return recorded == recorded_.end() ? 0 : recorded->second;
}

Result<Done> Folder::sync_all() const {
  const Descriptor descriptor(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0 || ::syncfs(descriptor.get()) != 0) return broken(folder_.string());
  return done;
}

Result<Done> Folder::done_with(std::uint64_t record) {
  json::array lengths;
  for (const auto& [name, grown] : grown_) lengths.push_back(json::array{name, grown->octets});
  pending_ += "{\"record\":" + std::to_string(record) + ",\"files\":[" + of_record_ +
              "],\"grown\":" + json::serialize(lengths) + "}\n";
  of_record_.clear();
  pending_last_ = record;
  const auto now = std::chrono::steady_clock::now();
  if (pending_records_++ == 0) since_ = now;
  if (pending_records_ < limits::group_records && pending_octets_ < limits::group_octets &&
      now - since_ < limits::group_time)
    return done;
  return commit();
}

/// First what the progress will speak of, then the progress: so that it never says too much.
Result<Done> Folder::commit() {
  if (pending_records_ == 0) return done;
  if (auto synced = sync_all(); !synced) return synced;
  if (auto written = write_all(progress_, pending_, partial() / "progress"); !written) return written;
  if (::fdatasync(progress_) != 0) return broken((partial() / "progress").string());
  reached_ = pending_last_;
  pending_.clear();
  pending_octets_ = 0;
  pending_records_ = 0;
  return done;
}

Result<Done> Folder::gather(const std::function<Result<Done>(const std::string&, const Kept&)>& visit) {
  if (auto committed = commit(); !committed) return committed;
  for (const auto& [name, length] : recorded_)
    if (auto opened = grown_file(name); !opened) return opened.error();
  std::map<std::string, Kept> all = files_;
  for (const auto& [name, grown] : grown_) {
    auto kept = kept_of(grown->file);
    if (!kept) return kept.error();
    all[name] = *std::move(kept);
    if (auto made = make_parent(name); !made) return made;
  }
  for (const auto& [name, kept] : all)
    if (auto visited = visit(name, kept); !visited) return visited;
  std::ifstream in(partial() / "progress", std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    const json::value parsed = json::parse(line);
    for (const json::value& one : parsed.at("files").as_array()) {
      const json::array& file = one.as_array();
      if (auto visited = visit(std::string(file.at(0).as_string()),
                               {file.at(1).to_number<std::uint64_t>(), std::string(file.at(2).as_string())});
          !visited)
        return visited;
    }
  }
  for (const auto& [name, grown] : grown_)
    if (::rename(grown->file.c_str(), (folder_ / name).c_str()) != 0) return broken((folder_ / name).string());
  for (const auto& [name, grown] : grown_) recorded_[name] = grown->octets;
  grown_.clear();
  return sync_all();
}

Result<Kept> Folder::put_pieces(
    const std::string& name,
    const std::function<Result<Done>(const std::function<Result<Done>(std::string_view)>& write)>& make) {
  if (!is_safe_name(name)) return fail(status::corrupt, "a file's name: " + name);
  if (auto made_parent = make_parent(name); !made_parent) return made_parent.error();
  const fs::path part = partial() / "pieces";
  RunningDigest digest;
  Kept kept;
  {
    const Descriptor descriptor(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (descriptor.get() < 0) return broken(part.string());
    const auto made = make([&](std::string_view octets) -> Result<Done> {
      digest.add(octets);
      kept.octets += octets.size();
      return write_all(descriptor.get(), octets, part);
    });
    if (!made) return made.error();
  }
  if (::rename(part.c_str(), (folder_ / name).c_str()) != 0) return broken((folder_ / name).string());
  kept.sha256 = digest.end();
  files_[name] = kept;
  return kept;
}

Result<Done> Folder::end() {
  if (auto synced = sync_all(); !synced) return synced;
  if (::rename(partial().c_str(), over().c_str()) != 0) return broken(over().string());
  complete_ = true;
  std::error_code code;
  fs::remove_all(over(), code);
  if (code) return fail(status::store_failed, over().string() + ": " + code.message());
  return sync_all();
}

}  // namespace vanthu::exports
