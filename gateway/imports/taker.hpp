// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "directory/directory.hpp"
#include "filters/chain.hpp"
#include "filters/inspect/pool.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/mail/accepted.hpp"

/// Existing mail becomes records: inspected in the sandbox, judged by what it holds, written to the record log once.
namespace vanthu::imports {

namespace limits {
inline constexpr std::uint64_t message_octets = 256ULL << 20;  // of one message; control_request_octets is above it
inline constexpr std::size_t text_octets = 2000;               // of a reason, a source, a name in it; the rest is cut
inline constexpr std::size_t flags = 64;
inline constexpr std::chrono::seconds silence{60};  // of an import after which another one may begin
}  // namespace limits

/// One import, from its first message to its last; after a kill it goes on under the same id.
struct Run {
  std::string id{};      ///< 32 hexadecimal digits; who imports makes it
  std::string by{};      ///< account
  std::string source{};  ///< what Imported::source says
  std::string reason{};
  std::string unit{};                     ///< directory unit that all of it belongs to, or empty
  std::string record_class = "imported";  ///< of what holds no official paper
  bool dry = false;                       ///< nothing is written
};

/// One message of it. What is said of it in `about`: item, folder, flags, date, note; the rest is the run's.
struct Item {
  std::string run{};
  mail::Imported about{};
  std::string sha256{};  ///< as the source has it, 64 hexadecimal digits; other octets that arrive are refused
  std::shared_ptr<const Octets> octets{};  ///< sealed
};

struct Outcome {
  enum class What : std::uint8_t {
    fresh,        ///< a new record (of a dry run: would be one, number 0)
    same_octets,  ///< archived already, nothing was written
    same_id,      ///< a new record, and `other` has the same Message-ID and other octets
    refused,      ///< not archived: `why`
  } what = What::refused;
  std::uint64_t number = 0;
  std::uint64_t other = 0;
  std::string record_class{};
  std::string rule{}, why{};  ///< of refused: the policy's rule, or empty; a sentence that quotes no text
};
std::string_view word(Outcome::What what);  ///< "new", "same-octets", "same-id", "error"

class Taker {
 public:
  /// Loans: all outlive it.
  struct Services {
    const directory::Directory& directory;
    std::function<std::shared_ptr<const filters::Chain>()> chain;  ///< the one in force now
    inspect::Pool& inspectors;
    journal::Log& record_log;
    archive::Archive& archive;
    const audit::Trail& trail;
    std::function<void()> archived;  ///< a record was committed; quick, any thread
  };
  explicit Taker(Services services) : services_(std::move(services)) {}

  /// One at a time: it holds one inspector at most, and the door keeps the others. The same id may begin again.
  /// @par Errors  busy: another import has sent something within limits::silence; bad_arguments: no such unit, no class
  Result<Done> begin(Run run);
  /// Inspects, judges, writes, once: when it returns `fresh` or `same_id`, the record survives a power loss. Waits for
  /// the disk and for an inspector; any thread, one after another.
  /// @par Errors  bad_sequence: no such run (the gateway began anew); what is 4yz may be tried again; bad_arguments:
  /// the octets are not those of the digest, or too many
  Result<Outcome> take(Item item);
  /// @par Errors  bad_sequence
  Result<Done> end(const std::string& run);

 private:
  using Clock = std::chrono::steady_clock;
  Result<std::optional<Outcome>> known(const Run& run, const Item& item) const;
  std::uint64_t with_same_id(const std::string& message_id) const;
  Result<Outcome> write(const Run& run, Item item, filters::Facts facts, const filters::Verdict& verdict);

  Services services_;
  std::mutex one_;             // held through a whole take(), so that nothing is written twice
  std::optional<Run> run_;     // guarded by one_
  Clock::time_point heard_{};  // likewise
};

}  // namespace vanthu::imports
