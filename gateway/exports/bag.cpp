// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/bag.hpp"

#include <map>

#include "gateway/base/digest.hpp"
#include "gateway/exports/readme.hpp"

namespace vanthu::exports {
namespace {
constexpr const char* declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

std::string line_of(const std::string& name, const Kept& kept) { return kept.sha256 + "  " + name + '\n'; }

std::string in_one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return text;
}
}  // namespace

Result<Payload> write_manifest(Folder& folder, Format format) {
  Payload payload;
  auto kept = folder.put_pieces(manifest_name, [&](const auto& write) -> Result<Done> {
    return folder.gather([&](const std::string& name, const Kept& one) -> Result<Done> {
      if (name == manifest_name || (format == Format::bagit && !name.starts_with("data/"))) return done;
      payload.octets += one.octets;
      ++payload.files;
      return write(line_of(name, one));
    });
  });
  if (!kept) return kept.error();
  payload.manifest = *std::move(kept);
  return payload;
}

std::string bag_info(const Plan& plan, const Payload& payload) {
  std::string text;
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) text += std::string(label) + ": " + in_one_line(value) + '\n';
  };
  add("Source-Organization", plan.organization);
  add("External-Description", plan.purpose);
  add("External-Identifier", plan.id);
  add("Bagging-Date", plan.began.substr(0, 10));
  add("Payload-Oxum", std::to_string(payload.octets) + '.' + std::to_string(payload.files));
  add("Internal-Sender-Identifier", plan.origin);
  add("Internal-Sender-Description", plan.what);
  add("Bag-Software-Agent", "vanthu archive export");
  add("Vanthu-Exported-By", plan.actor);
  for (const std::string& code : plan.fonds) add("Vanthu-Fonds", code);
  return text;
}

Result<Done> write_tag_files(Folder& folder, const Plan& plan, const Payload& payload) {
  for (const auto& [name, text] :
       {std::pair{"bag-info.txt", bag_info(plan, payload)}, std::pair{"README.vi.txt", readme(plan, "vi")},
        std::pair{"README.en.txt", readme(plan, "en")}})
    if (auto written = folder.put(name, text, false); !written) return written;
  std::string manifest;
  std::map<std::string, Kept> tags;
  for (const auto& [name, kept] : folder.files())
    if (!name.starts_with("data/") && name != "tagmanifest-sha256.txt") tags[name] = kept;
  tags["bagit.txt"] = {std::string_view(declaration).size(), hex(sha256(declaration))};
  for (const auto& [name, kept] : tags) manifest += line_of(name, kept);
  if (auto written = folder.put("tagmanifest-sha256.txt", manifest, false); !written) return written;
  return folder.put("bagit.txt", declaration, false);
}

}  // namespace vanthu::exports
