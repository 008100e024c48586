// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/imports/content.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "gateway/base/digest.hpp"

namespace vanthu::imports {

struct Digest::State {
  struct Free {
    void operator()(EVP_MD_CTX* one) const { EVP_MD_CTX_free(one); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Digest::Digest() : state_(std::make_unique<State>()) {
  EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr);
}
Digest::~Digest() = default;
void Digest::add(std::string_view octets) { EVP_DigestUpdate(state_->context.get(), octets.data(), octets.size()); }
std::string Digest::hex() {
  Sha256 digest{};
  EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr);
  return vanthu::hex(digest);
}

Result<std::shared_ptr<const File>> File::open(const std::filesystem::path& path) {
  // A pipe in a folder of mail must not hold us up.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return fail(status::not_found, path.string() + ": " + std::strerror(errno));
  auto file = std::make_shared<const File>(descriptor);
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode))
    return fail(status::not_found, path.string() + ": không phải tệp thường (no regular file)");
  return file;
}

File::~File() { ::close(descriptor_); }

std::uint64_t File::octets() const {
  struct stat facts {};
  return ::fstat(descriptor_, &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

Result<Done> File::read(std::uint64_t from, std::uint64_t to, const Piece& piece) const {
  std::string block(static_cast<std::size_t>(std::min<std::uint64_t>(block_octets, to - std::min(from, to))), '\0');
  while (from < to) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), to - from));
    const ssize_t got = ::pread(descriptor_, block.data(), want, static_cast<off_t>(from));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(status::bad_arguments, std::string("không đọc được (cannot be read): ") + std::strerror(errno));
    if (got == 0)
      return fail(status::bad_arguments, "nguồn ngắn lại trong khi đọc (the source became shorter while it was read)");
    if (auto taken = piece(std::string_view(block.data(), static_cast<std::size_t>(got))); !taken) return taken;
    from += static_cast<std::uint64_t>(got);
  }
  return done;
}

Result<Content> whole_file(const std::filesystem::path& path) {
  auto file = File::open(path);
  if (!file) return file.error();
  const std::shared_ptr<const File> open = *file;
  const std::uint64_t octets = open->octets();
  Digest digest;
  const auto read = open->read(0, octets, [&](std::string_view piece) -> Result<Done> {
    digest.add(piece);
    return done;
  });
  if (!read) return read.error();
  Content content;
  content.octets = octets;
  content.sha256 = digest.hex();
  content.read = [open, octets](const Piece& piece) { return open->read(0, octets, piece); };
  return content;
}

}  // namespace vanthu::imports
