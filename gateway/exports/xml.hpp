// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace vanthu::exports {

/// What XML 1.0 can hold (§2.2): no UTF-8 is made some, a control character becomes U+FFFD.
std::string for_xml(std::string_view text);

/// Adds `<name>text</name>`.
pugi::xml_node add_text(pugi::xml_node parent, const char* name, std::string_view text);
void add_attribute(pugi::xml_node node, const char* name, std::string_view value);

/// One element and what is in it, as octets, without a declaration.
std::string printed(const pugi::xml_node& node);
/// A whole document with its declaration.
std::string printed(const pugi::xml_document& document);

}  // namespace vanthu::exports
