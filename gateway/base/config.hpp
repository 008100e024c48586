// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "gateway/base/endpoint.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/route.hpp"

namespace vanthu {

/// What an operator chooses, as in gateway.conf. The table in config.cpp gives each key's unit, help and check.
struct Config {
  std::string hostname = "localhost";
  std::vector<std::string> domains;  ///< the directory's domains: mail for them is ours, A-labels
  std::string data_folder;           ///< spool/, records/, audit/, directory.lmdb, archive.lmdb, control.sock
  std::string user;                  ///< account to become after the ports are bound; needed when started as root
  bool allow_root = false;

  std::string listen_mx;           ///< HOST:PORT, empty: no such listener
  std::string listen_submission;   ///< STARTTLS
  std::string listen_submissions;  ///< implicit TLS
  std::string listen_imap;         ///< STARTTLS
  std::string listen_imaps;        ///< implicit TLS

  std::vector<std::string> tls_certificates;  ///< PEM files, chains included; the first serves who asks for no name
  std::vector<std::string> tls_keys;          ///< PEM files, in the same order
  std::string tls_client_ca;                  ///< PEM; verifies client certificates for AUTH EXTERNAL

  std::vector<std::string> xclient_hosts;  ///< networks that may speak for others by XCLIENT

  std::string relay_local = "lmtp://127.0.0.1:24";  ///< where mail for our domains goes
  std::string relay_outside;                        ///< smart host for the rest, or "mx"; empty: no mail to the outside
  std::vector<std::string> relay_routes;            ///< as written; `routes` holds them read
  std::vector<Route> routes;                        ///< relay.route, relay.local and relay.outside
  unsigned full_mailbox_seconds = 900;              ///< that a mailbox the store calls full is refused at the door
  std::string full_mailbox_reply = "later";         ///< "later": 452 4.2.2; "never": 552 5.2.2
  unsigned relay_connections = 8;                   ///< at once, for each next hop

  std::vector<std::string> dns_servers;  ///< HOST[:PORT], addresses; none: /etc/resolv.conf
  std::string dns_trust_anchor;          ///< DS or DNSKEY records; empty: no DNSSEC, so no DANE
  unsigned dns_timeout_seconds = 5;      ///< of one look-up

  bool authentication_check = false;                ///< SPF, DKIM and DMARC of what comes from outside
  std::string authentication_id;                    ///< authserv-id (RFC 8601 §2.5); empty: hostname
  std::vector<std::string> authentication_skipped;  ///< addresses or networks whose mail SPF cannot judge
  std::vector<std::string> dkim_keys;               ///< DOMAIN SELECTOR FILE [NOT-BEFORE]
  std::string postmaster;                           ///< mailbox of ours that is told of reports nobody takes; or empty

  std::string decision_address;            ///< answers to our questions go there; empty: xac-nhan@ the first domain
  unsigned decision_seconds = 14 * 86400;  ///< that a question stays open at most, whatever a rule says
  bool decision_quote = true;              ///< questions and notices name the letter's subject and papers

  std::string receipts_certificate;  ///< PEM, chain included; signs receipts (S/MIME); empty: no receipts are sent
  std::string receipts_key;          ///< PEM

  std::string imap_backend = "imap://127.0.0.1:143";  ///< imap:// or imaps://
  std::string imap_master_user;                       ///< SASL PLAIN: authzid = mailbox, authcid = this
  std::string imap_master_password_file;
  std::string imap_backend_ca;                   ///< PEM; verifies imaps:// backends
  std::vector<std::string> imap_stores;          ///< SELECTOR WHERE [OPTION …] (gateway/imap/stores.hpp)
  std::vector<std::string> imap_plaintext_from;  ///< networks from which passwords are taken without TLS

  std::string inspector_program;  ///< empty: vanthu-inspector beside this program
  unsigned inspector_processes = 2;
  unsigned inspector_seconds = 20;      ///< deadline for one message, the reading of pictures not counted
  bool inspector_ocr = true;            ///< scans and pictures are read
  unsigned inspector_ocr_seconds = 20;  ///< for the pictures of one message, besides its deadline
  std::string inspector_trust;          ///< PEM: certificates and revocation lists that signatures are checked by

  std::string clamd_address;    ///< host:port or the path of a socket; empty: clamd is not asked
  unsigned clamd_seconds = 10;  ///< that its answer is waited for
  std::string rspamd_address;   ///< host:port of a worker that scans; empty: rspamd is not asked
  unsigned rspamd_seconds = 10;

  std::string policy_file;

  std::string archive_master_key;     ///< file:/path or credential:NAME; empty: DATA/master.key
  std::string archive_origin;         ///< names the log in its checkpoints; empty: HOSTNAME/records
  unsigned archive_fixity_days = 30;  ///< every record is read again once in so many days; 0: only when asked for
  std::vector<std::string> archive_witnesses;  ///< URL VERIFIERKEY [VERIFIERKEY]: each is one vote
  unsigned archive_witness_quorum = 0;         ///< votes that make a head a witnessed one; 0: more than half
  bool archive_witness_required = false;       ///< a witness that cannot be asked keeps the gateway from starting
  bool archive_lab = false;                    ///< a witness on this machine will do: for a trial only
  std::string archive_timestamp;               ///< URL of a time-stamping authority (RFC 3161); empty: none
  std::string archive_timestamp_ca;            ///< PEM; whom its certificate is verified by
  bool archive_imap = true;                    ///< archivists read by IMAP, too
  std::uint64_t archive_imap_octets_per_day = 2ULL << 30;  ///< that one of them may take so
  unsigned archive_imap_records_per_hour = 5000;

  std::uint64_t message_octets = 50ULL << 20;   ///< SIZE announced (RFC 1870)
  std::uint64_t octets_in_memory = 1ULL << 30;  ///< of all messages being received
  unsigned recipients = 500;                    ///< a transaction
  unsigned command_seconds = 300;               ///< for one command line (RFC 5321 §4.5.3.2.7)
  unsigned data_seconds = 180;                  ///< for the next octets of a message (RFC 5321 §4.5.3.2.5)
  unsigned data_rate = 4096;                    ///< octets a second that a message must come with, after data_seconds
  unsigned reply_seconds = 60;                  ///< for the client to take what we say
  int priority_outside = 0;                     ///< ceilings of MT-PRIORITY (RFC 6710): strangers
  int priority_person = 4;                      ///< personal mailboxes
  int priority_office = 6;                      ///< unit, position and role mailboxes
  unsigned sessions = 2000;                     ///< all listeners together
  unsigned sessions_per_client = 50;            ///< an address
  bool trust_loopback = false;                  ///< lifts the limits per client for 127.0.0.0/8 and ::1
  unsigned sessions_per_network = 400;          ///< an IPv4 /24, an IPv6 /56
  std::uint64_t disk_reserve_octets = 256ULL << 20;  ///< below this much free space mail gets 452

  std::vector<std::string> exempt;  ///< networks without limits per client
  // Rates, as "120/minute 1500/hour" or "none" (gateway/guard). Who has logged in is counted by account and unit, all
  // others by client (an IPv4 address, an IPv6 /64) and network (/24, /56).
  std::string client_connections = "600/minute";
  std::string network_connections = "3000/minute";
  std::string client_messages = "1200/minute";
  std::string network_messages = "6000/minute";
  std::string account_messages = "120/minute 600/hour 2000/day";
  std::string unit_messages = "1000/minute 6000/hour 20000/day";
  std::string client_recipients = "6000/minute";
  std::string network_recipients = "20000/minute";
  std::string account_recipients = "1000/minute 5000/hour 10000/day";
  std::string unit_recipients = "5000/minute 30000/hour 60000/day";
  std::string client_octets = "4G/hour";
  std::string network_octets = "16G/hour";
  std::string account_octets = "2G/hour 10G/day";
  std::string unit_octets = "20G/hour 100G/day";
  std::string account_filed_octets = "4G/hour 20G/day";  ///< by IMAP APPEND
  std::string account_read_octets = "none";              ///< by IMAP
  unsigned account_imap_sessions = 50;                   ///< at once
  std::string client_unknown_recipients = "30/minute 200/hour";
  std::string network_unknown_recipients = "60/minute 600/hour";
  std::string network_login_failures = "100/hour";

  std::vector<std::string> proxy_hosts;      ///< networks of load balancers that send a PROXY header, and must
  std::vector<std::string> proxy_listeners;  ///< "mx", "submission", …: where they are expected; none: on all

  unsigned queue_first_retry_seconds = 60;
  unsigned queue_last_retry_seconds = 3600;
  unsigned queue_lifetime_seconds = 5 * 86400;
  unsigned queue_delay_warning_seconds = 4 * 3600;  ///< 0: none

  std::uint64_t segment_octets = 64ULL << 20;
  unsigned threads = 0;  ///< for protocol work; 0: one a core
  std::string log_level = "info";

  /// Whether some route takes mail for a domain that is not ours.
  bool reaches(std::string_view domain) const;
  /// decision_address, or its default.
  std::string decision_mailbox() const;
  std::filesystem::path at(std::string_view name) const { return std::filesystem::path(data_folder) / name; }
};

/// Reads a file of `key = value` lines with `[section]` heads (Boost.Program_options' form).
/// @par Errors  bad_configuration; the detail names file, line and key, and for an unknown key the nearest known one
Result<Config> read_config(const std::filesystem::path& file);

/// The whole table as documentation, one key a paragraph.
void describe_config(std::ostream& out);

}  // namespace vanthu
