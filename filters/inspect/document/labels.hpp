// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/facts.hpp"
#include "filters/inspect/mime/header.hpp"

namespace vanthu::inspect {

/// Whether a property or field of that name says how something is classified, in the words programs use for it.
bool names_a_label(std::string_view name);

/// Adds a label unless it has no value or there are limits::labels of them.
void add_label(std::vector<filters::Label>& labels, std::string_view carrier, std::string_view name,
               std::string_view value);

/// A property of a document: added where it is a label. "MSIP_Label_…" has the carrier "msip", others `carrier`.
void add_property(std::vector<filters::Label>& labels, std::string_view carrier, std::string_view name,
                  std::string_view value);

/// The labels in a message's header: fields like X-Classification ("x-header"), SIO-Label (RFC 7444, one label a
/// parameter, pieces joined: "sio-label"), msip_labels (one label a pair: "msip").
std::vector<filters::Label> labels_of_header(const Header& header);

}  // namespace vanthu::inspect
