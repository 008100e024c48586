// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/sheet.hpp"

#include <algorithm>

#include "gateway/base/digest.hpp"
#include "gateway/exports/readme.hpp"
#include "gateway/print/canvas.hpp"

namespace vanthu::exports {
namespace {

constexpr double page_width = print::a4_short, page_height = print::a4_long;
constexpr double left = 57, right = 42, top = 48, bottom = 52;
constexpr double text_width = page_width - left - right;
constexpr double label_width = 132;
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
         "sha256sum " + n + ".eml; sha256sum " + n + ".meta.json\n" +
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
         n + ".tlog-proof --key VKEY --eml " + n + ".eml --meta " + n + ".meta.json\n";
}

/// Lays one thing below the other, and begins a page when one is full.
class Printer {
 public:
  Printer(const std::string& title, std::string foot)
      : canvas_(page_width, page_height, title), foot_(std::move(foot)) {}

  void line(const std::string& text, const print::Face& face, PangoAlignment align, double gap) {
    canvas_.lay(text, text_width, face, align);
    room_for(canvas_.laid_height());
    canvas_.lay(text, text_width, face, align);
    canvas_.show(left, y_);
    y_ += canvas_.laid_height() + gap;
  }
  void row(const std::string& label, const std::string& value, bool fixed) {
    const print::Face face{fixed ? 7.6 : 10, false, fixed};
    const print::Face bold{9.5, true, false};
    canvas_.lay(label, label_width - 8, bold, PANGO_ALIGN_LEFT);
    double height = canvas_.laid_height();
    canvas_.lay(value, text_width - label_width, face, PANGO_ALIGN_LEFT);
    height = std::max(height, canvas_.laid_height());
    room_for(height);
    canvas_.put(label, left, y_, label_width - 8, bold, PANGO_ALIGN_LEFT);
    canvas_.put(value, left + label_width, y_, text_width - label_width, face, PANGO_ALIGN_LEFT);
    y_ += height + 5;
  }
  /// Its lines one by one, so that a long one goes on on the next page.
  void listing(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      line(text.substr(at, end - at), {7.4, false, true}, PANGO_ALIGN_LEFT, 0.5);
      at = end + 1;
    }
  }
  Result<std::string> finish() {
    end_page();
    return canvas_.finish();
  }

 private:
  void room_for(double height) {
    if (y_ + height <= page_height - bottom || y_ == top) return;
    end_page();
    y_ = top;
  }
  void end_page() {
    ++page_;
    canvas_.put(foot_ + " · " + std::to_string(page_), left, page_height - bottom + 14, text_width, {8, false, false},
                PANGO_ALIGN_CENTER);
    canvas_.end_page();
  }

  print::Canvas canvas_;
  std::string foot_;
  double y_ = top;
  unsigned page_ = 0;
};

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
  add("Dấu thời gian", "Time stamps", joined(what.stamps, none));
  add("Người in", "Printed", what.printed + ", " + what.by);
  return rows;
}

Result<std::string> provenance_pdf(const Provenance& what, std::string_view language) {
  const bool vi = language != "en";
  const std::string number = std::to_string(what.number);
  Printer printer((vi ? "Phiếu chứng minh nguồn gốc, bản ghi " : "Provenance sheet, record ") + number,
                  (vi ? "Bản ghi " : "Record ") + number + ", " + what.head.origin);
  printer.line(vi ? "PHIẾU CHỨNG MINH NGUỒN GỐC" : "PROVENANCE SHEET", {17, true, false}, PANGO_ALIGN_CENTER, 2);
  printer.line(vi ? "của một tài liệu lưu trữ điện tử" : "of an electronic record", {12, false, false},
               PANGO_ALIGN_CENTER, 12);
  printer.line(
      vi ? "Bản ghi nêu dưới đây nằm trong sổ lưu trữ đã ký điện tử. Các giá trị sau cho phép bất kỳ ai có tệp thư và "
           "phần mô tả kiểm tra điều đó mà không cần cổng thư, không cần tin người in phiếu này. Khoá của sổ phải "
           "được so với khoá mà cơ quan đã công bố bằng đường khác."
         : "The record named below stands in a signed log of records. With the values on this sheet whoever has the "
           "letter's file and its meta part can check that without the gateway, and without believing who printed "
           "this. Compare the log's key with the one that the office published elsewhere.",
      {10, false, false}, PANGO_ALIGN_LEFT, 10);
  for (const auto& [label, value] : rows_of(what, language)) printer.row(label, value, is_hashes(label, vi));
  printer.line(vi ? "Kiểm tra bằng tay (sha256sum, openssl)" : "How to check by hand (sha256sum, openssl)",
               {11, true, false}, PANGO_ALIGN_LEFT, 4);
  printer.listing(commands_of(what, vi));
  printer.line("", {10, false, false}, PANGO_ALIGN_LEFT, 8);
  printer.line(vi ? "Người in phiếu (ký, ghi rõ họ tên)" : "Printed by (signature, name)", {10, true, false},
               PANGO_ALIGN_RIGHT, 40);
  return printer.finish();
}

}  // namespace vanthu::exports
