// SPDX-License-Identifier: GPL-3.0-or-later
// How the directory grows: the same questions at 1,000, 10,000, 100,000 and 1,000,000 mailboxes, in process, on a file
// that was just imported. Beside them what the machine gives at best: a look-up of the same keys in LMDB alone.
//
//   directory_bench [FOLDER] [MAILBOXES...]
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "directory/import.hpp"
#include "gateway/base/lmdb.hpp"
#include "gateway/base/log.hpp"

namespace {
using namespace vanthu;
using namespace vanthu::directory;
using Clock = std::chrono::steady_clock;

constexpr Date today{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{28}};
constexpr std::size_t questions = 200000;
constexpr std::size_t big_group = 5000;

const std::vector<std::string> family{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ"};
const std::vector<std::string> middle{"Văn", "Thị", "Hữu", "Đức", "Minh", "Thanh", "Quốc", "Ngọc", "Xuân", "Hồng"};
const std::vector<std::string> given{"An",  "Bình", "Cường", "Dung", "Đông", "Giang", "Hà",   "Hùng", "Lan",  "Linh",
                                     "Mai", "Nam",  "Oanh",  "Phúc", "Quân", "Sơn",   "Thảo", "Tuấn", "Vinh", "Yến"};
const std::vector<std::string> plain{"an",  "binh", "cuong", "dung", "dong", "giang", "ha",   "hung", "lan",  "linh",
                                     "mai", "nam",  "oanh",  "phuc", "quan", "son",   "thao", "tuan", "vinh", "yen"};

std::string at(const std::string& local) { return local + "@tinh.example"; }

/// A province of that many mailboxes: a unit for fifty of them, with a registry and a secretary's mailbox each, the
/// rest people; every tenth has an alias; one group of five thousand spread over all.
struct Province {
  std::map<std::string, std::string> files;
  std::vector<std::string> people, positions, aliases, registries;

  explicit Province(std::size_t mailboxes) {
    std::string& units = files["units.csv"];
    std::string& persons = files["people.csv"];
    std::string& posts = files["assignments.csv"];
    std::string& boxes = files["mailboxes.csv"];
    std::string& names = files["aliases.csv"];
    units =
        "unit_id,name_vi,short_name,symbol,unit_kind,parent_id,place,valid_from,valid_to,mail_stem,note\n"
        "tinh,Tỉnh uỷ,TU,TU,tinh-uy,,,2000-01-01,,,\n";
    files["unit-history.csv"] = "date,event,from_unit,to_unit,note\n";
    persons = "person_id,full_name,local_part,status,note\n";
    posts = "person_id,unit_id,position,concurrent,valid_from,valid_to\n";
    boxes =
        "address,kind,unit_id,person_id,position,status,created,closed,last_login,quota_mb,external_allowed,"
        "registers_mail\n";
    names = "alias,target,valid_from,valid_to,reason\n";
    const std::size_t unit_count = std::max<std::size_t>(1, mailboxes / 50);
    std::mt19937 random(7);
    std::size_t made = 0;
    for (std::size_t u = 0; u < unit_count; ++u) {
      const std::string id = "u" + std::to_string(u);
      units += id + ",Đảng uỷ xã " + std::to_string(u) + ",ĐU " + std::to_string(u) + ",ĐU,du-xa,tinh,,2025-07-01,,,\n";
      registries.push_back(at("vanthu." + id));
      positions.push_back(at("bithu." + id));
      boxes += registries.back() + ",unit," + id + ",,Văn thư,active,2025-07-01,,2026-11-27,8192,yes,yes\n";
      boxes += positions.back() + ",position," + id + ",,Bí thư,active,2025-07-01,,2026-11-27,8192,no,no\n";
      made += 2;
      for (std::size_t p = 0; made < mailboxes && (p < 48 || u + 1 == unit_count); ++p, ++made) {
        const std::size_t f = random() % family.size();
        const std::size_t m = random() % middle.size();
        const std::size_t g = random() % given.size();
        const std::string person = "p" + std::to_string(made);
        std::string local = plain[g];
        local += static_cast<char>('a' + static_cast<int>(random() % 26));
        local += static_cast<char>('a' + static_cast<int>(random() % 26));
        local += std::to_string(made);
        persons += person + "," + family[f] + " " + middle[m] + " " + given[g] + "," + local + ",active,\n";
        posts += person + "," + id + (p == 0 ? ",Bí thư" : p == 1 ? ",Văn thư" : ",Chuyên viên") + ",no,2025-07-01,\n";
        people.push_back(at(local));
        boxes +=
            people.back() + ",person," + id + "," + person + ",Chuyên viên,active,2025-07-01,,2026-11-27,4096,yes,no\n";
        if (made % 10 == 0) {
          aliases.push_back(at("bi.danh." + std::to_string(made)));
          names += aliases.back() + "," + people.back() + ",2025-07-01,,\n";
        }
      }
    }
    files["groups.csv"] =
        "group_id,address,name_vi,kind,rule,valid_from,valid_to,note\n"
        "to,g.to@tinh.example,Năm nghìn,static,,2025-07-01,,\n"
        "xa,g.xa@tinh.example,\"Các đảng uỷ xã, phường\",dynamic,unit_kind in (du-xa) and parent = tinh and valid "
        "today,2025-07-01,,\n";
    std::string& members = files["group-members.csv"];
    members = "group_id,member_address,valid_from,valid_to\n";
    const std::size_t wanted = std::min(big_group, people.size());
    for (std::size_t i = 0; i < wanted; ++i) members += "to," + people[i * people.size() / wanted] + ",2025-07-01,\n";
    files["recipient-lines.csv"] = "line_vi,resolves_to,note\n";
    files["terms.csv"] = "committee,term,first_day,last_day,exact\n";
  }
};

struct Figures {
  double p50 = 0, p99 = 0;
};
template <class Ask>
Figures measure(std::size_t times, Ask ask) {
  std::vector<double> took;
  took.reserve(times);
  for (std::size_t i = 0; i < times; ++i) {
    const auto start = Clock::now();
    ask(i);
    took.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  std::sort(took.begin(), took.end());
  return {took[took.size() / 2], took[took.size() * 99 / 100]};
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Memory of this process that is not the mapped file, in MiB.
double anonymous_mib() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("RssAnon:")) return std::stod(line.substr(8)) / 1024;
  return 0;
}

/// Leaves out, swaps or replaces one letter.
std::string misspelt(const std::string& address, std::mt19937& random) {
  std::string wrong = address;
  const std::size_t length = wrong.find('@');
  const std::size_t place = random() % (length - 1);
  switch (random() % 3) {
    case 0:
      wrong.erase(place, 1);
      break;
    case 1:
      std::swap(wrong[place], wrong[place + 1]);
      break;
    default:
      wrong[place] = 'x';
  }
  return wrong;
}

int run(const std::filesystem::path& folder, std::size_t mailboxes) {
  const std::filesystem::path file = folder / ("directory-" + std::to_string(mailboxes) + ".lmdb");
  std::filesystem::remove(file);
  std::vector<std::string> people, positions, aliases;
  double import_s = 0;
  double again_s = 0;
  double change_ms = 0;
  {
    Province province(mailboxes);
    auto directory = *Directory::open(file, Directory::Mode::write);
    const ImportOptions options{{"tinh.example"}, false, today};
    auto start = Clock::now();
    const auto report = import(*directory, province.files, options);
    import_s = seconds_since(start);
    if (!report || !report->stored) {
      std::fprintf(stderr, "import: %s\n", report ? report->faults.front().c_str() : report.error().detail.c_str());
      return 1;
    }
    start = Clock::now();
    if (!import(*directory, province.files, options)) return 1;
    again_s = seconds_since(start);
    start = Clock::now();
    for (int i = 0; i < 20; ++i)
      if (!directory->set_mailbox_status(province.people[static_cast<std::size_t>(i / 2)],
                                         i % 2 == 0 ? Mailbox::Status::suspended : Mailbox::Status::active, today))
        return 1;
    change_ms = seconds_since(start) * 1000 / 20;
    people = std::move(province.people);
    positions = std::move(province.positions);
    aliases = std::move(province.aliases);
  }
  const double before = anonymous_mib();
  auto directory = *Directory::open(file, Directory::Mode::read);
  std::mt19937 random(11);
  const auto pick = [&](const std::vector<std::string>& list) -> const std::string& {
    return list[random() % list.size()];
  };
  std::size_t wrong = 0;
  const auto resolves = [&](const std::vector<std::string>& list) {
    for (const std::string& one : list) directory->resolve(one, today);  // as in a gateway that has run for a while
    return measure(questions, [&](std::size_t) {
      if (directory->resolve(pick(list), today).kind != Resolution::Kind::mailbox) ++wrong;
    });
  };
  const Figures exact = resolves(people);
  const Figures alias = resolves(aliases);
  const Figures position = resolves(positions);
  const Figures unknown = measure(questions, [&](std::size_t i) {
    if (directory->resolve("khong.co." + std::to_string(i) + "@tinh.example", today).kind != Resolution::Kind::unknown)
      ++wrong;
  });
  Figures group;
  Figures dynamic;
  const auto expand = [&](const char* address, std::size_t times) {
    return measure(times, [&](std::size_t) {
      if (directory->resolve(address, today).targets.empty()) ++wrong;
    });
  };
  group = expand("g.to@tinh.example", 200);
  dynamic = expand("g.xa@tinh.example", 20);
  std::size_t found = 0;
  constexpr std::size_t mistakes = 2000;
  std::vector<std::pair<std::string, std::string>> asked;
  for (std::size_t i = 0; i < mistakes; ++i) {
    const std::string& right = pick(people);
    asked.emplace_back(right, misspelt(right, random));
  }
  const Figures near = measure(mistakes, [&](std::size_t i) {
    const auto answer = directory->neighbours(asked[i].second, 3, today);
    if (std::find(answer.begin(), answer.end(), asked[i].first) != answer.end()) ++found;
  });
  const Login login{people.front(), "p2", "", "u0"};
  const Figures right = measure(questions / 10, [&](std::size_t i) {
    directory->may_send_as(login, i % 2 == 0 ? positions.front() : people[i % people.size()], today);
  });
  const Figures names = measure(questions / 10, [&](std::size_t) { directory->called("Nguyễn Văn An"); });
  const double anonymous = anonymous_mib() - before;
  directory.reset();

  // The same keys from LMDB alone.
  Figures raw;
  {
    lmdb::Options options;
    options.read_only = true;
    options.tables = 64;
    const auto environment = *lmdb::Environment::open(file, options);
    auto transaction = *lmdb::Transaction::begin(*environment, lmdb::Transaction::Mode::read);
    const lmdb::Table table = *transaction.table("mailboxes");
    raw = measure(questions, [&](std::size_t) {
      if (!transaction.get(table, pick(people) + '\0')) ++wrong;
    });
  }
  std::printf(
      "%9zu  import %6.2f s (again %5.2f s)  change %5.1f ms  file %7.1f MiB  own memory %5.1f MiB\n"
      "           resolve us p50/p99: exact %.2f/%.2f  alias %.2f/%.2f  position %.2f/%.2f  unknown %.2f/%.2f  "
      "(LMDB alone %.2f/%.2f)\n"
      "           5,000 members ms p50/p99: static %.2f/%.2f  dynamic (%zu units) %.2f/%.2f\n"
      "           neighbours us p50/p99: %.0f/%.0f, found %.1f %%  right us: %.2f/%.2f  name us: %.1f/%.1f%s\n",
      mailboxes, import_s, again_s, change_ms, static_cast<double>(std::filesystem::file_size(file)) / (1 << 20),
      anonymous, exact.p50, exact.p99, alias.p50, alias.p99, position.p50, position.p99, unknown.p50, unknown.p99,
      raw.p50, raw.p99, group.p50 / 1000, group.p99 / 1000, positions.size(), dynamic.p50 / 1000, dynamic.p99 / 1000,
      near.p50, near.p99, 100.0 * static_cast<double>(found) / mistakes, right.p50, right.p99, names.p50, names.p99,
      wrong > 0 ? "  WRONG ANSWERS" : "");
  std::fflush(stdout);
  std::filesystem::remove(file);
  std::filesystem::remove(file.string() + "-lock");
  return wrong > 0 ? 1 : 0;
}
}  // namespace

int main(int count, char** words) {
  log::set_level(log::Level::error);
  const std::filesystem::path folder = count > 1 ? words[1] : std::filesystem::temp_directory_path().string();
  std::vector<std::size_t> sizes;
  for (int i = 2; i < count; ++i) sizes.push_back(std::stoul(words[i]));
  if (sizes.empty()) sizes = {1000, 10000, 100000, 1000000};
  for (const std::size_t size : sizes)
    if (const int failed = run(folder, size); failed != 0) return failed;
  return 0;
}
