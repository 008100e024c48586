// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/config.hpp"

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <fstream>
#include <ostream>
#include <sstream>

#include "gateway/base/address.hpp"
#include "gateway/base/nearest.hpp"
#include "gateway/base/rate.hpp"
#include "gateway/base/text.hpp"

namespace vanthu {
namespace {
namespace po = boost::program_options;

template <auto Field>
po::value_semantic* at(Config& config) {
  using Value = std::remove_reference_t<decltype(config.*Field)>;
  return po::value<Value>(&(config.*Field));
}

bool always(const Config&) { return true; }
template <auto Field>
bool host_port_or_empty(const Config& config) {
  return (config.*Field).empty() || bool(parse_host_port(config.*Field));
}
template <auto Field>
bool hop(const Config& config) {
  const auto endpoint = parse_endpoint(config.*Field);
  return endpoint && (endpoint->scheme == "lmtp" || endpoint->scheme == "smtp");
}
template <auto Field>
bool readable_or_empty(const Config& config) {
  return (config.*Field).empty() || std::ifstream(config.*Field).good();
}
/// @param paths  whether a socket's path will do
template <std::string Config::*member, bool paths>
bool peer_or_empty(const Config& config) {
  const std::string& value = config.*member;
  return value.empty() || (paths && value.front() == '/') || parse_host_port(value);
}
template <auto Field>
bool all_readable(const Config& config) {
  return std::all_of((config.*Field).begin(), (config.*Field).end(),
                     [](const std::string& file) { return std::ifstream(file).good(); });
}
template <auto Field>
bool rates(const Config& config) {
  return bool(parse_rates(config.*Field));
}
template <auto Field>
bool networks(const Config& config) {
  return bool(parse_networks(config.*Field));
}
template <auto Field, auto Low, auto High>
bool within(const Config& config) {
  return config.*Field >= Low && config.*Field <= High;
}

/// A row is at once the key in the file, the documentation and the check.
struct Option {
  const char* key;
  const char* wants;
  const char* help;
  po::value_semantic* (*bind)(Config&);
  bool (*valid)(const Config&);
};

constexpr auto options = std::to_array<Option>({
    {"hostname", "a host name", "our name in greetings, Received and DSN", at<&Config::hostname>,
     [](const Config& c) { return bool(text::domain_to_ascii(c.hostname)); }},
    {"domain", "one or more domain names", "a domain of the directory; repeat the key for more", at<&Config::domains>,
     [](const Config& c) {
       return !c.domains.empty() && std::all_of(c.domains.begin(), c.domains.end(),
                                                [](const std::string& d) { return bool(text::domain_to_ascii(d)); });
     }},
    {"data", "an absolute path of a folder that exists", "where logs and views live", at<&Config::data_folder>,
     [](const Config& c) {
       return std::filesystem::path(c.data_folder).is_absolute() && std::filesystem::is_directory(c.data_folder);
     }},
    {"user", "an account's name", "whom to become after binding the ports", at<&Config::user>, always},
    {"allow-root", "yes or no", "run as root all the same (containers)", at<&Config::allow_root>, always},
    {"listen.mx", "HOST:PORT", "mail from outside (RFC 5321)", at<&Config::listen_mx>,
     host_port_or_empty<&Config::listen_mx>},
    {"listen.submission", "HOST:PORT", "mail of our users, STARTTLS (RFC 6409)", at<&Config::listen_submission>,
     host_port_or_empty<&Config::listen_submission>},
    {"listen.submissions", "HOST:PORT", "mail of our users, implicit TLS (RFC 8314)", at<&Config::listen_submissions>,
     host_port_or_empty<&Config::listen_submissions>},
    {"listen.imap", "HOST:PORT", "reading, STARTTLS (RFC 9051)", at<&Config::listen_imap>,
     host_port_or_empty<&Config::listen_imap>},
    {"listen.imaps", "HOST:PORT", "reading, implicit TLS", at<&Config::listen_imaps>,
     host_port_or_empty<&Config::listen_imaps>},
    {"tls.certificate", "a readable PEM file", "certificate and chain; repeat it for other names or algorithms",
     at<&Config::tls_certificates>, all_readable<&Config::tls_certificates>},
    {"tls.key", "a readable PEM file for each tls.certificate", "its private key; repeat it in the same order",
     at<&Config::tls_keys>,
     [](const Config& c) {
       return c.tls_keys.size() == c.tls_certificates.size() && all_readable<&Config::tls_keys>(c);
     }},
    {"tls.client-ca", "a readable PEM file, or nothing", "issuers (and CRLs) of client certificates for AUTH EXTERNAL",
     at<&Config::tls_client_ca>, readable_or_empty<&Config::tls_client_ca>},
    {"smtp.xclient-hosts", "addresses or networks, ADDRESS/BITS", "hosts that may speak for their clients by XCLIENT",
     at<&Config::xclient_hosts>, [](const Config& c) { return bool(parse_networks(c.xclient_hosts)); }},
    {"relay.local", "lmtp://HOST:PORT or smtp://HOST:PORT", "where mail for our domains goes", at<&Config::relay_local>,
     hop<&Config::relay_local>},
    {"relay.outside", "smtp://HOST:PORT, lmtp://HOST:PORT, mx, or nothing",
     "where all other mail goes: a smart host, or each domain's own MX; nothing: none leaves",
     at<&Config::relay_outside>,
     [](const Config& c) {
       return c.relay_outside.empty() || c.relay_outside == "mx" || hop<&Config::relay_outside>(c);
     }},
    {"relay.route", "SELECTOR WHERE [OPTION ...]", "another way for a unit or a domain; repeat the key for more",
     at<&Config::relay_routes>, always},
    {"relay.postmaster", "an address of one of our domains, or nothing",
     "is told of reports that cannot be delivered; nothing: they are only logged", at<&Config::postmaster>,
     [](const Config& c) { return c.postmaster.empty() || c.postmaster.find('@') != std::string::npos; }},
    {"relay.full-mailbox-seconds", "0 to 86400",
     "letters for a mailbox that the mail store calls full are refused at the door for so long; 0: never",
     at<&Config::full_mailbox_seconds>, within<&Config::full_mailbox_seconds, 0U, 86'400U>},
    {"relay.full-mailbox-reply", "later or never", "whether its sender is told to try again (452) or not to (552)",
     at<&Config::full_mailbox_reply>,
     [](const Config& c) { return c.full_mailbox_reply == "later" || c.full_mailbox_reply == "never"; }},
    {"decision.address", "an address of one of our domains that is no mailbox, or nothing",
     "who is asked to confirm or to let a letter through answers there; nothing: xac-nhan@ the first domain",
     at<&Config::decision_address>,
     [](const Config& c) {
       const std::string& a = c.decision_address;
       const std::size_t sign = a.rfind('@');
       return a.empty() || (sign != 0 && sign != std::string::npos && sign <= 20 && a.find('+') == std::string::npos &&
                            text::is_ascii(a) &&
                            std::any_of(c.domains.begin(), c.domains.end(), [&](const std::string& domain) {
                              return text::ascii_iequals(domain, a.substr(sign + 1));
                            }));
     }},
    {"decision.longest-seconds", "1 to 31536000", "a confirmation, a moderator's question stays open at most so long, whatever a rule says",
     at<&Config::decision_seconds>, within<&Config::decision_seconds, 1U, 31'536'000U>},
    {"decision.quote", "yes or no", "questions and notices name the subject of the letter and the papers in it",
     at<&Config::decision_quote>, always},
    {"receipts.certificate", "a readable PEM file, or nothing",
     "signs receipts (S/MIME), chain included; its address is decision.address; nothing: no receipts are sent",
     at<&Config::receipts_certificate>, readable_or_empty<&Config::receipts_certificate>},
    {"receipts.key", "a readable PEM file where receipts.certificate is given", "its private key",
     at<&Config::receipts_key>,
     [](const Config& c) {
       return readable_or_empty<&Config::receipts_key>(c) &&
              c.receipts_key.empty() == c.receipts_certificate.empty();
     }},
    {"relay.connections", "1 to 256", "connections at once to each next hop", at<&Config::relay_connections>,
     within<&Config::relay_connections, 1U, 256U>},
    {"dns.server", "addresses, each with or without :PORT",
     "DNS server to ask; repeat the key for more; none: those of /etc/resolv.conf", at<&Config::dns_servers>,
     [](const Config& c) {
       return std::none_of(c.dns_servers.begin(), c.dns_servers.end(), [](const std::string& server) {
         return server.empty() || server.find_first_not_of("0123456789abcdefABCDEF.:[]") != std::string::npos;
       });
     }},
    {"dns.trust-anchor", "a readable file or nothing",
     "DS or DNSKEY records from which answers are validated (DNSSEC); needed for DANE", at<&Config::dns_trust_anchor>,
     readable_or_empty<&Config::dns_trust_anchor>},
    {"dns.timeout-seconds", "1 to 60", "of one look-up", at<&Config::dns_timeout_seconds>,
     within<&Config::dns_timeout_seconds, 1U, 60U>},
    {"authentication.check", "yes or no", "SPF, DKIM and DMARC of what comes from outside, as facts for the policy",
     at<&Config::authentication_check>, always},
    {"authentication.id", "a host name or nothing", "our name in Authentication-Results (RFC 8601); nothing: hostname",
     at<&Config::authentication_id>,
     [](const Config& c) { return c.authentication_id.empty() || bool(text::domain_to_ascii(c.authentication_id)); }},
    {"authentication.skip-client", "addresses or networks (192.0.2.0/24)",
     "hosts that pass other people's mail on to us: SPF says nothing about them; repeat the key for more",
     at<&Config::authentication_skipped>, always},
    {"dkim.key", "DOMAIN SELECTOR FILE [NOT-BEFORE]",
     "signs what leaves in the name of the domain, from that day on; repeat the key for more", at<&Config::dkim_keys>,
     always},
    {"imap.backend", "imap://HOST:PORT or imaps://HOST:PORT", "the mail store's IMAP server", at<&Config::imap_backend>,
     [](const Config& c) {
       const auto endpoint = parse_endpoint(c.imap_backend);
       return endpoint && (endpoint->scheme == "imap" || endpoint->scheme == "imaps");
     }},
    {"imap.master-user", "a name", "logs in to the store in the mailbox's name (SASL authzid)",
     at<&Config::imap_master_user>, always},
    {"imap.master-password-file", "a readable file", "its password, one line", at<&Config::imap_master_password_file>,
     readable_or_empty<&Config::imap_master_password_file>},
    {"imap.backend-ca", "a readable PEM file", "verifies an imaps:// backend", at<&Config::imap_backend_ca>,
     readable_or_empty<&Config::imap_backend_ca>},
    {"imap.store", "SELECTOR WHERE [OPTION ...]", "another store for a unit or a domain; repeat the key for more",
     at<&Config::imap_stores>, always},
    {"imap.plaintext-from", "networks such as 127.0.0.1 192.0.2.0/28",
     "a login without TLS is taken from there: webmail on this host, a TLS terminator before it; nothing: from nowhere",
     at<&Config::imap_plaintext_from>, networks<&Config::imap_plaintext_from>},
    {"inspector.program", "a path", "vanthu-inspector; nothing: the one beside this program",
     at<&Config::inspector_program>, readable_or_empty<&Config::inspector_program>},
    {"inspector.processes", "1 to 256", "sandboxed processes", at<&Config::inspector_processes>,
     within<&Config::inspector_processes, 1U, 256U>},
    {"inspector.seconds", "1 to 600", "deadline for one message, its pictures not counted",
     at<&Config::inspector_seconds>, within<&Config::inspector_seconds, 1U, 600U>},
    {"inspector.ocr", "yes or no", "read scans and pictures (package tesseract-ocr-vie)", at<&Config::inspector_ocr>,
     always},
    {"inspector.ocr-seconds", "1 to 600", "for the pictures of one message", at<&Config::inspector_ocr_seconds>,
     within<&Config::inspector_ocr_seconds, 1U, 600U>},
    {"inspector.trust", "a readable PEM file", "certificates and revocation lists that signatures are checked by",
     at<&Config::inspector_trust>, readable_or_empty<&Config::inspector_trust>},
    {"clamd.address", "host:port or a socket's path", "asked about every message; nothing: nobody is",
     at<&Config::clamd_address>, peer_or_empty<&Config::clamd_address, true>},
    {"clamd.seconds", "1 to 60", "that its answer is waited for", at<&Config::clamd_seconds>,
     within<&Config::clamd_seconds, 1U, 60U>},
    {"rspamd.address", "host:port", "a worker that scans, asked about every message; nothing: nobody is",
     at<&Config::rspamd_address>, peer_or_empty<&Config::rspamd_address, false>},
    {"rspamd.seconds", "1 to 60", "that its answer is waited for", at<&Config::rspamd_seconds>,
     within<&Config::rspamd_seconds, 1U, 60U>},
    {"policy.file", "a readable file", "policy.toml", at<&Config::policy_file>,
     readable_or_empty<&Config::policy_file>},
    {"archive.master-key", "file:/path, credential:NAME or pkcs11:…",
     "wraps the keys of records; nothing: master.key in the data folder", at<&Config::archive_master_key>,
     [](const Config& c) {
       return c.archive_master_key.empty() || c.archive_master_key.starts_with("file:/") ||
              c.archive_master_key.starts_with("pkcs11:") ||
              (c.archive_master_key.starts_with("credential:") && c.archive_master_key.size() > 11);
     }},
    {"archive.origin", "a name without blanks and +", "names the record log in its checkpoints; nothing: HOSTNAME/records",
     at<&Config::archive_origin>,
     [](const Config& c) { return c.archive_origin.find_first_of(" \t+") == std::string::npos; }},
    {"archive.fixity-days", "0 to 3650", "every record is read again once in so many days; 0: only when asked for",
     at<&Config::archive_fixity_days>, within<&Config::archive_fixity_days, 0U, 3650U>},
    {"archive.witness", "http(s)://HOST[:PORT][/PATH] VERIFIERKEY [VERIFIERKEY]",
     "a witness at a second office (vanthu-witness), and the key or, while it changes, the two keys that it prints; repeat the key for more",
     at<&Config::archive_witnesses>,
     [](const Config& c) {
       return c.archive_witnesses.size() <= 16 &&
              std::all_of(c.archive_witnesses.begin(), c.archive_witnesses.end(), [](const std::string& line) {
                return line.starts_with("http") && line.find(' ') != std::string::npos;
              });
     }},
    {"archive.witness-quorum", "0 to 16, at most as many as there are witnesses",
     "how many of them must have cosigned a head; 0: more than half", at<&Config::archive_witness_quorum>,
     [](const Config& c) { return c.archive_witness_quorum <= c.archive_witnesses.size(); }},
    {"archive.witness-required", "yes or no", "does not start while fewer witnesses than the quorum can be asked",
     at<&Config::archive_witness_required>, always},
    {"archive.lab", "yes or no", "a witness on this very machine will do: for a trial, it proves nothing",
     at<&Config::archive_lab>, always},
    {"archive.timestamp", "http(s)://HOST[:PORT][/PATH] or nothing",
     "a time-stamping authority (RFC 3161) that stamps the signed heads every hour and at the end of the day",
     at<&Config::archive_timestamp>,
     [](const Config& c) { return c.archive_timestamp.empty() || c.archive_timestamp.starts_with("http"); }},
    {"archive.timestamp-ca", "a readable PEM file, needed with archive.timestamp",
     "whom the authority's certificate is verified by; kept beside the stamps", at<&Config::archive_timestamp_ca>,
     [](const Config& c) {
       return c.archive_timestamp.empty() ? c.archive_timestamp_ca.empty() || std::ifstream(c.archive_timestamp_ca).good()
                                          : std::ifstream(c.archive_timestamp_ca).good();
     }},
    {"archive.imap", "yes or no", "archivists read the archive by IMAP, too: NAME#archive at the listeners for reading",
     at<&Config::archive_imap>, always},
    {"archive.imap-octets-per-day", "octets, from 1 MiB", "that an archivist may take by IMAP in one day",
     at<&Config::archive_imap_octets_per_day>, within<&Config::archive_imap_octets_per_day, 1ULL << 20, 1ULL << 50>},
    {"archive.imap-records-per-hour", "1 to 1000000", "records that an archivist may take by IMAP in one hour",
     at<&Config::archive_imap_records_per_hour>, within<&Config::archive_imap_records_per_hour, 1U, 1'000'000U>},
    {"limits.message-octets", "octets, 65536 to 1 GiB", "largest message (RFC 1870)", at<&Config::message_octets>,
     within<&Config::message_octets, 65536U, 1ULL << 30>},
    {"limits.octets-in-memory", "octets, from 1 MiB", "of all messages being received; beyond it 452",
     at<&Config::octets_in_memory>, within<&Config::octets_in_memory, 1ULL << 20, 1ULL << 40>},
    {"limits.recipients", "1 to 10000", "recipients a transaction", at<&Config::recipients>,
     within<&Config::recipients, 1U, 10000U>},
    {"limits.command-seconds", "1 to 3600", "for one command line (RFC 5321 section 4.5.3.2.7)",
     at<&Config::command_seconds>, within<&Config::command_seconds, 1U, 3600U>},
    {"limits.data-seconds", "1 to 3600", "for the next octets of a message (RFC 5321 section 4.5.3.2.5)",
     at<&Config::data_seconds>, within<&Config::data_seconds, 1U, 3600U>},
    {"limits.data-rate", "octets a second, from 1", "slowest a whole message may come, after limits.data-seconds",
     at<&Config::data_rate>, within<&Config::data_rate, 1U, 1U << 30>},
    {"limits.reply-seconds", "1 to 3600", "for a client to take what we say", at<&Config::reply_seconds>,
     within<&Config::reply_seconds, 1U, 3600U>},
    {"limits.priority-outside", "-9 to 9", "highest MT-PRIORITY from outside (RFC 6710)", at<&Config::priority_outside>,
     within<&Config::priority_outside, -9, 9>},
    {"limits.priority-person", "-9 to 9", "highest MT-PRIORITY of a personal mailbox", at<&Config::priority_person>,
     within<&Config::priority_person, -9, 9>},
    {"limits.priority-office", "-9 to 9", "highest MT-PRIORITY of a unit's, position's or role's mailbox",
     at<&Config::priority_office>, within<&Config::priority_office, -9, 9>},
    {"limits.sessions", "1 to 100000", "sessions at once", at<&Config::sessions>,
     within<&Config::sessions, 1U, 100000U>},
    {"limits.sessions-per-client", "1 to 100000", "sessions at once from one address", at<&Config::sessions_per_client>,
     within<&Config::sessions_per_client, 1U, 100000U>},
    {"limits.sessions-per-network", "1 to 100000", "sessions at once from one IPv4 /24 or IPv6 /56",
     at<&Config::sessions_per_network>, within<&Config::sessions_per_network, 1U, 100000U>},
    {"limits.exempt", "networks such as 192.0.2.0/24 2001:db8::/48", "no limits per client; repeat the key for more",
     at<&Config::exempt>, networks<&Config::exempt>},
    {"limits.client-connections", "rates such as 120/minute 1500/hour, or none", "connections, of an outside client: an IPv4 address or an IPv6 /64",
     at<&Config::client_connections>, rates<&Config::client_connections>},
    {"limits.network-connections", "rates such as 120/minute 1500/hour, or none", "connections, of an outside network: IPv4 /24 or IPv6 /56",
     at<&Config::network_connections>, rates<&Config::network_connections>},
    {"limits.client-messages", "rates such as 120/minute 1500/hour, or none", "messages, of an outside client: an IPv4 address or an IPv6 /64",
     at<&Config::client_messages>, rates<&Config::client_messages>},
    {"limits.network-messages", "rates such as 120/minute 1500/hour, or none", "messages, of an outside network: IPv4 /24 or IPv6 /56",
     at<&Config::network_messages>, rates<&Config::network_messages>},
    {"limits.account-messages", "rates such as 120/minute 1500/hour, or none", "messages, of one who has logged in",
     at<&Config::account_messages>, rates<&Config::account_messages>},
    {"limits.unit-messages", "rates such as 120/minute 1500/hour, or none", "messages, of all who have logged in of one unit",
     at<&Config::unit_messages>, rates<&Config::unit_messages>},
    {"limits.client-recipients", "rates such as 120/minute 1500/hour, or none", "recipients, of an outside client: an IPv4 address or an IPv6 /64",
     at<&Config::client_recipients>, rates<&Config::client_recipients>},
    {"limits.network-recipients", "rates such as 120/minute 1500/hour, or none", "recipients, of an outside network: IPv4 /24 or IPv6 /56",
     at<&Config::network_recipients>, rates<&Config::network_recipients>},
    {"limits.account-recipients", "rates such as 120/minute 1500/hour, or none", "recipients, of one who has logged in",
     at<&Config::account_recipients>, rates<&Config::account_recipients>},
    {"limits.unit-recipients", "rates such as 120/minute 1500/hour, or none", "recipients, of all who have logged in of one unit",
     at<&Config::unit_recipients>, rates<&Config::unit_recipients>},
    {"limits.client-octets", "rates such as 120/minute 1500/hour, or none", "octets of messages, of an outside client: an IPv4 address or an IPv6 /64",
     at<&Config::client_octets>, rates<&Config::client_octets>},
    {"limits.network-octets", "rates such as 120/minute 1500/hour, or none", "octets of messages, of an outside network: IPv4 /24 or IPv6 /56",
     at<&Config::network_octets>, rates<&Config::network_octets>},
    {"limits.account-octets", "rates such as 120/minute 1500/hour, or none", "octets of messages, of one who has logged in",
     at<&Config::account_octets>, rates<&Config::account_octets>},
    {"limits.unit-octets", "rates such as 120/minute 1500/hour, or none", "octets of messages, of all who have logged in of one unit",
     at<&Config::unit_octets>, rates<&Config::unit_octets>},
    {"limits.account-filed-octets", "rates such as 4G/hour 20G/day, or none", "octets that one who has logged in files by IMAP (APPEND)",
     at<&Config::account_filed_octets>, rates<&Config::account_filed_octets>},
    {"limits.account-read-octets", "rates such as 4G/hour 20G/day, or none", "octets that one who has logged in reads by IMAP; then the session ends",
     at<&Config::account_read_octets>, rates<&Config::account_read_octets>},
    {"limits.account-imap-sessions", "1 to 10000", "IMAP sessions at once of one who has logged in",
     at<&Config::account_imap_sessions>, within<&Config::account_imap_sessions, 1U, 10000U>},
    {"limits.client-unknown-recipients", "rates such as 120/minute 1500/hour, or none", "recipients that do not exist; then 421, of an outside client: an IPv4 address or an IPv6 /64",
     at<&Config::client_unknown_recipients>, rates<&Config::client_unknown_recipients>},
    {"limits.network-unknown-recipients", "rates such as 120/minute 1500/hour, or none", "recipients that do not exist; then 421, of an outside network: IPv4 /24 or IPv6 /56",
     at<&Config::network_unknown_recipients>, rates<&Config::network_unknown_recipients>},
    {"limits.network-login-failures", "rates such as 120/minute 1500/hour, or none", "failed logins for accounts it is not known for, of an outside network: IPv4 /24 or IPv6 /56",
     at<&Config::network_login_failures>, rates<&Config::network_login_failures>},
    {"proxy.hosts", "networks such as 192.0.2.0/28", "load balancers that begin with a PROXY header, version 1 or 2",
     at<&Config::proxy_hosts>, networks<&Config::proxy_hosts>},
    {"proxy.listeners", "mx, submission, submissions, imap or imaps, repeated", "where they do; nothing: everywhere",
     at<&Config::proxy_listeners>,
     [](const Config& c) {
       constexpr std::array<std::string_view, 5> known{"mx", "submission", "submissions", "imap", "imaps"};
       return std::all_of(c.proxy_listeners.begin(), c.proxy_listeners.end(), [&](const std::string& one) {
         return std::find(known.begin(), known.end(), one) != known.end();
       });
     }},
    {"limits.trust-loopback", "yes or no", "no limits per client for loopback (tests, load)",
     at<&Config::trust_loopback>, always},
    {"limits.disk-reserve-octets", "octets", "free space below which mail gets 452", at<&Config::disk_reserve_octets>,
     always},
    {"queue.first-retry-seconds", "1 to 86400", "wait after the first failure; then doubled",
     at<&Config::queue_first_retry_seconds>, within<&Config::queue_first_retry_seconds, 1U, 86400U>},
    {"queue.last-retry-seconds", "1 to 86400", "longest wait between tries", at<&Config::queue_last_retry_seconds>,
     within<&Config::queue_last_retry_seconds, 1U, 86400U>},
    {"queue.lifetime-seconds", "from 1", "after it the sender gets a DSN", at<&Config::queue_lifetime_seconds>,
     within<&Config::queue_lifetime_seconds, 1U, 100U * 86400U>},
    {"queue.delay-warning-seconds", "0 to 8640000",
     "mail that waits for longer is reported to the sender once as delayed; 0: no such report",
     at<&Config::queue_delay_warning_seconds>, within<&Config::queue_delay_warning_seconds, 0U, 100U * 86400U>},
    {"journal.segment-octets", "octets, 1 MiB to 4 GiB", "size of a log's segment files", at<&Config::segment_octets>,
     within<&Config::segment_octets, 1ULL << 20, 4ULL << 30>},
    {"threads", "0 to 256", "for protocol work; 0: one a core", at<&Config::threads>,
     within<&Config::threads, 0U, 256U>},
    {"log.level", "debug, info, warning or error", "the least level written", at<&Config::log_level>,
     [](const Config& c) {
       return c.log_level == "debug" || c.log_level == "info" || c.log_level == "warning" || c.log_level == "error";
     }},
});

std::string nearest_key(std::string_view wrong) {
  const auto nearest = std::min_element(options.begin(), options.end(), [&](const Option& a, const Option& b) {
    return edit_distance(a.key, wrong) < edit_distance(b.key, wrong);
  });
  return nearest->key;
}

/// Program_options names the key but not the line; find it, with the section it stands under.
std::size_t line_of(const std::filesystem::path& file, std::string_view key, std::size_t skip = 0) {
  std::ifstream in(file);
  std::string section;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    line.erase(0, line.find_first_not_of(" \t"));
    if (line.starts_with('[') && line.find(']') != std::string::npos)
      section = line.substr(1, line.find(']') - 1) + '.';
    std::string name = line.substr(0, line.find('='));
    name.erase(name.find_last_not_of(" \t") + 1);
    if (section + name == key && skip-- == 0) return number;
  }
  return 0;
}

/// @param skip  how many lines with that key come before
Error wrong(const std::filesystem::path& file, std::string_view key, const std::string& why, std::size_t skip = 0) {
  std::string where = file.string();
  if (const std::size_t line = line_of(file, key, skip)) where += ':' + std::to_string(line);
  return fail(status::bad_configuration, where + ": " + why);
}

bool same_selector(const Route& a, const Route& b) { return a.by == b.by && a.key == b.key && a.prefix == b.prefix; }

/// relay.route, then relay.local and relay.outside as the routes of what none of them takes.
Result<Done> read_routes(const std::filesystem::path& file, Config& config) {
  for (std::size_t i = 0; i < config.relay_routes.size(); ++i) {
    const auto refuse = [&](const std::string& why) { return wrong(file, "relay.route", why, i); };
    auto route = parse_route(config.relay_routes[i]);
    if (!route) return refuse(route.error().detail);
    if (std::any_of(config.routes.begin(), config.routes.end(),
                    [&](const Route& r) { return same_selector(r, *route); }))
      return refuse("route: '" + selector(*route) + "' has a route already");
    for (const std::string& needed : {route->password_file, route->ca_file})
      if (!needed.empty() && !std::ifstream(needed).good()) return refuse("route: " + needed + ": cannot be read");
    config.routes.push_back(*std::move(route));
  }
  const auto taken = [&](Route::By by) {
    return std::any_of(config.routes.begin(), config.routes.end(), [&](const Route& r) { return r.by == by; });
  };
  if (!taken(Route::By::local)) {
    auto route = parse_default_route(Route::By::local, config.relay_local);
    if (!route) return wrong(file, "relay.local", route.error().detail);
    config.routes.push_back(*std::move(route));
  }
  if (config.relay_outside.empty()) return done;
  if (taken(Route::By::outside)) return wrong(file, "relay.outside", "a 'default' route stands beside relay.outside");
  auto route = parse_default_route(Route::By::outside, config.relay_outside);
  if (!route) return wrong(file, "relay.outside", route.error().detail);
  config.routes.push_back(*std::move(route));
  return done;
}
}  // namespace

Result<Config> read_config(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in)
    return fail(status::bad_configuration,
                file.string() + ": cannot be read; name a readable configuration with --config");
  Config config;
  po::options_description all;
  for (const Option& option : options) all.add_options()(option.key, option.bind(config), option.help);
  try {
    po::variables_map given;
    po::store(po::parse_config_file(in, all), given);
    po::notify(given);
  } catch (const po::unknown_option& error) {
    return wrong(file, error.get_option_name(),
                 "unknown key '" + error.get_option_name() + "'; the nearest known one is '" +
                     nearest_key(error.get_option_name()) + "'");
  } catch (const po::error_with_option_name& error) {
    return wrong(file, error.get_option_name(), error.what());
  } catch (const po::error& error) {
    return wrong(file, "", error.what());
  }
  for (std::string& domain : config.domains)
    if (auto ascii = text::domain_to_ascii(domain)) domain = *ascii;
  for (const Option& option : options)
    if (!option.valid(config))
      return wrong(file, option.key,
                   std::string("'") + option.key + "' wants " + option.wants + " (" + option.help + ")");
  if (auto read = read_routes(file, config); !read) return read.error();
  return config;
}

std::string Config::decision_mailbox() const {
  if (!decision_address.empty()) return decision_address;
  return domains.empty() ? std::string("xac-nhan@localhost") : "xac-nhan@" + domains.front();
}

bool Config::reaches(std::string_view domain) const {
  if (!relay_outside.empty()) return true;
  return std::any_of(routes.begin(), routes.end(), [&](const Route& route) {
    if (route.by == Route::By::outside) return true;
    return route.by == Route::By::domain && route.takes_domain(domain);
  });
}

void describe_config(std::ostream& out) {
  for (const Option& option : options) out << option.key << "\n    " << option.help << " (" << option.wants << ")\n";
}

}  // namespace vanthu
