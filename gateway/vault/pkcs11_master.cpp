// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/vault/pkcs11_master.hpp"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

#include <mutex>
#include <optional>
#include <vector>

#include "gateway/vault/cipher.hpp"
#include "gateway/vault/secret_file.hpp"

namespace vanthu::vault {
namespace {

std::string in_words(CK_RV error) { return p11_kit_strerror(error); }

struct UriEnd {
  void operator()(P11KitUri* uri) const { p11_kit_uri_free(uri); }
};
using Uri = std::unique_ptr<P11KitUri, UriEnd>;

/// A loaded and initialised module. p11-kit counts: one that is opened twice is one.
class Module {
 public:
  static Result<std::unique_ptr<Module>> load(const char* path) {
    std::unique_ptr<Module> module(new Module);
    module->functions_ = p11_kit_module_load(path, P11_KIT_MODULE_CRITICAL);
    if (module->functions_ == nullptr)
      return fail(status::bad_configuration, std::string(path) + ": no PKCS #11 module: " + p11_kit_message());
    if (const CK_RV error = p11_kit_module_initialize(module->functions_); error != CKR_OK)
      return fail(status::bad_configuration, std::string(path) + ": " + in_words(error));
    module->initialised_ = true;
    return module;
  }
  ~Module() {
    if (initialised_) p11_kit_module_finalize(functions_);
    if (functions_ != nullptr) p11_kit_module_release(functions_);
  }
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  CK_FUNCTION_LIST* operator->() const { return functions_; }

 private:
  Module() = default;
  CK_FUNCTION_LIST* functions_ = nullptr;
  bool initialised_ = false;
};

/// A session that is logged in, and the key in it.
class Token {
 public:
  explicit Token(std::unique_ptr<Module> module) : module_(std::move(module)) {}
  ~Token() {
    if (session_ != CK_INVALID_HANDLE) (*module_)->C_CloseSession(session_);
  }
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;

  Result<Done> open(const P11KitUri* uri, std::string pin, bool to_write) {
    const auto slot = find_slot(uri);
    if (!slot) return slot.error();
    const CK_FLAGS flags = CKF_SERIAL_SESSION | (to_write ? CKF_RW_SESSION : 0UL);
    if (const CK_RV error = (*module_)->C_OpenSession(*slot, flags, nullptr, nullptr, &session_); error != CKR_OK)
      return fail(status::bad_configuration, "the token cannot be opened: " + in_words(error));
    const CK_RV error = (*module_)->C_Login(session_, CKU_USER, reinterpret_cast<unsigned char*>(pin.data()),
                                            static_cast<CK_ULONG>(pin.size()));
    if (error != CKR_OK && error != CKR_USER_ALREADY_LOGGED_IN)
      return fail(status::bad_configuration, "the token does not take the PIN: " + in_words(error));
    return done;
  }

  /// @return whether it is there
  Result<bool> find_key(P11KitUri* uri) {
    CK_ULONG count = 0;
    const CK_ATTRIBUTE* named = p11_kit_uri_get_attributes(uri, &count);
    std::vector<CK_ATTRIBUTE> wanted(named, named + count);
    CK_OBJECT_CLASS object_class = CKO_SECRET_KEY;
    if (p11_kit_uri_get_attribute(uri, CKA_CLASS) == nullptr)
      wanted.push_back({CKA_CLASS, &object_class, sizeof object_class});
    CK_RV error = (*module_)->C_FindObjectsInit(session_, wanted.data(), static_cast<CK_ULONG>(wanted.size()));
    CK_OBJECT_HANDLE found[2]{};
    CK_ULONG so_many = 0;
    if (error == CKR_OK) {
      error = (*module_)->C_FindObjects(session_, found, 2, &so_many);
      (*module_)->C_FindObjectsFinal(session_);
    }
    if (error != CKR_OK) return fail(status::bad_configuration, "the token does not list its keys: " + in_words(error));
    if (so_many > 1)
      return fail(status::bad_configuration, "the token has several keys that the URI fits; give object and id");
    key_ = found[0];
    return so_many == 1;
  }

  Result<Done> make_key(P11KitUri* uri) {
    CK_ULONG count = 0;
    const CK_ATTRIBUTE* named = p11_kit_uri_get_attributes(uri, &count);
    std::vector<CK_ATTRIBUTE> wanted;
    for (CK_ULONG i = 0; i < count; ++i)
      if (named[i].type != CKA_CLASS) wanted.push_back(named[i]);
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_ULONG length = key_octets;
    for (const CK_ATTRIBUTE_TYPE type : {CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ENCRYPT, CKA_DECRYPT})
      wanted.push_back({type, &yes, sizeof yes});
    wanted.push_back({CKA_EXTRACTABLE, &no, sizeof no});
    wanted.push_back({CKA_VALUE_LEN, &length, sizeof length});
    CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
    if (const CK_RV error =
            (*module_)->C_GenerateKey(session_, &mechanism, wanted.data(), static_cast<CK_ULONG>(wanted.size()), &key_);
        error != CKR_OK)
      return fail(status::bad_configuration, "the token makes no key: " + in_words(error));
    return done;
  }

  /// Ciphertext and tag.
  Result<std::string> encrypt(std::string_view nonce, std::string_view context, std::string_view plain) const {
    return crypt((*module_)->C_EncryptInit, (*module_)->C_Encrypt, nonce, context, plain, plain.size() + tag_octets);
  }
  Result<std::string> decrypt(std::string_view nonce, std::string_view context, std::string_view sealed) const {
    return crypt((*module_)->C_DecryptInit, (*module_)->C_Decrypt, nonce, context, sealed, sealed.size());
  }

 private:
  Result<CK_SLOT_ID> find_slot(const P11KitUri* uri) const {
    CK_ULONG count = 0;
    std::vector<CK_SLOT_ID> slots;
    CK_RV error = (*module_)->C_GetSlotList(CK_TRUE, nullptr, &count);
    if (error == CKR_OK) {
      slots.resize(count);
      error = (*module_)->C_GetSlotList(CK_TRUE, slots.data(), &count);
    }
    if (error != CKR_OK) return fail(status::bad_configuration, "the module lists no tokens: " + in_words(error));
    slots.resize(count);
    for (const CK_SLOT_ID slot : slots) {
      CK_TOKEN_INFO info{};
      if ((*module_)->C_GetTokenInfo(slot, &info) == CKR_OK && p11_kit_uri_match_token_info(uri, &info) == 1)
        return slot;
    }
    return fail(status::bad_configuration, "no token that the URI fits is in; is it plugged in, is its name right?");
  }

  template <class Begin, class Run>
  Result<std::string> crypt(Begin begin, Run run, std::string_view nonce, std::string_view context,
                            std::string_view octets, std::size_t longest) const {
    // The interface takes pointers to octets it does not change.
    const auto raw = [](std::string_view view) {
      return reinterpret_cast<unsigned char*>(const_cast<char*>(view.data()));
    };
    CK_GCM_PARAMS parameters{
        raw(nonce),   static_cast<CK_ULONG>(nonce.size()),   static_cast<CK_ULONG>(nonce.size() * 8),
        raw(context), static_cast<CK_ULONG>(context.size()), tag_octets * 8};
    CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
    CK_RV error = begin(session_, &mechanism, key_);
    std::string result(longest + 64, '\0');  // some ask for more room than they fill
    CK_ULONG length = static_cast<CK_ULONG>(result.size());
    if (error == CKR_OK)
      error = run(session_, raw(octets), static_cast<CK_ULONG>(octets.size()),
                  reinterpret_cast<unsigned char*>(result.data()), &length);
    if (error != CKR_OK) return fail(status::store_failed, "the token: " + in_words(error));
    result.resize(length);
    return result;
  }

  std::unique_ptr<Module> module_;
  CK_SESSION_HANDLE session_ = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE key_ = CK_INVALID_HANDLE;
};

class KeyInToken final : public Master {
 public:
  explicit KeyInToken(std::unique_ptr<Token> token) : token_(std::move(token)) {}
  std::string_view algorithm() const override { return "PKCS11-AES-256-GCM"; }
  Result<std::string> wrap(std::string_view key, std::string_view context) const override {
    const std::string nonce = random_octets(nonce_octets);
    if (nonce.empty()) return fail(status::store_failed, "the machine gives no random octets");
    const std::scoped_lock alone(mutex_);
    auto sealed = token_->encrypt(nonce, context, key);
    if (!sealed) return sealed;
    return nonce + *sealed;
  }
  Result<std::string> unwrap(std::string_view wrapped, std::string_view context) const override {
    if (wrapped.size() < nonce_octets + tag_octets) return fail(status::corrupt, "a wrapped key is too short");
    const std::scoped_lock alone(mutex_);
    auto key = token_->decrypt(wrapped.substr(0, nonce_octets), context, wrapped.substr(nonce_octets));
    if (!key)
      return fail(status::corrupt,
                  "this master key did not wrap it: another one is in the token, or " + key.error().detail);
    return key;
  }

 private:
  std::unique_ptr<Token> token_;
  mutable std::mutex mutex_;  // a session does one thing at a time
};
}  // namespace

Result<std::unique_ptr<Master>> open_pkcs11(const std::string& text, bool make) {
  const auto wrong = [](const std::string& why) {
    return fail(status::bad_configuration, "the master key's pkcs11: setting: " + why);
  };
  const Uri uri(p11_kit_uri_new());
  if (const int error = p11_kit_uri_parse(text.c_str(), P11_KIT_URI_FOR_ANY, uri.get()); error != P11_KIT_URI_OK)
    return wrong(p11_kit_uri_message(error));
  if (p11_kit_uri_any_unrecognized(uri.get()) != 0) return wrong("a part of it is not known (RFC 7512)");
  if (p11_kit_uri_get_pin_value(uri.get()) != nullptr)
    return wrong("pin-value stands where many can read it; write pin-source=file:/path or pin-source=credential:NAME");
  if (p11_kit_uri_get_attribute(uri.get(), CKA_LABEL) == nullptr &&
      p11_kit_uri_get_attribute(uri.get(), CKA_ID) == nullptr)
    return wrong("it names no key: object=NAME or id=%01");
  const char* const path = p11_kit_uri_get_module_path(uri.get());
  if (path == nullptr) return wrong("it names no module: ?module-path=/usr/lib/…so");
  const char* const source = p11_kit_uri_get_pin_source(uri.get());
  if (source == nullptr) return wrong("it does not say where the PIN is: &pin-source=file:/path or credential:NAME");
  auto pin = read_secret(source);
  if (!pin) return pin.error();
  while (!pin->empty() && (pin->back() == '\n' || pin->back() == '\r')) pin->pop_back();

  auto module = Module::load(path);
  if (!module) return module.error();
  auto token = std::make_unique<Token>(*std::move(module));
  if (auto opened = token->open(uri.get(), *pin, make); !opened) return wrong(opened.error().detail);
  const auto found = token->find_key(uri.get());
  if (!found) return wrong(found.error().detail);
  if (!*found && !make)
    return wrong("the key is not in the token. Without it no record can be read: put it back from where it is kept");
  if (!*found)
    if (auto made = token->make_key(uri.get()); !made) return wrong(made.error().detail);
  return std::unique_ptr<Master>(std::make_unique<KeyInToken>(std::move(token)));
}

}  // namespace vanthu::vault
