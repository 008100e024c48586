// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <leptonica/allheaders.h>

#include <memory>

/// Owners of Leptonica's things.
namespace vanthu::inspect {

struct LeptFree {
  void operator()(Pix* pix) const noexcept { pixDestroy(&pix); }
  void operator()(Boxa* boxes) const noexcept { boxaDestroy(&boxes); }
  void operator()(Box* box) const noexcept { boxDestroy(&box); }
  void operator()(Numa* numbers) const noexcept { numaDestroy(&numbers); }
};
using PixPtr = std::unique_ptr<Pix, LeptFree>;
using BoxaPtr = std::unique_ptr<Boxa, LeptFree>;
using BoxPtr = std::unique_ptr<Box, LeptFree>;
using NumaPtr = std::unique_ptr<Numa, LeptFree>;

}  // namespace vanthu::inspect
