// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <utility>

#include "filters/inspect/content/signatures.hpp"
#include "filters/inspect/content/type.hpp"
#include "filters/inspect/document/ole_parts.hpp"
#include "filters/inspect/document/pictures.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/text/office97.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

using namespace std::string_view_literals;

constexpr auto msi = "\x84\x10\x0C\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46"sv;
constexpr auto msp = "\x86\x10\x0C\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46"sv;
constexpr auto mst = "\x82\x10\x0C\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46"sv;
constexpr auto url_moniker = "\xE0\xC9\xEA\x79\xF9\xBA\xCE\x11\x8C\x82\x00\xAA\x00\x4B\xA9\x0B"sv;
constexpr auto flash = "\x6E\xDB\x7C\xD2\x6D\xAE\xCF\x11\x96\xB8\x44\x45\x53\x54\x00\x00"sv;

/// Octets that some program would open by themselves.
bool is_file(std::string_view octets) {
  return container_type(octets).kind != ContainerKind::none || octets.starts_with("PK\x03\x04") ||
         octets.starts_with("MZ") ||
         octets.starts_with(
             "\x7F"
             "ELF") ||
         octets.starts_with("%PDF-") || octets.starts_with("{\\rtf") ||
         octets.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") || octets.starts_with("FWS") ||
         octets.starts_with("CWS");
}

class Ole {
 public:
  Ole(std::string_view octets, const Room& room)
      : octets_(octets), out_(document_, room, octets.size()), pictures_wanted_(room.pictures) {}

  Document read() && {
    const Compound compound = read_compound(octets_, document_.notes);
    if (!compound.readable) return unreadable();
    document_.type = type_of(compound.root);
    if (document_.type.starts_with("application/x-ms")) note(document_.notes, "content.executable", document_.type);
    if (document_.type == "application/vnd.ms-outlook")
      message(compound.root, "");
    else
      storage(compound.root, "");
    if (document_.type == "application/x-ole-storage" && compound.root.find("Catalog") == nullptr)
      no_text(document_.type);
    return std::move(document_);
  }

 private:
  static std::string type_of(const CompoundNode& root) {
    if (root.class_id == msi || root.class_id == msp || root.class_id == mst) return "application/x-msi";
    if (root.find("EncryptedPackage") != nullptr) return "application/x-ole-encrypted";
    if (root.find("WordDocument") != nullptr) return "application/msword";
    if (root.find("Workbook") != nullptr || root.find("Book") != nullptr) return "application/vnd.ms-excel";
    if (root.find("PowerPoint Document") != nullptr) return "application/vnd.ms-powerpoint";
    if (root.find("__properties_version1.0") != nullptr) return "application/vnd.ms-outlook";
    if (root.find("VisioDocument") != nullptr) return "application/vnd.visio";
    return "application/x-ole-storage";
  }

  /// Office repairs what libgsf gives up: names in the directory's place are taken for what they say.
  Document unreadable() {
    document_.readable = false;
    for (const std::string_view name : {"_VBA_PROJECT", "VBA", "Macros", "_VBA_PROJECT_CUR"})
      if (ole_has(octets_, name)) note(document_.notes, "content.macro", "VBA");
    if (ole_has(octets_, "\x01Ole10Native")) note(document_.notes, "content.active", "embedded object");
    if (ole_has(octets_, "EncryptedPackage")) document_.locked = true;
    if (ole_has(octets_, "WordDocument")) no_text("application/msword");
    return std::move(document_);
  }

  void no_text(std::string_view mime) { note(document_.notes, "inspect.no-text", mime); }

  /// The text of one stream, below what there is already.
  template <class Read>
  void text_of(std::string_view mime, Read read) {
    Lines lines;
    if (document_.locked || !read(lines)) return no_text(mime);
    document_.text = true;
    std::uint32_t below = 0;
    for (const Line& line : document_.lines) below = std::max(below, line.row + 2);
    for (Line& line : lines) {
      line.row += below;
      document_.lines.push_back(std::move(line));
    }
  }

  bool give(InnerFile file) {
    full_ = full_ || !out_.entry() || !out_.keep(std::move(file));
    return !full_;
  }

  void storage(const CompoundNode& node, const std::string& path) {
    if (text::ascii_iequals(node.name, "Macros") || text::ascii_iequals(node.name, "_VBA_PROJECT_CUR") ||
        (text::ascii_iequals(node.name, "VBA") && node.find("dir") != nullptr))
      note(document_.notes, "content.macro", "VBA");
    if (node.class_id == flash) note(document_.notes, "content.active", "Flash");
    for (const CompoundNode& child : node.children) {
      if (full_) return;
      if (child.storage)
        storage(child, path + child.name + "/");
      else
        stream(node, child, path);
    }
  }

  void stream(const CompoundNode& around, const CompoundNode& node, const std::string& path) {
    const std::string name = text::ascii_lower(node.name);
    if (name == "worddocument") {
      note_word(node.octets, document_);
      const auto table = [&](std::string_view which) {
        const CompoundNode* found = around.find(which);
        return found == nullptr ? std::string_view{} : std::string_view(found->octets);
      };
      text_of("application/msword", [&](Lines& lines) {
        return read_word97(node.octets, table("0Table"), table("1Table"), lines, document_.notes);
      });
      // Floating pictures lie in the text's own stream and the tables (MS-DOC 2.1.1), others in "Data".
      if (pictures_wanted_)
        for (const std::string_view where : {std::string_view(node.octets), table("0Table"), table("1Table")})
          pictures(drawing_pictures(where, document_.notes), path);
    } else if (name == "workbook" || name == "book") {
      note_excel(node.octets, document_);
      text_of("application/vnd.ms-excel", [&](Lines& lines) { return read_excel97(node.octets, lines); });
      if (pictures_wanted_) pictures(workbook_pictures(node.octets, document_.notes), path);
    } else if (name == "powerpoint document") {
      const CompoundNode* user = around.find("Current User");
      read_powerpoint(node.octets, user == nullptr ? std::string_view{} : user->octets, document_, out_);
      text_of("application/vnd.ms-powerpoint", [&](Lines& lines) { return read_powerpoint97(node.octets, lines); });
    } else if (name == "encryptedpackage" || name == "encryptedsummary" ||
               name ==
                   "\x09"
                   "drmcontent") {
      document_.locked = true;
    } else if (pictures_wanted_ && (name == "data" || name == "pictures")) {
      pictures(drawing_pictures(node.octets, document_.notes), path);
    } else if (name == "_vba_project") {
      note(document_.notes, "content.macro", "VBA");
    } else if (name == "\x01ole10native") {
      InnerFile file = read_ole_native(node.octets, document_.notes);
      file.name = path + (file.name.empty() ? "object" : file.name);
      give(std::move(file));
    } else if (name == "\x01ole") {
      if (node.octets.find(url_moniker) != std::string::npos)
        note(document_.notes, "content.active", "remote object");
      else if (node.octets.size() > 4 && (node.octets[4] & 1) != 0)
        note(document_.notes, "content.external-link", "linked object");
    } else if (name == "\x03ocxname" || name == "\x03ocxdata") {
      note(document_.notes, "content.active", "ActiveX");
    } else if (name == "package" || name == "embeddedodf" || name == "package_stream" || is_file(node.octets)) {
      InnerFile file;
      file.name = path + "object";  // a stream has no file name, and Office shows none
      file.octets = node.octets;
      give(std::move(file));
    }
  }

  /// What OCR may read.
  void pictures(std::vector<std::string> list, const std::string& path) {
    for (std::string& octets : list) {
      InnerFile file;
      file.name = path + "picture-" + std::to_string(++pictures_);
      file.octets = std::move(octets);
      if (!give(std::move(file))) return;
    }
  }

  void message(const CompoundNode& node, const std::string& path) {
    read_outlook_body(node, path, document_, out_);
    std::size_t nameless = 0;
    for (const CompoundNode& child : node.children) {
      if (full_) return;
      if (!child.storage || !text::ascii_lower(child.name).starts_with("__attach_version1.0_")) continue;
      std::string name;
      for (const std::string_view id : {"3707", "3704", "3001"})
        if (name.empty()) name = outlook_text(child, id);
      if (const CompoundNode* object = outlook_property(child, "3701", "000D")) {
        if (name.empty()) name = "message-" + std::to_string(++nameless);
        if (object->find("__properties_version1.0") != nullptr)
          message(*object, path + name + "/");
        else
          storage(*object, path + name + "/");
        continue;
      }
      InnerFile file;
      file.name = path + name;
      file.declared_type = text::ascii_lower(outlook_text(child, "370E"));
      if (const CompoundNode* octets = outlook_property(child, "3701", "0102"))
        file.octets = octets->octets;
      else if (!outlook_text(child, "370D").empty() || !outlook_text(child, "3708").empty())
        note(document_.notes, "content.external-link", "attachment");
      else
        file.trouble = "inspect.unreadable";
      give(std::move(file));
    }
  }

  std::string_view octets_;
  Document document_;
  Unpacking out_;
  bool full_ = false;
  bool pictures_wanted_;
  std::size_t pictures_ = 0;
};

}  // namespace

Document read_ole(std::string_view octets, const Room& room) { return Ole(octets, room).read(); }

void warm_up_ole() { warm_up_compound(); }

}  // namespace vanthu::inspect
