// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "gateway/base/digest.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::admin {

/// What became of one item that an import brought.
struct ImportedItem {
  char what = 'n';  ///< n new, o same octets, i same Message-ID
  std::uint64_t number = 0, other = 0;
  std::string sha256{};
};

/// How far an import of one source has come, in a file of the caller's: so that after a kill the same command goes on
/// quickly and tells what it had done. It may be deleted at any time: what is archived already is known by its digest.
/// A run in whose name nothing can have been taken leaves none. Text: a first line "vanthu-import 1 RUN", then a line
/// an item; the last one may be torn.
class ImportState {
 public:
  /// Goes on with the file, or begins it with a new run.
  /// @param file  empty: nothing is kept
  /// @par Errors  busy: another process has it; bad_arguments: it is a file of something else; store_failed
  static Result<std::unique_ptr<ImportState>> open(const std::filesystem::path& file);
  ~ImportState();
  ImportState(const ImportState&) = delete;
  ImportState& operator=(const ImportState&) = delete;

  const std::string& run() const { return run_; }  ///< 32 hexadecimal digits
  bool resumed() const { return !items_.empty(); }
  /// Null: not done yet. `sha256` empty: whatever its octets are.
  const ImportedItem* find(const std::string& folder, const std::string& item, const std::string& sha256) const;
  /// Something may have been taken in the run's name, whatever is told of it: the file stays for the next time.
  void keep() { kept_ = true; }
  /// @par Errors  store_failed
  Result<Done> note(const std::string& folder, const std::string& item, const ImportedItem& done);
  /// All of it is done: the file goes.
  void finish();

 private:
  ImportState() = default;
  std::filesystem::path file_;
  int descriptor_ = -1;
  bool kept_ = true;  // until it is known to be a run of our own
  std::string run_;
  std::map<Sha256, ImportedItem> items_;
};

/// Where it is kept unless the caller says otherwise: below $XDG_STATE_HOME or ~/.local/state; empty where there is
/// neither.
std::filesystem::path import_state_file(const std::string& data_folder, const std::string& source);

}  // namespace vanthu::admin
