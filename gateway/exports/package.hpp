// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/exports/folder.hpp"

/// What makes the folder of an export an information package after E-ARK CSIP 2.2: METS over everything in it, for its
/// one representation and for the whole; a submission (SIP) where files (hồ sơ) are exported, else for a reader (DIP).
/// A record's own files are put before; memory holds none of them.
namespace vanthu::exports {

/// Documentation, our schema, PREMIS of the package, then METS.xml of the representation, then METS.xml.
/// @param version  of the program
Result<Done> write_package(Folder& folder, const Plan& plan, const std::string& version);

/// A file's media type by the ending of its name.
std::string_view media_type(std::string_view name);
/// `urn:vanthu:export:1`, the namespace of our cards, as an XML schema.
std::string card_schema();

}  // namespace vanthu::exports
