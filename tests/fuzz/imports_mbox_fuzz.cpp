// SPDX-License-Identifier: GPL-3.0-or-later
// An mbox in two ways of cutting it into pieces: the messages are the same, in order, and none is lost or made up.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "admin/imports/mbox.hpp"

using namespace vanthu;
using namespace vanthu::imports;

namespace {
class Sink final : public MboxSplitter::Sink {
 public:
  Result<Done> begin(std::uint64_t offset, std::string_view from_line) override {
    if (open || !is_from_line(from_line)) std::abort();
    open = true;
    offsets.push_back(offset);
    texts.emplace_back();
    return done;
  }
  Result<Done> text(std::string_view octets) override {
    if (!open) std::abort();
    texts.back() += octets;
    return done;
  }
  Result<Done> end(std::uint64_t end) override {
    if (!open || end < offsets.back() + texts.back().size()) std::abort();
    open = false;
    ends.push_back(end);
    return done;
  }
  bool open = false;
  std::vector<std::uint64_t> offsets, ends;
  std::vector<std::string> texts;
};

bool split(std::string_view mbox, MboxQuoting quoting, std::size_t piece, Sink& sink) {
  MboxSplitter splitter(sink, quoting);
  for (; !mbox.empty(); mbox.remove_prefix(std::min(piece, mbox.size())))
    if (!splitter.feed(mbox.substr(0, piece))) return false;
  return bool(splitter.finish());
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 31;
  const std::string_view mbox(reinterpret_cast<const char*>(data + 1), size - 1);
  for (const MboxQuoting quoting : {MboxQuoting::rd, MboxQuoting::o, MboxQuoting::raw}) {
    Sink whole, pieces;
    const bool good = split(mbox, quoting, mbox.size() + 1, whole);
    if (split(mbox, quoting, piece, pieces) != good) std::abort();
    if (!good) continue;
    if (whole.texts != pieces.texts || whole.offsets != pieces.offsets || whole.ends != pieces.ends) std::abort();
    for (std::size_t i = 0; i < whole.texts.size(); ++i) {
      // What is read again from there alone is the same message.
      Sink again;
      if (!split(mbox.substr(whole.offsets[i], whole.ends[i] - whole.offsets[i]), quoting, piece, again)) std::abort();
      if (again.texts.size() != 1 || again.texts[0] != whole.texts[i]) std::abort();
    }
  }
  return 0;
}
