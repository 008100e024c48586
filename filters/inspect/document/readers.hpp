// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/document/document.hpp"

/// One reader a format: octets in, all that is inside out. No reader throws for bad octets, opens a file or takes more
/// than the room; what it could not look into is in the notes, or at the file as its trouble.
namespace vanthu::inspect {

/// @par Notes  inspect.ambiguous-container, name.control, inspect.too-many, inspect.bomb
Document read_zip(std::string_view octets, const Room& room);

/// 7z, rar, tar, cab, iso9660, cpio, ar, lha, xar, and what gzip, bzip2, xz, lzma, lzip, zstd and compress pack: one
/// file, looked into by its own type.
/// @par Notes  the same, and inspect.unreadable, inspect.unsupported-container, content.executable (installer)
Document read_archive(std::string_view octets, const Room& room);

/// Documents of Word, Excel and PowerPoint 97-2003, messages saved by Outlook, and whatever else is an OLE2 compound
/// file.
/// @par Notes  content.macro (VBA, XLM), content.dde, content.active, content.external-link, content.executable (an
///             installer), inspect.no-text, and those of a container
Document read_ole(std::string_view octets, const Room& room);

/// winmail.dat: the body in each of its forms and the attachments; a message among them is TNEF again.
/// @par Notes  inspect.unreadable (what we do not know, sums that are wrong), inspect.ambiguous-container, and those of
///             a container
Document read_tnef(std::string_view octets, const Room& room);

/// Opens what read_archive() would open at its first use: the locale that knows UTF-8.
void warm_up_archives();
/// Makes what read_ole() would make at its first use: the types of GLib's.
void warm_up_ole();

/// Office documents in a zip or as one flat XML: OOXML and OpenDocument. Text, macros, fields and links that act,
/// signatures, labels; what is embedded comes back as files, and so does every part that is not understood.
/// @param mime  the package's true type; may be empty for flat ones
Document read_package(std::string_view octets, std::string_view mime, const Room& room);

/// Whether a text is an office document in one XML: OpenDocument's flat form, Word 2003 XML, Office's flat package.
bool looks_like_flat_document(std::string_view octets);

/// PDF: text by poppler; actions, embedded files, encryption, signatures and labels by qpdf.
Document read_pdf_document(std::string_view octets, const Room& room);

/// A picture, or a scan of several pages as TIFF: its words by OCR, as far as the room's time goes.
/// @par Notes  inspect.bomb, inspect.no-text, inspect.not-read-in-time
Document read_picture(std::string_view octets, std::string_view mime, const Room& room);

/// Rich Text Format: text, embedded objects, links and fields that act.
Document read_rtf_document(std::string_view octets, const Room& room);

/// S/MIME (RFC 8551: signed, compressed, encrypted, certificates only; DER, BER or either in base64) and OpenPGP (RFC
/// 4880: armour or packets). What is opened comes back as a file: of S/MIME with the declared type "message/entity", a
/// MIME entity without a message's header.
Document read_cms(std::string_view octets, const Room& room);

/// A detached signature, S/MIME or OpenPGP.
/// @param signed_octets  what it is over, as it was sent: lines end in CRLF (RFC 8551 §3.1.1)
std::vector<filters::Signature> verify_detached(std::string_view signed_octets, std::string_view signature);

/// The signatures of a text that is signed in clear (RFC 4880 §7).
std::vector<filters::Signature> clear_signatures(std::string_view text);

/// Whose signatures are believed: certificates and revocation lists, PEM. To be called before the sandbox closes; with
/// an empty bundle no signature is better than "unknown-ca". Replaces an earlier bundle.
void load_trust(const std::string& pem_bundle);

}  // namespace vanthu::inspect
