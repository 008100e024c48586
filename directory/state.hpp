// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "directory/credentials.hpp"
#include "directory/directory.hpp"
#include "directory/snapshot.hpp"
#include "directory/store.hpp"

namespace vanthu::directory {

struct Directory::State {
  Store store;
  Mode mode;
  PasswordCache passwords;
  std::string nobody = nobodys_hash();
  std::mutex turn;  ///< one change at a time, from looking to committing

  State(Store opened, Mode how) : store(std::move(opened)), mode(how) {}

  /// The snapshot of the store's present generation.
  /// @param newest  wait for it where another thread builds it; else take the one before meanwhile
  std::shared_ptr<const Snapshot> current(bool newest = false);
  /// One change: `change` in a transaction, the generation raised, committed, the snapshot renewed.
  /// @param data  whether a snapshot shows it
  Result<Done> write(bool data, const std::function<Result<Done>(lmdb::Transaction&)>& change);

 private:
  std::mutex mutex_;     ///< guards snapshot_ and loaded_
  std::mutex building_;  ///< one builder at a time
  std::shared_ptr<const Snapshot> snapshot_;
  std::uint64_t loaded_ = 0;
};

}  // namespace vanthu::directory
