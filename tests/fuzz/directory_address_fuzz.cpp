// SPDX-License-Identifier: GPL-3.0-or-later
// An address as a stranger gives it, asked of a small directory: resolve, neighbours, rights.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "directory/snapshot.hpp"

namespace {
using namespace vanthu::directory;

/// In memory, without a store: what resolve() reads.
Snapshot small_snapshot() {
  Snapshot s;
  s.units.push_back({{"vp", "Văn phòng", "VP", "VP", "van-phong-tu", "", "", {}}, "vp"});
  s.people.push_back({"p1", "Nguyễn Văn An", "annv", "active"});
  Mailbox mailbox;
  mailbox.address = "annv@tinh.example";
  mailbox.person = "p1";
  mailbox.unit = "vp";
  s.mailboxes.push_back({mailbox, "", "annv", std::nullopt, false, false});
  s.aliases.push_back({{"an@tinh.example", "annv@tinh.example", "", {}}, "an"});
  s.groups.push_back({{"g", "g.all@tinh.example", "Tất cả", "static", "", {}}, std::nullopt, "g.all"});
  s.members.push_back({"g", "an@tinh.example", {}});
  s.members.push_back({"g", "g.all@tinh.example", {}});
  return s;
}

const Snapshot& snapshot() {
  static const Snapshot* made = [] {
    auto* s = new Snapshot(small_snapshot());  // lives as long as the process
    s->units_by_id["vp"] = {0};
    s->people_by_id["p1"] = {0};
    s->mailbox_by_address[s->mailboxes[0].mailbox.address] = {0};
    s->mailboxes_of_person[s->mailboxes[0].mailbox.person] = {0};
    s->aliases_by_address[s->aliases[0].alias.alias] = {0};
    s->groups_by_address[s->groups[0].group.address] = {0};
    s->groups_by_id[s->groups[0].group.id] = {0};
    s->members_of_group[s->members[0].group] = {0, 1};
    return s;
  }();
  return *made;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view address(reinterpret_cast<const char*>(data), size);
  const vanthu::Date day{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{24}};
  const Resolution found = resolve(snapshot(), address, day);
  if ((found.kind == Resolution::Kind::mailbox) != (found.targets.size() == 1 && found.via.substr(0, 6) != "group:"))
    std::abort();
  if (neighbours(snapshot(), address, 3, day).size() > 3) std::abort();
  const Login login{"annv@tinh.example", "p1", "", "vp"};
  const auto right = may_send_as(snapshot(), login, address, day);
  if (right.because.empty()) std::abort();
  if (right.allowed != may_open(snapshot(), login, address, day).allowed) std::abort();
  return 0;
}
