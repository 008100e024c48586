// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "admin/attestation_text.hpp"
#include "admin/blind_copies.hpp"
#include "admin/commands.hpp"
#include "admin/opening.hpp"
#include "admin/sights.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/attestation/witness_keeper.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/transparency/log_tree.hpp"
#include "gateway/vault/vault.hpp"

/// archive meta; log: what the trees over the record log and the audit log prove; key: what the records are sealed
/// with.
namespace vanthu::admin {
namespace json = boost::json;
namespace {

constexpr const char* status_arguments = "[--json]";
constexpr const char* log_status_arguments = "[--json] [--keys]";
constexpr const char* checkpoint_arguments = "[--audit]";
constexpr const char* proof_arguments = "NUMBER [--purpose TEXT]";
constexpr const char* consistency_arguments = "OLD-SIZE [SIZE] [--audit]";
constexpr const char* verify_arguments = "[--json]";
constexpr const char* rotate_arguments = "[--master SETTING] [--log] [--audit] [--prepare]";

Answer no_log() {
  return {EX_UNAVAILABLE, "",
          "cổng thư không chạy, cổng giữ cây đã ký; hãy khởi động rồi hỏi lại (no gateway runs: it holds the tree. "
          "Start it and ask again; the files alone are checked by vanthu-verify)\n"};
}

transparency::LogTree* tree_of(const Office& office, const Words& words) {
  return words.has("audit") ? office.audit_tree : office.record_tree;
}

json::object status_of(const Office& office, const transparency::LogTree& tree) {
  json::object one{{"key", tree.verifier().text()}, {"epoch", tree.epoch()}, {"frames", tree.size()}};
  // Whoever checks old proofs pins the first key; the rotations lead to the one of today.
  if (const auto rotations = tree.rotations(); !rotations.empty()) {
    one["first_key"] = rotations.front().before.text();
    one["rotations"] = rotations.size();
  }
  for (auto& [name, value] : attestation_of(office, tree)) one[name] = std::move(value);
  if (const auto head = tree.last()) {
    one["origin"] = head->origin;
    one["signed"] = head->size;
    one["root"] = proof::base64(head->root);
  }
  return one;
}

Answer log_status(Office& office, const Request& request) {
  const Command& command = *find_command("log", "status");
  const auto words = read_words(log_status_arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (office.record_tree == nullptr || office.audit_tree == nullptr) return no_log();
  if (words->has("keys"))
    return {0, office.record_tree->verifier().text() + '\n' + office.audit_tree->verifier().text() + '\n', ""};
  const json::object all{{"records", status_of(office, *office.record_tree)},
                         {"audit", status_of(office, *office.audit_tree)}};
  const int exit = is_alarm(all.at("records").as_object()) || is_alarm(all.at("audit").as_object()) ? 1 : 0;
  if (words->has("json")) return {exit, json::serialize(all) + '\n', ""};
  std::string out;
  for (const auto& [name, title] : {std::pair{"records", "Sổ lưu trữ"}, std::pair{"audit", "Sổ nhật ký"}}) {
    const json::object& one = all.at(name).as_object();
    out += std::string(title) + ": " + std::to_string(json::value_to<std::uint64_t>(one.at("frames"))) + " khung";
    if (const json::value* size = one.if_contains("signed"))
      out += ", đã ký tới " + std::to_string(json::value_to<std::uint64_t>(*size)) + ", kỷ " +
             std::to_string(json::value_to<std::uint64_t>(one.at("epoch"))) +
             "\n  gốc cây:  " + std::string(one.at("root").as_string());
    out += "\n  khoá:     " + std::string(one.at("key").as_string()) + '\n';
    if (const json::value* first = one.if_contains("first_key"))
      out += "  khoá đầu: " + std::string(first->as_string()) + '\n';
    out += attestation_lines(one);
  }
  return {exit, out, ""};
}

Answer checkpoint(Office& office, const Request& request) {
  const Command& command = *find_command("log", "checkpoint");
  const auto words = read_words(checkpoint_arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  transparency::LogTree* tree = tree_of(office, *words);
  if (tree == nullptr) return no_log();
  const auto note = newest_head(office, *tree);
  if (!note) return failed(note.error());
  return {0, note->note, note->remark};
}

Answer prove(Office& office, const Request& request) {
  const Command& command = *find_command("log", "proof");
  const auto words = read_words(proof_arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (words->operands.size() != 1) return wrong_usage(command, "cần đúng một số bản ghi (wants one record number)");
  const auto number = read_number(words->operands[0]);
  if (!number) return wrong_usage(command, number.error().detail);
  if (office.record_tree == nullptr || office.archive == nullptr || office.vault == nullptr) return no_log();
  if (auto may = Sights(office, request, *words).may_read(*number); !may) return failed(may.error());
  const auto record = office.archive->show(*number);
  if (!record) return failed(record.error());
  const std::uint64_t sequence = record->head.at.sequence;
  // A head that is witnessed already is better than a newer one that is not.
  const std::string witnessed =
      office.witnesses != nullptr ? office.witnesses->cosigned(*office.record_tree) : std::string();
  auto proof = office.record_tree->inclusion_under(sequence, witnessed);
  std::string remark;
  if (!proof) {
    auto head = newest_head(office, *office.record_tree);
    if (!head) return failed(head.error());
    proof = office.record_tree->inclusion_under(sequence, head->note);
    remark = std::move(head->remark);
  }
  if (!proof) return failed(proof.error());
  auto opening = opening_of(office, record->head);
  if (!opening) return failed(opening.error());
  proof->extra = *std::move(opening);
  return {0, proof::to_text(*proof), remark};
}

/// What the commitment binds beside the octets, as it stands in the frame.
Answer meta(Office& office, const Request& request) {
  const Command& command = *find_command("archive", "meta");
  const auto words = read_words(proof_arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (words->operands.size() != 1) return wrong_usage(command, "cần đúng một số bản ghi (wants one record number)");
  const auto number = read_number(words->operands[0]);
  if (!number) return wrong_usage(command, number.error().detail);
  if (office.archive == nullptr) return no_log();
  const Sights sights(office, request, *words);
  if (auto may = sights.may_read(*number); !may) return failed(may.error());
  auto octets = office.archive->meta(*number);
  if (!octets) return failed(octets.error());
  auto record = office.archive->show(*number);
  if (!record) return failed(record.error());
  // Its octets are bound by the commitment: nothing can be taken out of them.
  const LeftOut left_out = leave_out_blind(office, record->accepted, [&](const std::string& unit) {
    return sights.keeps(record->accepted.record_class, unit);
  });
  if (left_out.any)
    return {EX_NOPERM, "",
            "phần meta có người nhận kín hoặc bản ghi của đơn vị khác; hãy hỏi đơn vị gửi (the meta part names blind "
            "copies "
            "or records of other units: ask the sender's unit). To check a proof without it: vanthu-verify proof … "
            "--meta-digest " +
                hex(sha256(*octets)) + '\n'};
  return {0, *std::move(octets), ""};
}

Answer consistency(Office& office, const Request& request) {
  const Command& command = *find_command("log", "consistency");
  const auto words = read_words(consistency_arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (words->operands.empty() || words->operands.size() > 2)
    return wrong_usage(command, "cần một hoặc hai kích thước cây (wants one or two sizes)");
  const auto old_size = read_number(words->operands[0]);
  if (!old_size) return wrong_usage(command, old_size.error().detail);
  transparency::LogTree* tree = tree_of(office, *words);
  if (tree == nullptr) return no_log();
  const auto head = tree->seal();
  if (!head) return failed(head.error());
  std::uint64_t size = head->size;
  if (words->operands.size() == 2) {
    const auto wanted = read_number(words->operands[1]);
    if (!wanted) return wrong_usage(command, wanted.error().detail);
    size = *wanted;
  }
  const auto path = tree->consistency(*old_size, size);
  if (!path) return failed(path.error());
  std::string out;
  for (const proof::Hash& hash : *path) out += proof::base64(hash) + '\n';
  return {0, out, ""};
}

Answer verify_log(Office& office, const Request& request) {
  const Command& command = *find_command("log", "verify");
  const auto words = read_words(verify_arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (office.record_tree == nullptr || office.audit_tree == nullptr) return no_log();
  json::object all;
  std::string out;
  bool right = true;
  for (const auto& [tree, name, title] : {std::tuple{office.record_tree, "records", "Sổ lưu trữ"},
                                          std::tuple{office.audit_tree, "audit", "Sổ nhật ký"}}) {
    if (const auto sealed = tree->seal(); !sealed) return failed(sealed.error());
    const auto report = tree->verify();
    if (!report) return failed(report.error());
    json::array faults;
    for (const transparency::LogTree::Fault& fault : report->faults) {
      faults.emplace_back(fault.text());
      out += std::string(title) + ": " + fault.text() + '\n';
    }
    all[name] = json::object{{"checked", report->checked}, {"faults", std::move(faults)}};
    out += std::string(title) + ": đã kiểm " + std::to_string(report->checked) + " khung, " +
           (report->faults.empty() ? "khớp với gốc cây đã ký" : std::to_string(report->faults.size()) + " chỗ sai") +
           ".\n";
    right = right && report->faults.empty();
  }
  return {right ? 0 : 1, words->has("json") ? json::serialize(all) + '\n' : out, ""};
}

Answer key_status(Office& office, const Request& request) {
  const Command& command = *find_command("key", "status");
  const auto words = read_words(status_arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (office.vault == nullptr) return no_log();
  const auto found = office.vault->status();
  if (!found) return failed(found.error());
  if (words->has("json"))
    return {0,
            json::serialize(json::object{{"algorithm", found->algorithm},
                                         {"files", found->files},
                                         {"periods", found->periods},
                                         {"newest_period", found->newest_period}}) +
                '\n',
            ""};
  return {0,
          "Khoá chủ: " + found->algorithm + "; " + std::to_string(found->periods) + " khoá kỳ, mới nhất " +
              (found->newest_period.empty() ? "chưa có" : found->newest_period) + "; " + std::to_string(found->files) +
              " tệp khoá bản ghi.\n",
          ""};
}

/// The key that signs heads. Old heads stay right: the rotation, signed by both keys, says up to which size each
/// signed.
Answer rotate_log_key(Office& office, const Words& words, const std::string& actor) {
  transparency::LogTree* tree = tree_of(office, words);
  if (tree == nullptr || office.archive == nullptr) return no_log();
  if (words.has("prepare")) {
    const auto next = tree->next_key();
    if (!next) return failed(next.error());
    return {0, next->text() + '\n',
            "Khoá sẽ thay, chưa dùng. Gửi nó tới các nhân chứng (dòng log trong witness.conf), rồi: vanthu key rotate "
            "--log" +
                std::string(words.has("audit") ? " --audit\n" : "\n")};
  }
  const auto rotated = tree->rotate([&](const proof::KeyRotation& rotation, const std::string& note) -> Result<Done> {
    archive::Event event;
    event.what = "key.rotated";
    event.actor = actor;
    event.details = {{"origin", rotation.before.name()},
                     {"size", rotation.size},
                     {"before", rotation.before.text()},
                     {"after", rotation.after.text()},
                     {"note", note}};
    auto written = office.archive->act([&](const lmdb::Transaction&) { return std::vector{event}; });
    if (!written) return written.error();
    return done;
  });
  if (!rotated) return failed(rotated.error());
  return {0, *rotated,
          "Khoá của sổ đã thay: " + tree->verifier().text() +
              "\nBằng chứng cũ vẫn đúng theo khoá đầu và `vanthu log rotations`; nhân chứng nào chưa có khoá mới sẽ "
              "chưa xác "
              "nhận.\n"};
}

Answer key_rotate(Office& office, const Request& request) {
  const Command& command = *find_command("key", "rotate");
  const auto words = read_words(rotate_arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (!words->operands.empty() ||
      (words->has("log") ? words->has("master") : words->has("audit") || words->has("prepare")))
    return wrong_usage(command, "--audit and --prepare go with --log, --master does not");
  if (words->has("log")) return rotate_log_key(office, *words, request.actor);
  if (office.vault == nullptr) return no_log();
  std::unique_ptr<vault::Master> master;
  const auto setting = words->value("master");
  if (setting) {
    auto opened = vault::open_master(*setting, true);
    if (!opened) return failed(opened.error());
    master = *std::move(opened);
  }
  const auto report = office.vault->rewrap(std::move(master));
  if (!report) return failed(report.error());
  Answer answer;
  answer.out = "Đã bọc lại " + std::to_string(report->files) + " tệp khoá bằng " + std::to_string(report->periods) +
               " khoá kỳ mới. Bản ghi không đổi.\n";
  if (setting)
    answer.out += "Từ nay khoá chủ là " + *setting + ": hãy ghi archive.master-key = " + *setting +
                  " vào gateway.conf trước lần khởi động sau, rồi huỷ khoá chủ cũ (set it before the next start).\n";
  return answer;
}

constexpr auto log_rows = std::to_array<Command>({
    {"archive", "meta", proof_arguments,
     "phong bì, dữ kiện và quyết định của bản ghi, đúng từng octet như đã ghi (envelope, facts and decision of a "
     "record as they were written, octet for octet)",
     Command::Where::office, Command::Takes::nothing, meta},
    {"log", "status", log_status_arguments,
     "how far records and audit are signed and witnessed, and the keys to check them with; --keys: these alone, a line "
     "each",
     Command::Where::office, Command::Takes::nothing, log_status},
    {"log", "checkpoint", checkpoint_arguments,
     "gốc cây đã ký, ra đầu ra chuẩn (the signed tree head, c2sp.org/tlog-checkpoint, on standard output)",
     Command::Where::office, Command::Takes::nothing, checkpoint},
    {"log", "proof", proof_arguments,
     "bằng chứng bản ghi nằm trong cây đã ký: .tlog-proof, kiểm bằng vanthu-verify (that a record is in the signed "
     "tree: a .tlog-proof that vanthu-verify checks)",
     Command::Where::office, Command::Takes::nothing, prove},
    {"log", "consistency", consistency_arguments,
     "bằng chứng cây tiếp nối cây cũ: mỗi dòng một mã băm (that the tree continues an older one: hashes, a line each)",
     Command::Where::office, Command::Takes::nothing, consistency},
    {"log", "verify", verify_arguments,
     "đọc lại mọi octet đã lưu và đối chiếu với các cây đã ký (read every stored octet again and hold it against the "
     "signed trees)",
     Command::Where::office, Command::Takes::nothing, verify_log},
    {"key", "status", status_arguments, "bản ghi được niêm phong bằng khoá nào (what the records are sealed with)",
     Command::Where::office, Command::Takes::nothing, key_status},
    {"key", "rotate", rotate_arguments,
     "wrap all keys of records anew, by another master key if one is given; records stay as they are; --log: change "
     "the "
     "key that signs the log's heads (--prepare: make it, so that witnesses are told before)",
     Command::Where::office, Command::Takes::nothing, key_rotate},
});
}  // namespace

std::span<const Command> log_commands() { return log_rows; }

}  // namespace vanthu::admin
