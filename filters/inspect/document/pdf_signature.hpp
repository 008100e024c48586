// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "filters/facts.hpp"
#include "filters/inspect/document/signed_data.hpp"

namespace vanthu::inspect {

/// A signature dictionary of a PDF (ISO 32000-1 §12.8.1), not yet believed.
struct PdfSignature {
  std::vector<long long> range;  ///< /ByteRange
  std::string filter;            ///< /SubFilter
  std::string when;              ///< /M
  std::string name;              ///< /Name
  std::size_t end = 0;           ///< of what it covers; 0: nonsense
  bool last = false;             ///< none covers more
};

/// @param octets   the whole file
/// @param covered  the last signature reaches to the end of the file, or adds_proofs_only() behind it
filters::Signature check_pdf_signature(const PdfSignature& signature, std::string_view octets, bool covered);

/// Whether a file that goes on behind a signature only adds what proves signatures (a document security store, ISO
/// 32000-2 §12.8.4.3): every object that was signed is still the same, but for the catalog's entry for it.
bool adds_proofs_only(std::string_view octets, std::size_t signed_octets);

}  // namespace vanthu::inspect
