// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>

#include "gateway/archive/archive.hpp"
#include "gateway/attestation/witness_keeper.hpp"
#include "gateway/base/config.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/transparency/log_tree.hpp"

/// What is done where a log's end is lost, and the operator says --accept-loss.
namespace vanthu::program {

/// Up to where the record log once reached, by all that still knows of it: itself, the archive's view, the spool log.
/// Of frames that only the spool log knows each counts as a number: rather a number that nobody ever had than one
/// twice.
Result<archive::Archive::Known> given_numbers(const Config& config, const journal::Log& spool);

/// Keeps how far a witness says that the log once reached, for --accept-loss: numbers are not given twice.
void witnesses_know(const attestation::WitnessKeeper& witnesses, const transparency::LogTree& tree);

/// A log that does not continue what was signed begins a new tree only where the operator has accepted the loss.
std::unique_ptr<transparency::LogTree> open_tree(const journal::Log& log, transparency::Options options,
                                                 bool accept_loss);

}  // namespace vanthu::program
