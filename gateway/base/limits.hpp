// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every fixed bound of the product in one table. What an operator may choose stands in config.hpp instead.
/// At a bound the peer gets a clear 4yz/5yz (SMTP) or NO/BAD (IMAP).
namespace vanthu::limits {

// SMTP (RFC 5321 §4.5.3.1; lines are longer than the RFC's 512 because of DSN, AUTH and SMTPUTF8 parameters)
inline constexpr std::size_t command_line_octets = 2048;   // CRLF included
inline constexpr std::size_t auth_line_octets = 12288;     // RFC 4954 §4.3
inline constexpr std::size_t local_part_octets = 64;       // RFC 5321 §4.5.3.1.1
inline constexpr std::size_t domain_octets = 255;          // RFC 5321 §4.5.3.1.2
inline constexpr std::size_t mailbox_octets = 254;         // RFC 5321 §4.5.3.1.3 less the angle brackets
inline constexpr std::size_t data_line_octets = 8192;      // accepted; RFC 5321 §4.5.3.1.6 asks for 1000
inline constexpr std::size_t envid_octets = 100;           // as written (RFC 3461 §4.4)
inline constexpr std::size_t orcpt_octets = 500;           // as written (RFC 3461 §4.2)
inline constexpr std::uint64_t chunk_octets = 4ULL << 30;  // one BDAT announces at most; what is too much is read away
inline constexpr std::size_t bad_commands = 10;            // then 421
inline constexpr std::size_t idle_commands = 100;  // that bring no message on (NOOP, RSET, VRFY, EHLO …), then 421
inline constexpr std::size_t auth_failures = 3;    // per connection, then 421
inline constexpr std::size_t messages_per_connection = 10000;
inline constexpr std::size_t received_fields = 30;         // loop, RFC 5321 §6.3
inline constexpr std::chrono::minutes data_block_wait{3};  // for the next octets of a body that we pass on (IMAP)
inline constexpr std::chrono::seconds tls_handshake_wait{20};
inline constexpr std::chrono::hours ticket_key_time{8};  // a new key for session tickets (RFC 5077 §5.5)
inline constexpr int ticket_keys = 3;                    // so many still open tickets
inline constexpr std::chrono::seconds proxy_header_wait{5};
inline constexpr std::size_t proxy_header_octets = 4096;  // of PROXY v2 with its TLVs; v1 has 107
inline constexpr std::chrono::seconds drain_wait{25};     // SIGTERM: then sessions are cut

// Abuse (gateway/guard). Rates stand in the configuration.
inline constexpr std::size_t rate_entries = 65536;                   // clients or networks remembered by one rate
inline constexpr std::size_t login_entries = 65536;                  // pairs of network and account
inline constexpr unsigned client_v4_bits = 32, client_v6_bits = 64;  // one client: an IPv6 host has its /64 to itself
inline constexpr unsigned network_v4_bits = 24, network_v6_bits = 56;
inline constexpr unsigned free_login_failures = 3;           // of one network for one account, before it waits
inline constexpr unsigned logins_under_way = 8;              // of one network for one account at once
inline constexpr std::chrono::minutes login_wait{15};        // longest, of a network the account was never used from
inline constexpr std::chrono::seconds known_login_wait{30};  // longest, of one it was
inline constexpr std::chrono::hours login_failures_time{1};  // after the last one they are forgotten
inline constexpr std::chrono::seconds wrong_login_wait{2};   // before the answer to a wrong password
inline constexpr unsigned free_unknown_recipients = 5;       // then each answer waits
inline constexpr std::chrono::seconds unknown_recipient_wait{10};  // longest
inline constexpr std::size_t guard_notices = 2000;                 // who is limited, as an administrator sees it
inline constexpr std::chrono::minutes guard_told_again{1};         // the log names the same one so often

// Relay
inline constexpr std::chrono::seconds connect_wait{20};
inline constexpr std::chrono::minutes reply_wait{5};       // RFC 5321 §4.5.3.2
inline constexpr std::chrono::minutes final_dot_wait{10};  // RFC 5321 §4.5.3.2.6
inline constexpr std::size_t reply_line_octets = 4096;
inline constexpr std::size_t reply_lines = 100;
inline constexpr unsigned scram_rounds = 1'000'000;  // that a next hop may ask of us (RFC 7677 §4 asks for 4096)
inline constexpr std::size_t route_octets = 2048;    // a relay.route line
inline constexpr unsigned relay_workers = 500;       // connections to all destinations together
inline constexpr std::size_t relay_destinations = 100'000;   // remembered, or waiting for one of them
inline constexpr std::size_t dsn_header_octets = 64U << 10;  // of a header that comes back with a report
inline constexpr std::size_t dsn_return_octets = 1U << 20;   // of a whole message (RET=FULL); a bigger one: its header
inline constexpr std::size_t sts_octets = 64U << 10;         // of an MTA-STS policy (RFC 8461 §3.3)
inline constexpr std::size_t sts_hosts = 100;                // mx lines in it
inline constexpr std::size_t sts_policies = 10'000;          // kept
inline constexpr std::chrono::seconds sts_age{31'557'600};   // RFC 8461 §3.2
inline constexpr std::size_t relay_hosts = 16;               // of one route, or looked at of one MX answer

inline constexpr std::size_t full_mailboxes = 10'000;  // remembered as full
// DNS
inline constexpr std::size_t dns_look_ups = 2000;         // at once; the next one fails at once
inline constexpr std::size_t dns_records = 100;           // in one answer; more is a failure
inline constexpr std::size_t dns_txt_octets = 16U << 10;  // of one TXT record

// Sender authentication (SPF, DKIM, DMARC)
inline constexpr std::size_t mailauth_tags = 40;               // in a signature, a key or a policy record
inline constexpr std::size_t spf_terms = 200;                  // words of one record
inline constexpr std::size_t spf_look_ups = 10;                // RFC 7208 §4.6.4
inline constexpr std::size_t spf_void_look_ups = 2;            // likewise
inline constexpr std::size_t spf_names = 10;                   // hosts of one mx or ptr, likewise
inline constexpr std::size_t dkim_signatures = 5;              // verified of one message
inline constexpr std::size_t dkim_signatures_read = 20;        // looked at to choose those
inline constexpr std::chrono::seconds authentication_wait{5};  // for all of it; what has no answer then is a temperror
inline constexpr std::size_t dkim_signed_fields = 200;         // names in h=
inline constexpr std::size_t private_key_octets = 64U << 10;   // a PEM file

// IMAP (RFC 9051; before login everything is small)
inline constexpr std::size_t imap_prelogin_line_octets = 8192;
inline constexpr std::size_t imap_prelogin_literal_octets = 1024;
inline constexpr std::size_t imap_prelogin_total_octets = 16384;
inline constexpr std::size_t imap_command_octets = 65536;  // one command less its APPEND literal
inline constexpr std::chrono::minutes imap_prelogin_wait{1};
inline constexpr std::chrono::minutes imap_idle_wait{31};  // RFC 9051 §5.4: at least 30
inline constexpr std::chrono::minutes imap_prelogin_total_wait{5};
inline constexpr std::chrono::seconds imap_watch_period{5};   // how soon a waiting session sees SIGTERM
inline constexpr std::chrono::seconds imap_goodbye_wait{10};  // for what is under way when the client has closed
inline constexpr std::chrono::seconds imap_backend_wait{30};  // for one answer of the mail store during its login
inline constexpr std::size_t imap_tag_octets = 64;
inline constexpr std::size_t imap_folder_octets = 1024;         // a folder's name in APPEND
inline constexpr std::size_t imap_commands_under_way = 1000;    // pipelined; then we stop reading until one is answered
inline constexpr std::size_t imap_response_line_octets = 8192;  // of the mail store: greeting, login, CAPABILITY

// Inspection (per message)
inline constexpr std::size_t header_block_octets = 256U << 10;
inline constexpr std::size_t header_fields = 1000;
inline constexpr std::size_t header_field_octets = 16384;
inline constexpr std::size_t parameters = 64;        // of one header field
inline constexpr std::size_t parameter_pieces = 32;  // RFC 2231 §3
inline constexpr std::size_t comment_depth = 10;     // parentheses in a header field
inline constexpr std::size_t file_name_octets = 255;
inline constexpr std::size_t part_path_octets = 1024;  // "1.2/a.zip/b.docx" in the facts
inline constexpr std::size_t findings = 500;           // in the facts of one message
inline constexpr std::size_t mime_depth = 20;
inline constexpr std::size_t mime_parts = 500;
inline constexpr std::size_t second_reading_depth =
    2000;  // nesting libetpan is still given: its stack holds ten times that
inline constexpr std::size_t container_depth = 5;
inline constexpr std::size_t container_entries = 2000;
inline constexpr std::uint64_t expanded_octets = 500ULL << 20;
inline constexpr std::uint64_t expanded_file_octets = 200ULL << 20;
inline constexpr std::uint64_t expansion_ratio = 100;  // above expansion_ratio_from
inline constexpr std::uint64_t expansion_ratio_from = 10ULL << 20;
inline constexpr std::uint64_t text_octets = 16ULL << 20;  // text kept of one part
inline constexpr std::size_t text_lines = 500'000;         // of one part
inline constexpr std::uint64_t xml_octets = 64ULL << 20;   // one part of an office package
inline constexpr std::uint64_t package_octets = 128ULL << 20;
inline constexpr int pdf_pages = 500;
inline constexpr std::size_t picture_octets = 8U << 10;  // smaller ones are ornaments, nobody misses their text
// Reading pictures (OCR)
inline constexpr std::size_t ocr_octets = 200;              // no smaller file shows letters
inline constexpr std::uint64_t ocr_pixels = 60'000'000;     // decoded of one picture; A4 at 600 dots an inch has 35
inline constexpr std::uint64_t ocr_bomb_ratio = 2000;       // pixels from one octet, of a picture that is beyond that
inline constexpr unsigned ocr_width = 40, ocr_height = 16;  // pixels; what is smaller is an icon
inline constexpr std::uint32_t ocr_pages = 50;              // of one document
inline constexpr std::size_t ocr_pictures = 40;             // taken out of one document
inline constexpr std::size_t ocr_frames = 12;               // of stamps and the like, on one page
inline constexpr std::size_t ocr_page_letters = 30;      // on a page with fewer in its text layer the picture is read
inline constexpr std::chrono::seconds ocr_page_wait{8};  // for one page
inline constexpr std::size_t resent_blocks = 20;         // times a message was sent on (RFC 5322 §3.6.6)
inline constexpr std::size_t header_addresses = 2000;    // kept of one field name
inline constexpr std::size_t header_text_octets = 4096;  // kept of a subject, a name, an address
inline constexpr std::size_t papers = 50;                // in the facts of one message
inline constexpr std::size_t labels = 100;               // likewise
inline constexpr std::size_t signatures = 50;            // likewise
inline constexpr std::size_t mime_profiles = 8;          // lenient readings of a message that is not written strictly
inline constexpr std::size_t ole_streams = 4000;         // in one compound file
inline constexpr std::uint64_t ole_stream_octets = 64ULL << 20;
inline constexpr int ole_depth = 32;  // storages in storages; an object in an object in a message: six
inline constexpr std::size_t tnef_properties = 10'000;     // of one winmail.dat or an attachment in it
inline constexpr int xml_depth = 200;                      // elements in elements; no office program writes that
inline constexpr std::size_t rtf_depth = 500;              // groups in groups
inline constexpr std::size_t rtf_fields = 100;             // fields in fields
inline constexpr std::size_t xmp_octets = 1U << 20;        // of metadata in a PDF
inline constexpr std::chrono::seconds document_wait{15};   // for one document's reader
inline constexpr std::uint64_t document_cpu_seconds = 10;  // of one document's reader
inline constexpr std::uint64_t document_answer_octets = 600ULL << 20;  // text and files that come out of one
inline constexpr std::uint64_t archive_window = 64ULL << 20;           // a decoder's own dictionary
inline constexpr std::size_t rewritten_octets = 128U << 20;            // a message brought to its strict reading
inline constexpr std::size_t facts_octets = 4U << 20;                  // the inspector's answer
inline constexpr std::uint64_t inspector_memory = 1ULL << 30;
inline constexpr std::chrono::seconds inspection_wait{30};
inline constexpr std::chrono::seconds inspector_start_wait{20};
inline constexpr unsigned inspector_messages = 5000;               // then the process is replaced by a fresh one
inline constexpr std::chrono::minutes inspector_busy{5};           // of work, likewise
inline constexpr std::size_t inspector_inline_octets = 64U << 10;  // smaller messages go over the socket itself
inline constexpr std::size_t inspection_failures = 4096;     // digests remembered of messages that killed an inspector
inline constexpr std::uint64_t inspector_cpu_seconds = 600;  // of one process, a backstop behind the deadline

// Second opinions
inline constexpr std::size_t clamd_reply_octets = 4096;
inline constexpr std::uint64_t rspamd_reply_octets = 1U << 20;
inline constexpr std::size_t rspamd_symbols = 20;  // kept of its reasons

// Journal
inline constexpr std::size_t frame_meta_octets = 16U << 20;
inline constexpr std::uint64_t frame_body_octets = 1ULL << 30;
inline constexpr std::size_t batch_frames = 1024;  // frames in one group commit
inline constexpr std::uint64_t batch_octets = 64ULL << 20;

// Queue
inline constexpr unsigned queue_lane_turn = 8;          // every how manieth message a lower lane gets at least
inline constexpr std::size_t queue_reply_octets = 200;  // kept of a next hop's last reply
inline constexpr std::size_t queue_names = 20'000;      // texts kept, then replies by their codes alone
inline constexpr std::uint64_t queue_checkpoint_frames = 10'000;  // to skip at the next start: worth a checkpoint
inline constexpr std::size_t queue_done_ranges = 10'000;          // in one progress frame
inline constexpr std::size_t queue_kept_segments = 2;             // besides the current one, never copied from
inline constexpr std::uint64_t queue_move_octets = 64ULL << 20;   // copied forward at one go
inline constexpr std::size_t queue_batch = 1024;                  // frames that housekeeping has under way
inline constexpr std::size_t queue_list_entries = 1000;           // listed unless asked for more

// Questions that somebody must answer before a message goes on
inline constexpr std::size_t decisions = 16;               // about one message
inline constexpr std::size_t decision_deciders = 20;       // of one, asked one after another
inline constexpr std::size_t decision_tokens = 4;          // that answer one: it is asked anew after a crash
inline constexpr std::size_t decision_why_octets = 1000;   // shown to who is asked; the rest is cut
inline constexpr std::size_t decisions_at_once = 64;       // asked or ended before anybody looks again
inline constexpr std::chrono::seconds decision_pause{60};  // before what could not be asked is tried again
inline constexpr std::size_t decision_recipients = 20;     // named in the mail that asks; the rest counted
inline constexpr std::size_t notices = 20;                 // told to the sender of one message; the rest counted
inline constexpr std::size_t opening_octets = 200;         // of a letter's first line, where it answers a question

// Memory
inline constexpr std::size_t heap_step = 32U << 20;  // grown by this, the heap gives back what was freed

// Archive view
inline constexpr std::size_t search_term_octets = 400;      // LMDB's keys hold 511; longer words and ids are cut here
inline constexpr std::size_t search_terms = 64;             // in one search
inline constexpr std::size_t search_records = 10000;        // in one answer
inline constexpr std::size_t verified_at_once = 4096;       // records, shared among the processors
inline constexpr std::size_t view_held_octets = 96U << 20;  // of mapped files, before its pages go back
inline constexpr std::size_t view_batch_records = 1000;     // in one transaction of the view

// Policy
inline constexpr std::size_t policy_octets = 1U << 20;  // policy.toml
inline constexpr std::size_t unit_depth = 32;           // units above a unit
inline constexpr std::size_t refusal_octets = 440;      // a reply line less codes (RFC 5321 §4.5.3.1.5 gives it 512)
inline constexpr std::size_t named_successors = 4;      // of a closed address, in its refusal; the rest counted
inline constexpr std::size_t explained_items = 5;       // parts or findings named in one step, the rest counted

// "Nơi nhận"
inline constexpr std::size_t recipient_line_octets = 1000;  // of one printed line, longer ones are cut
inline constexpr std::size_t recipient_pieces = 32;         // names in one entry, entries in one line
inline constexpr std::size_t recipient_look_ups = 4000;     // in the directory's names, for one message
inline constexpr std::size_t recipient_near = 200;          // names compared for one that is not known
inline constexpr std::size_t recipient_papers = 10;         // compared in one message
inline constexpr std::size_t recipient_named = 20;  // lines or addresses named in one step or notice, then counted
inline constexpr std::size_t recipient_mailboxes = 20000;  // looked at for one message
inline constexpr std::size_t unit_versions = 50;           // names of one unit in the course of time

// Directory
inline constexpr std::size_t directory_rule_octets = 1000;  // a dynamic group's rule
inline constexpr std::size_t group_depth = 16;              // groups in groups; deeper ones are skipped and named
inline constexpr std::size_t alias_depth = 4;               // aliases of aliases
inline constexpr std::size_t succession_units = 1000;       // looked at to find who took over from a unit
inline constexpr std::size_t nearest_looked_at = 20000;     // ids compared with a misspelt one
inline constexpr std::size_t namesake_edits = 5000;         // rows of a change whose namesakes are looked for
inline constexpr std::size_t ldif_attributes = 100000;      // of an entry: members of a group are attributes too
inline constexpr std::size_t app_passwords = 20;            // of one mailbox
inline constexpr std::size_t listed_rows = 10000;           // of a table, in one answer of the CLI
inline constexpr std::size_t history_rows = 20000;          // of one change that are kept one by one
inline constexpr std::size_t near_letters = 24;             // of a local-part, where a mistake is looked for
inline constexpr std::size_t near_candidates = 1024;        // addresses compared with a misspelt one
inline constexpr std::size_t skeleton_input_octets = 1024;  // of a name, read to know whom it could be taken for
inline constexpr std::size_t skeleton_octets = 400;         // LMDB's keys hold 511
inline constexpr std::size_t authors_looked_at = 10;        // of one field, for names of ours on mail from outside
inline constexpr std::size_t display_name_words = 40;       // of a display name, looked at
inline constexpr std::size_t policy_leader_titles = 200;    // that a policy may name
inline constexpr std::size_t named_entries = 100;           // that one name could be taken for, looked at
inline constexpr std::size_t neighbours_named = 10;         // addresses near a misspelt one
inline constexpr std::size_t password_octets = 1024;        // longer ones are refused before they are hashed
inline constexpr unsigned scram_iterations =
    50'000;  // of PBKDF2; each login costs the client as much, and some refuse 65,536
inline constexpr std::size_t credential_cache_entries = 20000;  // right answers remembered
inline constexpr std::chrono::minutes credential_cache_time{5};
inline constexpr std::size_t csv_octets = 256U << 20;  // a file
inline constexpr std::size_t csv_cell_octets = 4096;
inline constexpr std::size_t csv_faults = 100;      // a file; the rest would only repeat them
inline constexpr std::size_t import_faults = 1000;  // all files together, the rest is counted
inline constexpr std::size_t import_notes = 1000;
inline constexpr std::size_t import_differences = 1000;

// Control socket
inline constexpr std::size_t control_request_octets = 512U << 20;  // head and files together: a million mailboxes
inline constexpr std::size_t control_stranger_octets = 4U << 20;   // the same from an account that must log in first
inline constexpr std::size_t control_head_octets = 1U << 20;
inline constexpr std::uint64_t control_answer_octets = 2ULL << 30;
inline constexpr std::size_t control_words = 10000;
inline constexpr std::size_t control_files = 10000;
inline constexpr std::chrono::seconds control_wait{30};  // for the whole request to arrive, for an answer to be taken
inline constexpr std::chrono::seconds office_wait{15};   // for a data folder that is held by who does not answer yet
inline constexpr std::size_t control_threads = 4;
inline constexpr std::size_t control_waiting = 128;  // connections beyond those being served; the next one is told so

}  // namespace vanthu::limits
