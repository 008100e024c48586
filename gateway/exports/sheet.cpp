// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/sheet.hpp"

#include <algorithm>

#include "gateway/base/digest.hpp"
#include "gateway/exports/readme.hpp"
#include "gateway/print/flow.hpp"

namespace vanthu::exports {
namespace {

constexpr std::size_t leaf_octets = 100;  // gateway/transparency/FORMAT.md

std::string leaf_of(const Provenance& what) { return what.proof.extra.substr(0, leaf_octets); }
std::string blinding_of(const Provenance& what) {
  return what.proof.extra.size() > leaf_octets ? what.proof.extra.substr(leaf_octets) : std::string();
}
std::string commitment_of(const Provenance& what) {
  return what.proof.extra.size() < leaf_octets ? std::string() : hex(what.proof.extra.substr(36, 32));
}

std::string joined(const std::vector<std::string>& lines, const std::string& none) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text.empty() ? none : text;
}

std::string path_of(const Provenance& what) {
  std::string text;
  for (std::size_t i = 0; i < what.proof.path.size(); ++i)
    text += (i == 0 ? "" : "\n") + std::to_string(i + 1) + "  " + hex(what.proof.path[i]);
  return text;
}

/// How to check it by hand, as a shell's commands, for the record on the sheet.
std::string commands_of(const Provenance& what, bool vi) {
  const auto say = [&](const char* vietnamese, const char* english) {
    return std::string("# ") + (vi ? vietnamese : english) + '\n';
  };
  const std::string n = std::to_string(what.number);
  return say("1. thư còn nguyên: so với \"SHA-256 của thư\"",
             "1. the letter is whole: compare with its SHA-256 above") +
         "sha256sum " + n + ".eml" + (what.meta_told ? "; sha256sum " + n + ".meta.json\n" : "\n") +
         say("2. cam kết: so với \"Cam kết\"; H1, H2 là hai dấu vân tay ràng buộc, R là khoá che",
             "2. the commitment: compare; H1, H2 are the two digests that it binds, R the blinding") +
         "(printf rec1; printf %s%s $H1 $H2 | sed 's/../\\\\x&/g' | xargs -0 printf '%b') |\n"
         "  openssl dgst -sha256 -mac HMAC -macopt hexkey:$R\n" +
         say("3. giá trị băm của lá: octet 00 rồi 100 octet của lá",
             "3. the leaf's hash: an octet 00, then the leaf's 100") +
         "(printf '\\0'; printf %s $LEAF | sed 's/../\\\\x&/g' | xargs -0 printf '%b') | sha256sum\n" +
         say("4. đi hết đường, mỗi bước SHA-256(01 || trái || phải), phải ra đúng gốc (RFC 9162 mục 2.1.3.2)",
             "4. along the path, SHA-256(01 || left || right) at each step, to the root (RFC 9162, 2.1.3.2)") +
         say("5. chữ ký Ed25519: KEY là khoá lấy từ nơi tin cậy, tệp C gồm tên sổ, số lá, gốc (base64), dòng trống, "
             "chữ ký",
             "5. the Ed25519 signature: KEY from elsewhere; file C holds origin, size, root (base64), an empty line, "
             "the "
             "signature") +
         signature_by_hand() + say("hoặc một lệnh làm cả năm bước:", "or all five in one:") + "vanthu-verify proof " +
         n + ".tlog-proof --key VKEY --eml " + n + ".eml " +
         (what.meta_told ? "--meta " + n + ".meta.json\n" : std::string("--meta-digest $H2\n")) +
         (!what.stamps.empty() && !what.stamps.front().token.empty()
              ? say("6. dấu thời gian: T gõ lại từ cuối phiếu (base64 -d); C là tệp của bước 5; CA là chứng thư gốc "
                    "của "
                    "cơ quan cấp dấu",
                    "6. the time stamp: T from the end of this sheet (base64 -d); C is the file of step 5; CA the "
                    "authority's root certificate") +
                    "openssl ts -verify -data C -in T -CAfile CA\n"
              : std::string());
}

std::string stamps_of(const Provenance& what, bool vi) {
  std::string text;
  for (const SheetStamp& one : what.stamps)
    text += (text.empty() ? "" : "\n") + one.time + "\n" + (vi ? "số " : "serial ") + one.serial +
            (vi ? ", chính sách " : ", policy ") + one.policy + "\n" +
            (one.token.empty() ? (vi ? "trên một gốc khác, cỡ cây " : "over another head, size ")
                               : (vi ? "trên chính gốc này, cỡ cây " : "over this very head, size ")) +
            std::to_string(one.size) + " (" + one.name + ".tsr)";
  return text;
}

/// Base64 in lines that fit the page.
std::string lines_of(const std::string& octets) {
  const std::string whole = proof::base64(octets);
  std::string text;
  for (std::size_t at = 0; at < whole.size(); at += 96) text += whole.substr(at, 96) + '\n';
  return text;
}

bool is_hashes(const std::string& label, bool vi) {
  const std::string_view texts_vi[] = {"Cơ quan",  "Bản ghi",    "Tiêu đề",          "Số, ký hiệu", "Người gửi",
                                       "Nhận lúc", "Dung lượng", "Số thứ tự của lá", "Cỡ cây",      "Người in"};
  const std::string_view texts_en[] = {"Archive of", "Record", "Subject",           "Symbol",           "From",
                                       "Received",   "Octets", "Index of the leaf", "Size of the tree", "Printed"};
  const auto among = [&](const auto& list) {
    return std::find(std::begin(list), std::end(list), label) != std::end(list);
  };
  return vi ? !among(texts_vi) : !among(texts_en);
}
}  // namespace

std::vector<std::pair<std::string, std::string>> rows_of(const Provenance& what, std::string_view language) {
  const bool vi = language != "en";
  std::vector<std::pair<std::string, std::string>> rows;
  const auto add = [&](const char* vietnamese, const char* english, const std::string& value) {
    if (!value.empty()) rows.emplace_back(vi ? vietnamese : english, print::cut(value, 4000));
  };
  const std::string none = vi ? "chưa có" : "not yet";
  add("Cơ quan", "Archive of", what.organization);
  add("Bản ghi", "Record", std::to_string(what.number));
  add("Tiêu đề", "Subject", what.subject);
  add("Số, ký hiệu", "Symbol", what.symbol);
  add("Người gửi", "From", what.from);
  add("Nhận lúc", "Received", what.received);
  add("Dung lượng", "Octets", std::to_string(what.octets));
  add("SHA-256 của thư", "SHA-256 of the letter", what.sha256);
  if (what.body_sha256 != what.sha256)
    add("H1 (thư và bản phát đi)", "H1 (letter and what was delivered)", what.body_sha256);
  add("SHA-256 phần mô tả (H2)", "SHA-256 of the meta part (H2)", what.meta_sha256);
  add("Khoá che (R)", "Blinding (R)", hex(blinding_of(what)));
  add("Cam kết", "Commitment", commitment_of(what));
  add("Số thứ tự của lá", "Index of the leaf", std::to_string(what.proof.index));
  add("Lá (LEAF)", "Leaf (LEAF)", hex(leaf_of(what)));
  add("Giá trị băm của lá", "Hash of the leaf", hex(proof::leaf_hash(leaf_of(what))));
  add("Đường tới gốc", "Path to the root", path_of(what));
  add("Tên sổ", "Origin of the log", what.head.origin);
  add("Cỡ cây", "Size of the tree", std::to_string(what.head.size));
  add("Gốc đã ký", "Signed root", hex(what.head.root) + "\n" + proof::base64(what.head.root));
  add("Khoá của sổ", "Key of the log", what.key);
  add("Chữ ký trên gốc", "Signatures over the root", joined(what.signatures, none));
  add("Chữ ký đúng của", "Rightly signed by", joined(what.signers, none));
  add("Bên chứng kiến", "Witnesses", joined(what.witnesses, vi ? "chưa có bên chứng kiến" : "not yet witnessed"));
  add("Dấu thời gian", "Time stamps", what.stamps.empty() ? none : stamps_of(what, vi));
  add("Người in", "Printed", what.printed + ", " + what.by);
  return rows;
}

Result<std::string> provenance_pdf(const Provenance& what, std::string_view language) {
  const bool vi = language != "en";
  const std::string number = std::to_string(what.number);
  print::Flow printer((vi ? "Phiếu chứng minh nguồn gốc, bản ghi " : "Provenance sheet, record ") + number,
                      (vi ? "Bản ghi " : "Record ") + number + ", " + what.head.origin);
  printer.line(vi ? "PHIẾU CHỨNG MINH NGUỒN GỐC" : "PROVENANCE SHEET", {17, true, false}, PANGO_ALIGN_CENTER, 2);
  printer.line(vi ? "của một tài liệu lưu trữ điện tử" : "of an electronic record", {12, false, false},
               PANGO_ALIGN_CENTER, 12);
  printer.line(
      vi ? "Bản ghi nêu dưới đây nằm trong sổ lưu trữ đã ký điện tử. Các giá trị sau cho phép bất kỳ ai có tệp thư "
           "kiểm tra điều đó mà không cần cổng thư, không cần tin người in phiếu này. Khoá của sổ phải được so với "
           "khoá mà cơ quan đã công bố bằng đường khác."
         : "The record named below stands in a signed log of records. With the values on this sheet whoever has the "
           "letter's file can check that without the gateway, and without believing who printed this. Compare the "
           "log's key with the one that the office published elsewhere.",
      {10, false, false}, PANGO_ALIGN_LEFT, 10);
  if (!what.meta_told)
    printer.line(
        vi ? "Phần mô tả lúc nhận có người nhận bí mật (Bcc) của đơn vị khác nên chỉ có dấu vân tay H2 của nó; "
             "hỏi đơn vị gửi nếu cần cả phần mô tả."
           : "The meta part names blind copies (Bcc) of other units, so there is only its digest H2; ask the "
             "sender's unit for the part itself.",
        {10, false, false}, PANGO_ALIGN_LEFT, 10);
  for (const auto& [label, value] : rows_of(what, language)) {
    const bool fixed = is_hashes(label, vi);
    printer.row(label, value, {fixed ? 7.6 : 10, false, fixed});
  }
  printer.line(vi ? "Kiểm tra bằng tay (sha256sum, openssl)" : "How to check by hand (sha256sum, openssl)",
               {11, true, false}, PANGO_ALIGN_LEFT, 4);
  printer.listing(commands_of(what, vi));
  for (const SheetStamp& one : what.stamps) {
    if (one.token.empty()) continue;
    printer.space(8);
    printer.line(vi ? "Dấu thời gian T (TimeStampResp, DER, base64)" : "Time stamp T (TimeStampResp, DER, base64)",
                 {11, true, false}, PANGO_ALIGN_LEFT, 4);
    printer.listing(lines_of(one.token));
  }
  printer.line("", {10, false, false}, PANGO_ALIGN_LEFT, 8);
  printer.line(vi ? "Người in phiếu (ký, ghi rõ họ tên)" : "Printed by (signature, name)", {10, true, false},
               PANGO_ALIGN_RIGHT, 40);
  return printer.finish();
}

}  // namespace vanthu::exports
