// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/result.hpp"
#include "gateway/relay/mta_sts_policy.hpp"

namespace vanthu::relay {

/// A policy as it was fetched.
struct StoredPolicy {
  std::string domain, id;
  Time fetched{};
  std::string text;  ///< mta-sts.txt, octet by octet
};

/// MTA-STS policies on the disk, so that who keeps us from fetching after a restart cannot undo them (RFC 8461 §5.1):
/// one file a domain, named as the domain. Its first line is
///
///   vanthu-mta-sts 1 SHA-256 DOMAIN ID SECONDS-SINCE-1970
///
/// and the rest is the policy as its host served it; the digest is of all that follows it and the blank behind it. Any
/// thread; waits for the disk.
class StsStore {
 public:
  explicit StsStore(std::filesystem::path folder, Disk& disk = real_disk()) : folder_(std::move(folder)), disk_(disk) {}

  /// Makes the folder where there is none. A file that is damaged is named in the log and is nothing; at most
  /// limits::sts_policies.
  std::vector<StoredPolicy> load() const;
  /// Once it returns, the policy survives a power loss; the old or the new one does if it never does.
  /// @par Errors  store_full, store_failed; bad_arguments for a domain that can name no file
  Result<Done> write(const StoredPolicy& policy) const;
  void remove(const std::string& domain) const;

 private:
  std::filesystem::path folder_;
  Disk& disk_;
};

/// One file's content. @par Errors  bad_line
Result<StoredPolicy> parse_stored_policy(std::string_view octets);
std::string format_stored_policy(const StoredPolicy& policy);

}  // namespace vanthu::relay
