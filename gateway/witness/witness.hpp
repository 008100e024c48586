// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/proof/checkpoint.hpp"

/// A witness of transparency logs (c2sp.org/tlog-witness): it cosigns a head only if that continues the last one that
/// it has cosigned, and remembers it before it answers. README.md says what is in the folder.
namespace vanthu::witness {

/// Where octets go, and what time it is: so that a test can make either fail.
struct World {
  Disk& disk = real_disk();
  std::function<Time()> clock = now;
};

/// What two signed heads of one log show, kept until the operator takes it away.
struct Evidence {
  std::string origin;
  std::filesystem::path folder;
  enum class What : std::uint8_t {
    two_roots,     ///< one size, two roots, both signed: the log has two histories
    not_continued  ///< a greater head whose path does not prove that it continues the kept one
  } what = What::two_roots;
};

class Witness {
 public:
  struct Options {
    std::filesystem::path state{};         ///< a folder of this witness alone
    std::vector<proof::Signer> signers{};  ///< of type cosignature; all of them sign
    std::vector<proof::Verifier> logs{};   ///< keys of logs; the name of a key is the log's origin
  };
  /// @par Errors  bad_configuration: no key, the folder cannot be used, or what is kept there is damaged: then nothing
  /// is cosigned until somebody has looked, because a witness that forgets can be led to a second history
  static Result<std::unique_ptr<Witness>> open(Options options, World world = {});

  struct Reply {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body{};
  };
  /// One request. Waits for the disk. Any thread; requests for one log wait for one another.
  /// @param sent  when the log's clock says that it asked, if it says so
  Reply add_checkpoint(std::string_view request, std::optional<Time> sent);

  /// What an officer is shown of one log.
  struct View {
    std::string origin;
    bool cosigned = false;  ///< false: never yet
    std::uint64_t size = 0;
    proof::Hash root{};
    Time when{};                      ///< of the last cosignature
    std::uint64_t smaller_shown = 0;  ///< the size of the last head that was smaller than the one we know; or 0
    Time smaller_when{};
    std::optional<std::int64_t> skew;  ///< seconds by which the log's clock was ahead of ours at the last request
  };
  std::vector<View> logs() const;
  std::vector<Evidence> evidence() const;  ///< as it lies in the folder now
  std::vector<std::string> keys() const;   ///< our verifier keys

 private:
  struct Log {
    std::string origin;
    std::vector<proof::Verifier> keys;
    std::filesystem::path file;
    mutable std::mutex mutex;
    std::string note;  ///< the last head that we have cosigned, with the log's and our signatures; empty: none
    View view;
  };
  Witness(Options options, World world) : options_(std::move(options)), world_(std::move(world)) {}
  Result<Done> load(Log& log);
  Reply judge(Log& log, const proof::Note& note, const proof::Checkpoint& head, std::uint64_t old_size,
              const std::vector<proof::Hash>& path, std::string_view request);
  /// The signature lines. The head is on stable storage when it returns.
  Result<std::string> cosign(Log& log, const proof::Note& note, const proof::Checkpoint& head);
  void keep_evidence(const Log& log, Evidence::What what, const proof::Note& shown, std::string_view request) const;

  Options options_;
  World world_;
  std::vector<std::unique_ptr<Log>> logs_;
};

}  // namespace vanthu::witness
