// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the seeds of inspect_archive_fuzz, inspect_ole_fuzz and inspect_tnef_fuzz anew: inspect_seeds
// tests/fuzz/corpus Built by name alone. Small, inert files by the writers that the unit tests use.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/unit/inspect/archive_writer.hpp"
#include "tests/unit/inspect/ole_writer.hpp"

namespace {

using namespace std::string_literals;
namespace samples = vanthu::inspect::samples;

std::string little(std::uint64_t value, std::size_t width) {
  std::string octets;
  for (std::size_t i = 0; i < width; ++i) octets += static_cast<char>(value >> (8 * i) & 0xFFU);
  return octets;
}
std::string record(unsigned id, const std::string& data) { return little(id, 2) + little(data.size(), 2) + data; }
std::string attribute(unsigned level, unsigned id, const std::string& data) {
  unsigned sum = 0;
  for (const char c : data) sum += static_cast<unsigned char>(c);
  return little(level, 1) + little(id, 4) + little(data.size(), 4) + data + little(sum & 0xFFFFU, 2);
}

class Folder {
 public:
  explicit Folder(std::filesystem::path path) : path_(std::move(path)) { std::filesystem::create_directories(path_); }
  void write(const std::string& name, const std::string& octets) const {
    std::ofstream(path_ / name, std::ios::binary) << octets;
  }

 private:
  std::filesystem::path path_;
};

void write_archives(const Folder& folder) {
  const std::vector<samples::Entry> entries{{"thư/công văn.txt", "xin chao cac dong chi, xin chao cac dong chi"},
                                            {"b.txt", "x"}};
  struct Row {
    const char* name;
    int format, filter;
  };
  for (const Row& row :
       {Row{"seven", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
        Row{"tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE},
        Row{"pax", ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_NONE},
        Row{"cpio", ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FILTER_NONE},
        Row{"xar", ARCHIVE_FORMAT_XAR, ARCHIVE_FILTER_NONE}, Row{"xz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ},
        Row{"lzma", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_LZMA},
        Row{"lzip", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_LZIP},
        Row{"bzip2", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2},
        Row{"zstd", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD},
        Row{"lz4", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_LZ4},
        Row{"compress", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_COMPRESS},
        Row{"gzip", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP}})
    folder.write(row.name, samples::archive_of(entries, row.format, row.filter));
  const std::string iso = samples::archive_of(entries, ARCHIVE_FORMAT_ISO9660);
  folder.write("iso", iso.substr(0, iso.find_last_not_of('\0') + 1));
  folder.write("onenote", "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3"s + std::string(16, '\0') +
                              "\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC\x02"s +
                              std::string(19, '\0') + "xx");
}

void write_ole(const Folder& folder) {
  using samples::storage;
  using samples::stream;
  const std::string bound = record(0x0809, little(0x0600, 2) + little(5, 2) + std::string(12, '\0')) +
                            record(0x0085, little(0, 4) + "\0\x01\x03\0abc"s) +
                            record(0x01AE, little(0, 2) + little(7, 2) + "\0cmd\x03 /c"s);
  const std::string native =
      little(2, 2) + "a.pdf\0C:\\a.exe\0"s + little(3, 4) + little(9, 4) + "C:\\a.exe\0"s + little(3, 4) + "MZx";
  const std::string slide = little(0x0F, 2) + little(0x03FF, 2) + little(20, 4) + little(0, 2) + little(0x0400, 2) +
                            little(12, 4) + little(1, 4) + little(1, 4) + little(2, 4);
  const std::string rtf =
      "\x2D\0\0\0\x2B\0\0\0LZFu\xF1\xC5\xC7\xA7\x03\0\x0A\0rcpg125B2\x0A\xF3 hel\x09\0 bw\x05\xB0ld}\x0A\x80\x0F\xA0"s;
  folder.write("excel", samples::ole_of({stream("Workbook", bound)}));
  folder.write(
      "word",
      samples::ole_of(
          {stream("WordDocument", little(0xA5EC, 2) + std::string(600, '\0') + "\x13 DDE x"),
           storage("ObjectPool", {storage("_1", {stream("\x01Ole10Native", little(native.size(), 4) + native)})})}));
  folder.write("slides", samples::ole_of({stream("PowerPoint Document", slide)}));
  folder.write("message",
               samples::ole_of(
                   {stream("__properties_version1.0", std::string(32, '\0')),
                    stream("__substg1.0_1000001F", samples::utf16("Kinh gui")), stream("__substg1.0_10090102", rtf),
                    storage("__attach_version1.0_#00000000", {stream("__substg1.0_3707001F", samples::utf16("a.txt")),
                                                              stream("__substg1.0_37010102", "xin chao")})}));
  folder.write("records-excel", bound);
  folder.write("records-slides", slide);
  folder.write("records-native", little(native.size(), 4) + native);
  folder.write("records-rtf", rtf);
}

void write_tnef(const Folder& folder) {
  const std::string begin = little(0x223E9F78, 4) + little(1, 2) + attribute(1, 0x00089006, little(0x10000, 4));
  const std::string file = attribute(2, 0x00069002, std::string(14, '\0')) + attribute(2, 0x00018010, "a.txt\0"s) +
                           attribute(2, 0x0006800F, "xin chao");
  const std::string properties = little(2, 4) + little(0x0102, 2) + little(0x1013, 2) + little(1, 4) + little(4, 4) +
                                 "<p>x" + little(0x001F, 2) + little(0x8001, 2) + std::string(16, 'g') + little(0, 4) +
                                 little(1, 4) + little(1, 4) + little(4, 4) + "a\0\0\0"s;
  folder.write("plain", begin + attribute(1, 0x0002800C, "Kinh gui\0"s) + file);
  folder.write("properties", begin + attribute(1, 0x00069003, properties) + file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  const std::filesystem::path corpus = argv[1];
  write_archives(Folder(corpus / "inspect_archive_fuzz"));
  write_ole(Folder(corpus / "inspect_ole_fuzz"));
  write_tnef(Folder(corpus / "inspect_tnef_fuzz"));
  return 0;
}
