// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/exports/plan.hpp"

namespace vanthu::exports {

/// What is known of a file that was written.
struct Kept {
  std::uint64_t octets = 0;
  std::string sha256;  ///< hexadecimal digits
  friend bool operator==(const Kept&, const Kept&) = default;
};

/// The folder that an export grows in. A stop at any instant, a power loss too, leaves files that are whole under their
/// names, and `.vanthu-partial/` with how far it has come; open() goes on from there. Records come in rising order.
/// One process at a time; one thread.
class Folder {
 public:
  /// Opens or makes the folder. Where begin() is never called, nothing of it is left.
  /// @par Errors  store_full, store_failed; refused: there is something else in it, or another process exports into it
  static Result<std::unique_ptr<Folder>> open(const std::filesystem::path& folder);
  ~Folder();

  /// The plan that stands there; nothing in a new folder.
  const std::optional<Plan>& plan() const { return plan_; }
  /// Whether the export that stands there has come to its end.
  bool complete() const { return complete_; }
  /// Writes the plan, before the first record.
  Result<Done> begin(const Plan& plan);

  /// The last record whose files are on stable storage; 0: none.
  std::uint64_t reached() const { return reached_; }
  /// Writes one file under its name, whole or not at all. Of a record between two calls of done_with(): kept in the
  /// progress, not in memory.
  Result<Done> put(const std::string& name, std::string_view octets, bool of_record, unsigned mode = 0644);
  /// Adds to a file that gets its name at the end. Its beginning is the caller's: grown() says how long it is.
  Result<Done> append(const std::string& name, std::string_view octets);
  std::uint64_t grown(const std::string& name) const;
  /// Everything of this record was put and appended.
  Result<Done> done_with(std::uint64_t record);

  /// What was appended to gets its name. Then every file is there: visits those outside records, by name, then those of
  /// records in their order.
  Result<Done> gather(const std::function<Result<Done>(const std::string& name, const Kept& kept)>& visit);
  /// Files outside records that have their names, by name.
  const std::map<std::string, Kept>& files() const { return files_; }
  /// Writes a file from pieces as they come, like put(): for lists that are long.
  Result<Kept> put_pieces(
      const std::string& name,
      const std::function<Result<Done>(const std::function<Result<Done>(std::string_view)>& write)>& make);
  /// Nothing is missing any more: what told how far it has come goes.
  Result<Done> end();

 private:
  explicit Folder(std::filesystem::path folder);
  struct Grown;
  std::filesystem::path partial() const { return folder_ / ".vanthu-partial"; }
  std::filesystem::path over() const { return folder_ / ".vanthu-over"; }
  Result<Done> read_plan();
  Result<Done> open_progress();
  Result<Done> read_progress();
  Result<Done> make_parent(const std::string& name);
  Result<Done> commit();
  Result<Grown*> grown_file(const std::string& name);
  Result<Done> sync_all() const;

  std::filesystem::path folder_;
  std::optional<Plan> plan_;
  bool complete_ = false;
  int progress_ = -1;    ///< open for appending, locked
  bool made_ = false;    ///< the folder, by this one
  bool unused_ = false;  ///< nothing of an export stood there
  std::uint64_t reached_ = 0;
  std::map<std::string, Kept> files_;  ///< outside records
  std::map<std::string, std::unique_ptr<Grown>> grown_;
  std::map<std::string, std::uint64_t> recorded_;  ///< lengths of grown files that the progress says
  std::string pending_, of_record_;                ///< lines of the progress not yet written; files of this record
  std::uint64_t pending_octets_ = 0;
  std::size_t pending_records_ = 0;
  std::uint64_t pending_last_ = 0;
  std::chrono::steady_clock::time_point since_{};
};

}  // namespace vanthu::exports
