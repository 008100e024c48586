// SPDX-License-Identifier: GPL-3.0-or-later
#include <openssl/cms.h>
#include <openssl/objects.h>

#include <algorithm>
#include <utility>

#include "filters/inspect/document/inflate.hpp"
#include "filters/inspect/document/pgp.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/document/signed_data.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// The content type's number where a structure is damaged behind it (RFC 5652 §3): the OID stands right behind the
/// outer lengths.
char damaged_kind(std::string_view octets) {
  const std::string_view head = octets.substr(0, 32);
  const std::size_t oid = head.find("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07");
  return oid == std::string_view::npos || oid + 10 >= head.size() ? '\0' : head[oid + 10];
}

class CmsReader {
 public:
  explicit CmsReader(const Room& room) : room_(room) {}

  Document read(std::string_view octets) {
    const Cms cms = parse_cms(octets);
    if (cms == nullptr) {
      if (looks_like_pgp(octets)) {
        read_pgp(octets, room_, out_);
      } else {
        const char kind = damaged_kind(octets);
        out_.locked = kind == 3 || kind == 4 || kind == 6;
        out_.readable = out_.locked;
      }
      return std::move(out_);
    }
    by_kind(*cms);
    return std::move(out_);
  }

 private:
  void by_kind(CMS_ContentInfo& cms) {
    switch (OBJ_obj2nid(CMS_get0_type(&cms))) {
      case NID_pkcs7_signed:
        return signed_data(cms);
      case NID_pkcs7_enveloped:
      case NID_pkcs7_signedAndEnveloped:
      case NID_pkcs7_encrypted:
      case NID_id_smime_ct_authEnvelopedData:
        out_.locked = true;
        return;
      case NID_id_smime_ct_compressedData:
        return compressed(cms);
      case NID_pkcs7_data:
      case NID_pkcs7_digest:
        return give(inside(cms), OBJ_obj2nid(CMS_get0_eContentType(&cms)));
      default:
        note(out_.notes, "inspect.unsupported-container", "CMS");
    }
  }

  static std::string inside(CMS_ContentInfo& cms) {
    ASN1_OCTET_STRING** content = CMS_get0_content(&cms);
    if (content == nullptr || *content == nullptr) return {};
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(*content)),
            static_cast<std::size_t>(ASN1_STRING_length(*content))};
  }

  void give(std::string octets, int kind) {
    if (octets.empty()) return;
    if (room_.entries == 0 || octets.size() > room_.octets) return note(out_.notes, "inspect.bomb");
    InnerFile file;
    if (kind == NID_pkcs7_data || kind == NID_undef) file.declared_type = "message/entity";
    if (kind == NID_pkcs7_signed || kind == NID_pkcs7_enveloped || kind == NID_id_smime_ct_compressedData)
      file.declared_type = "application/pkcs7-mime";
    file.octets = std::move(octets);
    out_.files.push_back(std::move(file));
  }

  void signed_data(CMS_ContentInfo& cms) {
    if (CMS_is_detached(&cms) == 1) {  // certificates alone, or a signature over something that is not here
      STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(&cms);
      for (int i = 0; signers != nullptr && i < sk_CMS_SignerInfo_num(signers); ++i) {
        if (out_.signatures.size() >= limits::signatures) break;
        filters::Signature one;
        one.kind = "smime";
        one.state = "not-checked";
        one.detail = "what it signs is not beside it";
        out_.signatures.push_back(std::move(one));
        note(out_.notes, "signature.unproven", "smime");
      }
      return;
    }
    std::string content;
    out_.signatures = check_signed(cms, std::nullopt, "smime", &content);
    note_states();
    give(std::move(content), OBJ_obj2nid(CMS_get0_eContentType(&cms)));
  }

  void note_states() {
    for (const filters::Signature& one : out_.signatures)
      if (const auto id = finding_of(one); !id.empty()) note(out_.notes, id, one.kind);
  }

  /// RFC 3274. OpenSSL as Debian builds it cannot inflate.
  void compressed(CMS_ContentInfo& cms) {
    const Inflated content = inflated(inside(cms), Packing::zlib, std::min(limits::expanded_file_octets, room_.octets));
    if (content.full) return note(out_.notes, "inspect.bomb", "CMS");
    if (!content.whole) note(out_.notes, "inspect.unreadable", "CMS");
    give(content.octets, OBJ_obj2nid(CMS_get0_eContentType(&cms)));
  }

  Room room_;
  Document out_;
};

}  // namespace

Document read_cms(std::string_view octets, const Room& room) { return CmsReader(room).read(octets); }

std::vector<filters::Signature> verify_detached(std::string_view signed_octets, std::string_view signature) {
  const Cms cms = parse_cms(signature);
  if (cms == nullptr && looks_like_pgp(signature)) {
    Document document;
    read_pgp(signature, Room{}, document);
    return std::move(document.signatures);
  }
  filters::Signature broken;
  broken.kind = "smime";
  broken.state = "invalid";
  broken.detail = "the signature cannot be read";
  if (cms == nullptr || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) return {broken};
  if (CMS_is_detached(cms.get()) != 1) {
    // Something is inside all the same: only what is shown beside it may be signed.
    ASN1_OCTET_STRING** content = CMS_get0_content(cms.get());
    const std::string_view inside =
        content == nullptr || *content == nullptr
            ? std::string_view{}
            : std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(*content)),
                               static_cast<std::size_t>(ASN1_STRING_length(*content)));
    broken.detail = "signs something else, which is inside of it";
    if (inside != signed_octets) return {broken};
  }
  std::vector<filters::Signature> all = check_signed(*cms, signed_octets, "smime", nullptr);
  broken.detail = "nobody signed it";
  if (all.empty()) all.push_back(broken);
  return all;
}

std::vector<filters::Signature> clear_signatures(std::string_view text) {
  constexpr std::string_view begin = "-----BEGIN PGP SIGNED MESSAGE-----";
  const std::size_t at = text.find(begin);
  if (at == std::string_view::npos) return {};
  Document document;
  read_pgp(text.substr(at + begin.size()), Room{}, document);
  return std::move(document.signatures);
}

}  // namespace vanthu::inspect
