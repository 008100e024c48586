// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "filters/inspect/document/document.hpp"

namespace vanthu::inspect {

/// Takes files out of a container, never more than there is room for. What does not fit is named in the document.
class Unpacking {
 public:
  /// @param packed  octets of the container, what its contents are measured against
  Unpacking(Document& document, const Room& room, std::uint64_t packed);

  /// One more entry. False, and inspect.too-many, at the limit.
  bool entry();
  /// Octets the next file may have.
  std::uint64_t most() const;
  /// Whether so many octets of one file, of all that came before and of the container itself are beyond the ratio.
  bool bomb(std::uint64_t octets) const;
  /// Keeps a file. False when there is room for no other; then the document says so.
  bool keep(InnerFile file);
  /// Names what stopped a file at most(): its own size or the room.
  std::string_view over() const;

 private:
  Document& document_;
  Room left_;
  std::uint64_t packed_;
  std::uint64_t taken_ = 0;
};

/// Notes what an entry's name does to a program that writes it to a disk: it leaves the folder, names a device or holds
/// what no name may hold.
/// @par Notes  name.control ("path", "backslash", "NUL")
void note_entry_name(std::string_view name, Notes& notes);

}  // namespace vanthu::inspect
