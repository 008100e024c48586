// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/zip.hpp"

#include <zip.h>

#include <algorithm>
#include <array>

#include "filters/inspect/mime/charset.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

zip_t* handle(void* archive) { return static_cast<zip_t*>(archive); }

zip_t* open_zip(std::string_view octets, int flags) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(octets.data(), octets.size(), 0, &error);
  zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY | flags, &error);
  if (archive == nullptr && source != nullptr) zip_source_free(source);
  zip_error_fini(&error);
  return archive;
}

struct CloseFile {
  void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};

}  // namespace

void Zip::Close::operator()(void* archive) const noexcept { zip_discard(handle(archive)); }

Zip::Zip(Zip&&) noexcept = default;
Zip::~Zip() = default;

Zip::Zip(std::string_view octets) {
  // The consistency check first; what fails it is named by note_zip_records and still looked into.
  zip_t* archive = open_zip(octets, ZIP_CHECKCONS);
  if (archive == nullptr) archive = open_zip(octets, 0);
  archive_.reset(archive);
  if (archive == nullptr) return;
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count && entries_.size() <= limits::container_entries; ++i) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    const auto index = static_cast<zip_uint64_t>(i);
    const char* raw = zip_get_name(archive, index, ZIP_FL_ENC_RAW);
    ZipEntry entry;
    entry.index = index;
    entry.name = raw == nullptr ? std::string() : display_text(raw, "");
    std::replace(entry.name.begin(), entry.name.end(), '\\', '/');
    if (zip_stat_index(archive, index, ZIP_FL_ENC_RAW, &stat) == 0) {
      entry.octets = stat.size;
      entry.compressed = stat.comp_size;
      entry.method = stat.comp_method;
      entry.encrypted = (stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE;
    }
    entry.folder = !entry.name.empty() && entry.name.back() == '/' && entry.octets == 0;
    entries_.push_back(std::move(entry));
  }
}

const ZipEntry* Zip::find(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const ZipEntry& e) { return e.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

Zip::Outcome Zip::read(const ZipEntry& entry, std::uint64_t most, std::string& into) const {
  into.clear();
  if (entry.encrypted) return Outcome::encrypted;
  const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen_index(handle(archive_.get()), entry.index, 0));
  if (file == nullptr) {
    const int code = zip_error_code_zip(zip_get_error(handle(archive_.get())));
    return code == ZIP_ER_COMPNOTSUPP                              ? Outcome::unsupported
           : code == ZIP_ER_ENCRNOTSUPP || code == ZIP_ER_NOPASSWD ? Outcome::encrypted
                                                                   : Outcome::unreadable;
  }
  std::array<char, 65536> buffer{};
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), buffer.data(), buffer.size());
    if (got < 0) return Outcome::unreadable;
    if (got == 0) return Outcome::read;
    into.append(buffer.data(), static_cast<std::size_t>(got));
    if (into.size() > most) return Outcome::too_big;
    if (into.size() > limits::expansion_ratio_from &&
        into.size() / limits::expansion_ratio > std::max<std::uint64_t>(entry.compressed, 1))
      return Outcome::bomb;
  }
}

}  // namespace vanthu::inspect
