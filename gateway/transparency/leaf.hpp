// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

#include "gateway/journal/log.hpp"
#include "gateway/proof/merkle.hpp"

namespace vanthu::transparency {

/// What of a frame is a leaf of its log's tree (FORMAT.md): the head's facts, the commitment to the content and the
/// digest of what is stored. It stays the same when the frame's key is destroyed.
/// @param stored  SHA-256 of the parts as they lie on the disk
std::string leaf_octets(std::uint32_t log_id, const journal::Frame& frame, std::string_view stored);

/// For Log::scan(): a leaf needs nothing that is sealed.
inline bool opens_none(const journal::FrameHead& /*head*/) { return false; }

/// SHA-256 of a frame's parts as they lie on the disk now.
/// @par Errors  those of journal::Log::each_stored_piece
Result<std::string> stored_digest(const journal::Log& log, const journal::Frame& frame);

/// The leaf with the digest read from the frame, or, for one that was never sealed, from the disk.
/// @par Errors  those of journal::Log::each_stored_piece
Result<proof::Hash> leaf_of(const journal::Log& log, std::uint32_t log_id, const journal::Frame& frame);

}  // namespace vanthu::transparency
