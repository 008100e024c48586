// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/config.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/intake/review.hpp"
#include "gateway/sights/sight.hpp"

namespace vanthu::directory {
class Directory;
}
namespace vanthu::archive {
class Archive;
}
namespace vanthu::journal {
class Log;
}
namespace vanthu::spool {
class Queue;
}
namespace vanthu::audit {
class Trail;
}
namespace vanthu::guard {
class Guard;
}
namespace vanthu::inspect {
class Pool;
}
namespace vanthu::search {
class Index;
}
namespace vanthu::openings {
class Openings;
}
namespace vanthu::deliveries {
class Deliveries;
}
namespace vanthu::fixity {
class Fixity;
}
namespace vanthu::policies {
class InForce;
}
namespace vanthu::registers {
class Registers;
}
namespace vanthu::keeping {
class Keeper;
}
namespace vanthu::transparency {
class LogTree;
}
namespace vanthu::imports {
class Taker;
}
namespace vanthu::vault {
class Vault;
}
namespace vanthu::attestation {
class WitnessKeeper;
class TimestampKeeper;
}  // namespace vanthu::attestation
namespace vanthu::exports {
class Desk;
}
namespace vanthu::shelves {
class Store;
}

/// The CLI is a table of noun-verb commands. The same row runs inside the gateway (asked over the control socket, which
/// gives the caller's account) or, when no gateway runs, in the CLI's own process on the locked data folder.
namespace vanthu::admin {

using sights::Sight;

struct Request {
  std::vector<std::string> words;  ///< after the command's own words: options and arguments
  std::map<std::string, std::string>
      files;          ///< name -> content: files the caller named are read with the caller's rights
  std::string input;  ///< standard input where the command wants it (a password)
  std::shared_ptr<const Octets> octets{};  ///< the same of Takes::octets, sealed; may be big
  std::string actor;                       ///< account name of the caller, for the audit log
  std::string login{};                     ///< instead of the account: a login of the directory
  std::string password{}, code{};          ///< code: of the second factor, where there is one
  bool everywhere = true;                  ///< what of the directory is theirs: all of it,
  std::vector<std::string> units{};        ///< else the subtrees of these units
  std::vector<Sight> sights{};             ///< what of the archive they may read; any of them, unless everywhere
  std::vector<std::string> mailrooms{};    ///< units whose mailroom (văn thư) who has logged in serves
  std::string person{};                    ///< who has logged in (id); empty: an account of this machine
  std::filesystem::path config_file{};     ///< the configuration that was read; only in the caller's own process
};

struct Answer {
  int exit = 0;     ///< sysexits: 0 done, 1 answer is "no", 64 usage, 65 bad data, 66 no such input, 69 unavailable, 73
                    ///< cannot create
  std::string out;  ///< octets for standard output, may be binary
  std::string err;  ///< for standard error
  std::optional<std::uint64_t> records{};  ///< that it speaks of, for the audit log
  boost::json::object audit{};  ///< what the audit log keeps of it besides words and outcome; ids and counts alone
};

/// What commands act on. Loans.
struct Office {
  const Config* config = nullptr;
  directory::Directory* directory = nullptr;
  archive::Archive* archive = nullptr;
  const journal::Log* spool_log = nullptr;
  const journal::Log* record_log = nullptr;
  spool::Queue* queue = nullptr;  ///< null when no gateway runs
  const audit::Trail* trail = nullptr;
  guard::Guard* guard = nullptr;  ///< null when no gateway runs
  /// Answers every open question about a queued message in an administrator's name; null when no gateway runs.
  std::function<Result<std::size_t>(const std::string& id, bool yes, const std::string& actor)> decide = {};
  /// What an administrator does to a letter that a rule holds; null when no gateway runs.
  std::function<Result<intake::Reviewed>(const intake::Review&)> review = {};
  policies::InForce* policies = nullptr;
  inspect::Pool* inspectors = nullptr;              ///< the gateway's; null when no gateway runs
  const registers::Registers* registers = nullptr;  ///< in the archive's view
  search::Index* search = nullptr;                  ///< null when there is no full text index, or it cannot be opened
  keeping::Keeper* keeper = nullptr;                ///< files, holds and disposals of the archive
  transparency::LogTree* record_tree = nullptr;     ///< null when no gateway runs
  transparency::LogTree* audit_tree = nullptr;      ///< null when no gateway runs
  vault::Vault* vault = nullptr;                    ///< null when no gateway runs
  const deliveries::Deliveries* deliveries = nullptr;  ///< in the archive's view
  fixity::Fixity* fixity = nullptr;                    ///< null when no gateway runs
  imports::Taker* imports = nullptr;                   ///< null when no gateway runs
  attestation::WitnessKeeper* witnesses = nullptr;     ///< null when no gateway runs
  attestation::TimestampKeeper* stamps = nullptr;      ///< null when no gateway runs
  exports::Desk* exports = nullptr;                    ///< null when no gateway runs
  shelves::Store* readers = nullptr;                   ///< saved searches
  const openings::Openings* openings = nullptr;        ///< in the archive's view
};

struct Command {
  const char* noun;
  const char* verb;       ///< "" where the noun alone is the command ("who")
  const char* arguments;  ///< "DIR", "ADDRESS [--at DATE] [--json]"
  const char* help;
  enum class Where : std::uint8_t { office, caller } where;  ///< caller: always in the CLI's own process (policy check)
  enum class Takes : std::uint8_t {
    nothing,
    folder,
    files,
    input,
    policies,  ///< files, and beside each the letters that its [[test]] tables name
    found,     ///< of the operands those that are files
    octets,    ///< a message, which another row reads and hands over in pieces
  } takes;     ///< what the CLI reads for it: files named in words
  Answer (*run)(Office&, const Request&);
  std::string (*more)() = nullptr;  ///< what the help on this row alone says besides
  const char* asked_by = nullptr;   ///< "archive export": that row alone asks for it, and people are told of that one
};

std::span<const Command> directory_commands();     ///< directory_commands.cpp
std::span<const Command> act_commands();           ///< act_commands.cpp
std::span<const Command> who_commands();           ///< who_commands.cpp
std::span<const Command> mailbox_commands();       ///< mailbox_commands.cpp
std::span<const Command> archive_commands();       ///< archive_commands.cpp
std::span<const Command> record_commands();        ///< record_commands.cpp
std::span<const Command> fixity_commands();        ///< fixity_commands.cpp
std::span<const Command> export_commands();        ///< export_commands.cpp
std::span<const Command> import_commands();        ///< import_commands.cpp
std::span<const Command> log_commands();           ///< log_commands.cpp
std::span<const Command> witness_commands();       ///< attestation_commands.cpp
std::span<const Command> guard_commands();         ///< guard_commands.cpp
std::span<const Command> queue_commands();         ///< queue_commands.cpp
std::span<const Command> held_commands();          ///< held_commands.cpp
std::span<const Command> file_commands();          ///< file_commands.cpp
std::span<const Command> fonds_commands();         ///< fonds_commands.cpp
std::span<const Command> hold_commands();          ///< hold_commands.cpp
std::span<const Command> retention_commands();     ///< retention_commands.cpp
std::span<const Command> disposal_commands();      ///< disposal_commands.cpp
std::span<const Command> purge_commands();         ///< purge_commands.cpp
std::span<const Command> policy_commands();        ///< policy_commands.cpp
std::span<const Command> replay_commands();        ///< policy_replay.cpp
std::span<const Command> version_commands();       ///< policy_versions.cpp
std::span<const Command> inspect_commands();       ///< inspect_commands.cpp
std::span<const Command> audit_commands();         ///< audit_commands.cpp
std::span<const Command> config_commands();        ///< config_commands.cpp
std::span<const Command> dkim_commands();          ///< dkim_commands.cpp
std::span<const Command> register_commands();      ///< register_commands.cpp
std::span<const Command> register_acts();          ///< register_acts.cpp
std::span<const Command> export_callers();         ///< export_caller.cpp
std::span<const Command> saved_search_commands();  ///< saved_search_commands.cpp

}  // namespace vanthu::admin
