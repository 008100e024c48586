// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>

#include "gateway/reading_room/session.hpp"

/// The one letter in INBOX: who you are here, what you see, what you may take, that nothing can be changed.
namespace vanthu::reading_room {

std::string notice_text(const Library& library, const Guest& guest, const sights::Sights& sights);
/// Its header, the empty line included; it is dated by when it last changed.
std::string notice_head(const Library& library, const Guest& guest, std::uint32_t seconds);

}  // namespace vanthu::reading_room
