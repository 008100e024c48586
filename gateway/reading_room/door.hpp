// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>

#include "gateway/imap/archive_door.hpp"
#include "gateway/reading_room/library.hpp"
#include "gateway/reading_room/pulse.hpp"

namespace vanthu::reading_room {

/// The archive by IMAP, as gateway/imap hands its logins over.
class Door final : public imap::ArchiveDoor {
 public:
  /// @param library  outlives all sessions
  /// @param readers  where commands are worked off; joined before the library goes
  /// @param draining  SIGTERM came
  Door(const Library& library, boost::asio::thread_pool& readers, std::function<bool()> draining)
      : library_(library), outlines_(library), pulse_(library), readers_(readers), draining_(std::move(draining)) {}

  Result<std::unique_ptr<Visit>> admit(const directory::Login& login, const std::string& session,
                                       const directory::Proof& proof) override;
  std::string capabilities() const override;

 private:
  const Library& library_;
  Outlines outlines_;
  Pulse pulse_;
  boost::asio::thread_pool& readers_;
  std::function<bool()> draining_;
};

}  // namespace vanthu::reading_room
