// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/sts_store.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::relay {
namespace fs = std::filesystem;
namespace {
constexpr std::string_view magic = "vanthu-mta-sts 1 ";  // the format's version
constexpr std::size_t name_octets = 200;                 // of a file; what is longer is no domain that anybody has
constexpr std::size_t head_octets = 1024;                // the first line, at most

Error damaged(const char* what) { return fail(status::bad_line, what); }

bool names_a_file(std::string_view domain) {
  return !domain.empty() && domain.size() <= name_octets && domain.front() != '.' &&
         std::all_of(domain.begin(), domain.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
         });
}

Result<StoredPolicy> read(const fs::path& file) {
  std::string octets(limits::sts_octets + head_octets + 1, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(octets.data(), static_cast<std::streamsize>(octets.size()));
  if (in.bad() || !in.eof()) return damaged("cannot be read, or too long");
  octets.resize(static_cast<std::size_t>(in.gcount()));
  auto policy = parse_stored_policy(octets);
  if (policy && policy->domain != file.filename()) return damaged("another domain's");
  return policy;
}
}  // namespace

std::string format_stored_policy(const StoredPolicy& policy) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(policy.fetched.time_since_epoch()).count();
  const std::string rest = policy.domain + ' ' + policy.id + ' ' + std::to_string(seconds) + '\n' + policy.text;
  return std::string(magic) + hex(sha256(rest)) + ' ' + rest;
}

Result<StoredPolicy> parse_stored_policy(std::string_view octets) {
  if (!octets.starts_with(magic)) return damaged("no first line of ours");
  octets.remove_prefix(magic.size());
  const std::size_t digest = std::min(octets.find(' '), octets.size());
  std::string_view rest = octets.substr(std::min(digest + 1, octets.size()));
  if (hex(sha256(rest)) != octets.substr(0, digest)) return damaged("does not fit its digest");
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::istringstream head{std::string(rest.substr(0, end))};
  StoredPolicy policy;
  std::int64_t seconds = -1;
  constexpr std::int64_t year_9999 = 253'402'300'799;
  if (!(head >> policy.domain >> policy.id >> seconds) || seconds < 0 || seconds > year_9999)
    return damaged("no domain, id and time");
  policy.fetched = Time(std::chrono::seconds(seconds));
  policy.text = rest.substr(std::min(end + 1, rest.size()));
  return policy;
}

std::vector<StoredPolicy> StsStore::load() const {
  std::vector<StoredPolicy> policies;
  std::error_code code;
  fs::create_directories(folder_, code);
  fs::directory_iterator entries(folder_, code);
  if (code) {
    log::Event("mta-sts.unreadable", log::Level::error).with("file", folder_.string()).with("why", code.message());
    return policies;
  }
  for (const fs::directory_iterator none; entries != none && !code; entries.increment(code)) {
    const fs::path& file = entries->path();
    if (policies.size() >= limits::sts_policies) break;
    if (file.extension() == ".new") {  // a write that a crash cut off
      static_cast<void>(disk_.remove(file));
      continue;
    }
    auto policy = read(file);
    if (policy)
      policies.push_back(*std::move(policy));
    else
      log::Event("mta-sts.unreadable", log::Level::error)
          .with("file", file.string())
          .with("why", policy.error().detail);
  }
  return policies;
}

Result<Done> StsStore::write(const StoredPolicy& policy) const {
  if (!names_a_file(policy.domain)) return fail(status::bad_arguments, "no file can have that name");
  return disk_.replace(folder_ / policy.domain, format_stored_policy(policy));
}

void StsStore::remove(const std::string& domain) const {
  if (names_a_file(domain))
    static_cast<void>(disk_.remove(folder_ / domain));  // what stays is too old at the next start
}

}  // namespace vanthu::relay
