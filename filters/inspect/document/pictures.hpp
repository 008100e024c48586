// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"

/// Pictures that stand inside of older documents, for OCR: PNG, JPEG, TIFF and bitmaps as files of their own.
namespace vanthu::inspect {

/// The pictures among the records of Office's drawings (MS-ODRAW 2.2.23): in the stream "Data" of Word's files, in
/// "Pictures" of PowerPoint's. At most limits::ocr_pictures.
/// @par Notes  inspect.not-read-in-time: there are more; inspect.no-text: one of a kind we cannot decode (EMF, WMF,
/// DIB)
std::vector<std::string> drawing_pictures(std::string_view stream, Notes& notes);

/// Those of a workbook's stream: its drawings lie in records of 8,224 octets at most (MS-XLS 2.4.102, 2.4.58).
std::vector<std::string> workbook_pictures(std::string_view stream, Notes& notes);

/// \pict groups with \pngblip or \jpegblip, in hexadecimal digits or \bin. At most limits::ocr_pictures.
/// @par Notes  as above
std::vector<std::string> rtf_pictures(std::string_view octets, Notes& notes);

}  // namespace vanthu::inspect
