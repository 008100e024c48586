// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "directory/directory.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/base/config.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/proof/checkpoint.hpp"
#include "gateway/receipts/due.hpp"
#include "gateway/receipts/letter.hpp"
#include "gateway/receipts/signer.hpp"
#include "gateway/registers/registers.hpp"

namespace vanthu::receipts {

/// Writes the receipts and slips that are due. One thread.
class Sender {
 public:
  /// Loans: all outlive it. The archive was opened with all four books.
  struct Services {
    const Config& config;
    const directory::Directory& directory;
    archive::Archive& archive;
    Book& book;
    const deliveries::Deliveries& deliveries;
    const openings::Openings& openings;
    const registers::Registers& registers;
    intake::Door& door;
    /// A proof that the record in that frame is in the signed tree, with leaf and blinding. Waits.
    std::function<Result<proof::InclusionProof>(const journal::FrameHead&)> prove;
    std::function<std::string()> log_key;  ///< verifier key of the record log
    std::string origin;                    ///< of the record log
    /// Address that an answer to a slip goes to.
    std::function<std::string(std::uint64_t record, const std::string& unit)> slip_address;
    /// Whether it waits for a purge: of such a record nobody is told anything, least of all its subject.
    std::function<bool(std::uint64_t record)> withheld;
  };
  /// @param signer  nothing: none is configured; then what is due waits for one
  Sender(Services services, std::optional<Signer> signer)
      : services_(std::move(services)), signer_(std::move(signer)) {}

  /// Looks at the records about which something has happened; the first time, and then every hour, at all that are
  /// open. What failed is looked at again the next time.
  void look(Time at);

 private:
  Result<Done> look_at(std::uint64_t record, Time at);
  Result<Done> send(const archive::Archive::Record& record, const Due& due, const std::vector<Place>& places, Time at);
  Result<Evidence> evidence(const archive::Archive::Record& record) const;
  std::string unit_name(const std::string& unit) const;
  std::optional<mail::Mailbox> office_of(const mail::Accepted& accepted) const;
  Result<bool> write(const mail::Accepted& about, const mail::Mailbox& to, const Mail& mail, const std::string& id);

  Services services_;
  std::optional<Signer> signer_;
  std::set<std::uint64_t> again_;  // failed the last time
  Time looked_at_all_{};
  bool told_ = false;  // that there is no certificate
};

}  // namespace vanthu::receipts
