// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/note.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.hpp"

namespace vanthu::proof {
namespace {

// The example of Go's package golang.org/x/mod/sumdb/note.
constexpr const char* published_key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr const char* published_note =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

TEST(Note, APublishedOneIsVerified) {
  const auto key = Verifier::parse(published_key);
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(key->text(), published_key);
  EXPECT_EQ(key->name(), "PeterNeumann");
  const auto note = parse_note(published_note);
  ASSERT_TRUE(note) << note.error().detail;
  EXPECT_EQ(to_text(*note), published_note);
  const auto verified = verify(*note, {*key});
  ASSERT_TRUE(verified);
  ASSERT_EQ(verified->size(), 1U);
  Note bent = *note;
  bent.text[0] = 'i';
  EXPECT_FALSE(verify(bent, {*key}));
}

TEST(Note, OtherTextIsNone) {
  for (const std::string& text :
       {std::string(), std::string("a\n"), std::string("a\n\n"), std::string("a\n\n\u2014 n\n"),
        std::string("a\n\n\u2014 n QUJDRA==\n"), std::string("a\n\n\u2014 n QUJDREU=\nx\n"),
        std::string("a\n\n\u2014 n QUJDREU="), std::string("a\n\n- n QUJDREU=\n"),
        std::string("a\tb\n\n\u2014 n QUJDREU=\n"), std::string("a\n\n\u2014 n+m QUJDREU=\n"),
        std::string("a\n\n\u2014 n QUJDREV=\n"), std::string("\xFF\n\n\u2014 n QUJDREU=\n")})
    EXPECT_FALSE(parse_note(text)) << text;
  EXPECT_TRUE(parse_note("a\n\nb\n\n\u2014 n QUJDREU=\n"));
  EXPECT_FALSE(parse_note(std::string(note_octets, 'a') + "\n\n\u2014 n QUJDREU=\n"));
}

TEST(Verifier, TellsWhatIsWrong) {
  for (const char* text :
       {"", "a", "a+b", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "PeterNeumann+c74f20a3+ARpc",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"})
    EXPECT_FALSE(Verifier::parse(text)) << text;
}

TEST(Base64, IsStrict) {
  for (const char* text : {"A", "AA", "AAA", "AA=A", "====", "AB==", "AAB=", "AA A", "A\nAA", "AAA-"})
    EXPECT_FALSE(from_base64(text)) << text;
  EXPECT_EQ(from_base64(""), "");
  for (const std::string octets : {"", "a", "ab", "abc", "\xFF\xFE"}) EXPECT_EQ(from_base64(base64(octets)), octets);
}

class SignerTest : public testing::Test {
 protected:
  test::TempFolder folder_{"proof"};
};

TEST_F(SignerTest, SignsWhatItsKeyVerifies) {
  const auto made = Signer::make(folder_ / "key", "vanthu.example/records", SignatureType::note);
  ASSERT_TRUE(made) << made.error().detail;
  const auto signer = Signer::load(folder_ / "key", "vanthu.example/records", SignatureType::note);
  ASSERT_TRUE(signer) << signer.error().detail;
  EXPECT_EQ(signer->verifier(), made->verifier());
  const auto key = Verifier::parse(signer->verifier().text());
  ASSERT_TRUE(key) << key.error().detail;
  Note note{"hai\nba\n", {}};
  note.signatures.push_back(*sign(note.text, *signer));
  const auto read = parse_note(to_text(note));
  ASSERT_TRUE(read);
  EXPECT_EQ(verify(*read, {*key})->size(), 1U);
  note.signatures[0].octets[3] ^= 1;
  EXPECT_FALSE(verify(note, {*key})) << "a known key's signature that is wrong spoils the note";
  const auto other = Signer::make(folder_ / "other", "other", SignatureType::note);
  EXPECT_TRUE(verify(note, {other->verifier()})->empty()) << "an unknown key says nothing";
}

TEST_F(SignerTest, ACosignatureBindsItsTime) {
  const auto witness = Signer::make(folder_ / "witness", "chungkien.example", SignatureType::cosignature);
  ASSERT_TRUE(witness);
  Note note{"a\n1\nx\n", {}};
  note.signatures.push_back(*cosign(note.text, *witness, 1'764'000'000));
  const auto verified = verify(note, {witness->verifier()});
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->front().seconds, 1'764'000'000U);
  note.signatures[0].octets[7] ^= 1;
  EXPECT_FALSE(verify(note, {witness->verifier()}));
}

TEST_F(SignerTest, KeepsItsKeyToItself) {
  ASSERT_TRUE(Signer::make(folder_ / "key", "a", SignatureType::note));
  EXPECT_EQ(std::filesystem::status(folder_ / "key").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_FALSE(Signer::make(folder_ / "key", "a", SignatureType::note)) << "never replaced";
  std::filesystem::permissions(folder_ / "key", std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  const auto refused = Signer::load(folder_ / "key", "a", SignatureType::note);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("chmod 600"), std::string::npos);
  EXPECT_FALSE(Signer::load(folder_ / "none", "a", SignatureType::note));
  std::ofstream(folder_ / "text") << "no key";
  std::filesystem::permissions(folder_ / "text", std::filesystem::perms::owner_read);
  EXPECT_FALSE(Signer::load(folder_ / "text", "a", SignatureType::note));
  EXPECT_FALSE(Signer::make(folder_ / "blank", "a b", SignatureType::note));
}

}  // namespace
}  // namespace vanthu::proof
