// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/blind.hpp"

namespace vanthu::archive {

BlindCopies::BlindCopies(const filters::Facts* facts) {
  if (facts == nullptr) return;
  for (const auto* field : {&facts->to, &facts->cc})
    for (const filters::Author& author : *field) named_.insert(mail::key(author.address));
}

bool BlindCopies::has(const mail::Mailbox& path) const { return !named_.contains(mail::key(path)); }
bool BlindCopies::has(const std::string& path) const { return !named_.contains(mail::key(path)); }

}  // namespace vanthu::archive
