// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/imports/folders.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "gateway/base/digest.hpp"

namespace vanthu::imports {
namespace {
namespace fs = std::filesystem;

class Folders : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("vanthu-folders-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override {
    for (const char* closed : {"closed", ".Sent", ".Trash/cur"}) {
      std::error_code ignored;
      fs::permissions(folder_ / closed, fs::perms::owner_all, ignored);
    }
    fs::remove_all(folder_);
  }
  void put(const std::string& name, const std::string& octets) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << octets;
  }
  /// Item → text, or "!" and the reason it cannot be read.
  std::map<std::string, std::string> all(Source& source) {
    std::map<std::string, std::string> texts;
    found_.clear();
    const auto gone = source.each([&](const Found& found) {
      found_.push_back(found);
      const auto content = found.open();
      std::string text = content ? "" : '!' + content.error().detail;
      if (content) {
        EXPECT_TRUE(content->read([&](std::string_view piece) -> Result<Done> {
          text += piece;
          return done;
        }));
      }
      texts[found.item] = text;
      return true;
    });
    went_ = bool(gone);
    return texts;
  }
  fs::path folder_;
  std::vector<Found> found_;
  bool went_ = false;
};

using Texts = std::map<std::string, std::string>;

/// What an account with no rights of its own would see: root may look into everything.
class AsNobody {
 public:
  AsNobody() : root_(::geteuid() == 0 && ::seteuid(65534) == 0) {}
  ~AsNobody() {
    if (root_ && ::seteuid(0) != 0) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  const bool root_;
};

TEST_F(Folders, EmlFilesAreTakenAtEveryDepthAndNoLinkIsFollowed) {
  put("b/2.EML", "two");
  put("1.eml", "one");
  put("note.txt", "none of ours");
  fs::create_symlink(folder_ / "1.eml", folder_ / "link.eml");
  fs::create_directory_symlink(folder_ / "b", folder_ / "linked");
  const auto source = eml_source(folder_);
  const Texts texts = all(*source);
  EXPECT_EQ(texts.at("1.eml"), "one");
  EXPECT_EQ(texts.at("b/2.EML"), "two");
  EXPECT_EQ(texts.at("link.eml").substr(0, 1), "!") << "what was not taken is told";
  EXPECT_EQ(texts.at("linked").substr(0, 1), "!");
  EXPECT_EQ(texts.size(), 4U);
  EXPECT_EQ(source->count(), 4U);
  EXPECT_EQ(found_[1].folder, "b");
  const auto one = eml_source(folder_ / "1.eml");
  EXPECT_EQ(all(*one), (Texts{{"1.eml", "one"}}));
  const auto none = eml_source(folder_ / "nothing");
  EXPECT_EQ(all(*none).begin()->second[0], '!');
}

TEST_F(Folders, AFolderThatMayNotBeLookedIntoIsToldAndTheOthersAreTaken) {
  put("1.eml", "one");
  put("closed/2.eml", "two");
  put("open/3.eml", "three");
  fs::permissions(folder_ / "closed", fs::perms::none);
  const AsNobody nobody;
  const auto source = eml_source(folder_);
  const Texts texts = all(*source);
  EXPECT_TRUE(went_);
  EXPECT_EQ(texts.at("1.eml"), "one");
  EXPECT_EQ(texts.at("open/3.eml"), "three");
  EXPECT_EQ(texts.at("closed").substr(0, 1), "!");
  EXPECT_NE(texts.at("closed").find("Permission denied"), std::string::npos) << texts.at("closed");
  EXPECT_EQ(source->count(), 3U);
  const auto all_closed = eml_source(folder_ / "closed");
  all(*all_closed);
  EXPECT_FALSE(went_);
}

TEST_F(Folders, AFolderOfAMaildirThatMayNotBeLookedIntoIsTold) {
  put("cur/1700000000.a:2,", "one");
  put(".Sent/cur/1700000001.b:2,", "two");
  put(".Trash/cur/1700000002.c:2,", "three");
  put(".Trash/new/1700000003.d", "four");
  put("cur/1700000004.e:2,", "five");
  put("sieve/main.sieve", "keep;");
  fs::permissions(folder_ / ".Sent", fs::perms::none);
  fs::permissions(folder_ / ".Trash/cur", fs::perms::none);
  fs::create_symlink(folder_ / "cur/1700000000.a:2,", folder_ / "cur/1700000005.f:2,");
  fs::create_directory_symlink(folder_ / ".Trash", folder_ / ".Linked");
  const AsNobody nobody;
  const auto source = maildir_source(folder_);
  const Texts texts = all(*source);
  EXPECT_TRUE(went_);
  EXPECT_EQ(texts.at("1700000000.a"), "one");
  EXPECT_EQ(texts.at("1700000004.e"), "five");
  EXPECT_EQ(texts.at("Trash/1700000003.d"), "four");
  for (const char* told : {"Sent", "Trash/cur", "1700000005.f", "Linked"})
    EXPECT_EQ(texts.at(told).substr(0, 1), "!") << told;
  EXPECT_EQ(texts.size(), 7U);
  EXPECT_EQ(source->count(), 7U);
}

TEST_F(Folders, AMaildirInAFolderThatIsNoneIsFound) {
  put("cur/1.a:2,", "inbox");
  put("Luu tru/2019/cur/1.b:2,", "old");  // as Dovecot's LAYOUT=fs has them, where "Luu tru" holds no mail
  const auto source = maildir_source(folder_);
  EXPECT_EQ(all(*source), (Texts{{"1.a", "inbox"}, {"Luu tru/2019/1.b", "old"}}));
}

TEST_F(Folders, AMaildirGivesItsFoldersAndFlagsAndNotWhatIsBeingWritten) {
  put("cur/1700000000.M1P2.host:2,FS", "seen");
  put("new/1700000001.M1P2.host", "new");
  put("tmp/1700000002.M1P2.host", "half");
  put(".Sent/cur/1700000003.M1P2.host:2,S", "sent");
  put(".Sent/new/.keep", "");
  put("Archive.2019/cur/1.x:2,", "old");
  fs::create_directories(folder_ / "Archive.2019/new");
  const auto source = maildir_source(folder_);
  EXPECT_EQ(all(*source), (Texts{{"1700000000.M1P2.host", "seen"},
                                 {"1700000001.M1P2.host", "new"},
                                 {"Sent/1700000003.M1P2.host", "sent"},
                                 {"Archive.2019/1.x", "old"}}));
  EXPECT_EQ(found_[0].flags, (std::vector<std::string>{"F", "S"}));
  EXPECT_EQ(found_[0].date, "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(found_[3].folder, "Sent");
  EXPECT_EQ(maildir_date("12.x"), "");
  const auto none = maildir_source(folder_ / "tmp");
  all(*none);
  EXPECT_FALSE(went_);
}

TEST_F(Folders, AMessageThatAMailProgramMovesMeanwhileIsFoundAgain) {
  put("new/1700000001.M1P2.host", "new");
  fs::create_directories(folder_ / "cur");
  const auto source = maildir_source(folder_);
  Texts texts;
  EXPECT_TRUE(source->each([&](const Found& found) {
    fs::rename(folder_ / "new/1700000001.M1P2.host", folder_ / "cur/1700000001.M1P2.host:2,S");
    EXPECT_TRUE(found.open());
    return true;
  }));
}

TEST_F(Folders, APackageIsHeldToItsManifest) {
  const auto line = [](const std::string& octets, const std::string& path) {
    return hex(sha256(octets)) + "  " + path + "\n";
  };
  put("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
  put("data/records/2.eml", "two");
  put("data/records/10.eml", "ten");
  put("data/records/4.eml", "not named");
  put("data/records/2.json", "{}");
  put("manifest-sha256.txt", line("two", "data/records/2.eml") + line("ten", "data/records/10.eml") +
                                 line("gone", "data/records/3.eml") + line("{}", "data/records/2.json"));
  const auto source = bag_source(folder_);
  const Texts texts = all(*source);
  ASSERT_EQ(found_.size(), 4U);
  EXPECT_EQ(found_[0].item, "data/records/2.eml");
  EXPECT_EQ(found_[0].expected, hex(sha256("two")));
  EXPECT_EQ(found_[3].item, "data/records/10.eml");
  EXPECT_EQ(texts.at("data/records/2.eml"), "two");
  EXPECT_EQ(texts.at("data/records/3.eml")[0], '!');
  EXPECT_EQ(texts.at("data/records/4.eml")[0], '!');
}

TEST(Manifest, LinesAreDigestAndPath) {
  const std::string digest(64, 'A');
  const auto line = read_manifest_line(digest + " *data/a%25%0Ab.eml\r\n");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->sha256, std::string(64, 'a'));
  EXPECT_EQ(line->path, "data/a%\nb.eml");
  EXPECT_FALSE(read_manifest_line(std::string(64, 'g') + "  a"));
  EXPECT_FALSE(read_manifest_line("a  b"));
}

TEST_F(Folders, WhatIsClearIsGuessed) {
  put("maildir/cur/1", "");
  put("maildir/new/1", "");
  put("bag/bagit.txt", "");
  put("some.eml", "Subject: x\n\n");
  put("old", "From a@b Mon Nov 23 08:00:00 2026\nSubject: x\n\n");
  put("what", "nobody knows");
  EXPECT_EQ(*guess(folder_ / "maildir"), Format::maildir);
  EXPECT_EQ(*guess(folder_ / "bag"), Format::bag);
  EXPECT_EQ(*guess(folder_), Format::eml);
  EXPECT_EQ(*guess(folder_ / "some.eml"), Format::eml);
  EXPECT_EQ(*guess(folder_ / "old"), Format::mbox);
  EXPECT_EQ(*guess("imaps://a@b"), Format::imap);
  EXPECT_FALSE(guess(folder_ / "what"));
  EXPECT_EQ(guess(folder_ / "nothing").error().reply, Reply(status::not_found));
}

}  // namespace
}  // namespace vanthu::imports
