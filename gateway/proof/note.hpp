// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// Signed notes (c2sp.org/signed-note@v1.0.0) with Ed25519 (RFC 8032), and cosignatures (c2sp.org/tlog-cosignature).
namespace vanthu::proof {

/// What a key signs: the note itself, or as a witness that it saw it at a time. Numbers are in key ids: never change
/// one.
enum class SignatureType : std::uint8_t { note = 1, cosignature = 4 };

/// Whose signatures are believed. As text a "verifier key": name+8 hexadecimal digits+base64 of type and key.
class Verifier {
 public:
  Verifier(std::string name, SignatureType type, const std::array<unsigned char, 32>& key);
  /// @par Errors  bad_arguments saying what is wrong with it
  static Result<Verifier> parse(std::string_view text);
  std::string text() const;
  const std::string& name() const { return name_; }
  SignatureType type() const { return type_; }
  std::uint32_t id() const { return id_; }
  bool verifies(std::string_view message, std::string_view signature) const;
  friend bool operator==(const Verifier&, const Verifier&) = default;

 private:
  std::string name_;
  SignatureType type_;
  std::array<unsigned char, 32> key_;
  std::uint32_t id_;
};

/// A private key in a PEM file (PKCS #8) that only its owner may read.
class Signer {
 public:
  /// @par Errors  bad_configuration: the file is missing, readable by others, or no Ed25519 key
  static Result<Signer> load(const std::filesystem::path& file, std::string name, SignatureType type);
  /// Makes the key; the file must not exist. Readable by its owner alone, on stable storage when it returns.
  static Result<Signer> make(const std::filesystem::path& file, std::string name, SignatureType type);
  const Verifier& verifier() const { return verifier_; }
  /// 64 octets.
  /// @par Errors  store_failed with OpenSSL's words
  Result<std::string> sign(std::string_view message) const;

 private:
  struct Key;
  Signer(std::shared_ptr<const Key> key, Verifier verifier) : key_(std::move(key)), verifier_(std::move(verifier)) {}
  static Result<Signer> with(std::shared_ptr<const Key> key, std::string name, SignatureType type);
  std::shared_ptr<const Key> key_;
  Verifier verifier_;
};

struct Signature {
  std::string name;
  std::uint32_t id = 0;
  std::string octets;  ///< behind the key id
  friend bool operator==(const Signature&, const Signature&) = default;
};

struct Note {
  std::string text;  ///< ends in a line feed
  std::vector<Signature> signatures;
  friend bool operator==(const Note&, const Note&) = default;
};

inline constexpr std::size_t note_octets = 64U << 10;  ///< a longer note is refused
inline constexpr std::size_t note_signatures = 64;

/// @par Errors  bad_arguments saying where it is no note
Result<Note> parse_note(std::string_view octets);
std::string to_text(const Note& note);
/// "— name base64\n", what a witness answers.
std::string to_text(const Signature& signature);
/// @par Errors  bad_arguments
Result<Signature> parse_signature(std::string_view line);

/// @par Errors  as Signer::sign
Result<Signature> sign(std::string_view text, const Signer& signer);
/// @param seconds  since 1970, what the witness's clock says
Result<Signature> cosign(std::string_view text, const Signer& signer, std::uint64_t seconds);

/// What a note bears that one of the keys has made.
struct Verified {
  const Verifier* key = nullptr;
  std::uint64_t seconds = 0;  ///< of a cosignature
};
/// Signatures of unknown keys are passed over.
/// @par Errors  refused: a known key's signature is wrong, so nothing in the note is believed
Result<std::vector<Verified>> verify(const Note& note, const std::vector<Verifier>& keys);

/// Base64 of RFC 4648 §4, padded; nothing for anything else, non-zero spare bits included.
std::string base64(std::string_view octets);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace vanthu::proof
