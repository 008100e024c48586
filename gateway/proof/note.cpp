// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/note.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "gateway/base/digest.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::proof {
namespace {

constexpr std::string_view dash = "\u2014 ";
constexpr std::size_t signature_octets = 64;
constexpr std::size_t key_octets = 32;

const unsigned char* octets_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string big_endian(std::uint64_t value, std::size_t octets) {
  std::string text;
  for (std::size_t i = octets; i-- > 0;) text += static_cast<char>(value >> (8 * i) & 0xFFU);
  return text;
}
std::uint64_t from_big_endian(std::string_view octets) {
  std::uint64_t value = 0;
  for (const char c : octets) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

/// No space of Unicode and no plus: c2sp.org/signed-note, "Key names".
bool is_name(std::string_view name) {
  if (name.empty() || name.size() > 255 || !text::is_utf8(name)) return false;
  if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '+'; }))
    return false;
  for (const std::string_view space : {"\u0085", "\u00A0", "\u1680", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"})
    if (name.find(space) != std::string_view::npos) return false;
  for (char last = '\x80'; last <= '\x8A'; ++last)  // U+2000 to U+200A
    if (name.find(std::string("\xE2\x80") + last) != std::string_view::npos) return false;
  return true;
}

std::uint32_t id_of(std::string_view name, SignatureType type, std::string_view key) {
  std::string octets(name);
  octets += '\n';
  octets += static_cast<char>(type);
  const Sha256 digest = sha256(octets.append(key));
  return static_cast<std::uint32_t>(from_big_endian({reinterpret_cast<const char*>(digest.data()), 4}));
}

std::string view(const std::array<unsigned char, key_octets>& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

/// c2sp.org/tlog-cosignature, "Ed25519 signed message".
std::string witnessed(std::string_view text, std::uint64_t seconds) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + '\n' + std::string(text);
}

struct FreeKey {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
using KeyOwner = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

}  // namespace

std::string base64(std::string_view octets) {
  std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets_of(octets),
                                     static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.size() > note_octets) return std::nullopt;
  std::string octets(text.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(octets.data()), octets_of(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  octets.resize(static_cast<std::size_t>(length) - std::min(padding, static_cast<std::size_t>(length)));
  if (base64(octets) != text) return std::nullopt;  // blanks, and bits that mean nothing
  return octets;
}

Verifier::Verifier(std::string name, SignatureType type, const std::array<unsigned char, 32>& key)
    : name_(std::move(name)), type_(type), key_(key), id_(id_of(name_, type, view(key))) {}

Result<Verifier> Verifier::parse(std::string_view text) {
  const auto wrong = [&](const char* why) {
    return fail(status::bad_arguments, std::string("no verifier key (name+id+base64): ") + why);
  };
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return wrong("two plus signs are wanted");
  const std::string_view name = text.substr(0, first);
  const std::string_view id = text.substr(first + 1, second - first - 1);
  if (!is_name(name)) return wrong("the name is empty or has blanks");
  const auto key = from_base64(text.substr(second + 1));
  if (!key || key->size() != 1 + key_octets) return wrong("the key is not base64 of 33 octets");
  const auto type = static_cast<SignatureType>((*key)[0]);
  if (type != SignatureType::note && type != SignatureType::cosignature)
    return wrong("its algorithm is not known here; 1 and 4 are");
  std::array<unsigned char, key_octets> octets;
  std::copy(key->begin() + 1, key->end(), octets.begin());
  Verifier verifier{std::string(name), type, octets};
  if (id != hex(big_endian(verifier.id_, 4))) return wrong("the id does not belong to name and key");
  return verifier;
}

std::string Verifier::text() const {
  return name_ + '+' + hex(big_endian(id_, 4)) + '+' + base64(static_cast<char>(type_) + view(key_));
}

bool Verifier::verifies(std::string_view message, std::string_view signature) const {
  if (signature.size() != signature_octets) return false;
  const KeyOwner key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key_.data(), key_.size()));
  const Context context(EVP_MD_CTX_new());
  return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), octets_of(signature), signature.size(), octets_of(message), message.size()) ==
             1;
}

struct Signer::Key {
  KeyOwner owner;
};

Result<Signer> Signer::with(std::shared_ptr<const Key> key, std::string name, SignatureType type) {
  std::array<unsigned char, key_octets> octets{};
  std::size_t length = octets.size();
  if (!is_name(name))
    return fail(status::bad_configuration, "\"" + name + "\" is no name of a key: blanks and + are not allowed");
  if (EVP_PKEY_get_id(key->owner.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key->owner.get(), octets.data(), &length) != 1 || length != octets.size())
    return fail(status::bad_configuration, "it holds no Ed25519 key");
  return Signer(std::move(key), Verifier(std::move(name), type, octets));
}

Result<Signer> Signer::load(const std::filesystem::path& file, std::string name, SignatureType type) {
  struct stat status_of {};
  if (::stat(file.c_str(), &status_of) != 0)
    return fail(status::bad_configuration, file.string() + ": there is no such key");
  if ((status_of.st_mode & 077) != 0)
    return fail(status::bad_configuration, file.string() + ": others may read this private key; chmod 600 it");
  std::ifstream in(file, std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(in), {}};
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto key = std::make_shared<Key>();
  key->owner.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>("")));
  if (!key->owner)
    return fail(status::bad_configuration, file.string() + ": no private key in PEM without a pass phrase");
  auto signer = with(std::move(key), std::move(name), type);
  if (!signer) return fail(status::bad_configuration, file.string() + ": " + signer.error().detail);
  return signer;
}

Result<Signer> Signer::make(const std::filesystem::path& file, std::string name, SignatureType type) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored))
    return fail(status::bad_configuration, file.string() + " exists: a key is never replaced, name another file");
  auto key = std::make_shared<Key>();
  key->owner.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new(BIO_s_mem()));
  if (!key->owner ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key->owner.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return fail(status::store_failed, "OpenSSL makes no Ed25519 key");
  char* pem = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &pem);
  auto signer = with(key, std::move(name), type);
  if (!signer) return signer;
  const mode_t before = ::umask(077);
  const auto written = real_disk().replace(file, {pem, static_cast<std::size_t>(length)});
  ::umask(before);
  if (!written) return written.error();
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  return signer;
}

Result<std::string> Signer::sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  std::string signature(signature_octets, '\0');
  std::size_t length = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_->owner.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, octets_of(message),
                     message.size()) != 1)
    return fail(status::store_failed, "OpenSSL does not sign with the key of " + verifier_.name());
  return signature;
}

Result<Signature> parse_signature(std::string_view line) {
  const auto wrong = [](const char* why) {
    return fail(status::bad_arguments, std::string("no signature line: ") + why);
  };
  if (!line.ends_with('\n') || !line.starts_with(dash))
    return wrong("a dash in front and a line feed at the end are wanted");
  line.remove_suffix(1);
  line.remove_prefix(dash.size());
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || !is_name(line.substr(0, blank))) return wrong("no name of a key");
  const auto octets = from_base64(line.substr(blank + 1));
  if (!octets || octets->size() < 5) return wrong("no base64 of a key id and a signature");
  return Signature{std::string(line.substr(0, blank)),
                   static_cast<std::uint32_t>(from_big_endian(std::string_view(*octets).substr(0, 4))),
                   octets->substr(4)};
}

Result<Note> parse_note(std::string_view octets) {
  const auto wrong = [](const std::string& why) { return fail(status::bad_arguments, "no signed note: " + why); };
  if (octets.size() > note_octets) return wrong("longer than " + std::to_string(note_octets) + " octets");
  if (!text::is_utf8(octets)) return wrong("not UTF-8");
  if (std::any_of(octets.begin(), octets.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }))
    return wrong("a control character in it");
  const std::size_t gap = octets.rfind("\n\n");
  if (gap == std::string_view::npos) return wrong("no empty line before the signatures");
  Note note{std::string(octets.substr(0, gap + 1)), {}};
  for (std::string_view rest = octets.substr(gap + 2); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return wrong("the last line has no end");
    auto signature = parse_signature(rest.substr(0, end + 1));
    if (!signature) return signature.error();
    if (note.signatures.size() == note_signatures) return wrong("too many signatures");
    note.signatures.push_back(*std::move(signature));
    rest.remove_prefix(end + 1);
  }
  if (note.signatures.empty()) return wrong("no signature");
  return note;
}

std::string to_text(const Signature& signature) {
  return std::string(dash) + signature.name + ' ' + base64(big_endian(signature.id, 4) + signature.octets) + '\n';
}

std::string to_text(const Note& note) {
  std::string text = note.text + '\n';
  for (const Signature& signature : note.signatures) text += to_text(signature);
  return text;
}

Result<Signature> sign(std::string_view text, const Signer& signer) {
  auto octets = signer.sign(text);
  if (!octets) return octets.error();
  return Signature{signer.verifier().name(), signer.verifier().id(), *std::move(octets)};
}

Result<Signature> cosign(std::string_view text, const Signer& signer, std::uint64_t seconds) {
  auto octets = signer.sign(witnessed(text, seconds));
  if (!octets) return octets.error();
  return Signature{signer.verifier().name(), signer.verifier().id(), big_endian(seconds, 8) + *octets};
}

Result<std::vector<Verified>> verify(const Note& note, const std::vector<Verifier>& keys) {
  std::vector<Verified> verified;
  for (const Signature& signature : note.signatures)
    for (const Verifier& key : keys) {
      if (key.name() != signature.name || key.id() != signature.id) continue;
      std::string_view octets = signature.octets;
      Verified one{&key, 0};
      bool right = false;
      if (key.type() == SignatureType::cosignature && octets.size() > 8) {
        one.seconds = from_big_endian(octets.substr(0, 8));
        right = one.seconds >> 63 == 0 && key.verifies(witnessed(note.text, one.seconds), octets.substr(8));
      } else if (key.type() == SignatureType::note) {
        right = key.verifies(note.text, octets);
      }
      if (!right) return fail(status::refused, "the signature of " + key.name() + " is wrong");
      verified.push_back(one);
    }
  return verified;
}

}  // namespace vanthu::proof
