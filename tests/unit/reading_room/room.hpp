// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "filters/inspect/mime/outline_reader.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/text.hpp"
#include "gateway/reading_room/session.hpp"
#include "tests/unit/archive/fixture.hpp"
#include "tests/unit/directory/fixture.hpp"

namespace vanthu::reading_room {

/// p1 is an archivist of everything, p2 of the office's subtree; p3 is none.
inline directory::Files room_files() {
  directory::Files files = directory::small_files();
  files["roles.csv"] =
      "person_id,role,scope_unit_id,valid_from,valid_to,record_classes\r\n"
      "p1,archivist,,2020-01-01,,\r\n"
      "p2,archivist,vp,2020-01-01,,\r\n";
  for (const auto& [login, mailbox] : {std::pair{"p1", "annv"}, {"p2", "binhtt"}, {"p3", "cuongl"}})
    files["aliases.csv"] += std::string(login) + "@tinh.example," + mailbox + "@tinh.example,2016-07-01,,\r\n";
  return files;
}

/// An archive of a few letters and somebody who reads it by IMAP, without sockets, processes and full text.
class RoomTest : public archive::ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    audit_log_ = *journal::Log::open(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
    trail_ = std::make_unique<audit::Trail>(*audit_log_);
    store_ = *Store::open(folder_ / "reading-room.lmdb");
  }
  void TearDown() override {
    session_.reset();
    outlines_.reset();
    library_.reset();
    keeper_.reset();
    shelves_.reset();
    store_.reset();
    trail_.reset();
    audit_log_.reset();
    ArchiveTest::TearDown();
  }
  /// A record with these octets.
  void letter(const std::string& id, const std::vector<std::string>& units, const std::string& octets,
              const std::string& record_class = "official", const std::string& symbol = "TB/TU") {
    auto message = archive::accepted(
        {id, "x", "party", symbol.empty() ? "" : "07", symbol, "", units, "2026-11-24", record_class});
    message.sha256 = hex(sha256(octets));
    write(*records_, message, octets, true);
  }
  void event(const std::string& what, std::uint64_t record, boost::json::object details) {
    ASSERT_TRUE(archive_->act([&](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> {
      archive::Event one;
      one.what = what;
      one.record = record;
      one.actor = "luutru";
      one.details = details;
      return std::vector<archive::Event>{one};
    }));
  }
  void open_room(bool filled = true) {
    archive_.reset();
    auto opened = archive::Archive::open(
        *records_, view_file(),
        [this](const mail::Mailbox& address, Date) { return sender_units_[address.local_part]; }, books_);
    ASSERT_TRUE(opened) << opened.error().detail;
    archive_ = *std::move(opened);
    if (filled) {
      ASSERT_TRUE(archive_->catch_up());
    }
    keeper_ = std::make_unique<keeping::Keeper>(*archive_, ledger_, keeping::Keeper::Settings{});
    shelves_ = std::make_unique<shelves::Shelves>(*archive_, book_);
    library_ = std::unique_ptr<Library>(new Library{
        "mail.example", "log/1", *people_, *archive_, *shelves_, keeper_.get(), nullptr, nullptr, *trail_, *store_,
        allowance_,
        [](Message message) -> Result<std::string> { return inspect::to_answer(inspect::outline_of(message->view())); },
        [](Message message) -> Result<inspect::Texts> {
          const auto outline = inspect::outline_of(message->view());
          return inspect::Texts{{{"1", text::nfc(message->view().substr(outline.root.body))}}, false, false};
        },
        [](std::string_view encoding, std::string_view octets) -> Result<std::string> {
          inspect::Notes ignored;
          return encoding == "base64" ? inspect::decode_base64(octets, ignored).octets
                                      : inspect::decode_quoted_printable(octets, false, ignored).octets;
        }});
    outlines_ = std::make_unique<Outlines>(*library_);
  }
  Result<Done> enter(const std::string& person = "p1") {
    auto begun = Session::begin(*library_, *outlines_, {person + "@tinh.example", person, "Nguyễn Văn An", "S1"});
    if (!begun) return begun.error();
    session_ = *std::move(begun);
    return done;
  }
  /// What one command is answered.
  std::string say(const std::string& line) {
    std::string tag;
    const auto command = imap::parse_command(line, tag);
    EXPECT_TRUE(command) << line;
    if (!command) return {};
    session_->take(*command);
    std::string answer;
    for (bool more = true; more;) {
      more = session_->work();
      while (session_->output().waiting() > 0) answer += session_->output().take(1000);
    }
    return answer;
  }
  std::vector<audit::Entry> acts(const std::string& act) { return *trail_->list({"", act, 1000}); }

  directory::Office people_{room_files()};
  Allowance allowance_;
  keeping::Ledger ledger_;
  shelves::Book book_{ledger_};
  archive::Books books_{&ledger_, &book_};
  std::map<std::string, std::string> sender_units_{{"vanthu.vptu", "tinh"}};
  std::unique_ptr<journal::Log> audit_log_;
  std::unique_ptr<audit::Trail> trail_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<keeping::Keeper> keeper_;
  std::unique_ptr<shelves::Shelves> shelves_;
  std::unique_ptr<Library> library_;
  std::unique_ptr<Outlines> outlines_;
  std::unique_ptr<Session> session_;
};

}  // namespace vanthu::reading_room
