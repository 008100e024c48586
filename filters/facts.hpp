// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// What is known about a message: the inspector's report, as plain values with a JSON form. All text is NFC UTF-8.
namespace vanthu::filters {

/// One address of a header field, decoded (RFC 2047) but not judged.
struct Author {
  std::string name;     ///< display name
  std::string address;  ///< as written, local-part@domain
  friend bool operator==(const Author&, const Author&) = default;
};

/// One thing inside the message: a MIME part, a file in a container, an embedded object; in reading order, at every
/// depth.
struct Part {
  std::string path;           ///< "1.2", in a container "1.2/bao-cao.pdf": unique in the message
  std::string name;           ///< file name as a mail program would show it, or empty
  std::string declared_type;  ///< Content-Type, lower case, or empty inside containers
  std::string type;           ///< true type by content, a MIME type
  std::uint64_t octets = 0;   ///< decoded
  std::string sha256;         ///< of the decoded octets
  bool attachment = false;    ///< a mail program would offer it as a file
  bool text_read = false;     ///< its text was extracted and looked at
  friend bool operator==(const Part&, const Part&) = default;
};

/// Something policy may act on. Ids are stable and documented in filters/inspect/README.md:
/// "mime.*" two readings differ, "content.*" what a part is, "inspect.*" what could not be looked into.
struct Finding {
  std::string id;      ///< "content.executable", "content.encrypted", "mime.duplicate-content-type", "inspect.too-deep"
  std::string part;    ///< Part::path, or empty for the message
  std::string detail;  ///< for the explanation: the true type, the field's name; never text of the message
  std::optional<std::uint64_t> offset = {};  ///< where: in the decoded part's octets, in the message's for "mime.*"
  friend bool operator==(const Finding&, const Finding&) = default;
};

/// A label that somebody put on the message or a document, as it stands there; what it means is the policy's to say.
struct Label {
  std::string part;     ///< Part::path, or empty for the message's header
  std::string carrier;  ///< "x-header", "sio-label" (RFC 7444), "msip", "office", "pdf-info", "pdf-xmp"
  std::string name;     ///< the field, property or element
  std::string value;
  friend bool operator==(const Label&, const Label&) = default;
};

/// An electronic signature over the message or a document.
struct Signature {
  std::string part;
  std::string kind;    ///< "smime", "pgp", "pdf", "office"
  std::string state;   ///< "valid", "invalid", "unknown-ca", "expired", "revoked", "not-checked"
  std::string signer;  ///< who the certificate names (common name, else its subject); empty where there is none
  std::string email;   ///< that the certificate is for
  std::string issuer;
  std::string serial;     ///< of the certificate, hexadecimal
  std::string signed_at;  ///< ISO, UTC, as the signer says; may be empty
  std::string detail;     ///< why it is not valid, for the explanation
  friend bool operator==(const Signature&, const Signature&) = default;
};

/// Where a field of a paper was read, and how sure that is.
struct Source {
  struct Box {
    double left = 0, top = 0, right = 0, bottom = 0;  ///< points, from the page's upper left corner
    friend bool operator==(const Box&, const Box&) = default;
  };
  std::string field;            ///< member of Paper: "number", "recipients", …
  std::string reading;          ///< "text", "ocr", "file-name", "subject"
  double confidence = 0;        ///< 0 to 1
  std::uint32_t page = 0;       ///< from 1; 0: the format has no pages
  std::uint64_t line = 0;       ///< of the document's text in reading order, from 1; 0: not in the text
  std::optional<Box> box = {};  ///< where the format has places
  friend bool operator==(const Source&, const Source&) = default;
};

/// An official paper that was recognized in a part. An empty field was not found.
struct Paper {
  std::string part;                       ///< Part::path it was read from
  std::string form;                       ///< "party" or "state"
  std::string number;                     ///< "07" as printed
  std::string symbol;                     ///< "TB/TU": without the number, canonical dashes and Đ
  std::string kind;                       ///< "Thông báo" (party-document-kinds.tsv, state-document-kinds.tsv)
  std::string issuer;                     ///< as printed
  std::string rules;                      ///< rule-books in force on its date: "66-QĐ/TW, 36-HD/VPTW"
  std::string parent;                     ///< the body above the issuer, as printed
  std::string place;                      ///< "Hà Tĩnh"
  std::string date;                       ///< ISO, the paper's own date
  std::string subject;                    ///< trích yếu
  std::string secrecy = "none";           ///< none, mat, toi-mat, tuyet-mat
  std::string urgency = "none";           ///< none, khan, thuong-khan, hoa-toc
  std::vector<std::string> recipients;    ///< lines of "Nơi nhận"
  std::vector<std::string> addressed_to;  ///< lines of "Kính gửi", read where "Nơi nhận" says "Như trên"
  std::vector<std::string> articles;      ///< "Điều 3. …", those that "Nơi nhận" refers to
  std::string authority;                  ///< in whose name it is signed: "T/M BAN THƯỜNG VỤ", "KT. CHỦ TỊCH"
  std::string post;                       ///< of who signs: "PHÓ BÍ THƯ"
  std::string signer;                     ///< name under the signature
  std::string circulation;                ///< "LƯU HÀNH NỘI BỘ", "KHÔNG PHỔ BIẾN", … as printed
  std::string draft;                      ///< "DỰ THẢO", "Dự thảo lần 2" as printed
  std::string arrival_number;             ///< of the arrival stamp ("ĐẾN Số: …")
  std::string arrival_date;               ///< ISO, of the arrival stamp
  std::uint32_t page = 0;                 ///< that it begins on, from 1; 0: the format has no pages
  std::vector<Source> sources;            ///< of the fields that were found
  double confidence = 0;                  ///< 0 to 1: that this is an official paper
  friend bool operator==(const Paper&, const Paper&) = default;
};

/// One resending of the message: Resent fields that stand together (RFC 5322 §3.6.6).
struct Resent {
  std::vector<Author> from, sender, to;  ///< to: Resent-To, Resent-Cc, Resent-Bcc
  std::uint32_t from_fields = 0;
  friend bool operator==(const Resent&, const Resent&) = default;
};

struct Facts {
  std::string sha256;  ///< of the message's octets; the pool makes it, not the sandboxed process
  std::uint64_t octets = 0;
  std::vector<Author> from, sender, reply_to, to,
      cc;                                 ///< of all fields of that name, so two From fields give two entries
  std::uint32_t from_fields = 0;          ///< how many From fields there are
  std::vector<Resent> resent;             ///< newest first
  std::string subject, message_id, date;  ///< decoded; date as written
  std::string
      opening;  ///< first line of the first plain text, cut; read where it answers a question of ours, never kept
  std::uint32_t received_fields = 0;
  std::vector<Part> parts;
  std::vector<Finding> findings;
  std::vector<Paper> papers;
  std::vector<Label> labels;
  std::vector<Signature> signatures;
  std::string secrecy = "none";  ///< the gravest marking found anywhere, also outside a recognized paper
  std::string secrecy_part;      ///< where
  friend bool operator==(const Facts&, const Facts&) = default;
};

std::string to_text(const Facts& facts);  ///< JSON
boost::json::value to_json(const Facts& facts);
/// @par Errors  corrupt, naming the member: the inspector is not trusted either
Result<Facts> parse_facts(const boost::json::value& json);

}  // namespace vanthu::filters
