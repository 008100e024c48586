// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>

/// What `signature` and `stamp` both need of OpenSSL.
namespace verify {

template <auto free_one>
struct FreeBy {
  template <class T>
  void operator()(T* one) const noexcept {
    free_one(one);
  }
};
template <class T, auto free_one>
using Owner = std::unique_ptr<T, FreeBy<free_one>>;

/// What OpenSSL has to say of the last failure; it forgets it.
std::string openssl_words();

}  // namespace verify
