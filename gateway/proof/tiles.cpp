// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/tiles.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>

#include "gateway/base/disk.hpp"

namespace vanthu::proof {
namespace {
namespace fs = std::filesystem;

/// How many hashes a level has in a tree of that size.
std::uint64_t hashes_at(unsigned level, std::uint64_t size) {
  return level * Tiles::height >= 64 ? 0 : size >> (level * Tiles::height);
}

/// Of up to 256 hashes, a power of two of them.
Hash head_of(std::span<const Hash> hashes) {
  std::vector<Hash> row(hashes.begin(), hashes.end());
  while (row.size() > 1) {
    for (std::size_t i = 0; i < row.size() / 2; ++i) row[i] = node_hash(row[2 * i], row[2 * i + 1]);
    row.resize(row.size() / 2);
  }
  return row.front();
}

std::string octets_of(std::span<const Hash> hashes) {
  std::string octets;
  octets.reserve(hashes.size() * sizeof(Hash));
  for (const Hash& hash : hashes) octets.append(reinterpret_cast<const char*>(hash.data()), hash.size());
  return octets;
}

/// Made again when the machine goes down, so it is written without syncs; half a file is seen by its size.
Result<Done> write_file(const fs::path& file, std::string_view octets) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(octets.data(), static_cast<std::streamsize>(octets.size()));
  out.close();
  if (out) return done;
  fs::remove(file, error);
  return fail(status::store_full, file.string() + " cannot be written: is the disk full?");
}

}  // namespace

std::string Tiles::path_of(unsigned level, std::uint64_t index, std::uint64_t hashes) {
  std::string number;
  for (std::uint64_t rest = index;; rest /= 1000) {
    std::string group = std::to_string(rest % 1000);
    group.insert(0, 3 - group.size(), '0');
    number = number.empty() ? group : "x" + group + "/" + number;
    if (rest < 1000) break;
  }
  std::string path = "tile/" + std::to_string(level) + "/" + number;
  if (hashes < width) path += ".p/" + std::to_string(hashes);
  return path;
}

Result<std::unique_ptr<Tiles>> Tiles::open(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(status::bad_configuration, folder.string() + " cannot be made: " + error.message());
  std::unique_ptr<Tiles> tiles(new Tiles(folder));
  std::ifstream in(folder / "size");
  std::uint64_t size = 0;
  if (in >> size) {
    const auto read = tiles->read_open_tiles(size);
    if (!read) {
      tiles->open_.clear();
      return tiles;  // made anew from the log
    }
    tiles->size_ = size;
  }
  return tiles;
}

Result<std::uint64_t> Tiles::read_open_tiles(std::uint64_t size) {
  for (unsigned level = 0; hashes_at(level, size) > 0; ++level) {
    const std::uint64_t hashes = hashes_at(level, size);
    Tile tile;
    if (hashes % width != 0) {
      auto read = read_tile(level, hashes / width, hashes % width);
      if (!read) return read.error();
      tile = *std::move(read);
    }
    open_.push_back(std::move(tile));
  }
  return size;
}

std::uint64_t Tiles::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

Result<Tiles::Tile> Tiles::read_tile(unsigned level, std::uint64_t index, std::uint64_t hashes) const {
  const fs::path file = folder_ / path_of(level, index, hashes);
  std::ifstream in(file, std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(in), {}};
  if (octets.size() != hashes * sizeof(Hash))
    return fail(status::not_found, file.string() + " is missing or cut: delete the folder, it is made again");
  Tile tile(hashes);
  std::memcpy(tile.data(), octets.data(), octets.size());
  return tile;
}

Result<Done> Tiles::write_tile(unsigned level, std::uint64_t index, const Tile& tile) const {
  return write_file(folder_ / path_of(level, index, tile.size()), octets_of(tile));
}

Result<Done> Tiles::add(unsigned level, const Hash& hash) {
  if (open_.size() <= level) open_.resize(level + 1);
  if (open_[level].size() + 1 < width) {
    open_[level].push_back(hash);
    return done;
  }
  Tile whole = open_[level];
  whole.push_back(hash);
  const std::uint64_t index = hashes_at(level, size_) / width;
  if (auto written = write_tile(level, index, whole); !written) return written;
  if (auto added = add(level + 1, head_of(whole)); !added) return added;
  open_[level].clear();
  std::error_code ignored;
  fs::remove_all(folder_ / fs::path(path_of(level, index, 1)).parent_path(), ignored);  // its unfinished forms
  return done;
}

Result<Done> Tiles::append(std::span<const Hash> leaves) {
  const std::lock_guard lock(mutex_);
  for (const Hash& leaf : leaves) {
    if (auto added = add(0, leaf); !added) return added;
    ++size_;
  }
  return done;
}

Result<Done> Tiles::flush() {
  const std::lock_guard lock(mutex_);
  for (unsigned level = 0; level < open_.size(); ++level) {
    if (open_[level].empty()) continue;
    const std::uint64_t index = hashes_at(level, size_) / width;
    if (auto written = write_tile(level, index, open_[level]); !written) return written;
  }
  return write_file(folder_ / "size", std::to_string(size_) + '\n');
}

Result<Done> Tiles::clear() {
  const std::lock_guard lock(mutex_);
  size_ = 0;
  open_.clear();
  cache_.clear();
  std::error_code error;
  fs::remove(folder_ / "size", error);
  fs::remove_all(folder_ / "tile", error);
  if (error) return fail(status::store_failed, (folder_ / "tile").string() + ": " + error.message());
  return done;
}

Result<Hash> Tiles::subtree(unsigned height_of, std::uint64_t index, std::uint64_t size) const {
  const unsigned level = height_of / height;
  const unsigned inside = height_of % height;
  const std::uint64_t first = index << inside;  // hash of that level
  const std::uint64_t count = 1ULL << inside;
  const std::uint64_t tile = first / width;
  const auto head_in = [&](const Tile& hashes) {
    return head_of(std::span(hashes).subspan(static_cast<std::size_t>(first % width), static_cast<std::size_t>(count)));
  };
  if (size > size_)
    return fail(status::bad_arguments,
                "the tree has " + std::to_string(size_) + " leaves, not " + std::to_string(size));
  if (tile == hashes_at(level, size_) / width && level < open_.size()) return head_in(open_[level]);
  if (const auto* known = cache_.find({level, tile})) return head_in(*known);
  auto read = read_tile(level, tile, width);
  if (!read) return read.error();
  return head_in(cache_.put({level, tile}, *std::move(read)));
}

Result<Hash> Tiles::root(std::uint64_t size) const {
  const std::lock_guard lock(mutex_);
  return proof::root(size, [&](unsigned h, std::uint64_t i) { return subtree(h, i, size); });
}

Result<std::vector<Hash>> Tiles::inclusion(std::uint64_t index, std::uint64_t size) const {
  const std::lock_guard lock(mutex_);
  return proof::inclusion(index, size, [&](unsigned h, std::uint64_t i) { return subtree(h, i, size); });
}

Result<std::vector<Hash>> Tiles::consistency(std::uint64_t old_size, std::uint64_t size) const {
  const std::lock_guard lock(mutex_);
  return proof::consistency(old_size, size, [&](unsigned h, std::uint64_t i) { return subtree(h, i, size); });
}

Result<Hash> Tiles::leaf(std::uint64_t index) const {
  const std::lock_guard lock(mutex_);
  if (index >= size_) return fail(status::not_found, "the tree has no leaf " + std::to_string(index));
  return subtree(0, index, index + 1);
}

}  // namespace vanthu::proof
