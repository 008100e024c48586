// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/archive/archive.hpp"
#include "gateway/search/index.hpp"
#include "gateway/search/sequence.hpp"

namespace vanthu::search {

/// Records read and made documents on some threads, handed out in the order of their numbers.
class Ahead {
 public:
  struct Made {
    std::uint64_t number = 0;
    std::optional<Xapian::Document> document;                 ///< none: the record cannot be read, or is no more
    SequenceOctets sequence;                                  ///< Made::sequence of document.hpp
    std::vector<std::pair<std::string, std::string>> marked;  ///< Made::marked of document.hpp
    std::string sha256;
    std::uint64_t octets = 0;
  };

  /// @param stopping  checked before each record
  Ahead(const archive::Archive& archive, const TextOf& texts, std::uint64_t first, std::uint64_t last, unsigned threads,
        const std::atomic<bool>& stopping);
  /// Waits for what is being read.
  ~Ahead();
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;

  /// The next record; nothing behind the last one, or when it is to stop.
  std::optional<Made> next();

 private:
  void run();
  Made made(std::uint64_t number, class Speller& speller) const;

  const archive::Archive& archive_;
  const TextOf& texts_;
  const std::uint64_t last_;
  const std::atomic<bool>& stopping_;
  std::mutex mutex_;  // guards all that follows
  std::condition_variable room_, ready_;
  std::uint64_t begun_;   // next number to be read
  std::uint64_t wanted_;  // next number to be handed out
  std::map<std::uint64_t, Made> made_;
  bool ending_ = false;
  std::vector<std::thread> threads_;  // last: they use all the others
};

}  // namespace vanthu::search
