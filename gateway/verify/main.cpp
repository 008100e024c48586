// SPDX-License-Identifier: GPL-3.0-or-later
// vanthu-verify: checks a record, a proof or a whole log from their files, on a machine that has nothing else of ours.
// Written from the FORMAT.md files alone: it shares no code with the gateway, so that a mistake of the one is not one
// of the other. Statically linked; needs no configuration and no network.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bag.hpp"

namespace {
namespace fs = std::filesystem;

// sysexits.h; 1 is "checked, and wrong", 2 "right, and seen by nobody but the log's own keeper"
constexpr int right = 0, wrong = 1, unwitnessed = 2, usage = 64, bad_data = 65, no_input = 66;

/// What ends the program: which code, and the sentence that says what is wrong and where.
struct Stop {
  int code;
  std::string why;
};

using Hash = std::array<unsigned char, 32>;

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
std::string_view view(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  Digest& add(std::string_view octets) {
    EVP_DigestUpdate(context_.get(), octets.data(), octets.size());
    return *this;
  }
  Hash end() {
    Hash hash{};
    EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr);
    return hash;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, FreeDigest> context_;
};

Hash leaf_hash(std::string_view leaf) { return Digest().add(std::string_view("\0", 1)).add(leaf).end(); }
Hash node_hash(const Hash& left, const Hash& right_hash) {
  return Digest().add("\x01").add(view(left)).add(view(right_hash)).end();
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || fs::is_directory(file)) throw Stop{no_input, file.string() + ": cannot be read"};
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string hex(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    text += digits;
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string octets(text.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(octets.data()), raw(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  octets.resize(static_cast<std::size_t>(length));
  for (std::size_t i = 0; i < 2 && i < text.size() && text[text.size() - 1 - i] == '=' && !octets.empty(); ++i)
    octets.pop_back();
  return octets;
}

Hash hash_in(std::string_view line, const char* what) {
  const auto octets = from_base64(line);
  if (!octets || octets->size() != 32) throw Stop{bad_data, std::string(what) + " is no hash in base64"};
  Hash hash;
  std::copy(octets->begin(), octets->end(), hash.begin());
  return hash;
}

std::uint64_t number_in(std::string_view digits, const char* what) {
  std::uint64_t value = 0;
  if (digits.empty() || digits.size() > 19 || (digits.size() > 1 && digits[0] == '0'))
    throw Stop{bad_data, std::string(what) + " is no number"};
  for (const char c : digits) {
    if (c < '0' || c > '9') throw Stop{bad_data, std::string(what) + " is no number"};
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::string_view take_line(std::string_view& text, const char* what) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) throw Stop{bad_data, std::string(what) + ": a line is missing"};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

/// A verifier key: name+id+base64.
struct Key {
  std::string name;
  std::uint32_t id = 0;
  unsigned char type = 0;
  std::string octets;
  bool voter = false;                       ///< a witness that counts for the quorum; else it must have signed
  std::uint64_t from = 0, to = UINT64_MAX;  ///< sizes of trees whose heads it signs
};

/// Whom to believe.
struct Keys : std::vector<Key> {
  std::size_t quorum = 0;  ///< of the voters
};

Key parse_key(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos)
    throw Stop{usage, "--key wants name+id+base64, as `vanthu log status` prints it"};
  const auto octets = from_base64(text.substr(second + 1));
  if (!octets || octets->size() != 33 || ((*octets)[0] != 1 && (*octets)[0] != 4))
    throw Stop{usage, "--key: not a key of Ed25519 for a log (1) or a witness (4)"};
  Key key{std::string(text.substr(0, first)), 0, static_cast<unsigned char>((*octets)[0]), octets->substr(1)};
  const Hash digest = Digest().add(key.name).add("\n").add(*octets).end();
  for (int i = 0; i < 4; ++i) key.id = key.id << 8 | digest[static_cast<std::size_t>(i)];
  if (hex(view(digest).substr(0, 4)) != text.substr(first + 1, second - first - 1))
    throw Stop{usage, "--key: the id does not belong to the name and the key"};
  return key;
}

bool signature_is_right(const Key& key, std::string_view message, std::string_view signature) {
  EVP_PKEY* pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(key.octets), key.octets.size());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool fits = pkey != nullptr && context != nullptr &&
                    EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, pkey) == 1 &&
                    EVP_DigestVerify(context, raw(signature), signature.size(), raw(message), message.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(pkey);
  return fits;
}

struct Head {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
  std::vector<std::string> signers;  ///< names of the keys that signed it
};

/// That enough has signed: every key that was named and signs heads of that size, and a quorum of the witnesses.
void demand_signers(const Head& head, const Keys& keys) {
  const auto signed_it = [&](const Key& key) {
    return std::find(head.signers.begin(), head.signers.end(), key.name) != head.signers.end();
  };
  bool by_log = false;
  std::vector<std::string> voters;  // names: two keys of one witness are one vote
  for (const Key& key : keys) {
    if (head.size < key.from || head.size > key.to) continue;
    if (key.voter) {
      if (signed_it(key) && std::find(voters.begin(), voters.end(), key.name) == voters.end())
        voters.push_back(key.name);
      continue;
    }
    if (!signed_it(key)) throw Stop{wrong, key.name + " has not signed the checkpoint"};
    by_log = by_log || key.type == 1;
  }
  if (!by_log) throw Stop{wrong, "no key of the log that was named signs heads of that size"};
  if (voters.size() < keys.quorum)
    throw Stop{wrong, "only " + std::to_string(voters.size()) + " of the witnesses have cosigned the checkpoint, and " +
                          std::to_string(keys.quorum) + " are wanted"};
}

/// A signed checkpoint, believed only where those have signed it that demand_signers() wants.
Head parse_head(std::string_view octets, const Keys& keys) {
  const std::size_t gap = octets.rfind("\n\n");
  if (gap == std::string_view::npos) throw Stop{bad_data, "the checkpoint has no signatures"};
  const std::string_view text = octets.substr(0, gap + 1);
  Head head;
  std::string_view rest = text;
  head.origin = take_line(rest, "checkpoint");
  head.size = number_in(take_line(rest, "checkpoint"), "the checkpoint's size");
  head.root = hash_in(take_line(rest, "checkpoint"), "the checkpoint's root");
  constexpr std::string_view dash = "\xE2\x80\x94 ";
  for (rest = octets.substr(gap + 2); !rest.empty();) {
    const std::string_view line = take_line(rest, "checkpoint's signatures");
    const std::size_t blank = line.rfind(' ');
    if (!line.starts_with(dash) || blank <= dash.size())
      throw Stop{bad_data, "a line behind the checkpoint is no signature"};
    const auto signature = from_base64(line.substr(blank + 1));
    if (!signature || signature->size() < 5) throw Stop{bad_data, "a signature is no base64"};
    const std::string_view name = line.substr(dash.size(), blank - dash.size());
    std::uint32_t id = 0;
    for (int i = 0; i < 4; ++i) id = id << 8 | static_cast<unsigned char>((*signature)[static_cast<std::size_t>(i)]);
    for (const Key& key : keys) {
      if (key.name != name || key.id != id || head.size < key.from || head.size > key.to) continue;
      const std::string_view body = std::string_view(*signature).substr(4);
      std::uint64_t seconds = 0;
      bool fits = false;
      if (key.type == 4 && body.size() == 72) {
        for (int i = 0; i < 8; ++i)
          seconds = seconds << 8 | static_cast<unsigned char>(body[static_cast<std::size_t>(i)]);
        const std::string message = "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
        fits = signature_is_right(key, message, body.substr(8));
      } else if (key.type == 1) {
        fits = signature_is_right(key, text, body);
      }
      if (!fits) throw Stop{wrong, "the signature of " + key.name + " is wrong"};
      head.signers.push_back(key.name);
    }
  }
  demand_signers(head, keys);
  return head;
}

/// Signed notes that say from which size on a log has another key (gateway/transparency/FORMAT.md). Only a key that is
/// believed already can name the next one, and the next one must sign, too.
void take_rotations(std::string_view notes, Keys& keys) {
  constexpr std::string_view first_line = "vanthu-key-rotation/v1\n";
  constexpr std::string_view dash = "\xE2\x80\x94 ";
  while (!notes.empty()) {
    const std::size_t next = notes.find('\n' + std::string(first_line));
    std::string_view note = notes.substr(0, next == std::string_view::npos ? notes.size() : next + 1);
    notes.remove_prefix(note.size());
    const std::size_t gap = note.rfind("\n\n");
    if (!note.starts_with(first_line) || gap == std::string_view::npos)
      throw Stop{bad_data, "no rotation of a log's key"};
    const std::string_view text = note.substr(0, gap + 1);
    std::string_view rest = text.substr(first_line.size());
    const std::string_view origin = take_line(rest, "rotation");
    const std::uint64_t size = number_in(take_line(rest, "rotation"), "the rotation's size");
    const Key before = parse_key(take_line(rest, "rotation"));
    Key after = parse_key(take_line(rest, "rotation"));
    if (!rest.empty() || before.name != origin || after.name != origin || before.type != 1 || after.type != 1)
      throw Stop{bad_data, "a rotation is not between two keys of one log"};
    std::size_t right_ones = 0;
    for (rest = note.substr(gap + 2); !rest.empty();) {
      const std::string_view line = take_line(rest, "rotation's signatures");
      const std::size_t blank = line.rfind(' ');
      const auto signature = blank == std::string_view::npos || !line.starts_with(dash)
                                 ? std::nullopt
                                 : from_base64(line.substr(blank + 1));
      if (!signature || signature->size() != 68) throw Stop{bad_data, "a line behind the rotation is no signature"};
      const Key& key = right_ones == 0 ? before : after;
      if (right_ones == 2 || !signature_is_right(key, text, std::string_view(*signature).substr(4)))
        throw Stop{wrong,
                   "the rotation at size " + std::to_string(size) + " is not signed by the old key and the new one"};
      ++right_ones;
    }
    if (right_ones != 2)
      throw Stop{wrong, "the rotation at size " + std::to_string(size) + " is not signed by both keys"};
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].name != before.name || keys[i].octets != before.octets || keys[i].to != UINT64_MAX) continue;
      if (size < keys[i].from) throw Stop{wrong, "a rotation of " + before.name + " goes back"};
      keys[i].to = size;
      after.from = size + 1;
      keys.push_back(after);
      break;
    }
  }
}

/// RFC 9162 §2.1.3.2.
Hash root_of(const Hash& leaf, std::uint64_t index, std::uint64_t size, const std::vector<Hash>& path) {
  const Stop no_path{wrong,
                     "the path is none of leaf " + std::to_string(index) + " in a tree of " + std::to_string(size)};
  if (index >= size) throw no_path;
  std::uint64_t fn = index;
  std::uint64_t sn = size - 1;
  Hash r = leaf;
  for (const Hash& p : path) {
    if (sn == 0) throw no_path;
    if ((fn & 1) != 0 || fn == sn) {
      r = node_hash(p, r);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) throw no_path;
  return r;
}

std::uint64_t number_at(std::string_view octets, std::size_t at, unsigned count) {
  std::uint64_t value = 0;
  for (unsigned i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

struct Proof {
  std::string extra;
  std::uint64_t index = 0;
  std::vector<Hash> path;
  std::string checkpoint;
};

Proof parse_proof(std::string_view text) {
  Proof proof;
  if (take_line(text, "proof") != "c2sp.org/tlog-proof@v1") throw Stop{bad_data, "the file is no .tlog-proof"};
  std::string_view line = take_line(text, "proof");
  if (line.starts_with("extra ")) {
    const auto octets = from_base64(line.substr(6));
    if (!octets) throw Stop{bad_data, "the line \"extra\" is no base64"};
    proof.extra = *octets;
    line = take_line(text, "proof");
  }
  if (!line.starts_with("index ")) throw Stop{bad_data, "the line \"index\" is missing"};
  proof.index = number_in(line.substr(6), "the index");
  while (!(line = take_line(text, "proof")).empty()) {
    if (proof.path.size() == 64) throw Stop{bad_data, "the path is too long"};
    proof.path.push_back(hash_in(line, "a line of the path"));
  }
  proof.checkpoint = text;
  return proof;
}

struct Options {
  Keys keys;
  std::string eml, meta;
  std::vector<std::string> operands;
};

/// That what is shown is what the leaf commits to.
void hold_against_leaf(const Proof& proof, std::string_view body, std::string_view meta) {
  const std::string_view leaf = std::string_view(proof.extra).substr(0, 100);
  if (number_at(leaf, 10, 2) == 0) {
    if (view(Digest().add(meta).add(body).end()) != leaf.substr(68, 32))
      throw Stop{wrong, "the record is not the leaf's"};
    return;
  }
  if (proof.extra.size() != 132)
    throw Stop{bad_data, "the blinding is missing: the record cannot be held against the leaf"};
  std::string content = "rec1";
  content.append(view(Digest().add(body).end())).append(view(Digest().add(meta).end()));
  Hash code{};
  unsigned length = 0;
  HMAC(EVP_sha256(), proof.extra.data() + 100, 32, raw(content), content.size(), code.data(), &length);
  if (view(code) != leaf.substr(36, 32))
    throw Stop{wrong, "the record is not the leaf's: octets or meta part were changed"};
}

/// That the leaf in the proof is in the signed tree, and, where the record is shown, that it is the leaf's.
int check_proof(const Options& options) {
  const Proof proof = parse_proof(read_file(options.operands.at(0)));
  const Head head = parse_head(proof.checkpoint, options.keys);
  if (proof.extra.size() != 100 && proof.extra.size() != 132)
    throw Stop{bad_data, "the proof does not hold the leaf (100 octets) and the blinding (32)"};
  const std::string_view leaf = std::string_view(proof.extra).substr(0, 100);
  if (leaf.substr(0, 4) != "VTL1") throw Stop{bad_data, "the proof holds no leaf that is known here"};
  if (root_of(leaf_hash(leaf), proof.index, head.size, proof.path) != head.root)
    throw Stop{wrong, "the leaf is not in the signed tree"};
  std::cout << "leaf:       frame " << number_at(leaf, 12, 8) << ", record " << number_at(leaf, 20, 8) << ", written "
            << number_at(leaf, 28, 8) << " microseconds since 1970\n"
            << "tree:       " << head.origin << ", " << head.size << " leaves, root " << hex(view(head.root)) << '\n';
  for (const std::string& signer : head.signers) std::cout << "signed by:  " << signer << '\n';
  if (options.eml.empty() && options.meta.empty()) {
    std::cout << "right: the leaf is in the signed tree. Show the record with --eml and --meta to check that it is the "
                 "leaf's\n";
    return right;
  }
  if (options.eml.empty() || options.meta.empty()) throw Stop{usage, "--eml and --meta belong together"};
  hold_against_leaf(proof, read_file(options.eml), read_file(options.meta));
  std::cout << "right: this record is the one that was accepted\n";
  return right;
}

/// Every file, every record's proof, and the manifest's own; under the keys that were given, not those in the bag.
int check_exported(const Options& options) {
  // That nobody has witnessed it yet is an answer, and no fault: the log's own signature is looked at by itself.
  Keys by_log = options.keys;
  by_log.quorum = 0;
  bool witnessed = options.keys.quorum != 0;
  bool last_seen = false;  // by a quorum
  std::string last_note;
  std::optional<Head> last_head, of_records;
  std::set<std::string> signers;
  // All records of a bag lead to one head: it is looked at once.
  const auto head_of = [&](const std::string& note) -> const Head& {
    if (last_head && note == last_note) return *last_head;
    last_head.reset();
    last_head = parse_head(note, by_log);
    last_note = note;
    last_seen = false;
    if (options.keys.quorum == 0) return *last_head;
    try {
      for (const std::string& signer : parse_head(note, options.keys).signers) signers.insert(signer);
      last_seen = true;
    } catch (const Stop&) {
      // Too few cosignatures; one that is there and wrong was a fault above.
    }
    return *last_head;
  };
  const verify::CheckProof check = [&](std::string_view text, std::string_view body, std::string_view meta) {
    verify::Leaf leaf;
    try {
      const Proof proof = parse_proof(text);
      const Head& head = head_of(proof.checkpoint);
      if (proof.extra.size() != 100 && proof.extra.size() != 132) throw Stop{bad_data, "the proof holds no leaf"};
      const std::string_view octets = std::string_view(proof.extra).substr(0, 100);
      if (octets.substr(0, 4) != "VTL1") throw Stop{bad_data, "the proof holds no leaf that is known here"};
      if (root_of(leaf_hash(octets), proof.index, head.size, proof.path) != head.root)
        throw Stop{wrong, "the leaf is not in the signed tree"};
      hold_against_leaf(proof, body, meta);
      leaf.kind = number_at(octets, 8, 2);
      leaf.record = number_at(octets, 20, 8);
      if (number_at(octets, 4, 4) != 2) throw Stop{wrong, "the leaf is of another log"};
      // The head over the export itself is younger than the bag; the records' is what witnesses had time to see.
      if (leaf.kind == 1) {
        witnessed = witnessed && last_seen;
        of_records = head;
      }
    } catch (const Stop& stop) {
      leaf.fault = stop.why.empty() ? "wrong" : stop.why;
    }
    return leaf;
  };
  const fs::path folder = options.operands.at(0);
  if (!fs::is_directory(folder)) throw Stop{no_input, folder.string() + ": no folder"};
  if (!fs::exists(folder / "bagit.txt"))
    throw Stop{bad_data, folder.string() + ": no bag: bagit.txt, which is written last, is not there"};
  const verify::BagReport report = verify::check_bag(folder, check);
  std::cout << "files:      " << report.files << ", all listed\nrecords:    " << report.records << ", disposed of "
            << report.tombstones << '\n';
  if (of_records) std::cout << "tree:       " << of_records->origin << ", " << of_records->size << " leaves\n";
  for (const std::string& signer : signers) std::cout << "signed by:  " << signer << '\n';
  for (const std::string& remark : report.remarks) std::cout << remark << '\n';
  for (const std::string& fault : report.faults) std::cerr << fault << '\n';
  if (!report.faults.empty())
    throw Stop{wrong, std::to_string(report.faults.size()) + " faults, see above: do not rely on this bag"};
  witnessed = witnessed && of_records.has_value();
  std::cout << (witnessed
                    ? "verified: every record is the one that was accepted and logged, and a quorum of the witnesses "
                      "named saw the log\n"
                    : "verified, NOT YET WITNESSED: every record is in the log that the key signed; that the log was "
                      "never rewritten, nobody but its keeper says\n");
  return witnessed ? right : unwitnessed;
}

std::uint32_t crc32c(std::string_view octets, std::uint32_t seed = 0) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> all{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? c >> 1 ^ 0x82F63B78U : c >> 1;
      all[i] = c;
    }
    return all;
  }();
  std::uint32_t crc = ~seed;
  for (const char c : octets) crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xFF] ^ crc >> 8;
  return ~crc;
}

/// The head of a tree that grows leaf by leaf: complete subtrees from the greatest to the smallest.
class Tree {
 public:
  void add(const Hash& leaf) {
    Hash hash = leaf;
    for (std::uint64_t n = size_++; (n & 1) != 0; n >>= 1) {
      hash = node_hash(peaks_.back(), hash);
      peaks_.pop_back();
    }
    peaks_.push_back(hash);
  }
  std::uint64_t size() const { return size_; }
  Hash root() const {
    if (peaks_.empty()) return Digest().end();
    Hash hash = peaks_.back();
    for (std::size_t i = peaks_.size() - 1; i-- > 0;) hash = node_hash(peaks_[i], hash);
    return hash;
  }

 private:
  std::vector<Hash> peaks_;
  std::uint64_t size_ = 0;
};

/// A whole log: every frame's checksums and digest, sequences and record numbers without gaps, and the tree over them.
class LogCheck {
 public:
  LogCheck(std::uint64_t until, std::uint64_t first) : until_(until), next_(first), first_(first) {}

  void segment(const fs::path& file) {
    const std::string octets = read_file(file);
    file_ = file.string();
    if (octets.size() < 64 || octets.substr(0, 5) != "VTSEG") return fault(0, "no head of a segment");
    if (crc32c(std::string_view(octets).substr(0, 60)) != number_at(octets, 60, 4))
      return fault(0, "the head's checksum");
    const std::string version = octets.substr(5, 3);
    const std::uint64_t salt = version == "001" ? 0 : number_at(octets, 32, 8);
    for (std::size_t at = 64; at + 96 <= octets.size() && tree_.size() < until_;) {
      if (octets.compare(at, 4, "VTF1") != 0) break;  // zero octets behind the last frame
      const std::string_view head = std::string_view(octets).substr(at, 96);
      if (crc32c(head.substr(0, 92)) != number_at(head, 92, 4)) return fault(at, "a frame's head is damaged");
      const std::uint64_t meta_octets = number_at(head, 48, 4);
      const std::uint64_t body_octets = number_at(head, 56, 8);
      if (version != "001" && number_at(head, 68, 8) != salt) return fault(at, "a frame of another segment");
      if (meta_octets > octets.size() - at - 96 || body_octets > octets.size() - at - 96 - meta_octets)
        return fault(at, "a frame is cut");
      const std::string_view meta = std::string_view(octets).substr(at + 96, meta_octets);
      const std::string_view body = std::string_view(octets).substr(at + 96 + meta_octets, body_octets);
      frame(at, head, meta, body);
      at += (96 + meta_octets + body_octets + 7) / 8 * 8;
    }
  }

  void frame(std::size_t at, std::string_view head, std::string_view meta, std::string_view body) {
    const std::uint64_t sequence = number_at(head, 16, 8);
    if (sequence < next_) return;  // of an earlier epoch
    if (sequence > next_)
      fault(at, "frames " + std::to_string(next_) + " to " + std::to_string(sequence - 1) + " are missing");
    next_ = sequence + 1;
    if (crc32c(meta) != number_at(head, 52, 4)) fault(at, "the checksum of the meta part");
    if (crc32c(body) != number_at(head, 64, 4)) fault(at, "the checksum of the body");
    const bool sealed = (number_at(head, 12, 4) & 2) != 0;
    const std::string_view commitment = sealed ? meta.substr(0, 32) : std::string_view();
    const std::string_view digest = sealed ? meta.substr(32, 32) : std::string_view();
    if (sealed && meta.size() < 64) return fault(at, "a sealed frame is cut");
    const Hash stored = Digest().add(sealed ? meta.substr(64) : meta).add(body).end();
    if (sealed && digest != view(stored)) fault(at, "what is stored is not what was written");
    const std::uint64_t ordinal = number_at(head, 24, 8);
    if (ordinal != 0) {
      if (last_record_ != 0 && ordinal != last_record_ + 1)
        fault(at, "record numbers have a gap before " + std::to_string(ordinal));
      last_record_ = ordinal;
      ++records_;
    }
    std::string leaf = "VTL1";
    leaf.append(head.substr(8, 4)).append(head.substr(6, 2));
    leaf += sealed ? '\1' : '\0';
    leaf += '\0';
    leaf.append(head.substr(16, 16)).append(head.substr(40, 8));
    leaf.append(sealed ? std::string(commitment) : std::string(32, '\0')).append(view(stored));
    tree_.add(leaf_hash(leaf));
    octets_ += 96 + meta.size() + body.size();
  }

  int end(const Head* head) {
    if (head != nullptr) {
      if (tree_.size() < head->size)
        throw Stop{wrong, "the checkpoint was signed over " + std::to_string(head->size) + " frames, and the log has " +
                              std::to_string(tree_.size()) + ": its tail is missing"};
      if (tree_.root() != head->root) {
        ++faults_;
        std::cerr << "the log does not have the root that was signed: it was changed\n";
      }
    }
    std::cout << "frames:     " << tree_.size() << " from " << first_ << " on, " << records_ << " of them records, "
              << octets_ << " octets\nroot:       " << hex(view(tree_.root())) << '\n';
    if (head != nullptr) {
      std::cout << "tree:       " << head->origin << ", " << head->size << " leaves\n";
      for (const std::string& signer : head->signers) std::cout << "signed by:  " << signer << '\n';
    }
    if (faults_ != 0) throw Stop{wrong, std::to_string(faults_) + " faults, see above"};
    std::cout << (head != nullptr
                      ? "right: the log is the one that was signed\n"
                      : "right in itself; give --checkpoint and --key to hold it against what was signed\n");
    return right;
  }

 private:
  void fault(std::size_t at, const std::string& what) {
    ++faults_;
    std::cerr << file_ << ", offset " << at << ": " << what << '\n';
  }
  std::uint64_t until_, next_, first_;
  std::string file_;
  Tree tree_;
  std::uint64_t last_record_ = 0, records_ = 0, octets_ = 0, faults_ = 0;
};

int check_log(const Options& options, const std::string& checkpoint, std::uint64_t first) {
  std::optional<Head> head;
  if (!checkpoint.empty()) head = parse_head(read_file(checkpoint), options.keys);
  std::vector<fs::path> segments;
  const fs::path folder = options.operands.at(0);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".seg") segments.push_back(entry.path());
  if (error || segments.empty()) throw Stop{no_input, folder.string() + ": no segments of a log"};
  std::sort(segments.begin(), segments.end());
  LogCheck check(head ? head->size : UINT64_MAX, first);
  for (const fs::path& segment : segments) check.segment(segment);
  return check.end(head ? &*head : nullptr);
}

/// RFC 9162 §2.1.4.2, over the lines that `vanthu log consistency` prints.
int check_consistency(const Options& options) {
  const Head older = parse_head(read_file(options.operands.at(0)), options.keys);
  const Head newer = parse_head(read_file(options.operands.at(1)), options.keys);
  const std::string lines = read_file(options.operands.at(2));
  std::vector<Hash> path;
  for (std::string_view rest = lines; !rest.empty();)
    path.push_back(hash_in(take_line(rest, "path"), "a line of the path"));
  if (older.origin != newer.origin)
    throw Stop{wrong, "the checkpoints are of two logs: " + older.origin + ", " + newer.origin};
  if (older.size > newer.size) throw Stop{wrong, "the newer tree is the smaller one"};
  if (older.size == newer.size || older.size == 0) {
    if (!path.empty() || (older.size != 0 && older.root != newer.root))
      throw Stop{wrong, "two roots were signed for one size: the log has two histories"};
  } else {
    std::uint64_t fn = older.size - 1;
    std::uint64_t sn = newer.size - 1;
    while ((fn & 1) != 0) fn >>= 1, sn >>= 1;
    if ((older.size & (older.size - 1)) == 0) path.insert(path.begin(), older.root);
    if (path.empty()) throw Stop{wrong, "the path is too short"};
    Hash fr = path[0];
    Hash sr = path[0];
    for (std::size_t i = 1; i < path.size(); ++i) {
      if (sn == 0) throw Stop{wrong, "the path is too long"};
      if ((fn & 1) != 0 || fn == sn) {
        fr = node_hash(path[i], fr);
        sr = node_hash(path[i], sr);
        while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
      } else {
        sr = node_hash(sr, path[i]);
      }
      fn >>= 1;
      sn >>= 1;
    }
    if (sn != 0 || fr != older.root || sr != newer.root)
      throw Stop{wrong, "the newer tree does not continue the older one: the log was rewritten"};
  }
  std::cout << "right: " << newer.origin << " with " << newer.size << " leaves continues that with " << older.size
            << '\n';
  return right;
}

/// More than half of the witnesses, or as many as was asked for; names are counted, not keys.
void demand_voters(Keys& keys, std::optional<std::size_t> quorum) {
  std::vector<std::string> names;
  for (const Key& key : keys)
    if (key.voter && std::find(names.begin(), names.end(), key.name) == names.end()) names.push_back(key.name);
  if (quorum && (*quorum > names.size() || *quorum == 0))
    throw Stop{usage, "--quorum wants a number from 1 to that of the witnesses named"};
  if (!names.empty()) keys.quorum = quorum.value_or(names.size() / 2 + 1);
}

constexpr const char* help =
    "vanthu-verify proof FILE.tlog-proof --key VKEY [--witness VKEY]… [--eml FILE --meta FILE]\n"
    "vanthu-verify log FOLDER [--checkpoint FILE --key VKEY…] [--first SEQUENCE]\n"
    "vanthu-verify bag FOLDER --key VKEY [--witness VKEY]…\n"
    "vanthu-verify consistency OLDER-CHECKPOINT NEWER-CHECKPOINT PATH --key VKEY…\n"
    "  --witness VKEY, repeated: keys of witnesses; --quorum N: how many of them must have cosigned; without it: more\n"
    "  than half. --rotations FILE: what `vanthu log rotations` prints, where the log's key has changed since --key.\n"
    "  VKEY is what `vanthu log status` prints; keep it, and a checkpoint now and then, where the administrators of "
    "the\n"
    "  log cannot change it. Exit: 0 right, 1 checked and wrong, 2 a bag that is right and not yet witnessed, 64 wrong "
    "usage, 65 no such format, 66 cannot be "
    "read.\n";

int run(int count, char** words) {
  if (count < 2 || std::string_view(words[1]) == "--help") {
    (count < 2 ? std::cerr : std::cout) << help;
    return count < 2 ? usage : right;
  }
  const std::string verb = words[1];
  Options options;
  std::string checkpoint;
  std::uint64_t first = 1;
  std::string rotations;
  std::optional<std::size_t> quorum;
  for (int i = 2; i < count; ++i) {
    const std::string word = words[i];
    if (!word.starts_with("--")) {
      options.operands.push_back(word);
      continue;
    }
    if (i + 1 >= count) throw Stop{usage, word + " wants a value\n" + help};
    const std::string value = words[++i];
    if (word == "--key")
      options.keys.push_back(parse_key(fs::exists(value) ? read_file(value) : value));
    else if (word == "--witness") {
      options.keys.push_back(parse_key(fs::exists(value) ? read_file(value) : value));
      if (options.keys.back().type != 4) throw Stop{usage, "--witness wants the key of a witness"};
      options.keys.back().voter = true;
    } else if (word == "--quorum")
      quorum = static_cast<std::size_t>(number_in(value, "--quorum"));
    else if (word == "--rotations")
      rotations = read_file(value);
    else if (word == "--eml")
      options.eml = value;
    else if (word == "--meta")
      options.meta = value;
    else if (word == "--checkpoint")
      checkpoint = value;
    else if (word == "--first")
      first = number_in(value, "--first");
    else
      throw Stop{usage, word + " is no option\n" + help};
  }
  demand_voters(options.keys, quorum);
  take_rotations(rotations, options.keys);
  const std::size_t wanted = verb == "consistency" ? 3 : 1;
  if ((verb != "proof" && verb != "log" && verb != "bag" && verb != "consistency") || options.operands.size() != wanted)
    throw Stop{usage, help};
  if (options.keys.empty() && (verb != "log" || !checkpoint.empty()))
    throw Stop{usage, "without --key nothing that was signed can be believed\n" + std::string(help)};
  if (verb == "proof") return check_proof(options);
  if (verb == "bag") return check_exported(options);
  if (verb == "log") return check_log(options, checkpoint, first);
  return check_consistency(options);
}

}  // namespace

int main(int count, char** words) {
  try {
    return run(count, words);
  } catch (const Stop& stop) {
    std::cout.flush();
    std::cerr << (stop.code == wrong ? "WRONG: " : "") << stop.why << '\n';
    return stop.code;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return bad_data;
  }
}
