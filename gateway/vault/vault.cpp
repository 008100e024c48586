// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/vault/vault.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>

#include "gateway/base/clock.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/log.hpp"
#include "gateway/vault/cipher.hpp"

namespace vanthu::vault {
namespace {
namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::uint32_t slots_of_a_file = 512;
constexpr std::string_view ending = ".keys";

std::string name_of(std::uint64_t file) {
  std::string digits = std::to_string(file);
  return digits.insert(0, 20 - digits.size(), '0').append(ending);
}

std::optional<std::uint64_t> number_of(std::string_view name) {
  if (name.size() != 20 + ending.size() || !name.ends_with(ending)) return std::nullopt;
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + 20, number);
  return error == std::errc() && rest == name.data() + 20 ? std::optional(number) : std::nullopt;
}

Result<std::string> read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(status::corrupt, file.string() + " cannot be read");
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

std::string context_of(std::uint64_t id, std::string_view key_class, std::string_view month) {
  return "vanthu period " + std::to_string(id) + ' ' + std::string(key_class) + ' ' + std::string(month);
}

std::string hexadecimal(std::string_view octets) { return hex(octets); }

Result<std::string> from_hexadecimal(std::string_view digits) {
  std::string octets;
  if (digits.size() % 2 != 0) return fail(status::corrupt, "no hexadecimal digits");
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned value = 0;
    const auto [rest, error] = std::from_chars(digits.data() + i, digits.data() + i + 2, value, 16);
    if (error != std::errc() || rest != digits.data() + i + 2) return fail(status::corrupt, "no hexadecimal digits");
    octets += static_cast<char>(value);
  }
  return octets;
}

std::string this_month() { return iso(day_of(now())).substr(0, 7); }

std::vector<Slot> fresh_slots() {
  std::vector<Slot> slots(slots_of_a_file);
  for (Slot& slot : slots) {
    const std::string secret = random_octets(slot.key.data.size() + slot.key.blinding.size());
    if (secret.empty()) return {};
    slot.state = Slot::State::live;
    std::memcpy(slot.key.data.data(), secret.data(), slot.key.data.size());
    std::memcpy(slot.key.blinding.data(), secret.data() + slot.key.data.size(), slot.key.blinding.size());
  }
  return slots;
}

}  // namespace

fs::path Vault::path_of(std::uint64_t file) const { return options_.folder / name_of(file); }

std::vector<std::uint64_t> Vault::files() const {
  std::vector<std::uint64_t> all;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(options_.folder, ignored))
    if (const auto number = number_of(entry.path().filename().string())) all.push_back(*number);
  std::sort(all.begin(), all.end());
  return all;
}

namespace {
/// Files are numbered from the time of the start on, in sixteenths of a second: one file holds 512 keys, and nobody
/// seals 8,000 frames a second for long. So a folder that was put back from a backup, which does not know what was
/// given since, gives none of those numbers again: a frame of the log would be looked for under a key that never sealed
/// it.
std::uint64_t begin_of_numbers(Time at) {
  const auto since = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  return since <= 0 ? 0 : static_cast<std::uint64_t>(since) * 16;
}
}  // namespace

Result<std::unique_ptr<Vault>> Vault::open(Disk& disk, Options options) {
  std::error_code error;
  if (!options.read_only) {
    fs::create_directories(options.folder, error);
    if (error) return fail(status::bad_configuration, options.folder.string() + ": " + error.message());
    fs::permissions(options.folder, fs::perms::owner_all, error);
  }
  // A master key is made once: where there are keys already, another one would open none of them.
  const bool first = !fs::exists(options.folder / "periods.json", error);
  auto master = open_master(options.master, first && !options.read_only);
  if (!master) return master.error();
  std::unique_ptr<Vault> vault(new Vault(disk, std::move(options), *std::move(master)));
  if (auto read = vault->read_periods(); !read) return read.error();
  if (const auto files = vault->files(); !files.empty()) vault->last_file_ = std::max(vault->last_file_, files.back());
  vault->last_file_ = std::max(vault->last_file_, begin_of_numbers(vault->options_.clock()));
  return vault;
}

Result<Done> Vault::read_periods() {
  const fs::path file = options_.folder / "periods.json";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return done;
  const auto octets = read_whole(file);
  if (!octets) return octets.error();
  try {
    const json::value parsed = json::parse(*octets);
    last_file_ = json::value_to<std::uint64_t>(parsed.at("last_file"));
    for (const json::value& value : parsed.at("periods").as_array()) {
      Period period;
      period.id = json::value_to<std::uint64_t>(value.at("id"));
      period.key_class = value.at("class").as_string();
      period.month = value.at("month").as_string();
      const std::string algorithm(value.at("algorithm").as_string());
      if (algorithm != master_->algorithm())
        return fail(status::bad_configuration, file.string() + ": period " + std::to_string(period.id) +
                                                   " was wrapped by " + algorithm +
                                                   ", not by the master key that is set");
      const auto wrapped = from_hexadecimal(value.at("wrapped").as_string());
      if (!wrapped) return fail(status::corrupt, file.string() + ": " + wrapped.error().detail);
      auto key = master_->unwrap(*wrapped, context_of(period.id, period.key_class, period.month));
      if (!key)
        return fail(status::bad_configuration,
                    file.string() + ": period " + std::to_string(period.id) + ": " + key.error().detail);
      period.key = *std::move(key);
      periods_.emplace(period.id, std::move(period));
    }
  } catch (const std::exception& error) {
    return fail(status::bad_configuration,
                file.string() + " is damaged: " + error.what() + ". Put it back from the backup of keys");
  }
  return done;
}

Result<Done> Vault::write_periods() const {
  json::array list;
  for (const auto& [id, period] : periods_) {
    const auto wrapped = master_->wrap(period.key, context_of(id, period.key_class, period.month));
    if (!wrapped) return wrapped.error();
    list.push_back({{"id", id},
                    {"class", period.key_class},
                    {"month", period.month},
                    {"algorithm", master_->algorithm()},
                    {"wrapped", hexadecimal(*wrapped)}});
  }
  const json::object all{{"format", 1}, {"last_file", last_file_}, {"periods", std::move(list)}};
  return disk_.replace(options_.folder / "periods.json", json::serialize(all) + '\n');
}

Result<const Vault::Period*> Vault::period_of(std::string_view key_class, const std::string& month) {
  for (auto newest = periods_.rbegin(); newest != periods_.rend(); ++newest)
    if (newest->second.key_class == key_class && newest->second.month == month) return &newest->second;
  Period period{periods_.empty() ? 1 : periods_.rbegin()->first + 1, std::string(key_class), month,
                random_octets(key_octets)};
  if (period.key.empty()) return fail(status::store_failed, "the machine gives no random octets");
  const std::uint64_t id = period.id;
  const auto added = periods_.emplace(id, std::move(period)).first;
  if (auto written = write_periods(); !written) {
    periods_.erase(added);
    return written.error();
  }
  return &added->second;
}

Result<Vault::Current> Vault::make_file(std::uint64_t number, const Period& period) const {
  const SlotFile file{{number, period.id, slots_of_a_file}, fresh_slots()};
  if (file.slots.empty()) return fail(status::store_failed, "the machine gives no random octets");
  const auto octets = to_octets(file, period.key);
  if (!octets) return octets.error();
  if (auto written = disk_.replace(path_of(number), *octets); !written) return written.error();
  Current made{number, period.month, 0, {}};
  for (const Slot& slot : file.slots) made.keys.push_back(slot.key);
  return made;
}

Result<Done> Vault::next_file(std::string_view key_class, const std::string& month, Current& current) {
  if (options_.read_only) return fail(status::store_failed, "the keys are open for reading only");
  if (const auto ready = ahead_.find(key_class); ready != ahead_.end()) {
    const bool fits = ready->second.month == month;
    if (fits) current = std::move(ready->second);
    ahead_.erase(ready);
    if (fits) return done;
  }
  const auto period = period_of(key_class, month);
  if (!period) return period.error();
  auto made = make_file(++last_file_, **period);
  if (!made) return made.error();
  current = *std::move(made);
  return done;
}

void Vault::make_ahead() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [&] { return stopping_ || !wanted_.empty(); });
    if (stopping_) return;
    const std::string key_class = *wanted_.begin();
    wanted_.erase(wanted_.begin());
    const auto period = period_of(key_class, this_month());
    if (!period) continue;  // who needs the key will be told
    const Period copy = **period;
    const std::uint64_t number = ++last_file_;
    lock.unlock();
    auto made = make_file(number, copy);
    lock.lock();
    if (!made) continue;
    if (periods_.contains(copy.id)) {
      ahead_.insert_or_assign(key_class, *std::move(made));
      continue;
    }
    // A rewrap came in between and took the period away. No key of the file was given, and left behind it would be one
    // that no later rewrap can read.
    cache_.erase(number);
    if (auto removed = disk_.remove(path_of(number)); !removed)
      log::Event("vault.file-left", log::Level::warning).with("why", removed.error().detail);
  }
}

Vault::~Vault() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  if (maker_.joinable()) maker_.join();
}

Result<journal::Keys::Fresh> Vault::fresh(std::string_view key_class) {
  const std::string month = this_month();
  const std::lock_guard lock(mutex_);
  Current& current = current_[std::string(key_class)];
  if (current.next >= current.keys.size() || current.month != month)
    if (auto made = next_file(key_class, month, current); !made) return made.error();
  const std::uint32_t slot = current.next++;
  if (slot == current.keys.size() / 2) {
    wanted_.emplace(key_class);
    if (!maker_.joinable()) maker_ = std::thread([this] { make_ahead(); });
    work_.notify_one();
  }
  return Fresh{{current.file, slot}, current.keys[slot]};
}

Result<std::shared_ptr<const SlotFile>> Vault::file_of(std::uint64_t number) const {
  if (const auto* known = cache_.find(number)) return *known;
  const auto octets = read_whole(path_of(number));
  if (!octets) return octets.error();
  const auto named = [&](const Error& error) {
    return fail(status::corrupt, path_of(number).string() + ": " + error.detail);
  };
  const auto head = parse_head(*octets);
  if (!head) return named(head.error());
  const auto period = periods_.find(head->period);
  if (head->file != number || period == periods_.end())
    return fail(status::corrupt,
                path_of(number).string() + " is another file, or its period is missing in periods.json");
  auto file = parse_file(*octets, period->second.key);
  if (!file) return named(file.error());
  return cache_.put(number, std::make_shared<const SlotFile>(*std::move(file)));
}

Result<journal::FrameKey> Vault::key(const journal::KeyName& name) const {
  const std::lock_guard lock(mutex_);
  const auto file = file_of(name.file);
  if (!file) return file.error();
  if (name.slot >= (*file)->slots.size())
    return fail(status::corrupt, path_of(name.file).string() + " has no slot " + std::to_string(name.slot));
  const Slot& slot = (*file)->slots[name.slot];
  if (slot.state == Slot::State::live) return slot.key;
  const std::string which = path_of(name.file).string() + ", slot " + std::to_string(name.slot);
  if (slot.state == Slot::State::destroyed) return fail(status::not_found, which + ": the key was destroyed");
  return fail(status::corrupt, which + " is damaged");
}

Result<Done> Vault::destroy(const journal::KeyName& name) {
  if (options_.read_only) return fail(status::store_failed, "the keys are open for reading only");
  const std::lock_guard lock(mutex_);
  const auto file = file_of(name.file);
  if (!file || name.slot >= (*file)->slots.size())
    return fail(status::not_found, path_of(name.file).string() + " has no slot " + std::to_string(name.slot));
  auto descriptor = disk_.open(path_of(name.file), Disk::Open::write);
  if (!descriptor) return descriptor.error();
  std::string octets = destroyed_slot();
  iovec part{octets.data(), octets.size()};
  auto written = disk_.write(*descriptor, {&part, 1}, offset_of(name.slot));
  if (written) written = disk_.sync_data(*descriptor);
  disk_.close(*descriptor);
  if (!written) return written;
  cache_.erase(name.file);
  for (auto& [key_class, current] : current_)
    if (current.file == name.file && name.slot < current.keys.size()) current.keys[name.slot] = {};
  return done;
}

Result<Vault::Rewrapped> Vault::rewrap(std::unique_ptr<Master> master) {
  if (options_.read_only) return fail(status::store_failed, "the keys are open for reading only");
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Master> before;
  if (master) before = std::exchange(master_, std::move(master));
  ahead_.clear();  // their files are rewrapped like all others, and no key of them was given
  // New periods first, on stable storage: a file that was written with one is readable from then on.
  // What an earlier attempt left half done has two periods of one class and month: both go into one.
  std::map<std::uint64_t, std::uint64_t> successor;
  std::map<std::pair<std::string, std::string>, std::uint64_t> made;
  const std::map<std::uint64_t, Period> old = periods_;
  std::uint64_t next = old.empty() ? 1 : old.rbegin()->first + 1;
  for (const auto& [id, period] : old) {
    const auto [known, first] = made.try_emplace({period.key_class, period.month}, next);
    successor[id] = known->second;
    if (!first) continue;
    Period fresh{next, period.key_class, period.month, random_octets(key_octets)};
    if (fresh.key.empty()) return fail(status::store_failed, "the machine gives no random octets");
    periods_.emplace(next++, std::move(fresh));
  }
  if (auto written = write_periods(); !written) {
    periods_ = old;
    if (before) master_ = std::move(before);  // what is on the disk is wrapped by it
    return written.error();
  }
  Rewrapped report;
  for (const std::uint64_t number : files()) {
    auto file = file_of(number);
    if (!file) return file.error();
    SlotFile wrapped = **file;
    if (std::any_of(wrapped.slots.begin(), wrapped.slots.end(),
                    [](const Slot& slot) { return slot.state == Slot::State::damaged; }))
      return fail(status::corrupt,
                  path_of(number).string() + " has a damaged slot: put it back from the backup of keys");
    const auto next_period = successor.find(wrapped.head.period);
    if (next_period == successor.end()) continue;  // it has a new one already
    wrapped.head.period = next_period->second;
    const auto octets = to_octets(wrapped, periods_.at(wrapped.head.period).key);
    if (!octets) return octets.error();
    if (auto replaced = disk_.replace(path_of(number), *octets); !replaced) return replaced.error();
    cache_.erase(number);
    ++report.files;
  }
  for (const auto& [id, period] : old) periods_.erase(id);
  if (auto written = write_periods(); !written) return written.error();
  report.periods = periods_.size();
  return report;
}

Result<Vault::Status> Vault::status() const {
  const std::lock_guard lock(mutex_);
  Status now_is{std::string(master_->algorithm()), files().size(), periods_.size(), {}};
  for (const auto& [id, period] : periods_) now_is.newest_period = std::max(now_is.newest_period, period.month);
  return now_is;
}

}  // namespace vanthu::vault
