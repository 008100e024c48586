// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "filters/inspect/document/compound.hpp"
#include "filters/inspect/document/document.hpp"
#include "filters/inspect/document/unpacking.hpp"

/// What the streams of old Office documents and of saved Outlook messages hold. Each looks for what runs, leads outside
/// or is a file; the text is not read here.
namespace vanthu::inspect {

/// A file that was dropped into a document (MS-OLEDS 2.3.6, OLEConversion "Package"): its name and its octets.
/// @param octets  the stream "\1Ole10Native", its own size in front
/// @par Notes  those of note_names: the label that is shown against the name that is run
InnerFile read_ole_native(std::string_view octets, Notes& notes);

/// The main stream of Word's (MS-DOC 2.5.2): encryption, DDE in fields.
void note_word(std::string_view stream, Document& document);
/// The records of Excel's (MS-XLS 2.4): encryption, macro sheets, DDE and other workbooks.
void note_excel(std::string_view stream, Document& document);
/// The records of PowerPoint's (MS-PPT 2.13): encryption, macros, programs behind a click, embedded objects.
/// @param user  the stream "Current User"
void read_powerpoint(std::string_view stream, std::string_view user, Document& document, Unpacking& out);

/// A property of a saved Outlook message or of an attachment (MS-OXMSG 2.2.3); null: none.
/// @param id, type  four hexadecimal digits each: "3701", "0102"
const CompoundNode* outlook_property(const CompoundNode& node, std::string_view id, std::string_view type);
/// The same as text, UTF-8, empty where there is none.
std::string outlook_text(const CompoundNode& node, std::string_view id);
/// The body of a message in each of its forms, the subject with it.
/// @param path  in front of the files' names
void read_outlook_body(const CompoundNode& message, const std::string& path, Document& document, Unpacking& out);

}  // namespace vanthu::inspect
