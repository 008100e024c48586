// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/lmdb.hpp"
#include "gateway/base/result.hpp"

/// What is kept of readers, in `reading-room.lmdb` (FORMAT.md): no word of any record but the queries that
/// archivists save.
namespace vanthu::shelves {

namespace limits {
inline constexpr std::size_t saved_searches = 100;     // of one archivist
inline constexpr std::size_t saved_records = 100'000;  // of one saved search
}  // namespace limits

/// A search and the records it found when it was saved. What may not be seen any more is left out when it is read.
struct SavedSearch {
  std::string name, query;
  std::uint32_t validity = 0;          ///< UIDVALIDITY: another one after every save
  std::string saved;                   ///< RFC 3339
  std::vector<std::uint32_t> records;  ///< in the order of their UIDs, which are 1, 2, 3 …
};

/// How much an archivist may take.
struct Allowance {
  std::uint64_t octets_a_day = 2ULL << 30;
  std::uint64_t records_an_hour = 5000;
};

/// Any thread.
class Store {
 public:
  /// @par Errors  bad_configuration
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& file);

  /// The UIDVALIDITY of what somebody sees: the same as long as `digest` is, a greater one after every change of it.
  /// @param name  the login, or the login and something of theirs
  /// @par Errors  store_full, store_failed
  Result<std::uint32_t> validity(const std::string& name, const std::string& digest, Time at);

  struct Used {
    std::uint64_t octets = 0;   ///< today in Viet Nam
    std::uint64_t records = 0;  ///< this hour
  };
  Used used(const std::string& login, Time at);
  enum class Taken : std::uint8_t { yes, too_many_octets, too_many_records };
  /// Counts what is about to be handed out, all or nothing; survives a restart once keep() was called.
  Taken take(const std::string& login, Used more, const Allowance& allowance, Time at);
  /// @par Errors  store_full, store_failed
  Result<Done> keep(const std::string& login);

  Result<Done> save(const std::string& login, SavedSearch search);
  std::vector<SavedSearch> saved(const std::string& login) const;
  /// @par Errors  not_found
  Result<Done> drop(const std::string& login, const std::string& name);

 private:
  struct Counter {
    std::string day;
    std::int64_t hour = 0;
    Used used;
  };
  Store() = default;
  Counter& counter(const std::string& login, Time at);

  std::unique_ptr<lmdb::Environment> environment_;
  lmdb::Table validity_, usage_, searches_;
  std::mutex mutex_;
  std::map<std::string, Counter> counters_;  ///< guarded by mutex_
};

}  // namespace vanthu::shelves
