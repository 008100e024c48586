// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>

#include "admin/imports/source.hpp"

/// Sources in the file system. All go through their files in the order of their names. What is named inside of them and
/// cannot be read, a folder without rights and a symbolic link (which is never followed), is told as unread.
namespace vanthu::imports {

inline constexpr const char* link_not_followed = "liên kết tượng trưng, không đi theo (a symbolic link, not followed)";

/// One file, or every *.eml below a folder.
std::unique_ptr<Source> eml_source(const std::string& place);

/// A Maildir with its folders (".Sent" as Maildir++ has them, or folders below it that are Maildirs themselves): what
/// is in cur and new. Flags are those of the file's name; tmp is not looked into.
std::unique_ptr<Source> maildir_source(const std::string& place);

/// The records of a package (BagIt, RFC 8493): data/records/N.eml, each held to manifest-sha256.txt. What that does not
/// name, or names and is not there, is an error of that item.
std::unique_ptr<Source> bag_source(const std::string& place);

/// Flags in a Maildir file's name: "S", "F" of "1700000000.M1P2.host:2,FS".
std::vector<std::string> maildir_flags(std::string_view file_name);
/// When a Maildir file was delivered, by its name: RFC 3339, or empty.
std::string maildir_date(std::string_view file_name);

/// A line of manifest-sha256.txt: digest in lower case, and the path with its percent signs taken off; nothing: it is
/// none.
struct ManifestLine {
  std::string sha256{}, path{};
};
std::optional<ManifestLine> read_manifest_line(std::string_view line);

}  // namespace vanthu::imports
