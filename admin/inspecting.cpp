// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/inspecting.hpp"

#include <chrono>
#include <filesystem>

namespace vanthu::admin {

Result<std::unique_ptr<inspect::Pool>> start_inspector(const Config& config) {
  inspect::Options options;
  options.processes = 1;
  options.deadline = std::chrono::seconds(config.inspector_seconds);
  options.program = config.inspector_program;
  options.trust = config.inspector_trust;
  options.ocr = std::chrono::seconds(config.inspector_ocr ? config.inspector_ocr_seconds : 0);
  if (config.inspector_program.empty()) {
    std::error_code code;
    options.program = std::filesystem::read_symlink("/proc/self/exe", code).parent_path() / "vanthu-inspector";
  }
  return inspect::Pool::start(options);
}

bool to_crlf(std::string& message) {
  if (message.find("\r\n") != std::string::npos || message.find('\n') == std::string::npos) return false;
  std::string converted;
  converted.reserve(message.size() + message.size() / 32);
  for (const char c : message) {
    if (c == '\n') converted += '\r';
    converted += c;
  }
  message = std::move(converted);
  return true;
}

}  // namespace vanthu::admin
