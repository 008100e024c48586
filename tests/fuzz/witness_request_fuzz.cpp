// SPDX-License-Identifier: GPL-3.0-or-later
// What strangers send to a witness: a Date field in the first line, the request behind it. Nobody without the log's key
// gets a cosignature.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/base/log.hpp"
#include "gateway/witness/http_date.hpp"
#include "gateway/witness/page.hpp"
#include "tests/support/temp_folder.hpp"

namespace {
using namespace vanthu;

std::unique_ptr<witness::Witness> made() {
  static const test::TempFolder folder("witness-fuzz");
  log::set_level(log::Level::error);
  const auto key = proof::Signer::make(folder / "key", "w", proof::SignatureType::cosignature);
  auto opened = witness::Witness::open(
      {folder / "state", {*key}, {proof::Verifier("example.com/behind-the-sofa", proof::SignatureType::note, {})}});
  if (!opened) std::abort();
  return *std::move(opened);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto one = made();
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(octets.find('\n'), octets.size());
  const auto sent = witness::parse_http_date(std::string(octets.substr(0, end)));
  const auto reply = one->add_checkpoint(octets.substr(std::min(end + 1, octets.size())), sent);
  if (reply.status != 400 && reply.status != 403 && reply.status != 404) std::abort();
  return 0;
}
