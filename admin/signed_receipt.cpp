// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/signed_receipt.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <vector>

#include "admin/export_record.hpp"
#include "admin/imports/folders.hpp"
#include "admin/table.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/keeping/receipt.hpp"
#include "gateway/proof/note.hpp"

namespace vanthu::admin {
namespace {
using keeping::Look;

/// The manifest of a bag or a package lists the card of a hồ sơ: it was in it.
bool lists(const std::string& manifest, const std::string& id) {
  const std::string card = file_card_name(id);
  return manifest.find("  data/files/" + card + ".json\n") != std::string::npos ||
         manifest.find("/metadata/descriptive/" + card + ".xml\n") != std::string::npos;
}

/// The letters that a manifest lists, of a bag or of a package, with their digests.
std::map<std::uint64_t, std::string> letters_in(std::string_view manifest) {
  std::map<std::uint64_t, std::string> letters;
  while (!manifest.empty()) {
    const std::size_t end = std::min(manifest.find('\n'), manifest.size());
    const auto line = imports::read_manifest_line(manifest.substr(0, end));
    manifest.remove_prefix(std::min(end + 1, manifest.size()));
    if (!line) continue;
    const std::filesystem::path path(line->path);
    const std::string folder = path.parent_path().string();
    const auto number = read_number(path.stem().string());
    const bool of_letters = folder == "data/records" || folder.ends_with("/representations/rep1/data");
    if (of_letters && number && path.extension() == ".eml") letters.insert_or_assign(*number, line->sha256);
  }
  return letters;
}

/// That every record of a file is in what was signed for, octet for octet: a bag that was made before its last papers
/// came is none of the whole file.
Result<Done> lists_all_of(const KeepingCall& call, const std::string& id, const std::string& name,
                          std::string_view manifest) {
  keeping::Numbers records;
  const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
    for (const std::uint64_t record : look.ledger.records_in(look.books, id))
      if (!look.ledger.gone(look.books, record)) records.push_back(record);
    return done;
  });
  if (!looked) return looked;
  const auto letters = letters_in(manifest);
  keeping::Numbers missing;
  for (const std::uint64_t record : records) {
    const auto summary = call.office().archive->summary(record);
    const auto letter = letters.find(record);
    if (!summary || letter == letters.end() || letter->second != summary->sha256) missing.push_back(record);
  }
  if (missing.empty()) return done;
  return fail(status::refused,
              name + ": gói này thiếu hoặc sai octet bản ghi " + shortened(keeping::to_ranges(missing), 200) +
                  " của hồ sơ " + id +
                  "; xuất lại sau khi kết thúc hồ sơ (that bag has not all records of the file as they "
                  "are: export it again)");
}

}  // namespace

Result<boost::json::object> signed_receipt(const KeepingCall& call, const std::string& id,
                                           std::span<const std::string> names) {
  std::vector<std::string> octets;
  for (const std::string& name : names) {
    const auto file = call.request().files.find(name);
    if (file == call.request().files.end()) return fail(status::not_found, name + ": không đọc được (no such file)");
    octets.push_back(file->second);
  }
  if (!lists(octets[0], id))
    return fail(status::refused, names[0] + ": gói này không có hồ sơ " + id + " (that bag has no card of this file)");
  if (auto whole = lists_all_of(call, id, names[0], octets[0]); !whole) return whole.error();
  const auto receipt = keeping::check_receipt(octets[1], octets[0], octets[2]);
  if (!receipt) return fail(receipt.error().reply, names[1] + ": " + receipt.error().detail);
  boost::json::object details{{"manifest_sha256", hex(sha256(octets[0]))},
                              {"signature", proof::base64(receipt->der)},
                              {"signer", receipt->signer},
                              {"certificate_sha256", receipt->certificate_sha256}};
  if (receipt->signed_at) details["signed_at"] = rfc3339(*receipt->signed_at);
  return details;
}

}  // namespace vanthu::admin
