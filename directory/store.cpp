// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/store.hpp"

#include <stdexcept>
#include <system_error>

#include "directory/credentials.hpp"
#include "directory/skeleton.hpp"
#include "directory/writer.hpp"

namespace vanthu::directory {
namespace {
constexpr const char* generation_key = "generation";
constexpr const char* data_generation_key = "data-generation";
constexpr const char* format_key = "format";
constexpr const char* salt_secret_key = "salt-secret";
constexpr const char* edition_key = "skeleton-edition";
constexpr std::uint64_t format = 2;

std::uint64_t number(const lmdb::Transaction& transaction, lmdb::Table meta, const char* key) {
  const auto value = transaction.get(meta, key);
  return value ? lmdb::number_of(*value) : 0;
}

Result<Store> open_store(const std::filesystem::path& file, Directory::Mode mode) {
  const bool write = mode == Directory::Mode::write;
  std::error_code none;
  if (!write && !std::filesystem::exists(file, none))
    return fail(status::bad_configuration,
                file.string() + ": there is no directory yet; `vanthu directory import FOLDER` makes one");
  lmdb::Options options;
  options.map_octets = 8ULL << 30;  // address space; a million mailboxes take less than one
  options.tables = 64;
  options.read_only = !write;
  auto environment = lmdb::Environment::open(file, options);
  if (!environment) return environment.error();
  Store store;
  store.environment = *std::move(environment);
  store.readers = std::make_unique<lmdb::Readers>(*store.environment);
  auto transaction = lmdb::Transaction::begin(*store.environment,
                                              write ? lmdb::Transaction::Mode::write : lmdb::Transaction::Mode::read);
  if (!transaction) return transaction.error();
  const auto attach = [&](const char* name, lmdb::Table& table) -> Result<Done> {
    auto opened = transaction->table(name);
    if (!opened) return fail(status::bad_configuration, file.string() + ": not a directory: " + opened.error().detail);
    table = *opened;
    return done;
  };
  if (auto ok = attach("meta", store.meta); !ok) return ok.error();
  const auto found = transaction->get(store.meta, format_key);
  if (found && lmdb::number_of(*found) != format)
    return fail(status::bad_configuration,
                file.string() + ": a directory of format " + std::to_string(lmdb::number_of(*found)) +
                    ", this program reads format " + std::to_string(format) +
                    "; export it with the program that wrote it, move the file away and import the folder again");
  for (const TableSpec& one : tables())
    if (auto ok = attach(one.name, store.rows.at(static_cast<std::size_t>(one.id))); !ok) return ok.error();
  for (std::size_t i = 0; i < index_count; ++i)
    if (auto ok = attach(index_name(static_cast<IndexId>(i)), store.indexes.at(i)); !ok) return ok.error();
  for (const auto& [name, table] : {std::pair<const char*, lmdb::Table*>{"members_expanded", &store.members_expanded},
                                    {"numbers", &store.numbers},
                                    {"near", &store.near},
                                    {"by_hand", &store.by_hand},
                                    {"changes", &store.changes},
                                    {"changes_by_row", &store.changes_by_row},
                                    {"credentials", &store.credentials},
                                    {"app_passwords", &store.app_passwords},
                                    {"totp", &store.totp}})
    if (auto ok = attach(name, *table); !ok) return ok.error();
  if (write) {
    if (!found)
      if (auto ok = transaction->put(store.meta, format_key, lmdb::key_of(format)); !ok) return ok.error();
    // Skeletons are stored: those of another edition would not be found.
    const std::string edition = skeleton_edition();
    if (transaction->get(store.meta, edition_key).value_or("") != edition) {
      if (auto ok = rebuild_indexes(store, *transaction); !ok) return ok.error();
      if (auto ok = transaction->put(store.meta, edition_key, edition); !ok) return ok.error();
    }
  }
  // Kept, since a login that is shown another salt after a restart is one that nobody has.
  const auto secret = transaction->get(store.meta, salt_secret_key);
  store.salt_secret = secret ? std::string(*secret) : random_octets(32);
  if (!secret && write)
    if (auto ok = transaction->put(store.meta, salt_secret_key, store.salt_secret); !ok) return ok.error();
  if (auto ok = std::move(*transaction).commit(); !ok) return ok.error();
  return store;
}
}  // namespace

Result<Store> Store::open(const std::filesystem::path& file, Directory::Mode mode) {
  try {
    return open_store(file, mode);
  } catch (const std::runtime_error& damage) {
    return fail(status::bad_configuration,
                file.string() + ": " + damage.what() +
                    "; put a backup back, or move the file away and import the folder again");
  }
}

std::uint64_t Store::generation(const lmdb::Transaction& transaction) const {
  return number(transaction, meta, generation_key);
}

std::uint64_t Store::data_generation(const lmdb::Transaction& transaction) const {
  return number(transaction, meta, data_generation_key);
}

Result<Done> Store::raise_generation(lmdb::Transaction& transaction, bool data) const {
  if (data)
    if (auto ok = transaction.put(meta, data_generation_key, lmdb::key_of(data_generation(transaction) + 1)); !ok)
      return ok;
  return transaction.put(meta, generation_key, lmdb::key_of(generation(transaction) + 1));
}

}  // namespace vanthu::directory
