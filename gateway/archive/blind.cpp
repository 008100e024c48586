// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/blind.hpp"

namespace vanthu::archive {
namespace {

std::string key_of_text(const std::string& address) {
  const auto mailbox = mail::parse_mailbox(address, true);
  return mailbox ? mail::key(*mailbox) : address;
}
}  // namespace

BlindCopies::BlindCopies(const filters::Facts* facts) {
  if (facts == nullptr) return;
  for (const auto* field : {&facts->to, &facts->cc})
    for (const filters::Author& author : *field) named_.insert(key_of_text(author.address));
}

bool BlindCopies::has(const mail::Mailbox& path) const { return !named_.contains(mail::key(path)); }
bool BlindCopies::has(const std::string& path) const { return !named_.contains(key_of_text(path)); }

}  // namespace vanthu::archive
