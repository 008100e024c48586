// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/document/document.hpp"

/// One reader a format: octets in, all that is inside out. No reader throws for bad octets, opens a file or takes more
/// than the room; what it could not look into is in the notes, or at the file as its trouble.
namespace vanthu::inspect {

/// @par Notes  inspect.ambiguous-container, name.control, inspect.too-many, inspect.bomb
Document read_zip(std::string_view octets, const Room& room);

/// 7z, rar, tar, cab, iso9660, cpio, ar, lha, xar, and what gzip, bzip2, xz, lzma, lzip, zstd and compress pack: one
/// file, looked into by its own type.
/// @par Notes  the same, and inspect.unreadable, inspect.unsupported-container, content.executable (installer)
Document read_archive(std::string_view octets, const Room& room);
/// Opens what read_archive() would open at its first use: the locale that knows UTF-8.
void warm_up_archives();

}  // namespace vanthu::inspect
