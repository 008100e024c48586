// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/package.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/digest.hpp"
#include "gateway/exports/names.hpp"
#include "gateway/exports/premis.hpp"
#include "gateway/exports/readme.hpp"
#include "gateway/exports/xml.hpp"

namespace vanthu::exports {
namespace {
using Write = std::function<Result<Done>(std::string_view)>;
using Visit = std::function<Result<Done>(const std::string& name, const Kept& kept)>;

constexpr const char* mets_name = "METS.xml";
constexpr const char* content_type = "OTHER";
constexpr const char* other_content_type = "message/rfc822 with urn:vanthu:export:1";

/// A name as an xml:id: what such an id cannot hold becomes "_", and then a part of the name's digest tells it from
/// others. "data/12.eml" is "f-12.eml-…".
std::string id_of(const char* kind, const std::string& name) {
  std::string plain = name.substr(name.rfind('/') + 1);
  for (char& c : plain)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-')) c = '_';
  return std::string(kind) + '-' + plain + '-' + hex(sha256(name)).substr(0, 12);
}

struct Sort {
  std::string_view ending;
  const char* media;
  const char* meaning;  ///< OTHERMDTYPE of metadata
};
// Longer endings go first.
constexpr auto sorts = std::to_array<Sort>({{".disposed.tlog-proof", "text/plain", "C2SP tlog-proof"},
                                            {".stamped.tlog-proof", "text/plain", "C2SP tlog-proof"},
                                            {".tlog-proof", "text/plain", "C2SP tlog-proof"},
                                            {".meta.json", "application/json", "vanthu frame meta"},
                                            {".meta.sha256", "text/plain", "SHA-256 of a vanthu frame meta"},
                                            {".json", "application/json", "vanthu"},
                                            {".xml", "application/xml", "urn:vanthu:export:1"},
                                            {".xsd", "application/xml", "XML schema"},
                                            {".eml", "message/rfc822", ""},
                                            {".csv", "text/csv", "vanthu register lines"},
                                            {".tsv", "text/tab-separated-values", ""},
                                            {".txt", "text/plain", "vanthu log key"},
                                            {".tsr", "application/timestamp-reply", "RFC 3161 TimeStampResp"},
                                            {".decision.pdf", "application/pdf", "scanned decision"},
                                            {".decision", "application/octet-stream", "scanned decision"},
                                            {".pem", "application/x-pem-file", "X.509"},
                                            {".p7s", "application/pkcs7-signature", "CMS signature"},
                                            {".note", "text/plain", "vanthu register volume"},
                                            {"checkpoint", "text/plain", "C2SP checkpoint"},
                                            {"rotations", "text/plain", "vanthu log key rotations"}});
constexpr Sort unknown{"", "application/octet-stream", "vanthu"};

const Sort& sort_of(std::string_view name) {
  const auto row =
      std::find_if(sorts.begin(), sorts.end(), [&](const Sort& one) { return name.ends_with(one.ending); });
  return row == sorts.end() ? unknown : *row;
}

/// One METS document, written as it comes: of a package of a million records nothing but a line is in memory.
class Mets {
 public:
  /// @param base  names are told below it: the package's folder or the representation's
  Mets(const Plan& plan, std::string base, const Write& write) : plan_(plan), base_(std::move(base)), write_(write) {}

  Result<Done> begin(const std::string& id, const std::string& version) {
    const bool submission = !plan_.files.empty();
    pugi::xml_document document;
    pugi::xml_node root = document.append_child("mets");
    add_attribute(root, "xmlns", "http://www.loc.gov/METS/");
    add_attribute(root, "xmlns:csip", "https://DILCIS.eu/XML/METS/CSIPExtensionMETS");
    add_attribute(root, "xmlns:xlink", "http://www.w3.org/1999/xlink");
    add_attribute(root, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    add_attribute(root, "xsi:schemaLocation",
                  "http://www.loc.gov/METS/ http://www.loc.gov/standards/mets/mets.xsd http://www.w3.org/1999/xlink "
                  "http://www.loc.gov/standards/mets/xlink.xsd https://DILCIS.eu/XML/METS/CSIPExtensionMETS "
                  "https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd");
    add_attribute(root, "OBJID", id);
    add_attribute(root, "LABEL", plan_.what);
    add_attribute(root, "TYPE", "OTHER");
    add_attribute(root, "csip:OTHERTYPE", "Official correspondence");
    add_attribute(root, "csip:CONTENTINFORMATIONTYPE", content_type);
    add_attribute(root, "csip:OTHERCONTENTINFORMATIONTYPE", other_content_type);
    add_attribute(root, "PROFILE",
                  submission ? "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"
                             : "https://earkdip.dilcis.eu/profile/E-ARK-DIP.xml");
    pugi::xml_node head = root.append_child("metsHdr");
    add_attribute(head, "CREATEDATE", plan_.began);
    add_attribute(head, "LASTMODDATE", plan_.began);
    add_attribute(head, "RECORDSTATUS", "NEW");
    add_attribute(head, "csip:OAISPACKAGETYPE", submission ? "SIP" : "DIP");
    add_agent(head, "CREATOR", "OTHER", "vanthu archive export", "SOFTWARE VERSION", version);
    add_agent(head, "CREATOR", "ORGANIZATION", plan_.organization, "IDENTIFICATIONCODE", plan_.origin);
    add_agent(head, "ARCHIVIST", "ORGANIZATION", plan_.organization, "IDENTIFICATIONCODE", plan_.origin);
    add_agent(head, "CREATOR", "INDIVIDUAL", plan_.actor, "IDENTIFICATIONCODE", plan_.actor);
    std::string text = printed(root);
    text.resize(text.size() - std::string_view("</mets>").size());
    return write_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text + '\n');
  }
  Result<Done> end() { return write_("</mets>\n"); }

  /// A descriptive card.
  Result<Done> descriptive(const std::string& name, const Kept& kept) {
    pugi::xml_document document;
    pugi::xml_node section = document.append_child("dmdSec");
    add_attribute(section, "ID", id_of("dmd", name));
    add_attribute(section, "CREATED", plan_.began);
    add_attribute(section, "STATUS", "CURRENT");
    add_reference(section, name, kept, "OTHER");
    return line(section);
  }
  /// PREMIS, and what proves the record.
  Result<Done> administrative(const std::string& name, const Kept& kept) {
    pugi::xml_document document;
    pugi::xml_node section = document.append_child("digiprovMD");
    add_attribute(section, "ID", id_of("amd", name));
    add_attribute(section, "CREATED", plan_.began);
    add_attribute(section, "STATUS", "CURRENT");
    add_reference(section, name, kept, is_premis(name) ? "PREMIS" : "OTHER");
    return line(section);
  }
  Result<Done> file(const std::string& name, const Kept& kept) {
    pugi::xml_document document;
    pugi::xml_node one = document.append_child("file");
    add_attribute(one, "ID", id_of("file", name));
    add_facts(one, name, kept);
    pugi::xml_node place = one.append_child("FLocat");
    add_place(place, name);
    return line(one);
  }
  /// The section of the files begins with its first group: METS wants one in it.
  Result<Done> begin_group(const std::string& use, const std::string& id, bool of_content) {
    const std::string section = has_files_ ? "" : "<fileSec ID=\"file-sec\">\n";
    has_files_ = true;
    return write_(section + "<fileGrp ID=\"" + id + "\" USE=\"" + use + '"' +
                  (of_content ? " csip:CONTENTINFORMATIONTYPE=\"OTHER\" csip:OTHERCONTENTINFORMATIONTYPE=\"" +
                                    std::string(other_content_type) + '"'
                              : std::string()) +
                  ">\n");
  }
  Result<Done> end_group() { return write_("</fileGrp>\n"); }
  Result<Done> end_files() { return has_files_ ? write_("</fileSec>\n") : Result<Done>(done); }
  bool has_files() const { return has_files_; }

  static bool is_premis(const std::string& name) { return name.find("/metadata/preservation/") != std::string::npos; }
  bool is_below(const std::string& name, std::string_view folder) const {
    return name.starts_with(base_) && std::string_view(name).substr(base_.size()).starts_with(folder);
  }
  Result<Done> write(std::string_view text) { return write_(text); }

 private:
  Result<Done> line(const pugi::xml_node& node) { return write_(printed(node) + '\n'); }
  static void add_agent(pugi::xml_node head, const char* role, const char* type, const std::string& name,
                        const char* note_type, const std::string& note) {
    pugi::xml_node agent = head.append_child("agent");
    add_attribute(agent, "ROLE", role);
    add_attribute(agent, "TYPE", type);
    if (std::string_view(type) == "OTHER") add_attribute(agent, "OTHERTYPE", "SOFTWARE");
    add_text(agent, "name", name);
    add_attribute(add_text(agent, "note", note), "csip:NOTETYPE", note_type);
  }
  void add_place(pugi::xml_node node, const std::string& name) const {
    add_attribute(node, "LOCTYPE", "URL");
    add_attribute(node, "xlink:type", "simple");
    add_attribute(node, "xlink:href", name.substr(base_.size()));
  }
  void add_facts(pugi::xml_node node, const std::string& name, const Kept& kept) const {
    add_attribute(node, "MIMETYPE", media_type(name));
    add_attribute(node, "SIZE", std::to_string(kept.octets));
    add_attribute(node, "CREATED", plan_.began);
    add_attribute(node, "CHECKSUM", kept.sha256);
    add_attribute(node, "CHECKSUMTYPE", "SHA-256");
  }
  void add_reference(pugi::xml_node section, const std::string& name, const Kept& kept, const char* type) const {
    pugi::xml_node reference = section.append_child("mdRef");
    add_place(reference, name);
    add_attribute(reference, "MDTYPE", type);
    if (std::string_view(type) == "PREMIS")
      add_attribute(reference, "MDTYPEVERSION", "3.0");
    else
      add_attribute(reference, "OTHERMDTYPE", sort_of(name).meaning);
    add_facts(reference, name, kept);
  }
  const Plan& plan_;
  std::string base_;
  const Write& write_;
  bool has_files_ = false;
};

/// The sections that both documents have: cards, PREMIS and proofs.
Result<Done> write_sections(Mets& mets, const std::function<Result<Done>(const Visit&)>& each) {
  auto written = each([&](const std::string& name, const Kept& kept) -> Result<Done> {
    return mets.is_below(name, "metadata/descriptive/") ? mets.descriptive(name, kept) : done;
  });
  if (!written) return written;
  if (written = mets.write("<amdSec ID=\"amd-sec\">\n"); !written) return written;
  written = each([&](const std::string& name, const Kept& kept) -> Result<Done> {
    return mets.is_below(name, "metadata/preservation/") || mets.is_below(name, "metadata/other/")
               ? mets.administrative(name, kept)
               : done;
  });
  if (!written) return written;
  return mets.write("</amdSec>\n");
}

/// The division that names all metadata: two lists of ids, as they come. A list without an id is none (xs:IDREFS).
Result<Done> write_metadata_division(Mets& mets, const std::function<Result<Done>(const Visit&)>& each) {
  if (auto written = mets.write("<div ID=\"div-metadata\" LABEL=\"Metadata\""); !written) return written;
  const auto list = [&](const char* attribute, const char* kind,
                        std::initializer_list<std::string_view> folders) -> Result<Done> {
    bool any = false;
    auto written = each([&](const std::string& name, const Kept&) -> Result<Done> {
      if (std::none_of(folders.begin(), folders.end(), [&](std::string_view one) { return mets.is_below(name, one); }))
        return done;
      const std::string before = any ? " " : std::string(" ") + attribute + "=\"";
      any = true;
      return mets.write(before + id_of(kind, name));
    });
    return !written || !any ? written : mets.write("\"");
  };
  if (auto written = list("DMDID", "dmd", {"metadata/descriptive/"}); !written) return written;
  if (auto written = list("ADMID", "amd", {"metadata/preservation/", "metadata/other/"}); !written) return written;
  return mets.write("/>\n");
}

/// A group of the files in a folder; none, where it has no file (CSIP66).
Result<Done> write_group(Mets& mets, const std::string& use, const char* id, const char* folder, bool of_content,
                         const std::function<Result<Done>(const Visit&)>& each) {
  bool any = false;
  auto written = each([&](const std::string& name, const Kept& kept) -> Result<Done> {
    if (!mets.is_below(name, folder)) return done;
    if (!any)
      if (auto begun = mets.begin_group(use, id, of_content); !begun) return begun;
    any = true;
    return mets.file(name, kept);
  });
  return !written || !any ? written : mets.end_group();
}

Result<Done> write_representation(Folder& folder, const Plan& plan, const std::string& version) {
  const std::string base = representation_root(plan);
  const auto each = [&](const Visit& visit) { return folder.gather(visit); };
  auto kept = folder.put_pieces(base + mets_name, [&](const Write& write) -> Result<Done> {
    Mets mets(plan, base, write);
    auto written = mets.begin("rep1", version);
    if (written) written = write_sections(mets, each);
    if (written) written = write_group(mets, "Data", "group-data", "data/", true, each);
    if (written) written = mets.end_files();
    if (written)
      written = mets.write(
          "<structMap ID=\"struct\" TYPE=\"PHYSICAL\" LABEL=\"CSIP\">\n<div ID=\"div-rep1\" LABEL=\"rep1\">\n");
    if (written) written = write_metadata_division(mets, each);
    if (written && mets.has_files())
      written = mets.write("<div ID=\"div-data\" LABEL=\"Data\"><fptr FILEID=\"group-data\"/></div>\n");
    if (written) written = mets.write("</div>\n</structMap>\n");
    if (written) written = mets.end();
    return written;
  });
  if (!kept) return kept.error();
  return done;
}

Result<Done> write_whole(Folder& folder, const Plan& plan, const std::string& version) {
  const std::string base = package_root(plan);
  // What is no record's: some thousand names at most.
  std::vector<std::pair<std::string, Kept>> all;
  auto gathered = folder.gather([&](const std::string& name, const Kept& kept) -> Result<Done> {
    if (name.starts_with(base) && !name.starts_with(base + "representations/")) all.emplace_back(name, kept);
    return done;
  });
  if (!gathered) return gathered;
  const std::string rep = representation_root(plan) + mets_name;
  const Kept kept_rep = folder.files().at(rep);
  const auto each = [&](const Visit& visit) -> Result<Done> {
    for (const auto& [name, kept] : all)
      if (auto visited = visit(name, kept); !visited) return visited;
    return done;
  };
  auto kept = folder.put_pieces(base + mets_name, [&](const Write& write) -> Result<Done> {
    Mets mets(plan, base, write);
    auto written = mets.begin(plan.id, version);
    if (written) written = write_sections(mets, each);
    if (written) written = write_group(mets, "Documentation", "group-documentation", "documentation/", false, each);
    if (written) written = write_group(mets, "Schemas", "group-schemas", "schemas/", false, each);
    if (written) written = mets.begin_group("Representations/rep1", "group-rep1", true);
    if (written) written = mets.file(rep, kept_rep);
    if (written) written = mets.end_group();
    if (written) written = mets.end_files();
    if (written)
      written =
          mets.write("<structMap ID=\"struct\" TYPE=\"PHYSICAL\" LABEL=\"CSIP\">\n<div ID=\"div-package\" LABEL=\"" +
                     plan.id + "\">\n");
    if (written) written = write_metadata_division(mets, each);
    if (written)
      written = mets.write(
          "<div ID=\"div-documentation\" LABEL=\"Documentation\"><fptr FILEID=\"group-documentation\"/></div>\n"
          "<div ID=\"div-schemas\" LABEL=\"Schemas\"><fptr FILEID=\"group-schemas\"/></div>\n"
          "<div ID=\"div-rep1\" LABEL=\"Representations/rep1\"><mptr LOCTYPE=\"URL\" xlink:type=\"simple\" "
          "xlink:href=\"representations/rep1/METS.xml\" xlink:title=\"group-rep1\"/></div>\n</div>\n</structMap>\n");
    if (written) written = mets.end();
    return written;
  });
  if (!kept) return kept.error();
  return done;
}
}  // namespace

std::string_view media_type(std::string_view name) { return sort_of(name).media; }

std::string card_schema() {
  std::string roots;
  for (const auto& [name, format, meaning] :
       {std::tuple{"Card", "vanthu card 1",
                   "a record: its papers by the names of edXML (QCVN 102), its documents by the "
                   "fields of Circular 05/2025/TT-BNV"},
        std::tuple{"File", "vanthu file 1", "hồ sơ"}, std::tuple{"Fonds", "vanthu fonds 1", "phông"},
        std::tuple{"Tombstone", "vanthu tombstone 1", "a record that is not handed out, and why"}})
    roots += std::string("  <xs:element name=\"") + name + "\">\n    <xs:annotation><xs:documentation>" + meaning +
             "</xs:documentation></xs:annotation>\n    <xs:complexType><xs:sequence>\n      <xs:element "
             "name=\"CardFormat\" type=\"xs:string\" fixed=\"" +
             format +
             "\"/>\n      <xs:any namespace=\"##targetNamespace\" processContents=\"skip\" minOccurs=\"0\" "
             "maxOccurs=\"unbounded\"/>\n    </xs:sequence></xs:complexType>\n  </xs:element>\n";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
         "targetNamespace=\"urn:vanthu:export:1\" elementFormDefault=\"qualified\">\n"
         "  <!-- The members of each root are told one by one in documentation/README: what nobody knows is left out. "
         "-->\n" +
         roots + "</xs:schema>\n";
}

Result<Done> write_package(Folder& folder, const Plan& plan, const std::string& version) {
  const std::string root = package_root(plan);
  for (const auto& [name, text] : {std::pair{"documentation/README.vi.txt", package_readme(plan, "vi")},
                                   std::pair{"documentation/README.en.txt", package_readme(plan, "en")},
                                   std::pair{"schemas/vanthu-export-1.xsd", card_schema()},
                                   std::pair{"metadata/preservation/premis.xml", premis_of_package(plan)}})
    if (auto written = folder.put(root + name, text, false); !written) return written;
  if (auto written = write_representation(folder, plan, version); !written) return written;
  return write_whole(folder, plan, version);
}

}  // namespace vanthu::exports
