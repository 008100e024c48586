// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::mailauth {

/// `tag=value; tag=value` (RFC 6376 §3.2; RFC 7489 §6.4 is the same grammar).
struct Tag {
  std::string_view name;
  std::string_view value;  ///< white space around it taken off
  std::string_view whole;  ///< from after the "=" to before the ";": what is left out when b= is emptied
};

class TagList {
 public:
  /// Views into `text`. Nothing for a name that comes twice, an empty name, an octet that has no place there, or more
  /// than limits::mailauth_tags tags.
  static std::optional<TagList> parse(std::string_view text);
  const Tag* find(std::string_view name) const;
  std::optional<std::string_view> value(std::string_view name) const;
  const std::vector<Tag>& tags() const { return tags_; }

 private:
  std::vector<Tag> tags_;
};

/// The items between colons, white space around each taken off (h= of a signature and of a key).
std::vector<std::string_view> colon_list(std::string_view value);
/// Without any white space (base64 in tags may be folded).
std::string without_space(std::string_view text);

}  // namespace vanthu::mailauth
