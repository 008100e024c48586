// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/part_names.hpp"

#include <algorithm>
#include <utility>

#include "filters/inspect/mime/charset.hpp"

namespace vanthu::inspect {

void add_name(std::vector<std::string>& names, std::string name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

std::vector<std::string> part_names(const Structured& disposition, const Structured& type) {
  std::vector<std::string> names;
  for (const auto& [field, parameter_name] :
       {std::pair{&disposition, std::string_view("filename")}, std::pair{&type, std::string_view("name")}})
    for (const Parameter& parameter : field->parameters)
      if (parameter.name == parameter_name)
        add_name(names, parameter.value.find("=?") != std::string::npos
                            ? header_text(parameter.value)
                            : display_text(parameter.value, parameter.charset));
  return names;
}

}  // namespace vanthu::inspect
