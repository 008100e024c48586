// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/other_units.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "admin/blind_copies.hpp"
#include "admin/export_record.hpp"
#include "admin/office.hpp"
#include "admin/sights.hpp"
#include "admin/table.hpp"
#include "directory/directory.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {
constexpr std::size_t records_looked_at = 10'000;  // a record takes a tenth of a millisecond
constexpr std::size_t units_told = 20;
}  // namespace

std::set<std::string> own_units(const Office& office, const std::string& unit) {
  std::set<std::string> own{text::ascii_lower(unit)};
  if (office.directory != nullptr) own.merge(sights::subtree(*office.directory, unit, day_of(now())));
  return own;
}

OtherUnits other_units_of(const KeepingCall& call, const std::string& unit, const keeping::Numbers& records) {
  const Office& office = call.office();
  const std::set<std::string> own = own_units(office, unit);
  const auto is_other = [&](const std::string& one) { return !one.empty() && !own.contains(text::ascii_lower(one)); };
  OtherUnits others;
  others.looked_at = std::min(records.size(), records_looked_at);
  const keeping::Numbers first(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(others.looked_at));
  const auto looked = call.keeper().look([&](const keeping::Look& look) -> Result<Done> {
    for (const std::uint64_t record : first) {
      const auto files = look.ledger.files_of(look.books, record);
      others.filed += std::any_of(files.begin(), files.end(), [&](const std::string& file) {
        return call.their_file(file) && is_other(file.substr(0, file.find('/')));
      });
    }
    return done;
  });
  if (!looked) return others;
  const Sights sights(office, call.request(), call.words());
  for (const std::uint64_t number : first) {
    auto record = office.archive->show(number);
    if (!record) continue;
    mail::Accepted& accepted = record->accepted;
    leave_out_blind(office, accepted, [&](const std::string& one) {
      return call.theirs(one) || sights.keeps(accepted.record_class, one);
    });
    std::set<std::string> units;
    for (const mail::Delivery& delivery : accepted.deliveries) units.insert(delivery.unit);
    if (office.directory != nullptr && accepted.envelope.reverse_path)
      units.insert(units_of(*office.directory)(*accepted.envelope.reverse_path, day_of(accepted.received)));
    std::erase_if(units, [&](const std::string& one) { return !is_other(one); });
    others.records += units.empty() ? 0 : 1;
    for (const std::string& one : units) ++others.units[one];
  }
  return others;
}

std::string others_text(const KeepingCall& call, const OtherUnits& others) {
  if (others.records == 0 && others.filed == 0) return {};
  const exports::UnitName names = unit_names(call.office());
  std::vector<std::pair<std::uint64_t, std::string>> most;
  for (const auto& [unit, count] : others.units) most.emplace_back(count, unit);
  std::sort(most.rbegin(), most.rend());
  std::string list;
  for (std::size_t i = 0; i < most.size() && i < units_told; ++i)
    list +=
        (i == 0 ? "" : "; ") + names(most[i].second) + " (" + most[i].second + "): " + std::to_string(most[i].first);
  if (most.size() > units_told) list += "; và " + std::to_string(most.size() - units_told) + " đơn vị khác";
  std::string text =
      "Lưu ý: mỗi bản ghi chỉ có một bản trong kho, hủy là hủy cho mọi đơn vị (one record is the only copy of every "
      "unit "
      "that has it).\n";
  const std::string among = " trong " + std::to_string(others.looked_at) + " bản ghi đã xem";
  if (others.records != 0)
    text += "  Ít nhất " + std::to_string(others.records) + among +
            " do đơn vị khác gửi hoặc đã gửi tới đơn vị khác: " + printable(list) + "\n";
  if (others.filed != 0)
    text += "  " + std::to_string(others.filed) + among +
            " còn nằm trong hồ sơ của đơn vị khác, cũng đã hết hạn theo hồ sơ ấy (also filed by other units)\n";
  return text +
         "  Đơn vị nào còn cần phải đưa vào hồ sơ của mình trước khi thực hiện: vanthu file add (a unit that wants "
         "them "
         "kept files them before it is executed).\n";
}

json::object others_json(const OtherUnits& others) {
  json::object units;
  for (const auto& [unit, count] : others.units) units[unit] = count;
  return {{"looked_at", others.looked_at},
          {"records", others.records},
          {"filed", others.filed},
          {"units", std::move(units)}};
}

}  // namespace vanthu::admin
