// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <set>

#include "gateway/archive/archive.hpp"
#include "gateway/keeping/shredder.hpp"
#include "gateway/registers/registers.hpp"

namespace vanthu::admin {

/// The registers at a disposal: they keep their lines of the record beyond its octets (gateway/registers/README.md),
/// and of a purged one no more than its number, symbol and day. Loans.
class RegisterStore final : public keeping::Store {
 public:
  RegisterStore(archive::Archive& archive, const registers::Registers& registers)
      : archive_(archive), registers_(registers) {}
  std::string_view name() const override { return "sổ văn bản đi, đến (dòng sổ được giữ)"; }
  Result<Done> forget(const std::vector<std::uint64_t>& records) override;
  Result<boost::json::array> left_of(std::uint64_t record) override;
  /// Frames in which nothing but one letter is registered, tracked, or its lines corrected, cancelled, remarked on;
  /// that gave its number; that kept its lines before.
  Result<std::vector<std::uint64_t>> frames_about(std::uint64_t record) override;

 private:
  /// The frame that keeps a record's lines as they stand, and which; 0: none does.
  struct Kept {
    std::uint64_t frame = 0;
    std::set<registers::Place> lines{};
  };
  Result<Kept> kept_last(std::uint64_t record) const;
  /// Frames that keep lines as they stood before: newer ones keep them without what was purged. Whatever else such a
  /// frame keeps it keeps once more.
  Result<std::vector<std::uint64_t>> kept_before(const std::set<std::uint64_t>& records);

  archive::Archive& archive_;
  const registers::Registers& registers_;
};

}  // namespace vanthu::admin
