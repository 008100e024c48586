// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/recent.hpp"
#include "gateway/journal/keys.hpp"
#include "gateway/vault/master.hpp"
#include "gateway/vault/slots.hpp"

/// The keys of sealed frames. FORMAT.md says what is in the folder.
namespace vanthu::vault {

struct Options {
  std::filesystem::path folder;  ///< of nothing else; backed up apart from the logs, and not for as long
  std::string master;            ///< open_master()
  bool read_only = false;        ///< gives no fresh keys and destroys none
  std::function<Time()> clock = now;
};

class Vault final : public journal::Keys {
 public:
  /// @par Errors  bad_configuration: the master key or the folder
  static Result<std::unique_ptr<Vault>> open(Disk& disk, Options options);
  ~Vault() override;

  /// Waits for the disk at the first key of a class in a month; after that the next ones are made ahead.
  Result<Fresh> fresh(std::string_view key_class) override;
  Result<journal::FrameKey> key(const journal::KeyName& name) const override;

  /// Overwrites a key where it lies. On stable storage when it returns; doing it again changes nothing. Copies made
  /// before (backups of the folder) still hold it: a record is gone when the oldest of them is.
  /// @par Errors  not_found: there never was such a key; store_failed
  Result<Done> destroy(const journal::KeyName& name);

  struct Rewrapped {
    std::size_t files = 0, periods = 0;
  };
  /// Wraps everything anew: new keys of periods, and with them every key that is left. Frames are not touched. A crash
  /// in between leaves each file with its old or its new period, both of which are known.
  /// @param master  that wraps from now on; null: the same
  /// @par Errors  store_full, store_failed, corrupt naming the file; what was done stays done
  Result<Rewrapped> rewrap(std::unique_ptr<Master> master = nullptr);

  struct Status {
    std::string algorithm;
    std::size_t files = 0, periods = 0;
    std::string newest_period;
  };
  Result<Status> status() const;

 private:
  /// Keys of one class given in one period are wrapped with one key.
  struct Period {
    std::uint64_t id = 0;
    std::string key_class;
    std::string month;  ///< "2026-11", in Viet Nam
    std::string key;
  };
  /// The file that gives the fresh keys of a class.
  struct Current {
    std::uint64_t file = 0;
    std::string month;
    std::uint32_t next = 0;
    std::vector<journal::FrameKey> keys;
  };

  Vault(Disk& disk, Options options, std::unique_ptr<Master> master)
      : disk_(disk), options_(std::move(options)), master_(std::move(master)) {}
  std::filesystem::path path_of(std::uint64_t file) const;
  Result<Done> read_periods();
  Result<Done> write_periods() const;
  Result<const Period*> period_of(std::string_view key_class, const std::string& month);
  /// Writes a file of fresh keys. Touches nothing that the mutex guards.
  Result<Current> make_file(std::uint64_t number, const Period& period) const;
  /// On this thread, for a class that has no key left.
  Result<Done> next_file(std::string_view key_class, const std::string& month, Current& current);
  /// The thread that makes files ahead.
  void make_ahead();
  Result<std::shared_ptr<const SlotFile>> file_of(std::uint64_t file) const;
  std::vector<std::uint64_t> files() const;

  Disk& disk_;
  Options options_;
  std::unique_ptr<Master> master_;

  mutable std::mutex mutex_;
  std::map<std::uint64_t, Period> periods_;
  std::uint64_t last_file_ = 0;
  std::map<std::string, Current, std::less<>> current_;
  std::map<std::string, Current, std::less<>> ahead_;  ///< the next one of each class
  std::set<std::string, std::less<>> wanted_;          ///< classes whose next one is to be made
  std::condition_variable work_;
  bool stopping_ = false;
  std::thread maker_;
  static constexpr std::size_t cached_files = 256;  // each takes some milliseconds to unwrap
  mutable Recent<std::uint64_t, std::shared_ptr<const SlotFile>> cache_{cached_files};
};

}  // namespace vanthu::vault
