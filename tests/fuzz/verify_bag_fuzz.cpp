// SPDX-License-Identifier: GPL-3.0-or-later
// vanthu-verify reads what anybody may have written: a bag that came on a stick, a note over a volume. An input is the
// files of a folder, "name octets\n" and the octets; "@name octets\n": a link to what they say. Seeds are made by
// verify_bag_seeds.py, whose key is pinned here.
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "gateway/verify/exported.hpp"
#include "gateway/verify/octets.hpp"
#include "gateway/verify/signature.hpp"
#include "gateway/verify/stamp.hpp"
#include "gateway/verify/volume.hpp"
#include "tests/support/temp_folder.hpp"

namespace {
namespace fs = std::filesystem;
constexpr const char* pinned = "seed.example/records+ea59dc9b+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
/// Of the one manifest that the seeds' log speaks of.
constexpr std::string_view logged = "b41c236c0515dfb3059c702ac48a881867570be7a55bf42e45224c54c99e3b98";
constexpr std::size_t files_logged = 19;  // of that bag, with its tag files
constexpr std::size_t most_files = 40;

/// One folder for all inputs, emptied between them; in memory where there is such a place.
const fs::path& folder() {
  static const vanthu::test::TempFolder made("bag-fuzz", fs::is_directory("/dev/shm") ? "/dev/shm" : "/tmp");
  return made.path();
}

/// A certificate of nobody's, PEM.
const std::string& authority() {
  static const std::string pem = [] {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* one = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(one), 0);
    X509_gmtime_adj(X509_getm_notAfter(one), 1000000);
    X509_set_pubkey(one, key);
    X509_sign(one, key, EVP_sha256());
    BIO* out = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(out, one);
    char* text = nullptr;
    const long length = BIO_get_mem_data(out, &text);
    std::string octets(text, static_cast<std::size_t>(length));
    BIO_free(out);
    X509_free(one);
    EVP_PKEY_free(key);
    return octets;
  }();
  return pem;
}

void unpack(std::string_view octets) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder())) fs::remove_all(entry.path(), error);
  for (std::size_t i = 0; i < most_files && !octets.empty(); ++i) {
    const std::size_t end = octets.find('\n');
    if (end == std::string_view::npos) return;
    std::string line(octets.substr(0, end));
    octets.remove_prefix(end + 1);
    const std::size_t blank = line.rfind(' ');
    if (blank == std::string::npos) return;
    const std::size_t length = std::min<std::size_t>(std::strtoull(line.c_str() + blank, nullptr, 10), octets.size());
    const std::string_view content = octets.substr(0, length);
    octets.remove_prefix(length);
    std::string name = line.substr(0, blank);
    const bool link = name.starts_with('@');
    if (link) name.erase(0, 1);
    // What this program itself writes stays in its folder.
    if (name.empty() || name.front() == '/' || name.size() > 200 || name.find("..") != std::string::npos ||
        name.find('\0') != std::string::npos)
      continue;
    fs::create_directories((folder() / name).parent_path(), error);
    if (fs::weakly_canonical(folder() / name, error).string().find(folder().string()) != 0) continue;
    if (link)
      fs::create_symlink(std::string(content.substr(0, content.find('\0'))), folder() / name, error);
    else
      std::ofstream(folder() / name, std::ios::binary) << content;
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  static const bool quiet = [] {
    std::cout.setstate(std::ios::failbit);
    std::cerr.setstate(std::ios::failbit);
    return true;
  }();
  (void)quiet;
  verify::Keys keys;
  keys.push_back(verify::parse_key(pinned));
  unpack(octets);
  try {
    verify::check_exported(folder(), keys, authority());
    // It was called right: then it is the bag that was logged, and no other.
    std::ifstream manifest(folder() / "manifest-sha256.txt", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(manifest), {}};
    if (verify::hex(verify::view(verify::Digest().add(text).end())) != logged) std::abort();
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder()))
      files += entry.symlink_status().type() != fs::file_type::directory ? 1 : 0;
    if (files != files_logged) std::abort();
  } catch (const verify::Stop&) {
  } catch (const std::filesystem::filesystem_error&) {
  }
  try {
    verify::check_volume({std::string(octets)}, keys);
  } catch (const verify::Stop&) {
  }
  // Nobody signs by that authority: whatever comes back is wrong or no signature at all.
  try {
    verify::check_signature(octets, "note", authority());
    std::abort();
  } catch (const verify::Stop&) {
  }
  try {
    verify::check_stamp(octets, "note", authority());
    std::abort();
  } catch (const verify::Stop&) {
  }
  return 0;
}
