// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys.hpp"

#include <openssl/evp.h>

#include <algorithm>

#include "octets.hpp"

namespace verify {

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

void take_rotations(std::string_view notes, Keys& keys) {
  constexpr std::string_view first_line = "vanthu-key-rotation/v1\n";
  constexpr std::string_view dash = "\xE2\x80\x94 ";
  keys.rotated = !notes.empty();
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

Stop other_key(const std::string& log, std::string_view id, const Keys& keys) {
  const std::string where = " FILE, what `vanthu log rotations` prints (of a package: `rotations`, beside its proofs)";
  return {
      wrong,
      log + " has not signed with a key that was given: in its name there is a signature of key " + hex(id) + ". " +
          (keys.rotated ? "Where the log's key has changed once more, give newer ones with --rotations" + where
                        : "Where the log's key has changed, give its first key with --key, and --rotations" + where)};
}

bool is_given(std::string_view name, std::string_view id, const Keys& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
    std::uint32_t number = 0;
    for (const char octet : id) number = number << 8 | static_cast<unsigned char>(octet);
    return key.name == name && key.id == number;
  });
}

void demand_voters(Keys& keys, std::optional<std::size_t> quorum) {
  std::vector<std::string> names;
  for (const Key& key : keys)
    if (key.voter && std::find(names.begin(), names.end(), key.name) == names.end()) names.push_back(key.name);
  if (quorum && (*quorum > names.size() || *quorum == 0))
    throw Stop{usage, "--quorum wants a number from 1 to that of the witnesses named"};
  if (!names.empty()) keys.quorum = quorum.value_or(names.size() / 2 + 1);
}

}  // namespace verify
