// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/attestation/peer.hpp"

#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <sstream>

#include "gateway/base/address.hpp"

namespace vanthu::attestation {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::size_t answer_octets = 64U << 10;
constexpr std::size_t keys_of_one = 2;

IpAddress ip_of(const sockaddr* address) {
  IpAddress ip;
  if (address->sa_family == AF_INET6) {
    std::memcpy(ip.octets.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
  } else {
    ip.octets[10] = ip.octets[11] = 0xFF;
    std::memcpy(ip.octets.data() + 12, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, 4);
  }
  return ip;
}

bool has_ip(const sockaddr* address) {
  return address != nullptr && (address->sa_family == AF_INET || address->sa_family == AF_INET6);
}

/// Whether a host is this machine: loopback, or an address of one of its interfaces. A name that cannot be looked up
/// now is nobody's.
bool is_here(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
  ifaddrs* interfaces = nullptr;
  if (::getifaddrs(&interfaces) != 0) interfaces = nullptr;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(interfaces, ::freeifaddrs);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    if (!has_ip(one->ai_addr)) continue;
    const IpAddress address = ip_of(one->ai_addr);
    if (address.is_loopback()) return true;
    for (const ifaddrs* own = interfaces; own != nullptr; own = own->ifa_next)
      if (has_ip(own->ifa_addr) && ip_of(own->ifa_addr) == address) return true;
  }
  return false;
}

/// The signatures in an answer that the witness's keys made over this head.
Result<Said> read_cosignatures(const Peer& peer, const std::string& note, const std::string& body) {
  auto signatures = proof::parse_signatures(body);
  if (!signatures) return signatures.error();
  const auto head = proof::parse_note(note);
  if (!head) return head.error();
  Said said{.what = Said::What::cosigned};
  for (proof::Signature& one : *signatures) {
    const auto verified = proof::verify({head->text, {one}}, peer.keys);
    if (!verified) return verified.error();
    if (verified->empty()) continue;  // of a key that we do not know: not ours to judge
    said.seconds = std::max(said.seconds, verified->front().seconds);
    said.cosignatures.push_back(std::move(one));
  }
  if (said.cosignatures.empty()) return fail(status::refused, "no signature of a key that archive.witness names");
  return said;
}

}  // namespace

Result<Peer> parse_peer(const std::string& line) {
  std::istringstream in(line);
  std::string word;
  in >> word;
  const auto url = http::parse_url(word);
  if (!url) return url.error();
  Peer peer{*url, {}};
  while (in >> word) {
    auto key = proof::Verifier::parse(word);
    if (!key) return key.error();
    if (key->type() != proof::SignatureType::cosignature)
      return fail(status::bad_arguments, key->name() + " is the key of a log, not of a witness");
    peer.keys.push_back(*std::move(key));
  }
  if (peer.keys.empty() || peer.keys.size() > keys_of_one)
    return fail(status::bad_arguments, "a witness wants its verifier key behind the URL, or two while it changes");
  return peer;
}

Result<std::vector<Peer>> peers_of(const Config& config) {
  const auto wrong = [](const std::string& why) { return fail(status::bad_configuration, "archive.witness: " + why); };
  std::vector<Peer> peers;
  for (const std::string& line : config.archive_witnesses) {
    auto peer = parse_peer(line);
    if (!peer) return wrong(peer.error().detail);
    for (const Peer& other : peers)
      for (const proof::Verifier& key : peer->keys)
        if (other.name() == key.name() || std::find(other.keys.begin(), other.keys.end(), key) != other.keys.end())
          return wrong(key.name() + " stands there twice: two witnesses are two offices");
    if (!config.archive_lab && is_here(peer->url.at.host))
      return wrong(
          http::format(peer->url) +
          " is this machine: a witness that the log's own administrator runs proves nothing. Run vanthu-witness at "
          "another office; for a trial set archive.lab = yes");
    peers.push_back(*std::move(peer));
  }
  return peers;
}

unsigned quorum_of(const Config& config) {
  if (config.archive_witness_quorum != 0) return config.archive_witness_quorum;
  return config.archive_witnesses.empty() ? 0 : static_cast<unsigned>(config.archive_witnesses.size() / 2 + 1);
}

Result<http::Answer> post_to(const Peer& peer, const std::string& body) {
  http::Url url = peer.url;
  url.path += url.path.ends_with('/') ? "add-checkpoint" : "/add-checkpoint";
  return http::post(url, "text/plain; charset=utf-8", body, patience, answer_octets);
}

Said submit(const Peer& peer, const transparency::LogTree& tree, const std::string& note, std::uint64_t old_size,
            const Post& post) {
  const auto said = [&](Said::What what, const std::string& why) {
    Said one{.what = what, .why = peer.name() + ": " + why};
    return one;
  };
  const auto head = proof::parse_checkpoint(note);
  if (!head) return said(Said::What::unreachable, head.error().detail);
  const std::uint64_t believed = old_size;
  for (int tries = 0;; ++tries) {
    if (old_size > head->size) {
      Said one = said(Said::What::behind, "it has cosigned " + std::to_string(old_size) + " frames of " + head->origin +
                                              ", and this log has " + std::to_string(head->size));
      one.theirs = old_size;
      return one;
    }
    proof::AddCheckpoint request{old_size, {}, note};
    if (old_size != 0 && old_size != head->size) {
      auto path = tree.consistency(old_size, head->size);
      if (!path) return said(Said::What::unreachable, path.error().detail);
      request.path = *std::move(path);
    }
    const auto answer = post(peer, proof::to_text(request));
    if (!answer) return said(Said::What::unreachable, answer.error().detail);
    std::string word = answer->body.substr(0, 200);
    std::replace_if(
        word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    switch (answer->status) {
      case 200: {
        auto read = read_cosignatures(peer, note, answer->body);
        if (!read) return said(Said::What::unreachable, "its answer is none: " + read.error().detail);
        Said one = *std::move(read);
        one.forgot = old_size < believed;
        return one;
      }
      case 403:
      case 404:
        return said(Said::What::unknown, "it does not take this log or this key of it: " + word);
      case 409: {
        const auto size = answer->content_type.starts_with(proof::size_content_type)
                              ? proof::parse_size(answer->body)
                              : Result<std::uint64_t>(fail(status::bad_arguments, "no size in its answer"));
        if (old_size == head->size && (!size || *size == old_size))
          return said(Said::What::rewritten, "it has another root of " + std::to_string(head->size) + " frames of " +
                                                 head->origin + ": the log has two histories");
        if (!size) return said(Said::What::unreachable, size.error().detail);
        if (*size == old_size || tries == 3)
          return said(Said::What::unreachable, "it contradicts itself about the size that it knows");
        old_size = *size;
        continue;
      }
      case 422:
        return said(Said::What::rewritten, "this log does not continue the " + std::to_string(old_size) +
                                               " frames of " + head->origin + " that it has cosigned");
      default:
        return said(Said::What::unreachable, "it answered " + std::to_string(answer->status) + ": " + word);
    }
  }
}

}  // namespace vanthu::attestation
