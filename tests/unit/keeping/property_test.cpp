// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever is done in whatever order: nothing that is held, permanent, in an open file or within its term goes, nobody
// plays two parts, and the books made anew are the books. A second, simpler account of the rules is kept beside the
// ledger; VANTHU_SEED repeats a run, VANTHU_SEQUENCES makes it longer.
#include <cstdlib>
#include <random>
#include <set>

#include "gateway/keeping/query.hpp"
#include "tests/unit/keeping/world.hpp"

namespace vanthu::keeping {
namespace {
using namespace std::chrono;

unsigned from_environment(const char* name, unsigned otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

constexpr int never = 1'000'000;  // years: permanent, or not known
const std::map<std::string, int> kinds{
    {"", 0}, {"Công văn", 10}, {"Giấy mời", 5}, {"Nghị quyết", never}, {"Không có trong bảng", never}};
const std::map<std::string, int> classes{{"2-nam", 2}, {"5-nam", 5}, {"20-nam", 20}, {"vinh-vien", never}};

/// The rules told once more, by sets and maps.
struct Model {
  struct Paper {
    std::string kind, subject;
    bool gone = false;
  };
  struct Folder {
    std::string file_class;
    int state = 0;  // open, closed, handed over
    int ended = 0;  // year
    std::set<std::uint64_t> records;
  };
  struct Hold {
    std::set<std::uint64_t> records;
    bool future = false;
    std::string word, file;
    std::string asked;  // person
    bool released = false;
    Time free{};
  };
  struct Proposal {
    std::string proposer, approver, executor;
    std::set<std::uint64_t> listed;
    int state = 0;  // proposed, decided, approved, running, over
  };
  std::map<std::uint64_t, Paper> papers;
  std::map<std::string, Folder> files;
  std::map<std::uint64_t, Hold> holds;
  std::map<std::uint64_t, Proposal> proposals;
  std::map<std::uint64_t, std::pair<std::set<std::uint64_t>, std::string>> purges;  // waiting: records, who asked

  bool held(std::uint64_t record, Time now) const {
    for (const auto& [number, hold] : holds)
      if (hold.records.contains(record) && (!hold.released || now < hold.free)) return true;
    return false;
  }
  bool may_go(std::uint64_t record, Time now) const {
    if (papers.at(record).gone || held(record, now)) return false;
    for (const auto& [number, purge] : purges)
      if (purge.first.contains(record)) return false;
    bool filed = false;
    for (const auto& [id, file] : files) {
      if (!file.records.contains(record)) continue;
      filed = true;
      if (file.state != 1) return false;
      int longest = classes.at(file.file_class);
      for (const std::uint64_t other : file.records)
        if (!papers.at(other).gone) longest = std::max(longest, kinds.at(papers.at(other).kind));
      if (static_cast<int>(day_of(now).year()) <= file.ended + longest) return false;
    }
    return filed;
  }
  bool claimed(std::uint64_t record) const {
    for (const auto& [number, proposal] : proposals)
      if (proposal.state < 4 && proposal.listed.contains(record)) return true;
    return false;
  }
};

class Play {
 public:
  explicit Play(std::mt19937& random) : random_(random) {}

  void step() {
    const unsigned what = below(1000);
    if (what < 70) return receive();
    if (what < 130) return open();
    if (what < 330) return add();
    if (what < 345) return remove();
    if (what < 500) return close();
    if (what < 512) return reopen();
    if (what < 516) return hand_over();
    if (what < 526) return hold();
    if (what < 600) return release();
    if (what < 660) return pass();
    if (what < 720) return propose();
    if (what < 770) return decide();
    if (what < 850) return approve();
    if (what < 975) return execute();
    if (what < 980) return withdraw();
    return purge();
  }
  void check_all() {
    for (const auto& [record, paper] : model.papers) {
      if (paper.gone) continue;
      const Fate fate = world.fate(record);
      ASSERT_EQ(fate.may_go() || fate.kind == Fate::Kind::claimed,
                model.may_go(record, world.now) || (model.claimed(record) && fate.kind == Fate::Kind::claimed))
          << "record " << record << ": " << fate.why;
    }
  }
  void check_rebuilt() {
    const auto before = world.tables();
    world.rebuild();
    ASSERT_EQ(world.tables(), before);
  }

  World world;
  Model model;
  unsigned disposed = 0, spared = 0;

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  Who anybody() {
    static const std::vector<std::string> people{"p-lan", "p-minh", "p-hoa", "p-hoa", ""};
    return {"login" + std::to_string(below(5)), people[below(5)]};
  }
  void pass() { world.now += below(2) == 0 ? days(below(60)) : days(200 + below(3000)); }
  template <class Map>
  auto pick(const Map& map) {
    auto at = map.begin();
    std::advance(at, below(static_cast<unsigned>(map.size())));
    return at->first;
  }
  /// Of the proposals mostly the newest: the older ones are over, as a rule.
  std::uint64_t pick_proposal() { return below(3) == 0 ? pick(model.proposals) : model.proposals.rbegin()->first; }
  Numbers some_records() {
    Numbers numbers;
    if (model.papers.empty()) return {1};
    for (unsigned i = 0, count = 1 + below(6); i < count; ++i) numbers.push_back(pick(model.papers));
    return sorted(std::move(numbers));
  }
  bool act(const std::function<Result<Events>(const Look&)>& decide) { return bool(world.act(decide)); }

  void receive() {
    World::Letter letter;
    letter.kind = below(12) == 0 ? pick(kinds) : below(2) == 0 ? "Giấy mời" : "";
    letter.subject = below(4) == 0 ? "thanh tra" : "công tác";
    letter.header_date = "Fri, 01 Jan 1999 00:00:00 +0700";
    const std::uint64_t number = world.receive(letter);
    model.papers[number] = {letter.kind, letter.subject};
    for (auto& [id, hold] : model.holds)
      if (hold.future && !hold.released && !hold.word.empty() && hold.word == letter.subject)
        hold.records.insert(number);
  }
  void open() {
    File file;
    file.unit = "vptu";
    file.year = 2020;
    file.code = std::to_string(below(60));
    file.title = "Hồ sơ";
    file.file_class = below(6) == 0 ? pick(classes) : below(2) == 0 ? "2-nam" : "5-nam";
    if (act([&](const Look& look) { return open_file(look, anybody(), file, ""); })) {
      ASSERT_FALSE(model.files.contains(file.id()));
      model.files[file.id()].file_class = file.file_class;
    }
  }
  void add() {
    if (model.files.empty()) return;
    const std::string id = pick(model.files);
    const Numbers records = some_records();
    if (!act([&](const Look& look) { return add_to_file(look, anybody(), id, records, ""); })) return;
    ASSERT_EQ(model.files[id].state, 0);
    for (const std::uint64_t record : records) {
      ASSERT_FALSE(model.papers.at(record).gone);
      if (!model.files[id].records.insert(record).second) continue;
      for (auto& [number, hold] : model.holds)
        if (hold.future && !hold.released && hold.file == id) hold.records.insert(record);
    }
  }
  void remove() {
    if (model.files.empty()) return;
    const std::string id = pick(model.files);
    const Numbers records = some_records();
    if (!act([&](const Look& look) { return remove_from_file(look, anybody(), id, records, "nhầm"); })) return;
    ASSERT_EQ(model.files[id].state, 0);
    for (const std::uint64_t record : records) model.files[id].records.erase(record);
  }
  void close() {
    if (model.files.empty()) return;
    const std::string id = pick(model.files);
    const Date ended =
        below(4) == 0 ? Date(year(1999) / 1 / 1) : Date(sys_days(world.today()) - days(below(4) == 0 ? below(400) : 0));
    const std::string other = below(12) == 0 ? pick(classes) : "";
    if (!act([&](const Look& look) { return close_file(look, anybody(), id, ended, other, ""); })) return;
    Model::Folder& file = model.files[id];
    ASSERT_EQ(file.state, 0);
    file.state = 1;
    file.ended = static_cast<int>(ended.year());
    if (!other.empty()) file.file_class = other;
  }
  void reopen() {
    if (model.files.empty()) return;
    const std::string id = pick(model.files);
    if (act([&](const Look& look) { return reopen_file(look, anybody(), id, "thêm"); })) model.files[id].state = 0;
  }
  void hand_over() {
    if (model.files.empty()) return;
    const std::string id = pick(model.files);
    if (act([&](const Look& look) { return hand_over_file(look, anybody(), id, "1", "Kho"); }))
      model.files[id].state = 2;
  }
  void hold() {
    Hold wanted;
    wanted.owner = "UBKT";
    wanted.reason = "vụ việc";
    wanted.review = iso(Date(sys_days(world.today()) + days(30)));
    wanted.future = below(2) == 0;
    Model::Hold now;
    now.future = wanted.future;
    Numbers frozen;
    const unsigned how = below(3);
    if (how == 0) {
      now.word = "thanh tra";
      archive::Query query;
      query.words = {now.word};
      wanted.query = to_json(query);
      for (const auto& [record, paper] : model.papers)
        if (!paper.gone && paper.subject == now.word) frozen.push_back(record);
    } else if (how == 1 && !model.files.empty()) {
      now.file = wanted.file = pick(model.files);
      world.look([&](const Look& look) { frozen = look.ledger.records_in(look.books, wanted.file); });
    } else {
      wanted.future = now.future = false;
      frozen = some_records();
    }
    if (!act([&](const Look& look) { return set_hold(look, anybody(), wanted, frozen); })) return;
    for (const std::uint64_t record : frozen)
      if (!model.papers.at(record).gone) now.records.insert(record);
    model.holds[model.holds.size() + 1] = now;
  }
  void release() {
    if (model.holds.empty()) return;
    const auto number = pick(model.holds);
    const Who who = anybody();
    if (!act([&](const Look& look) { return release_hold(look, who, number, "xong"); })) return;
    ASSERT_NE(who.person, "");
    Model::Hold& hold = model.holds[number];
    ASSERT_FALSE(hold.released);
    if (hold.asked.empty()) {
      hold.asked = who.person;
      return;
    }
    ASSERT_NE(hold.asked, who.person);
    hold.released = true;
    hold.free = world.now + days(30);
  }
  void propose() {
    const Who who = anybody();
    const auto events = world.act([&](const Look& look) { return propose_disposal(look, who, "vptu", "Hết hạn."); });
    if (!events) return;
    ASSERT_NE(who.person, "");
    const auto listed = records_of_list(text_in(events->back().details, "list"));
    ASSERT_TRUE(listed);
    for (const std::uint64_t record : *listed) {
      ASSERT_TRUE(model.may_go(record, world.now)) << "record " << record;
      ASSERT_FALSE(model.claimed(record));
    }
    for (const auto& [record, paper] : model.papers)
      if (model.may_go(record, world.now) && !model.claimed(record)) {
        ASSERT_TRUE(std::find(listed->begin(), listed->end(), record) != listed->end()) << record << " is due, too";
      }
    Model::Proposal& proposal = model.proposals[model.proposals.size() + 1];
    proposal.proposer = who.person;
    proposal.listed.insert(listed->begin(), listed->end());
  }
  void decide() {
    if (model.proposals.empty()) return;
    const auto number = pick_proposal();
    const Who who = anybody();
    if (act([&](const Look& look) {
          return decide_disposal(look, who, number, "1-QĐ", day_of(look.now), std::string(64, 'a'), 1000);
        })) {
      ASSERT_EQ(model.proposals[number].state, 0);
      ASSERT_NE(who.person, "");
      model.proposals[number].state = 1;
    }
  }
  void approve() {
    if (model.proposals.empty()) return;
    const auto number = pick_proposal();
    const Who who = anybody();
    std::string list;
    world.look([&](const Look& look) { list = look.ledger.disposal(look.books, number)->list_sha256; });
    if (!act([&](const Look& look) { return approve_disposal(look, who, number, list); })) return;
    Model::Proposal& proposal = model.proposals[number];
    ASSERT_EQ(proposal.state, 1);
    ASSERT_NE(who.person, "");
    ASSERT_NE(who.person, proposal.proposer);
    proposal.state = 2;
    proposal.approver = who.person;
  }
  void withdraw() {
    if (model.proposals.empty()) return;
    const auto number = pick_proposal();
    if (!act([&](const Look& look) { return withdraw_disposal(look, anybody(), number, "sai"); })) return;
    ASSERT_LT(model.proposals[number].state, 3);
    model.proposals[number].state = 4;
  }
  void execute() {
    if (model.proposals.empty()) return;
    const auto number = pick_proposal();
    const Who who = anybody();
    if (!act([&](const Look& look) { return begin_disposal(look, who, number); })) {
      // No other way to the octets either.
      if (model.proposals[number].state != 3) {
        ASSERT_FALSE(act([&](const Look& look) { return dispose_next(look, who, number, 2); }));
      }
      return;
    }
    Model::Proposal& proposal = model.proposals[number];
    ASSERT_TRUE(proposal.state == 2 || proposal.state == 3);
    ASSERT_NE(who.person, "");
    ASSERT_NE(who.person, proposal.proposer);
    ASSERT_NE(who.person, proposal.approver);
    proposal.state = 3;
    if (below(3) == 0) return;  // a stop; something else happens before it goes on
    const auto events = world.act([&](const Look& look) { return dispose_next(look, who, number, 1 + below(3)); });
    ASSERT_TRUE(events) << events.error().detail;
    Numbers gone;
    // All of one batch are judged by the books as they were before it.
    for (const archive::Event& event : *events)
      ASSERT_EQ(event.what == "record.disposed", model.may_go(event.record, world.now))
          << "record " << event.record << ": " << event.reason;
    for (const archive::Event& event : *events) {
      ASSERT_TRUE(proposal.listed.erase(event.record)) << "it stood in the list, and once";
      if (event.what == "record.disposed") {
        model.papers.at(event.record).gone = true;
        gone.push_back(event.record);
        ++disposed;
      } else {
        ++spared;
      }
    }
    ASSERT_TRUE(act([&](const Look& look) { return note_destroyed(look, who, gone); }));
    if (act([&](const Look& look) { return finish_disposal(look, who, number, {}); })) {
      ASSERT_TRUE(proposal.listed.empty());
      proposal.state = 4;
    }
  }
  void purge() {
    const Who who = anybody();
    const std::uint64_t number = purges_ + 1;
    if (model.purges.empty() && below(6) == 0) {
      const Numbers records = some_records();
      if (!act([&](const Look& look) { return ask_purge(look, who, records, std::string(64, 'd'), "1/NP", "lộ"); }))
        return;
      ASSERT_NE(who.person, "");
      model.purges[number] = {{records.begin(), records.end()}, who.person};
      return;
    }
    if (model.purges.empty()) return;
    if (below(3) == 0) {
      if (act([&](const Look& look) { return withdraw_purge(look, who, number, "nhầm"); })) {
        model.purges.clear();
        ++purges_;
      }
      return;
    }
    const bool despite = below(2) == 0;
    const auto events = world.act([&](const Look& look) { return confirm_purge(look, who, number, despite); });
    if (!events) return;
    ASSERT_NE(who.person, "");
    ASSERT_NE(who.person, model.purges[number].second);
    Numbers gone;
    for (const archive::Event& event : *events)
      if (event.what == "record.disposed") {
        bool held = false;
        for (const auto& [id, hold] : model.holds)
          held = held || (hold.records.contains(event.record) && !hold.released);
        ASSERT_TRUE(despite || !held);
        ASSERT_TRUE(model.purges[number].first.contains(event.record));
        gone.push_back(event.record);
        model.papers.at(event.record).gone = true;
      }
    model.purges.clear();
    ++purges_;
    ASSERT_TRUE(act([&](const Look& look) { return note_destroyed(look, who, gone); }));
    ASSERT_TRUE(act([&](const Look& look) { return finish_purge(look, who, number); }));
  }

  std::mt19937& random_;
  std::uint64_t purges_ = 0;
};

TEST(Keeping, NothingGoesThatMayNotWhateverIsDone) {
  const unsigned seed = from_environment("VANTHU_SEED", 20261129);
  const unsigned sequences = from_environment("VANTHU_SEQUENCES", 2000);
  unsigned disposed = 0, spared = 0;
  for (unsigned i = 0; i < sequences; ++i) {
    std::mt19937 random(seed + i);
    Play play(random);
    const unsigned steps = 100 + static_cast<unsigned>(random() % 300);
    for (unsigned step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) play.step();
    if (!testing::Test::HasFatalFailure()) play.check_all();
    if (i % 8 == 0 && !testing::Test::HasFatalFailure()) play.check_rebuilt();
    ASSERT_FALSE(testing::Test::HasFatalFailure()) << "VANTHU_SEED=" << seed + i << " VANTHU_SEQUENCES=1";
    disposed += play.disposed;
    spared += play.spared;
  }
  RecordProperty("disposed", static_cast<int>(disposed));
  RecordProperty("spared", static_cast<int>(spared));
  if (sequences < 1000) return;
  EXPECT_GT(disposed, sequences / 20) << "the test disposes of things, too";
  EXPECT_GT(spared, sequences / 200);
}

}  // namespace
}  // namespace vanthu::keeping
