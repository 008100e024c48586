// SPDX-License-Identifier: GPL-3.0-or-later
// vanthu-gateway: reads the configuration, binds the ports, gives up root, opens the stores, runs until SIGTERM.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json.hpp>
#include <boost/program_options.hpp>
#include <csignal>
#include <fstream>
#include <iostream>

#include "admin/control_server.hpp"
#include "admin/full_text_store.hpp"
#include "admin/knowledge.hpp"
#include "admin/office.hpp"
#include "admin/opening.hpp"
#include "admin/register_store.hpp"
#include "filters/chain.hpp"
#include "filters/inspect/pool.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/attestation/timestamp_keeper.hpp"
#include "gateway/attestation/witness_keeper.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/base/address.hpp"
#include "gateway/base/config.hpp"
#include "gateway/base/data_lock.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/freed_heap.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/deliveries/tracker.hpp"
#include "gateway/dns/resolver.hpp"
#include "gateway/exports/desk.hpp"
#include "gateway/fixity/fixity.hpp"
#include "gateway/guard/guard.hpp"
#include "gateway/imap/server.hpp"
#include "gateway/imports/taker.hpp"
#include "gateway/intake/append_door.hpp"
#include "gateway/intake/append_limits.hpp"
#include "gateway/intake/decisions.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/keeping/keeper.hpp"
#include "gateway/keeping/key_shredder.hpp"
#include "gateway/mail/record_field.hpp"
#include "gateway/mailauth/service.hpp"
#include "gateway/net/server.hpp"
#include "gateway/net/tls.hpp"
#include "gateway/openings/watcher.hpp"
#include "gateway/policies/in_force.hpp"
#include "gateway/program/current.hpp"
#include "gateway/program/follower.hpp"
#include "gateway/program/losses.hpp"
#include "gateway/program/start.hpp"
#include "gateway/program/trial_watch.hpp"
#include "gateway/reading_room/door.hpp"
#include "gateway/receipts/sender.hpp"
#include "gateway/registers/registers.hpp"
#include "gateway/relay/relay.hpp"
#include "gateway/search/index.hpp"
#include "gateway/shelves/book.hpp"
#include "gateway/shelves/shelves.hpp"
#include "gateway/shelves/store.hpp"
#include "gateway/sights/withheld.hpp"
#include "gateway/smtp/server.hpp"
#include "gateway/spool/queue.hpp"
#include "gateway/transparency/head_keeper.hpp"
#include "gateway/transparency/log_tree.hpp"
#include "gateway/vault/vault.hpp"

namespace vanthu {
namespace {
namespace asio = boost::asio;
using program::Current;
using program::Follower;
using program::give_up;
using program::must;
constexpr int behind_the_door = 10;  // nice value

std::filesystem::path beside_this_program(const char* name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

/// Something was found that nobody asked for: it stands in the audit log under the gateway's own name.
void tell_incident(const audit::Trail& trail, const char* act, const std::string& subject,
                   boost::json::object details) {
  if (auto written = trail.record({{}, "gateway", act, subject, "no", std::move(details)}); !written)
    log::Event("audit.failed", log::Level::error).with("act", act).with("why", written.error().detail);
}

/// Later stamps cover what the audit log says of this one.
void note_stamp(const audit::Trail& trail, const transparency::LogTree& tree, const attestation::KeptStamp& kept,
                const attestation::Stamp& stamp) {
  boost::json::object details{{"stamp", kept.name},
                              {"size", kept.size},
                              {"time", rfc3339(stamp.time)},
                              {"certificate_until", rfc3339(stamp.until)}};
  for (const auto& [name, file] : {std::pair{"note_sha256", kept.note}, {"answer_sha256", kept.answer}}) {
    std::ifstream in(file, std::ios::binary);
    details[name] = hex(sha256(std::string{std::istreambuf_iterator<char>(in), {}}));
  }
  const std::string origin(tree.verifier().name());
  if (auto written = trail.record({{}, "gateway", "stamp.kept", origin, "done", std::move(details)}); !written)
    log::Event("audit.failed", log::Level::error).with("act", "stamp.kept").with("why", written.error().detail);
}

/// The audit log's head, in the record log: who rewrites the one has to rewrite both.
void anchor(archive::Archive& archive, transparency::LogTree& audit_tree) {
  const auto head = audit_tree.seal();
  if (!head || head->size == 0) return;
  archive::Event event;
  event.what = "audit.root";
  event.actor = "gateway";
  event.details = {{"origin", head->origin}, {"size", head->size}, {"root", proof::base64(head->root)}};
  if (auto written = archive.act([&](const lmdb::Transaction&) { return std::vector{event}; }); !written)
    log::Event("audit.unanchored", log::Level::error).with("why", written.error().detail);
}

int run(const std::filesystem::path& config_file, bool accept_loss) {
  const Config config = must(read_config(config_file));
  log::set_level(config.log_level == "debug"     ? log::Level::debug
                 : config.log_level == "warning" ? log::Level::warning
                 : config.log_level == "error"   ? log::Level::error
                                                 : log::Level::info);
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<attestation::Peer> peers = must(attestation::peers_of(config));

  // Ports and certificates while we may still be root; nobody is served before run().
  guard::Guard guard(config);
  std::optional<net::Server> server;
  std::vector<Network> exempt = must(parse_networks(config.exempt));
  if (config.trust_loopback)
    for (const char* loopback : {"127.0.0.0/8", "::1"}) exempt.push_back(must(parse_network(loopback)));
  server.emplace(net::Server::Options{config.threads, config.sessions, config.sessions_per_client,
                                      config.sessions_per_network, exempt,
                                      [&](const std::string& peer) { return !guard.connection(guard.client(peer)); }});
  const auto proxies = [&](std::string_view key) {
    const auto& doors = config.proxy_listeners;
    const bool here =
        doors.empty() || std::find(doors.begin(), doors.end(), key.substr(key.find('.') + 1)) != doors.end();
    return here ? must(parse_networks(config.proxy_hosts)) : std::vector<Network>();
  };
  std::vector<net::CertificatePair> pairs;
  for (std::size_t i = 0; i < config.tls_certificates.size(); ++i)
    pairs.push_back({config.tls_certificates[i], config.tls_keys[i]});
  net::ServerTls tls(pairs, config.tls_client_ca);
  must(tls.load());
  const auto needs_certificate = [&](const std::string& key, const std::string& address) {
    if (!address.empty() && pairs.empty())
      give_up(
          fail(status::bad_configuration, key + " needs tls.certificate and tls.key: passwords travel under TLS only"));
  };
  needs_certificate("listen.submission", config.listen_submission);
  needs_certificate("listen.submissions", config.listen_submissions);
  needs_certificate("listen.imap", config.listen_imap);
  needs_certificate("listen.imaps", config.listen_imaps);

  std::optional<smtp::Services> smtp_services;
  std::optional<imap::Services> imap_services;
  const auto smtp_port = [&](const char* key, const std::string& address, smtp::Port port) {
    if (address.empty()) return;
    must(server->listen(
        key, address, "421 4.7.0 " + config.hostname + " too many connections, try again later\r\n",
        [&, port](std::unique_ptr<net::Connection> client) {
          return smtp::serve(std::move(client), port, *smtp_services);
        },
        proxies(key)));
  };
  const auto imap_port = [&](const char* key, const std::string& address, bool implicit_tls) {
    if (address.empty()) return;
    must(server->listen(
        key, address, implicit_tls ? "" : "* BYE too many connections, try again later\r\n",
        [&, implicit_tls](std::unique_ptr<net::Connection> client) {
          return imap::serve(std::move(client), implicit_tls, *imap_services);
        },
        proxies(key)));
  };
  smtp_port("listen.mx", config.listen_mx, smtp::Port::mx);
  smtp_port("listen.submission", config.listen_submission, smtp::Port::submission);
  smtp_port("listen.submissions", config.listen_submissions, smtp::Port::submissions);
  imap_port("listen.imap", config.listen_imap, false);
  imap_port("listen.imaps", config.listen_imaps, true);
  program::give_up_root(config);

  // The stores. What is declared later may use what is declared earlier and goes first.
  const DataLock lock = must(DataLock::take(config.data_folder, limits::office_wait));
  const auto directory =
      must(directory::Directory::open(config.at("directory.lmdb"), directory::Directory::Mode::write));
  if (directory->generation() == 0)
    log::Event("directory.empty", log::Level::warning)
        .with("hint", "vanthu directory import DIR: until then mail gets 451");
  Current<filters::Chain> chain;
  const auto put_in_force = [&](std::shared_ptr<const filters::Policy> policy) {
    chain.set(std::make_shared<const filters::Chain>(config, *directory, std::move(policy)));
  };
  const auto policies = must(policies::InForce::open({config.at("policy"), config.policy_file, false, put_in_force}));
  put_in_force(policies->policy());
  Current<imap::Stores> stores;
  if (!config.listen_imap.empty() || !config.listen_imaps.empty())
    stores.set(std::make_shared<const imap::Stores>(must(imap::Stores::read(config))));

  auto inspectors = must(inspect::Pool::start(
      {config.inspector_program.empty() ? beside_this_program("vanthu-inspector")
                                        : std::filesystem::path(config.inspector_program),
       config.inspector_processes, std::chrono::seconds(config.inspector_seconds), config.inspector_trust,
       std::chrono::seconds(config.inspector_ocr ? config.inspector_ocr_seconds : 0)}));
  asio::thread_pool slow(4);
  auto resolver = must(dns::Resolver::start(
      {config.dns_servers, config.dns_trust_anchor, std::chrono::seconds(config.dns_timeout_seconds)}));
  Current<mailauth::Signer> signer;
  signer.set(std::make_shared<const mailauth::Signer>(must(mailauth::Signer::load(config.dkim_keys))));
  const auto mailauth =
      must(mailauth::Service::make({config, resolver->function(), slow, [&] { return signer.get(); }}));

  auto spool_log =
      must(journal::Log::open(real_disk(), {config.at("spool"), 1, config.segment_octets, config.disk_reserve_octets}));
  archive::Archive::Known lost;
  if (accept_loss) lost = must(program::given_numbers(config, *spool_log));
  const auto vault =
      must(vault::Vault::open(real_disk(), {config.at("keys"), admin::master_key_of(config), false, now}));
  auto record_log =
      must(journal::Log::open(real_disk(), {config.at("records"), 2, config.segment_octets, config.disk_reserve_octets,
                                            lost.sequence, lost.number, vault.get()}));
  auto audit_log =
      must(journal::Log::open(real_disk(), {config.at("audit"), 3, config.segment_octets, 0, 0, 0, vault.get()}));
  const audit::Trail trail(*audit_log);
  must(admin::expire_trial(*policies, trail));  // it went on while nobody was here to see it end
  if (accept_loss) {
    // In the record log too, at once: its next segment is what keeps the numbers from being given again.
    must(record_log->append_and_wait({journal::Kind::act, false, R"({"act":"records.accept-loss"})", nullptr, "acts"}));
    must(trail.record({{}, "operator", "records.accept-loss", "records", "done", {{"numbers_up_to", lost.number}}}));
  }
  const registers::DirectoryPlaces places(*directory);
  registers::Registers registers(places);
  keeping::Ledger ledger;
  deliveries::Deliveries deliveries;
  shelves::Book shelf_book(ledger);
  openings::Openings openings;
  receipts::Book receipts_book;
  const auto archive =
      must(archive::Archive::open(*record_log, config.at("archive.lmdb"), admin::units_of(*directory),
                                  {&registers, &ledger, &deliveries, &openings, &receipts_book, &shelf_book}));
  const auto tracker = std::make_shared<deliveries::Tracker>(*archive, deliveries);
  const std::string origin = config.archive_origin.empty() ? config.hostname + "/records" : config.archive_origin;
  const auto record_field = must(mail::RecordField::open(real_disk(), config.at("record-field.key"), origin));
  const auto record_line = [&](std::uint64_t number) { return record_field.line(number); };
  const relay::Routes routes(config.routes);
  spool::Queue queue(
      *spool_log, *record_log,
      {std::chrono::seconds(config.queue_first_retry_seconds), std::chrono::seconds(config.queue_last_retry_seconds),
       std::chrono::seconds(config.queue_lifetime_seconds), 64ULL << 20,
       std::chrono::seconds(config.queue_delay_warning_seconds),
       [&](const mail::Delivery& delivery, bool tls_optional) { return routes.destination(delivery, tls_optional); },
       config.at("queue.tries"), &real_disk(),
       [tracker](std::uint64_t record, const std::vector<spool::Settled>& endings) {
         tracker->settled(record, endings);
       },
       [tracker] { return tracker->flush(); }, record_line});
  FreedHeap freed_heap(limits::heap_step);
  const Follower heap_keeper([&] { freed_heap.give_back(); }, std::chrono::seconds(1));
  // The full text is derived twice over: that it cannot be opened is told, and stops nobody.
  std::unique_ptr<search::Index> full_text;
  if (auto opened = search::Index::open(
          *archive,
          {config.at("archive.xapian"),
           [&](std::shared_ptr<const Octets> message) { return inspectors->texts_and_wait(std::move(message)); },
           config.inspector_processes},
          admin::knowledge_of(directory.get(), *archive, ledger, registers)))
    full_text = *std::move(opened);
  else
    log::Event("search.closed", log::Level::error).with("why", opened.error().detail);
  admin::FullTextStore full_text_store(full_text.get());
  admin::RegisterStore register_store(*archive, registers);
  keeping::KeyShredder shredder(*archive, *vault);
  keeping::Keeper keeping(*archive, ledger, {&shredder, {&full_text_store, &register_store}});
  Follower full_text_indexer([&] {
    // Mail at the door comes first: of this thread nobody waits for more than that a letter is found.
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), behind_the_door);
    if (!full_text) return;
    if (auto caught = full_text->catch_up(); !caught && caught.error().reply != Reply(status::shutting_down))
      log::Event("search.behind", log::Level::error).with("why", caught.error().detail);
    if (auto tidied = full_text->tidy(); !tidied)
      log::Event("search.untidy", log::Level::error).with("why", tidied.error().detail);
  });
  std::atomic<bool> may_write = false;  // the witnesses have nothing against it
  Follower indexer([&, finished = false]() mutable {
    if (auto caught = archive->catch_up(); !caught)
      log::Event("archive.behind", log::Level::error).with("why", caught.error().detail);
    full_text_indexer.poke();
    if (auto tidied = archive->tidy(); !tidied)
      log::Event("archive.untidy", log::Level::error).with("why", tidied.error().detail);
    // What was to be destroyed when the gateway ended is destroyed now.
    if (!may_write || std::exchange(finished, true)) return;
    if (auto destroyed = keeping.finish_what_began(); !destroyed)
      log::Event("disposal.unfinished", log::Level::error).with("why", destroyed.error().detail);
    else if (*destroyed != 0)
      log::Event("disposal.finished").with("records", *destroyed);
  });

  std::optional<intake::Decisions> decisions;  // none comes in before it is there
  const opinion::Service opinion(config);
  intake::SentLetters sent(slow, limits::sent_letters, limits::sent_letter_time);
  intake::Door door({config, *directory, [&] { return chain.get(); }, *inspectors, *spool_log, *record_log, queue,
                     [&] { indexer.poke(); }, mailauth.get(), [&] { decisions->poke(); }, &opinion, record_line,
                     &sent});
  intake::AppendDoor append({door, *archive, trail, slow});
  intake::Acknowledging acknowledging({*directory, *archive, registers, trail, door, slow});
  decisions.emplace(intake::Decisions::Services{config, *directory, queue, door, trail, slow, &acknowledging});
  const auto relay =
      must(relay::Relay::make({config, routes, queue, door, slow,
                               [&]() -> asio::io_context& { return server->context(); }, resolver->function()}));
  must(queue.recover());
  // Behind the archive and the queue, who say more exactly what a log has lost.
  const transparency::Options record_options{config.at("tree"), 2, origin};
  const transparency::Options audit_options{config.at("audit-tree"), 3, origin + "/audit"};
  auto record_tree = program::open_tree(*record_log, record_options, accept_loss);
  auto audit_tree = program::open_tree(*audit_log, audit_options, accept_loss);
  // What the witnesses have seen, before anything is written behind it.
  const auto open_witnesses = [&] {
    return must(
        attestation::WitnessKeeper::open({record_tree.get(), audit_tree.get()},
                                         {peers, attestation::quorum_of(config), config.archive_witness_required}));
  };
  auto witnesses = open_witnesses();
  const auto ask_witnesses = [&](std::unique_ptr<transparency::LogTree>& tree, const journal::Log& log,
                                 transparency::Options options) {
    const std::filesystem::path told = tree->folder() / "witnessed-sequence";
    const auto checked = witnesses->check_at_start(*tree);
    std::error_code ignored;
    if (!checked) {
      if (checked.error().reply != Reply(status::refused)) give_up(checked.error());
      // Records have numbers: first it is written down how far they went, then the loss may be accepted.
      const bool known = options.log_id != record_options.log_id || std::filesystem::exists(told, ignored);
      program::witnesses_know(*witnesses, *tree);
      if (!accept_loss || !known) give_up(checked.error());
      witnesses.reset();
      tree.reset();
      options.new_epoch = true;
      tree = must(transparency::LogTree::open(log, options));
      witnesses = open_witnesses();
    }
    std::filesystem::remove(told, ignored);
  };
  ask_witnesses(record_tree, *record_log, record_options);
  ask_witnesses(audit_tree, *audit_log, audit_options);
  may_write = true;
  indexer.poke();
  const auto stamps = must(attestation::TimestampKeeper::open(
      {record_tree.get(), audit_tree.get()},
      {config.archive_timestamp, config.archive_timestamp_ca,
       [&](const transparency::LogTree& tree) {
         const std::string cosigned = witnesses->cosigned(tree);
         return cosigned.empty() ? tree.note() : cosigned;
       },
       [&](const transparency::LogTree& tree, const attestation::KeptStamp& kept, const attestation::Stamp& stamp) {
         note_stamp(trail, tree, kept, stamp);
       }}));
  transparency::HeadKeeper heads({record_tree.get(), audit_tree.get()}, [&] { anchor(*archive, *audit_tree); });
  fixity::Fixity fixity(*archive, *record_log, record_tree.get(),
                        {config.at("fixity.json"), config.archive_fixity_days, &real_disk(), now,
                         [&](std::uint64_t record, const std::string& what) {
                           const std::string of = record == 0 ? "record log" : "record " + std::to_string(record);
                           tell_incident(trail, "archive.fixity", of, {{"what", what}});
                         }});
  fixity.start();
  // Accepted = archived, looked at every day and at the start.
  Follower completeness(
      [&] {
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), behind_the_door);
        const auto report = archive->reconcile(*spool_log);
        if (!report) {
          log::Event("archive.reconcile", log::Level::error).with("why", report.error().detail);
        } else if (!report->faults.empty()) {
          for (const std::string& fault : report->faults)
            log::Event("archive.incomplete", log::Level::error).with("what", fault);
          tell_incident(trail, "archive.reconcile", "records", {{"faults", report->faults.size()}});
        } else {
          log::Event("archive.complete").with("records", report->checked);
        }
      },
      std::chrono::hours(24));
  Follower keeper([&] {
    if (auto kept = queue.maintain(); !kept)
      log::Event("queue.maintain", log::Level::error).with("why", kept.error().detail);
  });
  const auto keep_endings = [&] {
    if (auto kept = tracker->flush(); !kept)
      log::Event("deliveries.behind", log::Level::error).with("why", kept.error().detail);
  };
  Follower endings(keep_endings, std::chrono::seconds(1));
  std::optional<Follower> opener;
  openings::Watcher watcher(*archive, openings, [&] { opener->poke(); });
  const auto keep_openings = [&] {
    if (auto kept = watcher.flush(); !kept)
      log::Event("openings.behind", log::Level::error).with("why", kept.error().detail);
  };
  opener.emplace(keep_openings);
  const auto smtp_tls = [&](smtp::Port port) {
    return tls.context(port == smtp::Port::mx ? net::TlsUse::mx : net::TlsUse::submission);
  };
  const auto draining = [&] { return server->draining(); };
  smtp_services.emplace(smtp::Services{door, smtp_tls, slow, draining, guard,
                                       [&](const mail::Delivery& delivery) { return relay->carriage(delivery); },
                                       &*decisions});
  // Archivists read by IMAP, too. Their commands take threads of their own: nobody's login waits for their searches.
  const auto readers = must(shelves::Store::open(config.at("reading-room.lmdb")));
  shelves::Shelves shelves(*archive, shelf_book);
  const reading_room::Library library{
      config.hostname,
      origin + '/' + std::to_string(record_tree->epoch()) + '/' + std::string(shelf_book.format()),
      *directory,
      *archive,
      shelves,
      &keeping,
      policies.get(),
      full_text.get(),
      trail,
      *readers,
      {config.archive_imap_octets_per_day, config.archive_imap_records_per_hour},
      [&](std::shared_ptr<const Octets> message) { return inspectors->outline_and_wait(std::move(message)); },
      [&](std::shared_ptr<const Octets> message) { return inspectors->texts_and_wait(std::move(message)); },
      [&](std::string_view encoding, std::string_view octets) { return inspectors->decode_and_wait(encoding, octets); },
      config.inspector_processes};
  asio::thread_pool reading(2);
  reading_room::Door reading_room(library, reading, draining);
  imap_services.emplace(
      imap::Services{config, *directory, [&] { return tls.context(net::TlsUse::imap); }, slow, draining,
                     [&] { return stores.get(); }, guard, append, config.archive_imap ? &reading_room : nullptr,
                     [&](std::string_view field, const std::string& mailbox, const std::string& user) {
                       if (const auto record = record_field.read(field)) watcher.fetched(*record, mailbox, user, now());
                     }});

  imports::Taker imports(
      {*directory, [&] { return chain.get(); }, *inspectors, *record_log, *archive, trail, [&] { indexer.poke(); }});
  exports::Desk exporting;
  admin::Office office{
      &config,
      directory.get(),
      archive.get(),
      spool_log.get(),
      record_log.get(),
      &queue,
      &trail,
      &guard,
      [&](const std::string& id, bool yes, const std::string& actor) { return decisions->decide(id, yes, actor); },
      [&](const intake::Review& review) { return decisions->review(review); },
      policies.get(),
      inspectors.get(),
      &registers,
      full_text.get(),
      &keeping,
      record_tree.get(),
      audit_tree.get(),
      vault.get(),
      &deliveries,
      &fixity,
      &imports,
      witnesses.get(),
      stamps.get(),
      &exporting,
      readers.get(),
      &openings};
  // What a sender's office is told of its records: by a thread of its own, which waits for proofs and disks.
  std::optional<receipts::Signer> receipt_signer;
  if (!config.receipts_certificate.empty())
    receipt_signer = must(receipts::Signer::load(config.receipts_certificate, config.receipts_key));
  receipts::Sender receipts(
      {config, *directory, *archive, receipts_book, deliveries, openings, registers, door,
       [&](const journal::FrameHead& head) { return admin::prove_record(office, head); },
       [&] { return record_tree->verifier().text(); }, origin,
       [&](std::uint64_t record, const std::string& unit) { return decisions->slip_address(record, unit); },
       [&](std::uint64_t record) { return !sights::may_be_shown(&keeping, record); }},
      std::move(receipt_signer));
  program::Follower receipts_writer([&] { receipts.look(now()); });
  receipts_book.on_touched([&] { receipts_writer.poke(); });
  program::TrialWatch trial(*policies, trail);
  const auto control = must(admin::ControlServer::start(config.at("control.sock"), office, trail));

  std::optional<asio::signal_set> signals;
  signals.emplace(server->context(), SIGTERM, SIGINT, SIGHUP);
  std::function<void()> await_signal = [&] {
    signals->async_wait([&](const boost::system::error_code& code, int number) {
      if (code) return;
      if (number != SIGHUP) {
        log::Event("gateway.draining").with("sessions", server->sessions());
        relay->stop();
        server->drain(limits::drain_wait, [&] { return !relay->idle(); });
        return;
      }
      // What is wrong is told and not taken: the old certificate and policy go on.
      const auto told = [](const char* what, const Result<Done>& result) {
        log::Event event(result ? "reload.done" : "reload.refused", result ? log::Level::info : log::Level::error);
        event.with("what", what);
        if (!result) event.with("why", result.error().detail);
      };
      if (!pairs.empty()) told("certificate", tls.load());
      const auto policy = policies->reload();
      if (policy && !*policy)
        log::Event("policy.kept")
            .with("version", policies->policy()->version())
            .with("hint", "an applied policy stands above policy.file: vanthu policy apply FILE");
      auto keys = mailauth::Signer::load(config.dkim_keys);
      if (keys) signer.set(std::make_shared<const mailauth::Signer>(*std::move(keys)));
      told("dkim", keys ? Result<Done>(done) : keys.error());
      told("policy", policy ? Result<Done>(done) : policy.error());
      if (stores.get()) {
        auto read = imap::Stores::read(config);
        if (read) stores.set(std::make_shared<const imap::Stores>(*std::move(read)));
        told("imap-backend", read ? Result<Done>(done) : read.error());
      }
      await_signal();
    });
  };
  await_signal();

  relay->start();
  decisions->start();
  witnesses->start();
  stamps->start();
  log::Event("gateway.ready")
      .with("queued", std::uint64_t(queue.size()))
      .with("records", record_log->last_ordinal())
      .with("policy", policies->policy()->version());
  server->run();

  // Sessions that were cut are still suspended in the contexts, and logs and inspectors may owe them an answer: first
  // nobody works any more, then the answers are given (and not heard), then the suspended sessions go, then what they
  // used.
  control->stop();
  indexer.stop();
  if (full_text) full_text->stop();
  full_text_indexer.stop();
  keeper.stop();
  trial.stop();
  receipts_book.on_touched({});
  receipts_writer.stop();
  decisions->stop();
  slow.join();
  reading.join();
  if (auto kept = queue.keep_tries(); !kept)
    log::Event("queue.tries-lost", log::Level::warning).with("why", kept.error().detail);
  completeness.stop();
  fixity.stop();
  endings.stop();
  keep_endings();
  opener->stop();
  keep_openings();
  heads.stop();
  witnesses->stop();
  stamps->stop();
  log::Event("gateway.stopped").with("queued", std::uint64_t(queue.size()));
  resolver.reset();
  inspectors.reset();
  spool_log.reset();
  record_log.reset();
  signals.reset();
  server.reset();
  return 0;
}
}  // namespace
}  // namespace vanthu

int main(int count, char** arguments) {
  namespace po = boost::program_options;
  po::options_description options("vanthu-gateway --config FILE");
  options.add_options()("config", po::value<std::string>()->default_value("/etc/vanthu/gateway.conf"),
                        "configuration file")("keys", "list every key of the configuration")(
      "accept-loss", "go on although the end of the record log is lost; see gateway/archive/README.md")(
      "version", "print the version")("help", "print this");
  try {
    po::variables_map given;
    po::store(po::parse_command_line(count, arguments, options), given);
    if (given.count("help") != 0) {
      std::cout << options;
      return 0;
    }
    if (given.count("keys") != 0) {
      vanthu::describe_config(std::cout);
      return 0;
    }
    if (given.count("version") != 0) {
      std::cout << VANTHU_VERSION << '\n';
      return 0;
    }
    return vanthu::run(given["config"].as<std::string>(), given.count("accept-loss") != 0);
  } catch (const po::error& error) {
    std::cerr << "vanthu-gateway: " << error.what() << "; see --help\n";
    return 64;
  } catch (const std::exception& error) {
    std::cerr << "vanthu-gateway: " << error.what() << '\n';
    return 70;
  }
}
