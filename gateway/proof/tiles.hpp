// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/recent.hpp"
#include "gateway/proof/merkle.hpp"

namespace vanthu::proof {

/// The hashes of a tree in a folder of tiles (c2sp.org/tlog-tiles): 256 hashes of one level a file, whole ones never
/// changed, laid out so that a web server may hand the folder out as it is. Made of the log alone: it may be deleted.
/// One writer; any thread may read.
class Tiles {
 public:
  static constexpr std::uint64_t width = 256;  ///< hashes in a whole tile
  static constexpr unsigned height = 8;        ///< levels of the tree in a tile

  /// Opens (makes) the folder. What is there is taken as far as it is whole, up to the size kept at the last flush();
  /// size() says how far that is.
  /// @par Errors  bad_configuration: the folder cannot be made or read
  static Result<std::unique_ptr<Tiles>> open(const std::filesystem::path& folder);

  std::uint64_t size() const;
  /// Adds leaves. Whole tiles are written at once, the rest with flush().
  /// @par Errors  store_full, store_failed: the tree is as it was before the tile that could not be written
  Result<Done> append(std::span<const Hash> leaves);
  /// Writes the tiles that are not whole, and the size.
  Result<Done> flush();
  /// Forgets everything, on the disk too.
  Result<Done> clear();

  Result<Hash> root(std::uint64_t size) const;
  Result<std::vector<Hash>> inclusion(std::uint64_t index, std::uint64_t size) const;
  Result<std::vector<Hash>> consistency(std::uint64_t old_size, std::uint64_t size) const;
  /// @par Errors  not_found
  Result<Hash> leaf(std::uint64_t index) const;

  /// "tile/0/x001/x234/067", of a part of it "….p/112".
  static std::string path_of(unsigned level, std::uint64_t index, std::uint64_t hashes);

 private:
  explicit Tiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
  using Tile = std::vector<Hash>;
  Result<std::uint64_t> read_open_tiles(std::uint64_t size);
  Result<Tile> read_tile(unsigned level, std::uint64_t index, std::uint64_t hashes) const;
  Result<Done> write_tile(unsigned level, std::uint64_t index, const Tile& tile) const;
  Result<Done> add(unsigned level, const Hash& hash);
  /// The head of a complete subtree of at most 256 hashes of one tile.
  Result<Hash> subtree(unsigned height, std::uint64_t index, std::uint64_t size) const;

  std::filesystem::path folder_;
  mutable std::mutex mutex_;
  std::uint64_t size_ = 0;
  std::vector<Tile> open_;  ///< of each level the tile that is not whole
  static constexpr std::size_t cached_tiles = 64;
  mutable Recent<std::pair<unsigned, std::uint64_t>, Tile> cache_{cached_tiles};  ///< whole ones, by level and number
};

}  // namespace vanthu::proof
