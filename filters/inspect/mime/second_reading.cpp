// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/second_reading.hpp"

#include <libetpan/mailmime.h>

#include <algorithm>
#include <memory>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

struct Free {
  void operator()(mailmime* tree) const noexcept { mailmime_free(tree); }
};

/// How often one of the words stands before a slash, whatever its case; counting stops above `most`.
std::size_t nesting_types(std::string_view octets, std::size_t most) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = octets.find('/', at)) != std::string_view::npos && count <= most; ++at)
    for (const std::string_view word : {"message", "multipart"})
      if (at >= word.size() && (octets[at - 1] | 0x20) == word.back() &&
          text::ascii_iequals(octets.substr(at - word.size(), word.size()), word))
        ++count;
  return count;
}

/// libetpan recurses without a limit into nested parts, messages and comments: about 30,000 messages or 130,000
/// parentheses end an 8 MiB stack. Counting is blunter than parsing, and cannot be fooled.
bool too_deep_for_recursion(std::string_view octets) {
  constexpr std::size_t most = limits::second_reading_depth;
  if (nesting_types(octets, most) > most) return true;
  std::size_t opened = 0;
  for (std::size_t at = 0; opened <= most && (at = octets.find('(', at)) != std::string_view::npos; ++at) ++opened;
  if (opened <= most) return false;
  std::size_t depth = 0;
  std::size_t line_end = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] == '(') {
      if (++depth > most) return true;
    } else if (octets[i] == ')' && depth > 0) {
      --depth;
    } else if (octets[i] == '\n') {
      if (i - line_end <= 2) depth = 0;  // an empty line: no header field goes on behind it
      line_end = i;
    }
  }
  return false;
}

std::string type_of(const mailmime& part) {
  const mailmime_content* content = part.mm_content_type;
  if (content == nullptr || content->ct_type == nullptr || content->ct_subtype == nullptr) return {};
  std::string type;
  if (content->ct_type->tp_type == MAILMIME_TYPE_DISCRETE_TYPE) {
    switch (content->ct_type->tp_data.tp_discrete_type->dt_type) {
      case MAILMIME_DISCRETE_TYPE_TEXT:
        type = "text";
        break;
      case MAILMIME_DISCRETE_TYPE_IMAGE:
        type = "image";
        break;
      case MAILMIME_DISCRETE_TYPE_AUDIO:
        type = "audio";
        break;
      case MAILMIME_DISCRETE_TYPE_VIDEO:
        type = "video";
        break;
      default:
        type = "application";
        break;
    }
  } else {
    type = content->ct_type->tp_data.tp_composite_type->ct_type == MAILMIME_COMPOSITE_TYPE_MESSAGE ? "message"
                                                                                                   : "multipart";
  }
  return text::ascii_lower(type + '/' + content->ct_subtype);
}

void collect(const mailmime& part, const std::string& path, bool message_root, std::vector<OtherLeaf>& leaves) {
  if (leaves.size() > limits::mime_parts) return;
  const auto below = [&](std::size_t n) { return path.empty() ? std::to_string(n) : path + '.' + std::to_string(n); };
  switch (part.mm_type) {
    case MAILMIME_SINGLE: {
      const mailmime_data* data = part.mm_body;
      if (data == nullptr || data->dt_type != MAILMIME_DATA_TEXT) return;
      OtherLeaf leaf;
      leaf.path = message_root ? below(1) : path;
      leaf.type = type_of(part);
      if (data->dt_encoding == MAILMIME_MECHANISM_BASE64) leaf.encoding = "base64";
      if (data->dt_encoding == MAILMIME_MECHANISM_QUOTED_PRINTABLE) leaf.encoding = "quoted-printable";
      leaf.encoded = {data->dt_data.dt_text.dt_data, data->dt_data.dt_text.dt_length};
      leaves.push_back(std::move(leaf));
      return;
    }
    case MAILMIME_MULTIPLE: {
      if (part.mm_data.mm_multipart.mm_mp_list == nullptr) return;
      std::size_t number = 0;
      for (clistiter* at = clist_begin(part.mm_data.mm_multipart.mm_mp_list); at != nullptr; at = clist_next(at))
        if (const auto* child = static_cast<const mailmime*>(clist_content(at)); child != nullptr)
          collect(*child, below(++number), false, leaves);
      return;
    }
    case MAILMIME_MESSAGE:
      if (part.mm_data.mm_message.mm_msg_mime != nullptr)
        collect(*part.mm_data.mm_message.mm_msg_mime, path, true, leaves);
      return;
    default:
      return;
  }
}

}  // namespace

std::optional<std::vector<OtherLeaf>> second_reading(const std::string& padded) {
  const std::size_t size = padded.size() - second_reading_padding;
  if (too_deep_for_recursion({padded.data(), size})) return std::nullopt;
  std::size_t consumed = 0;
  mailmime* raw = nullptr;
  const int code = mailmime_parse(padded.data(), size, &consumed, &raw);
  const std::unique_ptr<mailmime, Free> tree(raw);
  if (code != MAILIMF_NO_ERROR || tree == nullptr) return std::nullopt;
  std::vector<OtherLeaf> leaves;
  collect(*tree, "", true, leaves);
  // What it says of a part's place is checked before anybody reads there.
  const char* const begin = padded.data();
  for (OtherLeaf& leaf : leaves) {
    const bool inside = leaf.encoded.data() >= begin && leaf.encoded.data() <= begin + size &&
                        leaf.encoded.size() <= static_cast<std::size_t>(begin + size - leaf.encoded.data());
    if (!inside) leaf.encoded = {};
  }
  return leaves;
}

}  // namespace vanthu::inspect
