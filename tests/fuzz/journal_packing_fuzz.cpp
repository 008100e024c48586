// SPDX-License-Identifier: GPL-3.0-or-later
// What lies under a seal, and a sealed frame's own framing: any octets are unpacked to as many as they say or are an
// error; what is packed is smaller and comes back; a body of any octets opens to nothing, in any pieces.
#include <cstdint>
#include <cstdlib>

#include "gateway/journal/frame.hpp"
#include "gateway/journal/seal.hpp"

namespace {
using namespace vanthu;
using namespace vanthu::journal;

void there_and_back(std::string_view plain) {
  std::string packed;
  const Packing packing = pack(plain, packed);
  if (packing == Packing::none) return;
  if (packed.size() >= plain.size()) std::abort();
  const auto again = unpack(packing, packed, plain.size());
  if (!again || *again != plain) std::abort();
}

void open_any(std::uint16_t version, std::size_t piece, std::string_view meta, std::string_view body) {
  const auto sealed = sealed_as(version, 2, {1, 0}, meta, static_cast<std::uint32_t>(meta.size()), body.size());
  if (!sealed) return;
  if (open_meta(FrameKey{}, *sealed, meta)) std::abort();  // nobody has made that tag
  BodyOpener opener(FrameKey{}, *sealed);
  for (; !body.empty(); body.remove_prefix(std::min(piece, body.size())))
    if (!opener.take(body.substr(0, piece), [](std::string_view) -> Result<Done> { std::abort(); })) return;
  if (opener.end() && sealed->body_octets > 0) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  if (size < 4) return 0;
  const std::uint64_t octets = data[1] | std::uint64_t{data[2]} << 8;
  for (const std::uint64_t most : {octets, octets + 1, std::uint64_t{65536}})
    if (const auto plain = unpack(static_cast<Packing>(data[0]), all.substr(3), most); plain && plain->size() != most)
      std::abort();
  there_and_back(all.substr(3));
  for (const std::uint16_t version : {std::uint16_t{3}, current_version})
    open_any(version, std::size_t{data[1]} + 1, all.substr(3, 200), all.substr(std::min(size, std::size_t{203})));
  return 0;
}
