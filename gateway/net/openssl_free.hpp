// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace vanthu::net {

/// Deleter of a std::unique_ptr for what OpenSSL hands out: Free<BIO, BIO_free_all>.
template <class T, void (*Call)(T*)>
struct Free {
  void operator()(T* object) const noexcept { Call(object); }
};

}  // namespace vanthu::net
