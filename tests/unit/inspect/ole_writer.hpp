// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <gsf/gsf-outfile-msole.h>
#include <gsf/gsf-outfile.h>
#include <gsf/gsf-output-memory.h>
#include <gsf/gsf-utils.h>

#include <string>
#include <string_view>
#include <vector>

namespace vanthu::inspect::samples {

/// A storage (with children) or a stream of a compound file.
struct OleNode {
  std::string name;
  std::string octets = {};
  std::vector<OleNode> children = {};
  bool storage = false;
};

inline OleNode stream(std::string name, std::string octets) { return {std::move(name), std::move(octets), {}, false}; }
inline OleNode storage(std::string name, std::vector<OleNode> children) {
  return {std::move(name), {}, std::move(children), true};
}

inline void write_ole(GsfOutfile* into, const std::vector<OleNode>& nodes) {
  for (const OleNode& node : nodes) {
    GsfOutput* child = gsf_outfile_new_child(into, node.name.c_str(), node.storage ? TRUE : FALSE);
    if (node.storage)
      write_ole(GSF_OUTFILE(child), node.children);
    else
      gsf_output_write(child, node.octets.size(), reinterpret_cast<const guint8*>(node.octets.data()));
    gsf_output_close(child);
    g_object_unref(child);
  }
}

/// A compound file of these, by libgsf's writer.
inline std::string ole_of(const std::vector<OleNode>& nodes, const unsigned char* class_id = nullptr) {
  gsf_init();
  GsfOutput* memory = gsf_output_memory_new();
  GsfOutfile* root = gsf_outfile_msole_new(memory);
  if (class_id != nullptr) gsf_outfile_msole_set_class_id(GSF_OUTFILE_MSOLE(root), class_id);
  write_ole(root, nodes);
  gsf_output_close(GSF_OUTPUT(root));
  g_object_unref(root);
  const auto* octets = reinterpret_cast<const char*>(gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(memory)));
  std::string result(octets, static_cast<std::size_t>(gsf_output_size(memory)));
  g_object_unref(memory);
  return result;
}

inline std::string utf16(std::string_view ascii) {
  std::string wide;
  for (const char c : ascii) wide.append(1, c).append(1, '\0');
  return wide;
}

}  // namespace vanthu::inspect::samples
