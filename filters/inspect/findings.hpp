// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <string_view>

/// Every finding the inspector can report. README.md shows the same table in words; a test holds the two together.
namespace vanthu::inspect {

struct FindingKind {
  std::string_view id;
  std::string_view topic;  ///< header, boundary, encoding, line-end, nesting, inline, charset, sender, filename, type,
                           ///< archive, document, crypto, limit: the class of attack it belongs to
  bool benign;             ///< worth knowing, no reason to refuse by itself; all others the default policy refuses
  std::string_view words_vi;  ///< for the reply and the explanation
  std::string_view words_en;
};

inline constexpr auto finding_kinds = std::to_array<FindingKind>({
    // Two mail programs could read the message differently, or hide something from one of them.
    {"mime.duplicate-field", "header", false, "trường tiêu đề chỉ được có một lần lại lặp lại",
     "a header field that may appear only once is repeated"},
    {"mime.duplicate-parameter", "header", false, "tham số của một trường tiêu đề bị lặp lại",
     "a parameter of a header field is repeated"},
    {"mime.ambiguous-boundary", "boundary", false, "ranh giới giữa các phần của thư không rõ ràng",
     "the border between parts can be read in two ways"},
    {"mime.bad-header", "header", false, "tiêu đề thư sai cú pháp", "malformed header"},
    {"mime.bad-parameter", "header", true, "tham số của trường tiêu đề viết sai cú pháp",
     "a header parameter is malformed"},
    {"mime.header-too-big", "limit", false, "tiêu đề thư quá dài", "the header is too big"},
    {"mime.unknown-encoding", "encoding", false, "mã hoá truyền không được hỗ trợ",
     "unknown content transfer encoding"},
    {"mime.encoded-multipart", "encoding", false, "phần nhiều mục bị mã hoá truyền trái quy định",
     "a multipart is transfer-encoded, which is not allowed"},
    {"mime.encoded-message", "nesting", true, "thư đính kèm được mã hoá truyền",
     "an attached message is transfer-encoded"},
    {"mime.bad-base64", "encoding", false, "dữ liệu base64 bị hỏng hoặc có thể đọc theo hai cách",
     "base64 data is damaged or can be read in two ways"},
    {"mime.bad-quoted-printable", "encoding", false, "dữ liệu quoted-printable có thể đọc theo hai cách",
     "quoted-printable data can be read in two ways"},
    {"mime.loose-quoted-printable", "encoding", true, "văn bản quoted-printable viết không chặt",
     "loosely written quoted-printable text"},
    {"mime.readings-differ", "boundary", false, "hai cách đọc thư cho nội dung khác nhau",
     "two readings of the message give different contents"},
    {"mime.missing-terminator", "boundary", true, "thiếu dòng kết thúc các phần", "the closing delimiter is missing"},
    {"mime.part-after-end", "boundary", false, "có phần nằm sau dòng kết thúc",
     "a part stands behind the closing delimiter"},
    {"mime.partial", "nesting", false, "thư chỉ chứa một phần hoặc trỏ ra ngoài, không thể kiểm tra",
     "the content is not in the message (message/partial or external-body)"},
    {"mime.too-deep", "limit", false, "các phần lồng nhau quá sâu", "parts are nested too deeply"},
    {"mime.too-many-parts", "limit", false, "thư có quá nhiều phần", "too many parts"},
    {"mime.bare-line-end", "line-end", false, "kết thúc dòng không đúng chuẩn", "a line ends without CRLF"},
    {"mime.nul", "line-end", false, "thư chứa ký tự NUL", "the message holds a NUL octet"},
    {"mime.inline-file", "inline", false, "tệp được nhúng trong văn bản (uuencode, yEnc, BinHex)",
     "a file is hidden in the text (uuencode, yEnc, BinHex)"},
    {"mime.unknown-charset", "charset", true, "bảng mã ký tự không được hỗ trợ", "unknown character set"},
    {"mime.charset-mismatch", "charset", true, "văn bản không đúng với bảng mã đã khai",
     "the text is not in the declared character set"},
    // Header
    {"header.not-utf8", "header", true, "tiêu đề có ký tự không phải UTF-8",
     "the header holds octets that are not UTF-8"},
    {"header.duplicate-field", "header", true, "trường địa chỉ bị lặp lại", "an address field is repeated"},
    {"header.bad-author", "sender", false, "địa chỉ người gửi không đọc được theo một cách duy nhất",
     "an author field cannot be read in one way alone"},
    {"header.strange-author", "sender", true, "địa chỉ người gửi viết theo lối không thông thường",
     "an author's address is written in an unusual way"},
    {"header.bad-address", "header", true, "địa chỉ người nhận trong tiêu đề không đọc được",
     "a recipient field cannot be read"},
    {"header.missing-from", "sender", false, "thư không có trường From", "there is no From field"},
    // Names
    {"name.bidi-override", "filename", false, "tên tệp dùng ký tự đảo chiều chữ",
     "a file name uses text direction overrides"},
    {"name.double-extension", "filename", false, "tên tệp có hai phần mở rộng để che loại tệp",
     "a double extension hides the file's type"},
    {"name.differs", "filename", false, "tệp có hai tên khác loại", "a file has two names of different types"},
    {"name.control", "filename", false, "tên tệp có ký tự điều khiển hoặc đường dẫn",
     "a file name holds control characters or a path"},
    {"name.look-alike", "filename", false, "phần mở rộng của tên tệp dùng chữ giống chữ Latinh",
     "a file name's extension is written with letters that look like others"},
    {"name.too-long", "filename", true, "tên tệp quá dài", "a file name is too long"},
    // What a part is
    {"content.executable", "type", false, "tệp chạy được", "an executable"},
    {"content.polyglot", "type", false, "tệp vừa là loại này vừa là loại khác", "a file that is of two types at once"},
    {"content.disk-image", "type", false, "ảnh ổ đĩa", "a disk image"},
    {"content.macro", "document", false, "tài liệu có macro", "a document with macros"},
    {"content.active", "document", false, "tài liệu có nội dung tự chạy", "a document with active content"},
    {"content.dde", "document", false, "tài liệu gọi chương trình khác qua DDE",
     "a document that calls other programs (DDE)"},
    {"content.smuggling", "inline", false, "trang HTML tự dựng ra một tệp khác khi mở",
     "an HTML page that builds a file when it is opened"},
    {"content.external-link", "document", true, "tài liệu trỏ tới nội dung bên ngoài",
     "a document refers to outside content"},
    {"content.encrypted", "crypto", false, "nội dung được mã hoá, không thể kiểm tra",
     "encrypted, cannot be inspected"},
    {"content.type-mismatch", "type", true, "loại tệp thật khác với tên hoặc khai báo",
     "the true type differs from the name"},
    // Signatures
    {"signature.invalid", "crypto", true, "chữ ký số không đúng với nội dung, hoặc chứng thư đã bị thu hồi",
     "an electronic signature that does not fit what it signs, or whose certificate was revoked"},
    {"signature.unproven", "crypto", true, "chữ ký số chưa xác minh được",
     "an electronic signature that could not be proven"},
    // What could not be looked into
    {"inspect.bomb", "archive", false, "tệp nén giãn nở quá mức", "the container expands beyond all measure"},
    {"inspect.too-deep", "archive", false, "tệp nén lồng nhau quá sâu", "containers are nested too deeply"},
    {"inspect.too-many", "archive", false, "tệp nén có quá nhiều mục", "too many entries"},
    {"inspect.too-big", "limit", false, "nội dung quá lớn để kiểm tra", "too big to be inspected"},
    {"inspect.unreadable", "document", false, "tệp hỏng, không đọc được", "damaged, cannot be read"},
    {"inspect.ambiguous-container", "archive", false, "tệp nén có thể đọc theo hai cách",
     "the container can be read in two ways"},
    {"inspect.unsupported-container", "archive", false, "loại tệp nén không được hỗ trợ",
     "a kind of container we cannot open"},
    {"inspect.no-text", "document", true, "không đọc được chữ trong tệp", "no text could be read from it"},
    {"inspect.not-read-in-time", "limit", true, "ảnh, bản quét chưa đọc hết trong thời gian cho phép",
     "pictures or scans that could not all be read in time"},
    {"inspect.legacy-text", "charset", true, "văn bản dùng phông chữ cũ (TCVN3, VNI)",
     "text in an old font's encoding, converted"},
    {"inspect.text-cut", "limit", false, "văn bản quá dài để đọc hết", "the text is too long to be read as a whole"},
    {"inspect.failed", "limit", false, "bộ kiểm tra không xử lý được thư", "the inspector failed on this message"},
    {"inspect.abridged", "limit", false, "thư có quá nhiều điều cần báo cáo", "there was too much to report"},
});

/// The row of an id; null for an id of nobody's.
constexpr const FindingKind* finding_kind(std::string_view id) {
  for (const FindingKind& kind : finding_kinds)
    if (kind.id == id) return &kind;
  return nullptr;
}

/// Ids we do not know are never benign.
constexpr bool benign(std::string_view id) {
  const FindingKind* kind = finding_kind(id);
  return kind != nullptr && kind->benign;
}

}  // namespace vanthu::inspect
