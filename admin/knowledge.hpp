// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "gateway/search/plan.hpp"

namespace vanthu::archive {
class Archive;
}
namespace vanthu::directory {
class Directory;
}
namespace vanthu::keeping {
class Ledger;
}
namespace vanthu::registers {
class Registers;
}

namespace vanthu::admin {

/// What a query names: units and terms by the directory, files, holds and registers by the archive's books as they are
/// when it is asked. All outlive the answer.
/// @param directory  null: no unit has forerunners, and no term is known
search::Knowledge knowledge_of(const directory::Directory* directory, const archive::Archive& archive,
                               const keeping::Ledger& ledger, const registers::Registers& registers);

}  // namespace vanthu::admin
