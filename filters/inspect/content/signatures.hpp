// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

namespace vanthu::inspect {

/// A container by the octets its own program looks for; zip, OLE and mail are not among them.
enum class ContainerKind : unsigned char {
  none,
  archive,      ///< libarchive reads it
  packed,       ///< one packed file: gzip, bzip2, …
  disk_image,   ///< a drive to the system, with files we cannot list
  unsupported,  ///< nobody here reads it
};

struct ContainerType {
  std::string_view mime;  ///< a constant; empty: none
  ContainerKind kind = ContainerKind::none;
};

/// Our own look at the signatures, not libmagic's: short ones count only with what must stand beside them.
ContainerType container_type(std::string_view octets);

}  // namespace vanthu::inspect
