// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"

namespace vanthu::inspect {

/// A storage or stream of an OLE2 compound file (MS-CFB).
struct CompoundNode {
  std::string name;  ///< UTF-8
  bool storage = false;
  std::string class_id = {};  ///< of a storage: 16 octets as they stand there; empty where there is none
  std::string octets = {};    ///< of a stream
  std::vector<CompoundNode> children = {};

  /// A child of that name, as programs look for it: letters are the same, small or capital. Null: none.
  const CompoundNode* find(std::string_view child) const;
};

struct Compound {
  bool readable = false;
  CompoundNode root;
};

/// Reads all of it through libgsf, after a walk of our own that counts its directory.
/// @par Notes  inspect.unreadable (a stream), inspect.too-many, inspect.too-big, inspect.bomb (streams over the same
///             sectors)
Compound read_compound(std::string_view octets, Notes& notes);

/// Makes libgsf's types, so that a forked process finds them made, and silences its warnings about bad files.
void warm_up_compound();

}  // namespace vanthu::inspect
