// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "gateway/archive/archive.hpp"
#include "gateway/keeping/shredder.hpp"
#include "gateway/vault/vault.hpp"

namespace vanthu::keeping {

/// Destroys the key that a record alone was sealed with. Its frame stays where it is, and nobody can read it any more;
/// what was said about it later (numbers of registers, files) has keys of its own, which stay, but those of what people
/// wrote about a record that is purged.
class KeyShredder final : public Shredder {
 public:
  KeyShredder(const archive::Archive& archive, vault::Vault& vault) : archive_(archive), vault_(vault) {}
  std::string_view means() const override { return "khoá riêng của từng bản ghi bị ghi đè"; }
  /// @par Errors  refused: the record was written before records were sealed; not_found, corrupt
  Result<Done> can_shred(std::uint64_t record) override;
  /// @par Errors  as can_shred(), and those of Vault::destroy
  Result<Done> shred(std::uint64_t record) override;
  Result<Done> can_shred_events(std::uint64_t sequence) override;
  Result<Done> shred_events(std::uint64_t sequence) override;

 private:
  Result<journal::KeyName> key_of(std::uint64_t record) const;

  const archive::Archive& archive_;
  vault::Vault& vault_;
};

}  // namespace vanthu::keeping
