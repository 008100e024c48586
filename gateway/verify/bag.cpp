// SPDX-License-Identifier: GPL-3.0-or-later
#include "bag.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace verify {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t faults_told = 100;  // the rest is counted
constexpr std::uintmax_t text_octets = 1ULL << 30;

struct Free {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view octets) { EVP_DigestUpdate(context_.get(), octets.data(), octets.size()); }
  std::string end() {
    unsigned char digest[32];
    EVP_DigestFinal_ex(context_.get(), digest, nullptr);
    std::string text;
    for (const unsigned char octet : digest) {
      text += "0123456789abcdef"[octet >> 4];
      text += "0123456789abcdef"[octet & 15];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

std::string sha256(std::string_view octets) {
  Sha256 digest;
  digest.add(octets);
  return digest.end();
}

/// Whether a name stays inside the folder that it is looked for in.
bool stays_inside(const std::string& name) {
  if (name.empty() || name.front() == '/' || name.find('\0') != std::string::npos) return false;
  const fs::path path(name);
  return std::none_of(path.begin(), path.end(), [](const fs::path& step) { return step == ".."; });
}

class Check {
 public:
  Check(const fs::path& folder, const CheckProof& check, const CheckStamped& stamped)
      : folder_(folder), check_(check), stamped_(stamped) {}

  BagReport run() {
    const auto declaration = read("bagit.txt");
    if (declaration && *declaration != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
      fault("bagit.txt: another version of BagIt, or none");
    std::map<std::string, std::string> listed = manifest("manifest-sha256.txt");
    const std::map<std::string, std::string> tags = manifest("tagmanifest-sha256.txt");
    for (const auto& [name, digest] : listed)
      if (!name.starts_with("data/")) fault(name + ": listed as payload, and not below data/");
    for (const char* needed : {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "vanthu-export.json"})
      if (!tags.contains(needed)) fault(std::string(needed) + ": not in tagmanifest-sha256.txt");
    listed.insert(tags.begin(), tags.end());
    hold(listed);
    nothing_more(listed);
    oxum();
    payload();
    decisions();
    the_bag_itself();
    return std::move(report_);
  }

 private:
  void fault(const std::string& what) {
    if (report_.faults.size() < faults_told)
      report_.faults.push_back(what);
    else if (report_.faults.size() == faults_told)
      report_.faults.push_back("and more");
  }

  std::optional<std::string> read(const std::string& name) {
    const fs::path file = folder_ / name;
    std::error_code error;
    // A link would show something that is not in the bag.
    if (fs::symlink_status(file, error).type() != fs::file_type::regular) {
      fault(name + ": not there");
      return std::nullopt;
    }
    if (fs::file_size(file, error) > text_octets) {
      fault(name + ": too big to be one");
      return std::nullopt;
    }
    std::ifstream in(file, std::ios::binary);
    std::string octets{std::istreambuf_iterator<char>(in), {}};
    if (in.bad()) {
      fault(name + ": cannot be read");
      return std::nullopt;
    }
    return octets;
  }

  /// "digest  name" a line, as sha256sum(1) has it.
  std::map<std::string, std::string> manifest(const std::string& name) {
    std::map<std::string, std::string> all;
    const auto text = read(name);
    if (!text) return all;
    for (std::size_t at = 0; at < text->size();) {
      const std::size_t end = std::min(text->find('\n', at), text->size());
      const std::string line = text->substr(at, end - at);
      at = end + 1;
      const std::string digest = line.substr(0, 64);
      if (line.size() < 67 || line.substr(64, 2) != "  " ||
          digest.find_first_not_of("0123456789abcdef") != std::string::npos || !stays_inside(line.substr(66))) {
        fault(name + ": a line that is none: " + line.substr(0, 100));
        continue;
      }
      if (!all.emplace(line.substr(66), digest).second) fault(name + ": twice: " + line.substr(66));
    }
    return all;
  }

  /// Every file that is listed is there and is what it was.
  void hold(const std::map<std::string, std::string>& listed) {
    std::string block(1U << 20, '\0');
    for (const auto& [name, digest] : listed) {
      std::error_code error;
      if (fs::symlink_status(folder_ / name, error).type() != fs::file_type::regular) {
        fault(name + ": not there");
        continue;
      }
      std::ifstream in(folder_ / name, std::ios::binary);
      Sha256 sum;
      while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
        const auto got = static_cast<std::size_t>(in.gcount());
        sum.add(std::string_view(block).substr(0, got));
        if (name.starts_with("data/")) octets_ += got;
      }
      ++report_.files;
      if (name.starts_with("data/")) ++payload_files_;
      if (in.bad() || sum.end() != digest) fault(name + ": was changed");
    }
  }

  /// Every file that is there is listed; tagmanifest-sha256.txt alone is in no list.
  void nothing_more(const std::map<std::string, std::string>& listed) {
    std::error_code error;
    auto entry = fs::recursive_directory_iterator(folder_, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (entry->symlink_status().type() == fs::file_type::directory) continue;
      // By its own name, and not by what it may be a link to.
      const std::string name = entry->path().lexically_relative(folder_).generic_string();
      if (name != "tagmanifest-sha256.txt" && !listed.contains(name)) fault(name + ": in no manifest");
    }
    if (error) fault(folder_.string() + ": " + error.message());
  }

  void oxum() {
    const auto info = read("bag-info.txt");
    const std::string wanted = "Payload-Oxum: " + std::to_string(octets_) + '.' + std::to_string(payload_files_) + '\n';
    if (info && info->find(wanted) == std::string::npos) fault("bag-info.txt: the payload is not of the size it says");
  }

  /// Every number that was asked for, what became of it, and of what was handed out the proof.
  void payload() {
    const auto list = read("data/list.tsv");
    if (!list) return;
    std::set<std::string> seen;
    bool head = true;
    for (std::size_t at = 0; at < list->size();) {
      const std::size_t end = std::min(list->find('\n', at), list->size());
      const std::string line = list->substr(at, end - at);
      at = end + 1;
      if (head) {
        head = false;
        if (!line.starts_with("number\tstate\toctets\tsha256\tremark")) fault("data/list.tsv: another head");
        continue;
      }
      std::vector<std::string> cells;
      for (std::size_t from = 0; from <= line.size();) {
        const std::size_t tab = std::min(line.find('\t', from), line.size());
        cells.push_back(line.substr(from, tab - from));
        from = tab + 1;
      }
      if (cells.size() < 5 || cells[0].empty() || cells[0].find_first_not_of("0123456789") != std::string::npos) {
        fault("data/list.tsv: a line that is none");
        continue;
      }
      if (!seen.insert(cells[0]).second) fault("data/list.tsv: twice: " + cells[0]);
      if (cells[1] == "record") {
        record(cells[0], cells[2], cells[3]);
      } else if (cells[1] == "disposed") {
        tombstone(cells[0], cells[4]);
      } else {
        fault("record " + cells[0] + ": " + cells[1] + ": " + cells[4]);
      }
    }
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_ / "data" / "records", error))
      if (!seen.contains(entry.path().stem().string()))
        fault("data/records/" + entry.path().filename().string() + ": not in the list");
  }

  /// That a record is there no more is for the log to say, and not for whoever wrote the list.
  void tombstone(const std::string& number, const std::string& remark) {
    const std::string stem = "data/proofs/" + number + ".disposed";
    const auto meta = meta_of(stem, number);
    const auto proof = read(stem + ".tlog-proof");
    if (!meta || !proof) return fault("record " + number + ": missing, and no disposal is shown");
    const Leaf leaf = check_(*proof, "", *meta);
    if (!leaf.fault.empty()) return fault("record " + number + ": its disposal: " + leaf.fault);
    const std::string* whole = std::get_if<std::string>(&*meta);
    if (leaf.kind != 4 || (whole != nullptr && !says(*whole, "record.disposed", {"\"record\":" + number})))
      return fault("record " + number + ": missing, and what is shown is no disposal of it");
    if (whole == nullptr)
      return report_.remarks.push_back(
          "record " + number +
          ": NOT CHECKED that it was disposed of: the event is shown by its digest alone (it speaks of other records, "
          "too); the list says: " +
          remark);
    ++report_.tombstones;
    report_.remarks.push_back("record " + number + ": disposed of, as the log says: " + remark);
  }

  /// Whether one of a frame's events is this one, with these members: `"record":7`. Quotation marks within texts are
  /// escaped, so what is looked for stands nowhere else.
  static bool says(const std::string& meta, const std::string& what, const std::vector<std::string>& members) {
    const std::string begin = "{\"what\":";
    for (std::size_t at = meta.find(begin); at != std::string::npos;) {
      const std::size_t next = meta.find(begin, at + 1);
      const std::string event = meta.substr(at, next == std::string::npos ? next : next - at);
      if (event.starts_with(begin + '"' + what + "\",") &&
          std::all_of(members.begin(), members.end(), [&](const std::string& member) {
            return event.find(member + ',') != std::string::npos || event.find(member + '}') != std::string::npos;
          }))
        return true;
      at = next;
    }
    return false;
  }

  /// The council's decisions that disposals went by, as they were scanned: each is the body of the frame that has it.
  void decisions() {
    std::set<std::string> numbers;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_ / "data" / "disposals", ignored)) {
      const std::string name = entry.path().filename().string();
      numbers.insert(name.substr(0, name.find('.')));
    }
    for (const std::string& number : numbers) {
      const std::string stem = "data/disposals/" + number;
      const auto scan = read(stem + (is_there(stem + ".decision.pdf") ? ".decision.pdf" : ".decision"));
      const auto meta = read(stem + ".meta.json");
      const auto proof = read(stem + ".tlog-proof");
      if (!scan || !meta || !proof) continue;
      const Leaf leaf = check_(*proof, *scan, *meta);
      if (!leaf.fault.empty())
        fault("disposal " + number + ": its decision: " + leaf.fault);
      else if (leaf.kind != 4 || !says(*meta, "disposal.decided",
                                       {"\"disposal\":" + number, "\"decision_sha256\":\"" + sha256(*scan) + '"'}))
        fault("disposal " + number + ": what is shown is no decision of it");
      else
        ++report_.decisions;
    }
  }

  bool is_there(const std::string& name) const {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(folder_ / name, ignored));
  }

  /// A meta part's octets, or, where they name what whoever took the bag is not told, their digest.
  std::optional<MetaPart> meta_of(const std::string& stem, const std::string& number) {
    const std::string whole = stem + ".meta.json";
    const std::string digest = stem + ".meta.sha256";
    if (!is_there(digest)) return read(whole);
    if (is_there(whole)) {
      fault("record " + number + ": a meta part is there twice, whole and by its digest");
      return std::nullopt;
    }
    const auto line = read(digest);
    if (!line) return std::nullopt;
    if (line->size() != 65 || line->back() != '\n' || line->find_first_not_of("0123456789abcdef") != 64) {
      fault(digest + ": no SHA-256");
      return std::nullopt;
    }
    return hash_of_digits(std::string_view(*line).substr(0, 64), digest.c_str());
  }

  void record(const std::string& number, const std::string& octets, const std::string& digest) {
    const auto eml = read("data/records/" + number + ".eml");
    const auto meta = meta_of("data/proofs/" + number, number);
    const auto proof = read("data/proofs/" + number + ".tlog-proof");
    if (!eml || !meta || !proof) return;
    ++report_.records;
    if (std::to_string(eml->size()) != octets || sha256(*eml) != digest)
      fault("record " + number + ": not what data/list.tsv says");
    std::string body = *eml;
    const std::string part = "data/delivered/" + number + ".part";
    if (is_there(part))
      if (const auto delivered = read(part)) body += *delivered;
    const Leaf leaf = check_(*proof, body, *meta);
    if (!leaf.fault.empty()) {
      fault("record " + number + ": " + leaf.fault);
    } else if (leaf.kind != 1 || std::to_string(leaf.record) != number) {
      fault("record " + number + ": the proof is of another one");
    } else if (const std::string* whole = std::get_if<std::string>(&*meta); whole == nullptr) {
      report_.remarks.push_back("record " + number +
                                ": its meta part is shown by its digest alone (it names blind copies that are not "
                                "told): the letter was accepted with it, but where it ends is not checked");
    } else if (whole->find("\"sha256\":\"" + digest + '"') == std::string::npos) {
      // The commitment binds both parts of what was stored together; where the first ends, the meta part says.
      fault("record " + number + ": its letter ends elsewhere");
    }
    stamp(number, body, *meta);
  }

  /// A token without the proof that leads to what it is over, or the other way round, says nothing of the record.
  void stamp(const std::string& number, const std::string& body, const MetaPart& meta) {
    const std::string token_name = "data/proofs/" + number + ".tsr";
    const std::string proof_name = "data/proofs/" + number + ".stamped.tlog-proof";
    if (!is_there(token_name) && !is_there(proof_name)) return;
    const auto token = read(token_name);
    const auto proof = read(proof_name);
    if (!token || !proof) return;
    if (const std::string wrong_with_it = stamped_(*token, *proof, number, body, meta); !wrong_with_it.empty())
      fault("record " + number + ": its time stamp: " + wrong_with_it);
  }

  /// The manifest, and with it every card, stands in the log, too.
  void the_bag_itself() {
    const auto proof = read("export.tlog-proof");
    const auto meta = read("export.meta.json");
    const auto manifest = read("manifest-sha256.txt");
    if (!proof || !meta || !manifest) return;
    const Leaf leaf = check_(*proof, "", *meta);
    if (!leaf.fault.empty())
      fault("export.tlog-proof: " + leaf.fault);
    else if (leaf.kind != 4 || meta->find("\"manifest_sha256\":\"" + sha256(*manifest) + '"') == std::string::npos)
      fault("manifest-sha256.txt: not the one that was logged");
  }

  const fs::path folder_;
  const CheckProof& check_;
  const CheckStamped& stamped_;
  BagReport report_;
  std::uint64_t octets_ = 0, payload_files_ = 0;
};
}  // namespace

BagReport check_bag(const std::filesystem::path& folder, const CheckProof& check, const CheckStamped& stamped) {
  return Check(folder, check, stamped).run();
}

}  // namespace verify
