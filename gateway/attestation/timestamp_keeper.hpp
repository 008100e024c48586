// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gateway/attestation/timestamp.hpp"
#include "gateway/http/client.hpp"
#include "gateway/transparency/log_tree.hpp"

namespace vanthu::attestation {

/// With less than this left the authority should have a new certificate by now.
inline constexpr std::chrono::days short_certificate{30};

/// A stamp as it lies in the folder: NAME.note is what was stamped, NAME.tsr the authority's answer, CA the file it was
/// checked with (gateway/transparency/FORMAT.md).
struct KeptStamp {
  std::string name{};  ///< "2026-11-29T160000.123Z-45": when we asked, and the size of the tree
  std::uint64_t size = 0;
  std::filesystem::path note{}, answer{}, ca{};
};

/// Sends a query to an authority. Waits.
Result<http::Answer> post_query(const http::Url& url, const std::string& query);

/// A thread that has the newest signed head of each tree stamped, every hour and in the last minutes of the day (in
/// Viet Nam).
class TimestampKeeper {
 public:
  struct Options {
    std::string url{};  ///< empty: no stamps
    std::filesystem::path ca_file{};
    /// The head to stamp: the witnessed one where there is one.
    std::function<std::string(const transparency::LogTree&)> head{};
    /// Told of each new stamp once it lies in the folder. What it writes into a log that is stamped again later carries
    /// the stamp beyond the life of its certificate (RFC 4998's renewal; gateway/transparency/FORMAT.md).
    std::function<void(const transparency::LogTree&, const KeptStamp&, const Stamp&)> kept{};
    /// How a query is sent and what time it is; a test answers otherwise.
    std::function<Result<http::Answer>(const http::Url&, const std::string& query)> post = post_query;
    std::function<Time()> clock = now;
  };
  /// @par Errors  bad_configuration
  static Result<std::unique_ptr<TimestampKeeper>> open(std::vector<transparency::LogTree*> trees, Options options);
  TimestampKeeper(const TimestampKeeper&) = delete;
  TimestampKeeper& operator=(const TimestampKeeper&) = delete;
  ~TimestampKeeper() { stop(); }
  void start();
  void stop();

  /// Stamps the newest head now, whatever the hour.
  /// @par Errors  not_found: nothing is signed yet; next_hop_unavailable, timed_out; refused: the stamp is no good
  Result<KeptStamp> stamp_now(const transparency::LogTree& tree);
  /// Oldest first.
  static std::vector<KeptStamp> kept(const transparency::LogTree& tree);

  /// The oldest stamp over a head that covers a leaf, by its place in the tree from 0; none yet.
  std::optional<KeptStamp> first_over(const transparency::LogTree& tree, std::uint64_t leaf) const;
  /// The files with the certificates that stamps over a tree's heads are checked with.
  std::set<std::filesystem::path> authorities(const transparency::LogTree& tree) const;

  struct State {
    bool configured = false;
    std::string why;        ///< of the last failure; empty: none, or it was mended
    Time until{};           ///< when the certificate behind the last stamp runs out
    std::int64_t skew = 0;  ///< the authority's clock less ours at the last stamp, seconds; within 5 is well
    Time last{};            ///< genTime
    std::uint64_t size = 0;
  };
  State state(const transparency::LogTree& tree) const;

  /// Whether a stamp is due: none yet, an hour old, or the day is about to end and has no last stamp yet.
  static bool due(Time last, Time now);

 private:
  struct Stamped {
    transparency::LogTree* tree = nullptr;
    State state;
    std::vector<KeptStamp> kept{};  ///< oldest first
    Time tried{};
    std::string told;
  };
  explicit TimestampKeeper(Options options) : options_(std::move(options)) {}
  void run();

  Options options_;
  std::vector<Stamped> all_;
  mutable std::mutex mutex_;
  std::mutex stamping_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace vanthu::attestation
