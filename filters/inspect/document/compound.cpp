// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/compound.hpp"

#include <gsf/gsf-infile-msole.h>
#include <gsf/gsf-infile.h>
#include <gsf/gsf-input-memory.h>
#include <gsf/gsf-utils.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

std::uint64_t number(std::string_view octets, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  if (at > octets.size() || octets.size() - at < width) return 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

/// The allocation table, as far as following the directory's chain needs it (MS-CFB 2.2, 2.3, 2.5).
class Sectors {
 public:
  explicit Sectors(std::string_view octets) : octets_(octets), shift_(number(octets, 30, 2)) {
    if (shift_ != 9 && shift_ != 12) return;
    const std::uint64_t per_table = size() / 4;
    for (std::size_t i = 0; i < 109; ++i) add(number(octets, 76 + 4 * i, 4));
    std::uint64_t next = number(octets, 68, 4);
    for (std::uint64_t i = 0; exists(next); ++i) {
      if (i > count()) return;  // a circle
      for (std::uint64_t k = 0; k + 1 < per_table; ++k) add(number(octets, place(next) + 4 * k, 4));
      next = number(octets, place(next) + 4 * (per_table - 1), 4);
    }
    good_ = !tables_.empty() && tables_.size() <= count();
  }

  /// Entries the directory has room for; nothing: its chain is broken.
  std::optional<std::uint64_t> directory_entries() const {
    std::uint64_t entries = 0;
    if (!good_) return std::nullopt;
    for (std::uint64_t sector = number(octets_, 48, 4); sector != end_of_chain; sector = next(sector)) {
      entries += size() / 128;
      if (!exists(sector) || entries * 128 > octets_.size()) return std::nullopt;  // into nothing, or a circle
    }
    return entries;
  }

 private:
  static constexpr std::uint64_t end_of_chain = 0xFFFFFFFE;

  std::uint64_t size() const { return 1ULL << shift_; }
  std::uint64_t count() const { return octets_.size() >> shift_; }
  bool exists(std::uint64_t sector) const { return sector < count(); }
  std::size_t place(std::uint64_t sector) const { return static_cast<std::size_t>((sector + 1) << shift_); }
  void add(std::uint64_t table) {
    if (exists(table)) tables_.push_back(table);
  }
  std::uint64_t next(std::uint64_t sector) const {
    const std::uint64_t table = sector / (size() / 4);
    if (table >= tables_.size()) return 0xFFFFFFFF;
    return number(octets_, place(tables_[static_cast<std::size_t>(table)]) + 4 * (sector % (size() / 4)), 4);
  }

  std::string_view octets_;
  std::uint64_t shift_;
  std::vector<std::uint64_t> tables_;
  bool good_ = false;
};

struct Unref {
  void operator()(void* object) const noexcept { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

void silence(const char*, GLogLevelFlags, const char*, void*) {}

class Loading {
 public:
  Loading(std::size_t packed, Notes& notes) : notes_(notes), left_(4 * packed + (1U << 20)) {}

  void storage(GsfInfile* from, CompoundNode& into, int depth) {
    into.storage = true;
    if (GSF_IS_INFILE_MSOLE(from)) {
      std::array<guint8, 16> id{};
      if (gsf_infile_msole_get_class_id(GSF_INFILE_MSOLE(from), id.data()) != 0 &&
          std::any_of(id.begin(), id.end(), [](guint8 one) { return one != 0; }))
        into.class_id.assign(reinterpret_cast<const char*>(id.data()), id.size());
    }
    const int count = gsf_infile_num_children(from);
    for (int i = 0; i < count; ++i) {
      if (++nodes_ > limits::ole_streams) return note(notes_, "inspect.too-many");
      const char* name = gsf_infile_name_by_index(from, i);
      CompoundNode child;
      child.name = name == nullptr ? "" : name;
      const Owned<GsfInput> input(gsf_infile_child_by_index(from, i));
      if (input == nullptr) {
        note(notes_, "inspect.unreadable", "stream");
        continue;
      }
      if (GSF_IS_INFILE(input.get()) && gsf_infile_num_children(GSF_INFILE(input.get())) >= 0) {
        if (depth >= limits::ole_depth)
          note(notes_, "inspect.too-deep", "storages");
        else
          storage(GSF_INFILE(input.get()), child, depth + 1);
      } else {
        stream(input.get(), child);
      }
      into.children.push_back(std::move(child));
    }
  }

 private:
  void stream(GsfInput* input, CompoundNode& into) {
    const gsf_off_t size = gsf_input_size(input);
    if (size <= 0) return;
    const auto octets = static_cast<std::uint64_t>(size);
    if (octets > limits::ole_stream_octets) return note(notes_, "inspect.too-big", "stream");
    if (octets > left_) return note(notes_, "inspect.bomb", "streams");
    left_ -= octets;
    into.octets.resize(octets);
    constexpr std::size_t step = 65536;  // what came before a fault is kept
    for (std::size_t at = 0; at < octets; at += step) {
      const std::size_t some = std::min<std::size_t>(step, octets - at);
      if (gsf_input_read(input, some, reinterpret_cast<guint8*>(into.octets.data() + at)) == nullptr) {
        into.octets.resize(at);
        return note(notes_, "inspect.unreadable", "stream");
      }
    }
  }

  Notes& notes_;
  std::uint64_t left_;
  std::size_t nodes_ = 0;
};

}  // namespace

void warm_up_compound() {
  static const bool made = [] {
    g_log_set_default_handler(silence, nullptr);
    gsf_init();
    return gsf_infile_msole_get_type() != 0 && gsf_input_memory_get_type() != 0;
  }();
  (void)made;
}

const CompoundNode* CompoundNode::find(std::string_view child) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const CompoundNode& one) { return text::ascii_iequals(one.name, child); });
  return found == children.end() ? nullptr : &*found;
}

Compound read_compound(std::string_view octets, Notes& notes) {
  warm_up_compound();
  Compound compound;
  // libgsf goes down the directory's tree one call deeper an entry: it gets no more of them than the stack holds.
  const auto entries = Sectors(octets).directory_entries();
  if (!entries) return compound;
  if (*entries > limits::ole_streams) {
    note(notes, "inspect.too-many");
    return compound;
  }
  const Owned<GsfInput> input(
      gsf_input_memory_new(reinterpret_cast<const guint8*>(octets.data()), static_cast<gsf_off_t>(octets.size()), 0));
  const Owned<GsfInfile> root(input == nullptr ? nullptr : gsf_infile_msole_new(input.get(), nullptr));
  if (root == nullptr) return compound;
  compound.readable = true;
  Loading(octets.size(), notes).storage(root.get(), compound.root, 0);
  return compound;
}

}  // namespace vanthu::inspect
