// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <span>
#include <string_view>

namespace vanthu::filters {

/// An extension of file names and a type it stands for. An extension may stand for several, and a type have several.
struct FileType {
  std::string_view extension, mime;
};
/// The first row of a type names the extension that fits it best.
std::span<const FileType> file_types();

/// "pdf" for application/pdf: the extension that fits a type, empty for types we have no word for.
std::string_view extension_for(std::string_view mime);

}  // namespace vanthu::filters
