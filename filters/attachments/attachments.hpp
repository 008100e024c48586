// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "filters/policy/policy.hpp"

/// The second enforcement: what is inside, and is it allowed? The choices are the policy's rules; here stands what no
/// policy may choose.
namespace vanthu::attachments {

/// Secrecy first: after such a refusal nothing else is asked or told. Then the report's own soundness (it comes from a
/// process that hostile input may have taken over), then the policy's rules, then what could not be read.
filters::Verdict judge(const filters::Context& context, const filters::Policy& policy);

}  // namespace vanthu::attachments
