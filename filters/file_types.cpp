// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/file_types.hpp"

#include <array>

namespace vanthu::filters {
namespace {
constexpr auto rows =
    std::to_array<FileType>({{"pdf", "application/pdf"},
                             {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
                             {"docm", "application/vnd.ms-word.document.macroenabled.12"},
                             {"doc", "application/msword"},
                             {"dot", "application/msword"},
                             {"odt", "application/vnd.oasis.opendocument.text"},
                             {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
                             {"odp", "application/vnd.oasis.opendocument.presentation"},
                             {"rtf", "text/rtf"},
                             {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
                             {"xlsm", "application/vnd.ms-excel.sheet.macroenabled.12"},
                             {"xlsb", "application/vnd.ms-excel.sheet.binary.macroenabled.12"},
                             {"xls", "application/vnd.ms-excel"},
                             {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
                             {"pptm", "application/vnd.ms-powerpoint.presentation.macroenabled.12"},
                             {"ppt", "application/vnd.ms-powerpoint"},
                             {"html", "text/html"},
                             {"htm", "text/html"},
                             {"txt", "text/plain"},
                             {"png", "image/png"},
                             {"jpeg", "image/jpeg"},
                             {"jpg", "image/jpeg"},
                             {"gif", "image/gif"},
                             {"bmp", "image/bmp"},
                             {"tiff", "image/tiff"},
                             {"tif", "image/tiff"},
                             {"eml", "message/rfc822"},
                             {"msg", "application/vnd.ms-outlook"},
                             {"zip", "application/zip"},
                             {"rar", "application/vnd.rar"},
                             {"rar", "application/x-rar"},
                             {"rar", "application/x-rar5"},
                             {"7z", "application/x-7z-compressed"},
                             {"gz", "application/gzip"},
                             {"tgz", "application/gzip"},
                             {"tar", "application/x-tar"},
                             {"bz2", "application/x-bzip2"},
                             {"xz", "application/x-xz"},
                             {"zst", "application/zstd"},
                             {"cab", "application/vnd.ms-cab-compressed"},
                             {"one", "application/onenote"},
                             {"iso", "application/x-iso9660-image"},
                             {"img", "application/x-iso9660-image"},
                             {"img", "application/x-raw-disk-image"},
                             {"vhd", "application/x-vhd"},
                             {"vhdx", "application/x-vhdx"},
                             {"vmdk", "application/x-vmdk"},
                             {"dmg", "application/x-apple-diskimage"},
                             {"mht", "multipart/related"},
                             {"mhtml", "multipart/related"},
                             {"tnef", "application/vnd.ms-tnef"},
                             {"exe", "application/vnd.microsoft.portable-executable"},
                             {"ole-encrypted", "application/x-ole-encrypted"}});
}  // namespace

std::span<const FileType> file_types() { return rows; }

std::string_view extension_for(std::string_view mime) {
  for (const FileType& row : rows)
    if (row.mime == mime) return row.extension;
  return {};
}

}  // namespace vanthu::filters
