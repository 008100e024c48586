// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/canonical.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <new>

#include "gateway/base/text.hpp"

namespace vanthu::mailauth {
namespace {
bool white(char c) { return c == ' ' || c == '\t'; }

class Hash {
 public:
  explicit Hash(std::optional<std::uint64_t> most) : context_(EVP_MD_CTX_new()), most_(most) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
  }
  void add(std::string_view octets) {
    std::string_view taken = octets;
    if (most_)
      taken = octets.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(octets.size(), *most_ - hashed_)));
    EVP_DigestUpdate(context_.get(), taken.data(), taken.size());
    hashed_ += taken.size();
    octets_ += octets.size();
  }
  BodyDigest finish() {
    BodyDigest digest{std::string(32, '\0'), octets_};
    EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.sha256.data()), nullptr);
    return digest;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
  std::optional<std::uint64_t> most_;
  std::uint64_t hashed_ = 0, octets_ = 0;
};

/// Whether a relaxed reader would see another line: a tab, two spaces in a row, or one at the end.
bool untidy(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\t') return true;
    if (line[i] == ' ' && (i + 1 == line.size() || white(line[i + 1]))) return true;
  }
  return false;
}

std::string tidy(std::string_view line) {
  while (!line.empty() && white(line.back())) line.remove_suffix(1);
  std::string result;
  result.reserve(line.size());
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!white(line[i]))
      result += line[i];
    else if (i == 0 || !white(line[i - 1]))
      result += ' ';
  }
  return result;
}

/// The body less the empty lines at its end; relaxed also takes a line of white space for empty. What is left ends
/// where its last line's text ends: no CRLF.
std::string_view without_empty_end(Canonical form, std::string_view body) {
  while (true) {
    std::string_view less = body;
    if (form == Canonical::relaxed)
      while (!less.empty() && white(less.back())) less.remove_suffix(1);
    // White space at the end of a line with text is dealt with as that line's: here only lines without any text go.
    if (!less.empty() && !less.ends_with("\r\n")) return less.size() < body.size() ? less : body;
    if (less.empty()) return less;
    less.remove_suffix(2);
    body = less;
  }
}
}  // namespace

std::string canonical_field(Canonical form, std::string_view raw) {
  if (form == Canonical::simple) return std::string(raw);
  const std::size_t colon = std::min(raw.find(':'), raw.size());
  std::string_view name = raw.substr(0, colon);
  while (!name.empty() && white(name.back())) name.remove_suffix(1);
  std::string result = text::ascii_lower(name) + ':';
  std::string_view value = raw.substr(std::min(colon + 1, raw.size()));
  const bool ended = value.ends_with("\r\n");
  if (ended) value.remove_suffix(2);
  bool gap = false;
  const std::size_t begin = result.size();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\r' && i + 1 < value.size() && value[i + 1] == '\n') {  // unfolding takes the CRLF away
      ++i;
    } else if (white(value[i])) {
      gap = true;
    } else {
      if (gap && result.size() > begin) result += ' ';
      gap = false;
      result += value[i];
    }
  }
  if (ended) result += "\r\n";
  return result;
}

BodyDigest body_digest(Canonical form, std::string_view body, std::optional<std::uint64_t> most) {
  Hash hash(most);
  body = without_empty_end(form, body);
  if (body.empty()) {
    if (form == Canonical::simple) hash.add("\r\n");  // RFC 6376 §3.4.3: an empty body is one CRLF, relaxed: nothing
    return hash.finish();
  }
  if (form == Canonical::simple) {
    hash.add(body);
  } else {
    std::size_t same = 0;  // from here on nothing has changed and nothing is hashed yet
    for (std::size_t at = 0; at < body.size();) {
      const std::size_t found = body.find("\r\n", at);
      const std::size_t end = std::min(found, body.size());
      const std::string_view line = body.substr(at, end - at);
      if (untidy(line)) {
        hash.add(body.substr(same, at - same));
        hash.add(tidy(line));
        same = end;
      }
      at = found == std::string_view::npos ? body.size() : found + 2;
    }
    hash.add(body.substr(same));
  }
  hash.add("\r\n");
  return hash.finish();
}

}  // namespace vanthu::mailauth
