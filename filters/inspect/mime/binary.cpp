// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/binary.hpp"

#include <algorithm>
#include <string>

#include "filters/inspect/mime/header.hpp"
#include "filters/inspect/mime/multipart.hpp"
#include "filters/inspect/mime/parameters.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

class Search {
 public:
  std::vector<std::string_view> found;

  void entity(std::string_view octets, std::size_t depth, std::vector<std::string>& boundaries) {
    if (depth > limits::mime_depth || ++parts_ > limits::mime_parts) return;
    Notes notes;
    const Header header = read_header(octets, notes);
    if (header.count("content-type") != 1) return;
    const Structured type = read_structured(header.first("content-type")->value, notes);
    const std::string encoding = encoding_of(header, notes);
    const std::string_view body = octets.substr(header.body);
    if (!notes.empty() || type.loose) return;
    if (type.value.starts_with("multipart/")) {
      const Parameter* boundary = type.first("boundary");
      if (type.count("boundary") != 1 || boundary->loose || !valid_boundary(boundary->value)) return;
      if (encoding != "binary") return;  // what is in a part is no wider than the part (RFC 2045 §6.4)
      boundaries.push_back(boundary->value);
      const Multipart parts = split_multipart(body, boundary->value, notes);
      if (notes.empty())
        for (const std::string_view part : parts.parts) entity(part, depth + 1, boundaries);
      boundaries.pop_back();
    } else if (type.value.starts_with("message/")) {
      if (encoding == "binary") entity(body, depth + 1, boundaries);
    } else if (encoding == "binary" && !type.value.starts_with("text/") && !looks_delimited(body, boundaries)) {
      found.push_back(body);
    }
  }

 private:
  /// "" where it is not said, or not once.
  static std::string encoding_of(const Header& header, Notes& notes) {
    if (header.count("content-transfer-encoding") != 1) return {};
    const Structured encoding = read_structured(header.first("content-transfer-encoding")->value, notes);
    return encoding.loose || !encoding.parameters.empty() ? std::string() : encoding.value;
  }
  static bool looks_delimited(std::string_view body, const std::vector<std::string>& boundaries) {
    return std::any_of(boundaries.begin(), boundaries.end(), [&](const std::string& boundary) {
      return body.find("\n--" + boundary) != std::string_view::npos ||
             body.find("\r--" + boundary) != std::string_view::npos;
    });
  }

  std::size_t parts_ = 0;
};
}  // namespace

std::vector<std::string_view> binary_bodies(std::string_view message) {
  Search search;
  std::vector<std::string> boundaries;
  search.entity(message, 0, boundaries);
  return std::move(search.found);
}

}  // namespace vanthu::inspect
