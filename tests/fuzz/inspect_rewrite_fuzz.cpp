// SPDX-License-Identifier: GPL-3.0-or-later
// A message written anew has one reading: ours finds nothing ambiguous in it, libetpan and the patient readers see the
// same parts, and writing it anew once more changes nothing that anybody reads.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/findings.hpp"
#include "filters/inspect/mime/rewrite.hpp"

namespace {
using namespace vanthu;

/// Documents are other fuzzers' matter.
class Nobody final : public inspect::Documents {
 public:
  inspect::Document read(const inspect::Task&, std::string_view) override { return {}; }
};

/// Whether a part lies in a file that happens to be a message, be it declared as an image or as a message of an unknown
/// kind ("message/rfc644"): a file's octets are nobody's to write anew, so such a message is refused.
bool inside_a_file(const filters::Facts& facts, const std::string& path) {
  for (const filters::Part& part : facts.parts) {
    if (part.declared_type == "message/rfc822" || path.compare(0, part.path.size(), part.path) != 0) continue;
    // What is found in the message that the file is bears the file's own path.
    if (path.size() == part.path.size() ? part.type == "message/rfc822"
                                        : path[part.path.size()] == '.' || path[part.path.size()] == '/')
      return true;
  }
  return false;
}

bool ambiguous(const filters::Facts& facts) {
  for (const filters::Finding& one : facts.findings)
    if (!inside_a_file(facts, one.part) && !inspect::benign(one.id) && one.id.rfind("mime.", 0) == 0 &&
        one.id != "mime.inline-file" && one.id != "mime.too-deep") {
      std::fprintf(stderr, "%s in part %s\n", one.id.c_str(), one.part.c_str());
      return true;
    }
  return false;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto once = inspect::rewritten(octets);
  if (!once) return 0;
  Nobody nobody;
  if (ambiguous(inspect::analyse(*once, nobody))) std::abort();
  const auto twice = inspect::rewritten(*once);
  if (!twice || ambiguous(inspect::analyse(*twice, nobody))) std::abort();
  return 0;
}
