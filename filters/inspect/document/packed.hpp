// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "filters/inspect/document/documents.hpp"
#include "gateway/base/result.hpp"

/// Tasks and documents as octets, for the way between the inspector and the process that reads one document. Numbers
/// are least significant octet first, texts have their length in front; both ends are of one build.
namespace vanthu::inspect {

std::string pack(const Task& task, std::string_view octets);
std::string pack(const Document& document);

/// A task with the octets it came with; views point into what was read.
struct Unpacked {
  Task task;
  std::string_view octets;
};
/// @par Errors  corrupt
Result<Unpacked> unpack_task(std::string_view packed);
/// Whoever read hostile octets is not trusted: every number is checked, every note must be one of findings.hpp.
/// @par Errors  corrupt
Result<Document> unpack_document(std::string_view packed);

}  // namespace vanthu::inspect
