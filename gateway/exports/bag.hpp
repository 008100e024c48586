// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>

#include "gateway/exports/folder.hpp"

/// What is written when all records are there: manifests, and what makes a folder a bag (RFC 8493). A bag without
/// bagit.txt is none, so that is the last file.
namespace vanthu::exports {

inline constexpr const char* manifest_name = "manifest-sha256.txt";

struct Payload {
  Kept manifest;
  std::uint64_t octets = 0, files = 0;  ///< that it lists
};
/// `manifest-sha256.txt`, as sha256sum(1) checks it: of a bag what lies below data/, of the other formats every file.
Result<Payload> write_manifest(Folder& folder, Format format);

/// bag-info.txt, the READMEs, tagmanifest-sha256.txt and bagit.txt. Whatever else is a tag file was put before.
Result<Done> write_tag_files(Folder& folder, const Plan& plan, const Payload& payload);

/// "bag-info.txt"; values in one line.
std::string bag_info(const Plan& plan, const Payload& payload);

}  // namespace vanthu::exports
