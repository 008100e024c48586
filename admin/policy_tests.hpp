// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/command.hpp"
#include "filters/policy/policy.hpp"
#include "filters/verdict.hpp"

/// The tests that a policy file brings along ([[test]]), run as the gateway would judge.
namespace vanthu::admin {

/// What becomes of a message, in the word of a rule's action: "reject", "defer", "hold", "confirm", "moderate",
/// "rewrite", "warn", "accept"; the gravest that applies.
std::string_view outcome_of(const filters::Verdict& verdict);

/// The letters that the tests of a policy file name: the key in Request::files, and the file. Of a text with faults
/// none.
/// @param file  the policy's own, which the others are relative to
std::vector<std::pair<std::string, std::string>> samples_of(const std::string& file, std::string_view policy);

struct TestReport {
  std::size_t passed = 0;
  std::vector<std::string> failed;  ///< of each what was expected, what came, and by which steps; some lines
};
/// @param file   the policy's own name in `files`
/// @param files  as the CLI gathers them
/// @par Errors  bad_configuration: no inspector, and a test that needs one
Result<TestReport> run_tests(const std::shared_ptr<const filters::Policy>& policy, const std::string& file,
                             const std::map<std::string, std::string>& files, const Office& office);

}  // namespace vanthu::admin
