// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/pdf_signature.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <exception>
#include <map>
#include <memory>
#include <new>

#include "filters/inspect/document/qpdf.hpp"
#include "filters/inspect/hex_digit.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// "<30820…>" as octets; empty when something else stands there.
std::string unhex(std::string_view text) {
  std::string octets;
  if (text.size() < 4 || text.front() != '<' || text.back() != '>') return octets;
  text = text.substr(1, text.size() - 2);
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\r' || c == '\n') continue;
    const int value = hex_digit(c);
    if (value < 0) return {};
    if (high >= 0) octets += static_cast<char>(high * 16 + value);
    high = high >= 0 ? -1 : value;
  }
  return octets;
}

std::string sha1(std::string_view octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(octets.data(), octets.size(), digest.data(), &length, EVP_sha1(), nullptr) != 1) return {};
  return {reinterpret_cast<const char*>(digest.data()), length};
}

/// "D:20260301081500+07'00'" (ISO 32000-1 §7.9.4) as the local time it says, with its distance from UTC taken off.
std::string iso_date(std::string_view text) {
  if (text.substr(0, 2) == "D:") text.remove_prefix(2);
  const auto number = [&](std::size_t at, std::size_t length, int otherwise) {
    int value = 0;
    if (at + length > text.size()) return otherwise;
    for (const char c : text.substr(at, length)) {
      if (c < '0' || c > '9') return otherwise;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  std::tm parts{};
  parts.tm_year = number(0, 4, 0) - 1900;
  if (parts.tm_year < 0) return {};
  parts.tm_mon = number(4, 2, 1) - 1;
  parts.tm_mday = number(6, 2, 1);
  parts.tm_hour = number(8, 2, 0);
  parts.tm_min = number(10, 2, 0);
  parts.tm_sec = number(12, 2, 0);
  std::time_t at = ::timegm(&parts);
  if (text.size() >= 17 && (text[14] == '+' || text[14] == '-'))
    at += (text[14] == '+' ? -1 : 1) * (number(15, 2, 0) * 3600 + number(18, 2, 0) * 60);
  std::array<char, 32> out{};
  std::tm utc{};
  if (::gmtime_r(&at, &utc) == nullptr) return {};
  const std::size_t length = std::strftime(out.data(), out.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {out.data(), length};
}

std::unique_ptr<QPDF> opened(std::string_view octets) {
  auto pdf = std::make_unique<QPDF>();
  pdf->setLogger(QPDFLogger::create());
  pdf->getLogger()->setError(pdf->getLogger()->discard());
  pdf->getLogger()->setWarn(pdf->getLogger()->discard());
  pdf->setSuppressWarnings(true);
  pdf->setAttemptRecovery(false);
  pdf->processMemoryFile("document", octets.data(), octets.size());
  return pdf;
}

/// An object's text and octets, in one form however it was written.
std::string image(QPDFObjectHandle object) {
  std::string text = object.unparseResolved();
  if (object.isStream()) {
    text = object.getDict().unparseResolved();
    const auto data = object.getRawStreamData();
    text.append(reinterpret_cast<const char*>(data->getBuffer()), data->getSize());
  }
  return hex(sha256(text));
}

}  // namespace

bool adds_proofs_only(std::string_view octets, std::size_t signed_octets) {
  try {
    const auto before = opened(octets.substr(0, signed_octets));
    const auto after = opened(octets);
    const auto catalog = [](QPDF& pdf) {
      std::map<std::string, std::string> entries;
      for (auto& [key, value] : pdf.getRoot().getDictAsMap())
        if (key != "/DSS" && key != "/Extensions") entries[key] = value.unparse();
      return entries;
    };
    if (before->getRoot().getObjGen() != after->getRoot().getObjGen() || catalog(*before) != catalog(*after))
      return false;
    for (const auto& [which, place] : before->getXRefTable()) {
      if (which == before->getRoot().getObjGen()) continue;
      QPDFObjectHandle was = before->getObjectByObjGen(which);
      if (was.isStreamOfType("/XRef") || was.isStreamOfType("/ObjStm")) continue;
      if (image(was) != image(after->getObjectByObjGen(which))) return false;
    }
    return !after->anyWarnings();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return false;
  }
}

filters::Signature check_pdf_signature(const PdfSignature& signature, std::string_view octets, bool covered) {
  filters::Signature none;
  none.kind = "pdf";
  none.signer = text::nfc(signature.name);
  none.signed_at = iso_date(signature.when);
  const auto invalid = [&](std::string_view why) {
    none.state = "invalid";
    none.detail = why;
    return none;
  };
  const std::vector<long long>& range = signature.range;
  const auto size = static_cast<long long>(octets.size());
  if (range.size() != 4 || range[0] != 0 || range[1] <= 0 || range[2] <= range[1] || range[2] > size || range[3] < 0 ||
      range[3] > size - range[2])
    return invalid("does not cover the whole file");
  const auto first = octets.substr(0, static_cast<std::size_t>(range[1]));
  const auto hole = octets.substr(static_cast<std::size_t>(range[1]), static_cast<std::size_t>(range[2] - range[1]));
  const auto second = octets.substr(static_cast<std::size_t>(range[2]), static_cast<std::size_t>(range[3]));
  const std::string der = unhex(hole);
  if (der.empty()) return invalid("does not cover the whole file");  // something else than the signature is left out
  if (second.find("%%EOF") == std::string_view::npos) return invalid("does not cover the whole file");
  const std::string over = std::string(first) + std::string(second);

  filters::Signature result = none;
  if (signature.filter == "/ETSI.RFC3161") {
    result = check_time_stamp(der, over, "pdf");
  } else {
    const Cms cms = parse_cms(der);
    if (cms == nullptr || CMS_get0_SignerInfos(cms.get()) == nullptr) {
      none.state = "not-checked";
      none.detail = "not a CMS signature";
      return none;
    }
    std::vector<filters::Signature> all;
    if (signature.filter == "/adbe.pkcs7.sha1") {
      std::string content;  // holds the digest
      all = check_signed(*cms, std::nullopt, "pdf", &content);
      if (!all.empty() && content != sha1(over)) {
        all.front().state = "invalid";
        all.front().detail = "does not fit what was signed";
      }
    } else {
      all = check_signed(*cms, over, "pdf", nullptr);
    }
    if (all.empty()) {
      none.state = "not-checked";
      return none;
    }
    result = std::move(all.front());
    if (result.signed_at.empty()) result.signed_at = none.signed_at;
    if (result.signer.empty()) result.signer = none.signer;
  }
  if (result.state == "invalid") return result;
  // A later signature covers what was added before it; what nobody signed must be proofs alone.
  if (!covered) {
    result.state = "invalid";
    result.detail = "the file was changed after it was signed";
  } else if (!signature.last && result.detail.empty()) {
    result.detail = "added to and signed again later";
  }
  return result;
}

}  // namespace vanthu::inspect
