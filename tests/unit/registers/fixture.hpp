// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>

#include "gateway/registers/acts.hpp"
#include "gateway/registers/limits.hpp"
#include "tests/unit/archive/fixture.hpp"

namespace vanthu::registers {

/// One paper as a test describes it; its file is named by what stands in it.
struct Attached {
  std::string number, symbol;
  std::string file = "f";
  std::string date = "2026-11-20";
  std::string subject = "Kết luận của Thường trực";
  std::string draft{};
  std::string form = "party";
  std::string kind = "Thông báo";
};

/// One letter: from a mailroom to mailrooms.
struct Post {
  std::string from = "vanthu.vptu";  ///< empty: from outside
  std::vector<std::string> to = {"vanthu.btctu", "vanthu.xa"};
  std::vector<Attached> sheets{};
  std::string day = "2026-11-24";
  bool waits = false;
  std::string unserved{};  ///< a step of the verdict
  bool imported = false;
};

inline std::string file_hash(const std::string& content) { return hex(sha256(content)); }

/// Three mailrooms: the office numbers TU and VPTU, the department BTCTU, the commune ĐU; one personal mailbox.
class Province final : public Places {
 public:
  std::string sends(const std::string& address, Date) const override {
    return address.starts_with("an@") ? "vptu" : receives(address, {});
  }
  std::string receives(const std::string& address, Date) const override {
    for (const char* unit : {"vptu", "btctu", "xa"})
      if (address.starts_with(std::string("vanthu.") + unit + "@")) return unit;
    return {};
  }
  bool numbers(const std::string& unit, const std::string& issuer, Date) const override {
    const std::map<std::string, std::string> all{{"TU", "vptu"}, {"VPTU", "vptu"}, {"BTCTU", "btctu"}, {"ĐU", "xa"}};
    const auto found = all.find(issuer);
    return found != all.end() && found->second == unit;
  }
  std::optional<Period> term(const std::string& unit, Date day) const override {
    if (unit == "xa") return std::nullopt;
    if (day < *parse_date("2025-10-03")) return Period{"xix", "XIX, 2020-2025", "2020-10-17", "2025-10-02"};
    return Period{"xx", "XX, 2025-2030", "2025-10-03", ""};
  }
};

class RegistersTest : public archive::ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    reopen();
  }
  void reopen() {
    archive_.reset();
    auto archive = archive::Archive::open(*records_, view_file(), {}, {&registers_});
    ASSERT_TRUE(archive) << archive.error().detail;
    archive_ = *std::move(archive);
    ASSERT_TRUE(archive_->catch_up());
  }

  /// Writes a record and lets the registers see it. @return its number
  std::uint64_t post(const Post& post) {
    const std::uint64_t number = write_only(post);
    EXPECT_TRUE(archive_->catch_up());
    return number;
  }
  std::uint64_t write_only(const Post& post) {
    const std::string id = "ID" + std::to_string(++sent_);
    archive::Letter letter{id, "Thư " + id};
    letter.day = post.day;
    mail::Accepted message = archive::accepted(letter);
    if (post.imported) message.imported = mail::Imported{"run", "khoa", "thư cũ", "mbox:/a", "octet 0"};
    auto facts = *filters::parse_facts(message.facts);
    for (const Attached& sheet : post.sheets) {
      const std::string part = std::to_string(facts.parts.size() + 2);
      filters::Part file;
      file.path = part;
      file.sha256 = file_hash(sheet.file);
      file.attachment = true;
      facts.parts.push_back(file);
      filters::Paper paper;
      paper.part = part;
      paper.form = sheet.form;
      paper.number = sheet.number;
      paper.symbol = sheet.symbol;
      paper.kind = sheet.kind;
      paper.date = sheet.date;
      paper.subject = sheet.subject;
      paper.draft = sheet.draft;
      paper.post = "CHÁNH VĂN PHÒNG";
      paper.signer = "Trần Bá Khoa";
      paper.recipients = {"Các huyện, thành, thị uỷ;", "Lưu VPTU."};
      facts.papers.push_back(paper);
    }
    message.facts = filters::to_json(facts);
    message.direction = post.from.empty() ? mail::Direction::in : mail::Direction::out;
    message.envelope.reverse_path = mail::Mailbox{post.from.empty() ? "x" : post.from, "hatinh.example"};
    if (!post.unserved.empty())
      message.verdict.as_object()["steps"] = boost::json::array{boost::json::object{
          {"rule", "addressing.recipient-lines.unserved"}, {"matched", true}, {"because", post.unserved}}};
    message.deliveries.clear();
    for (const std::string& to : post.to)
      message.deliveries.push_back({{to, "hatinh.example"}, to + "@hatinh.example", "local", "", ""});
    if (post.waits) message.questions.push_back({"moderate", {"a@b"}, {0}, 60, "return", "", ""});
    return write(*records_, message, archive::octets_of(letter), true).ordinal;
  }

  Acting clerk(std::string why = "", const char* day = "2026-11-24") const {
    return {"huong", "p7", std::move(why), archive::noon(day)};
  }
  template <class Act>
  auto look(const Act& act) const {
    std::optional<decltype(act(std::declval<const lmdb::Transaction&>()))> found;
    EXPECT_TRUE(archive_->read([&](const lmdb::Transaction& txn) -> Result<Done> {
      found.emplace(act(txn));
      return done;
    }));
    return *std::move(found);
  }
  Result<Events> enter(const std::string& unit, std::uint64_t record, std::uint32_t paper = 0, bool again = false,
                       const char* day = "2026-11-24") {
    return archive_->act([&](const lmdb::Transaction& txn) {
      return registers::enter(registers_, txn, {unit, record, paper, "Phòng Tổng hợp", "", again}, clerk("", day));
    });
  }
  Result<Events> allocate(const std::string& symbol, std::uint32_t count = 1, std::uint32_t number = 0,
                          const std::string& unit = "vptu") {
    return archive_->act([&](const lmdb::Transaction& txn) {
      Card card;
      card.symbol = symbol;
      card.form = "party";
      card.subject = "Dự kiến";
      return registers::allocate(registers_, txn, {unit, card, count, number}, clerk());
    });
  }
  template <class Function, class... Words>
  Result<Events> act(const Function& function, const Words&... words) {
    return archive_->act([&](const lmdb::Transaction& txn) { return function(registers_, txn, words...); });
  }
  std::vector<Line> lines(const std::string& id) const {
    return look([&](const lmdb::Transaction& txn) {
      const auto book = registers_.find(txn, id);
      return book ? registers_.lines(txn, *book, {}).lines : std::vector<Line>();
    });
  }
  std::optional<Register> book(const std::string& id) const {
    return look([&](const lmdb::Transaction& txn) { return registers_.find(txn, id); });
  }
  Gaps gaps(const std::string& id) const {
    return look([&](const lmdb::Transaction& txn) { return registers_.gaps(txn, *registers_.find(txn, id)); });
  }
  std::vector<std::uint32_t> numbers_in(const std::string& id) const {
    std::vector<std::uint32_t> list;
    for (const Line& line : lines(id)) list.push_back(line.number);
    return list;
  }
  /// Everything that all registers and mailrooms hold, as text.
  std::string everything() const {
    return look([&](const lmdb::Transaction& txn) {
      std::string all;
      for (const Register& one : registers_.registers(txn)) {
        all += boost::json::serialize(to_json(one)) + '\n';
        for (const Line& line : registers_.lines(txn, one, {}).lines)
          all += boost::json::serialize(to_json(line)) + '\n';
      }
      for (std::uint64_t record = 1; record <= records_->last_ordinal(); ++record)
        for (const Item& item : registers_.items(txn, record)) all += boost::json::serialize(to_json(item)) + '\n';
      return all;
    });
  }

  Province places_;
  Registers registers_{places_};
  int sent_ = 0;
};

}  // namespace vanthu::registers
