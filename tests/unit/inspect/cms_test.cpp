// SPDX-License-Identifier: GPL-3.0-or-later
#include <bzlib.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "document_samples.hpp"
#include "filters/inspect/analyse.hpp"
#include "filters/inspect/document/readers.hpp"
#include "pki.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

using samples::all_room;
using samples::noted;
using samples::notes_of;
using samples::signed_by;

const std::string entity = "Content-Type: text/plain; charset=utf-8\r\n\r\nXin gửi báo cáo.\r\n";

class SmimeMessage : public testing::Test {
 protected:
  SmimeMessage() { load_trust(samples::pem(authority_)); }
  ~SmimeMessage() override { load_trust(""); }
  std::string state(const std::string& octets) {
    const Document read = read_cms(octets, all_room);
    return read.signatures.empty() ? "none" : read.signatures[0].state;
  }
  samples::Person authority_ = samples::authority();
  samples::Person signer_ = samples::person({}, &authority_);
};

TEST_F(SmimeMessage, OpaqueContentIsOpenedHoweverItIsWritten) {
  const std::string der = signed_by(signer_, entity);
  const std::string ber = signed_by(signer_, entity, CMS_STREAM);
  EXPECT_EQ(ber[1], '\x80') << "indefinite length";
  for (const std::string& octets :
       {der, ber, samples::base64(der), "-----BEGIN PKCS7-----\n" + samples::base64(der) + "-----END PKCS7-----\n"}) {
    const Document read = read_cms(octets, all_room);
    EXPECT_TRUE(read.readable && !read.locked);
    ASSERT_EQ(read.files.size(), 1U);
    EXPECT_EQ(read.files[0].octets, entity);
    EXPECT_EQ(read.files[0].declared_type, "message/entity");
    ASSERT_EQ(read.signatures.size(), 1U);
    EXPECT_EQ(read.signatures[0].state, "valid") << read.signatures[0].detail;
    EXPECT_EQ(read.signatures[0].signer, "Nguyễn Văn A");
    EXPECT_EQ(read.signatures[0].email, "a@vptu.example");
    EXPECT_EQ(read.signatures[0].serial, "03e9");
    EXPECT_EQ(read.signatures[0].signed_at.size(), 20U);
    EXPECT_TRUE(read.notes.empty()) << notes_of(read);
  }
}

TEST_F(SmimeMessage, ContentIsGivenBackWhateverTheSignatureIsWorth) {
  std::string changed = signed_by(signer_, entity);
  changed.replace(changed.find("Xin"), 3, "XIN");
  const Document read = read_cms(changed, all_room);
  ASSERT_EQ(read.files.size(), 1U);
  EXPECT_NE(read.files[0].octets.find("XIN"), std::string::npos);
  EXPECT_EQ(read.signatures.at(0).state, "invalid");
  EXPECT_TRUE(noted(read, "signature.invalid", "smime"));
}

TEST_F(SmimeMessage, StatesTellWhatIsWrongWithTheCertificate) {
  EXPECT_EQ(state(signed_by(samples::person({}, nullptr), entity)), "unknown-ca");
  const samples::Person other = samples::person({"Nơi khác", "", -100, 100, true, 1}, nullptr);
  EXPECT_EQ(state(signed_by(samples::person({}, &other), entity)), "unknown-ca");
  const samples::Person impostor = samples::authority();  // of the same name
  EXPECT_EQ(state(signed_by(samples::person({}, &impostor), entity)), "invalid");
  EXPECT_EQ(state(signed_by(samples::person({"Cũ", "b@x.example", -30, -5, false, 7}, &authority_), entity)),
            "expired");
  const std::string mine = signed_by(signer_, entity);
  load_trust(samples::pem(authority_) + samples::revocation(authority_, signer_));
  EXPECT_EQ(state(mine), "revoked");
  EXPECT_EQ(state(signed_by(samples::person({"B", "b@x.example", -1, 1, false, 8}, &authority_), entity)), "valid");
  load_trust("");
  EXPECT_EQ(state(mine), "unknown-ca");
  load_trust("rubbish");
  EXPECT_EQ(state(mine), "unknown-ca");
}

TEST_F(SmimeMessage, ATimeStampShowsThatACertificateWasInForce) {
  const samples::Person old = samples::person({"Cũ", "b@x.example", -30, -5, false, 7}, &authority_);
  const samples::Person clock = samples::person({"Dấu thời gian", "", -50, 50, false, 9, true}, &authority_);
  const samples::Person stranger = samples::person({"Khác", "", -50, 50, false, 9, true}, nullptr);
  EXPECT_EQ(state(samples::stamped_by(old, clock, entity, 10)), "valid");
  EXPECT_EQ(state(samples::stamped_by(old, clock, entity, 2)), "expired") << "stamped too late";
  EXPECT_EQ(state(samples::stamped_by(old, stranger, entity, 10)), "expired") << "nobody knows the clock";
  EXPECT_EQ(state(samples::stamped_by(old, signer_, entity, 10)), "expired") << "no clock at all";
}

TEST_F(SmimeMessage, ASignatureInsideOfOneIsAFileAgain) {
  const std::string inner = "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                            samples::base64(signed_by(signer_, entity));
  const filters::Facts facts =
      analyse(samples::with_file("smime.p7m", signed_by(signer_, inner), "application/pkcs7-mime"));
  EXPECT_EQ(facts.signatures.size(), 2U) << samples::ids(facts);
  EXPECT_FALSE(samples::has(facts, "content.encrypted"));
}

TEST_F(SmimeMessage, MarkedTextInsideIsSeen) {
  const std::string marked = "Content-Type: text/plain; charset=utf-8\r\n\r\nTỐI MẬT\r\n\r\nSố: 01-CV/TU\r\n";
  const filters::Facts facts = analyse(samples::with_file("a.p7m", signed_by(signer_, marked), "text/plain"));
  EXPECT_EQ(facts.secrecy, "toi-mat") << samples::ids(facts);
}

TEST_F(SmimeMessage, EncryptedIsLocked) {
  STACK_OF(X509)* to = sk_X509_new_null();
  sk_X509_push(to, signer_.certificate.get());
  BIO* content = BIO_new_mem_buf(entity.data(), static_cast<int>(entity.size()));
  const std::string octets = samples::der(CMS_encrypt(to, content, EVP_aes_256_cbc(), CMS_BINARY), nullptr);
  BIO_free(content);
  sk_X509_free(to);
  const Document read = read_cms(octets, all_room);
  EXPECT_TRUE(read.locked);
  EXPECT_TRUE(read.files.empty());
}

std::string tlv(char tag, const std::string& octets) {
  std::string out(1, tag);
  if (octets.size() < 128) {
    out += static_cast<char>(octets.size());
  } else {
    out += '\x82';
    out += static_cast<char>(octets.size() >> 8);
    out += static_cast<char>(octets.size() & 255);
  }
  return out + octets;
}

std::string zlib_of(std::string_view octets) {
  uLongf size = compressBound(octets.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(octets.data()), octets.size());
  out.resize(size);
  return out;
}

/// RFC 3274 §1.1.
std::string compressed_data(std::string_view octets) {
  const std::string oid("\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x09", 13);
  const std::string zlib_oid = "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x03\x08";
  const std::string data_oid = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01";
  const std::string content = tlv('\x30', data_oid + tlv('\xA0', tlv('\x04', zlib_of(octets))));
  return tlv('\x30', oid + tlv('\xA0', tlv('\x30', std::string("\x02\x01\x00", 3) + tlv('\x30', zlib_oid) + content)));
}

TEST_F(SmimeMessage, CompressedContentIsOpened) {
  const Document read = read_cms(compressed_data(entity), all_room);
  ASSERT_EQ(read.files.size(), 1U) << notes_of(read);
  EXPECT_EQ(read.files[0].octets, entity);
  const Document bomb = read_cms(compressed_data(std::string(20U << 20, 'x')), all_room);
  EXPECT_TRUE(noted(bomb, "inspect.bomb")) << notes_of(bomb);
  const filters::Facts facts = analyse(samples::with_file(
      "a.bin", compressed_data("Content-Type: text/plain; charset=utf-8\r\n\r\nTUYỆT MẬT\r\n\r\nSố: 01-CV/TU\r\n")));
  EXPECT_EQ(facts.secrecy, "tuyet-mat") << samples::ids(facts);
}

TEST_F(SmimeMessage, CertificatesAloneSayNothing) {
  CMS_ContentInfo* cms = CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_DETACHED | CMS_PARTIAL);
  CMS_add1_cert(cms, authority_.certificate.get());
  const Document read = read_cms(samples::der(cms), all_room);
  EXPECT_TRUE(read.readable && !read.locked && read.notes.empty() && read.files.empty()) << notes_of(read);
}

TEST_F(SmimeMessage, RubbishIsUnreadable) {
  EXPECT_FALSE(read_cms("no such thing at all, really", all_room).readable);
  EXPECT_FALSE(read_cms("", all_room).readable);
  EXPECT_FALSE(read_cms(signed_by(signer_, entity).substr(0, 200), all_room).readable);
}

TEST_F(SmimeMessage, DetachedSignaturesAreHeldToWhatTheySign) {
  const std::string signature = signed_by(signer_, entity, CMS_DETACHED);
  const auto valid = verify_detached(entity, signature);
  ASSERT_EQ(valid.size(), 1U);
  EXPECT_EQ(valid[0].state, "valid") << valid[0].detail;
  EXPECT_EQ(verify_detached(entity, samples::base64(signature)).at(0).state, "valid");
  EXPECT_EQ(verify_detached(entity + " ", signature).at(0).state, "invalid");
  EXPECT_EQ(verify_detached(entity, "rubbish").at(0).state, "invalid");
  EXPECT_EQ(verify_detached(entity, signed_by(signer_, "something else")).at(0).detail,
            "signs something else, which is inside of it");
  const Document alone = read_cms(signature, all_room);
  EXPECT_EQ(alone.signatures.at(0).state, "not-checked");
}

// ---- OpenPGP

std::string packet(unsigned tag, const std::string& body) {
  return std::string(1, static_cast<char>(0xC0U | tag)) + '\xFF' + std::string(2, '\0') +
         static_cast<char>(body.size() >> 8) + static_cast<char>(body.size() & 255) + body;
}
std::string literal(const std::string& data) {
  return packet(11,
                "b\x05"
                "a.txt" +
                    std::string(4, '\0') + data);
}
std::string armour(const std::string& kind, const std::string& octets) {
  return "-----BEGIN PGP " + kind + "-----\r\nVersion: 1\r\n\r\n" + samples::base64(octets) +
         "\r\n=abcd\r\n-----END PGP " + kind + "-----\r\n";
}
std::string bzip2_of(std::string octets) {
  std::string out(octets.size() + 1000, '\0');
  auto size = static_cast<unsigned>(out.size());
  BZ2_bzBuffToBuffCompress(out.data(), &size, octets.data(), static_cast<unsigned>(octets.size()), 9, 0, 0);
  out.resize(size);
  return out;
}

TEST(Pgp, EncryptedIsLocked) {
  for (const unsigned tag : {1U, 3U, 9U, 18U, 20U}) {
    EXPECT_TRUE(read_cms(armour("MESSAGE", packet(tag, "\x03" + std::string(20, 'x'))), all_room).locked) << tag;
  }
  EXPECT_TRUE(read_cms(packet(18, "\x01" + std::string(20, 'x')), all_room).locked);
  EXPECT_TRUE(read_cms("-----BEGIN PGP MESSAGE-----\n\n????\n", all_room).locked);
}

TEST(Pgp, LiteralAndCompressedDataIsOpened) {
  const std::string raw = zlib_of(literal("xin chao"));
  for (const std::string& octets :
       {literal("xin chao"), packet(8, "\x02" + raw), packet(8, "\x01" + raw.substr(2, raw.size() - 6)),
        packet(8, "\x03" + bzip2_of(literal("xin chao"))),
        packet(4, "\x03xxxxxxxx") + literal("xin chao") + packet(2, "\x04xxxx"),
        packet(8, "\x02" + zlib_of(packet(8, "\x02" + raw)))}) {
    for (const std::string& form : {octets, armour("MESSAGE", octets)}) {
      const Document read = read_cms(form, all_room);
      ASSERT_EQ(read.files.size(), 1U) << notes_of(read);
      EXPECT_EQ(read.files[0].octets, "xin chao");
      EXPECT_EQ(read.files[0].name, "a.txt");
      EXPECT_FALSE(read.locked);
    }
  }
}

TEST(Pgp, LengthsOfAllFormsAreRead) {
  const std::string body =
      "b\x05"
      "a.txt" +
      std::string(4, '\0') + std::string(600, 'x');
  const std::string partial =
      std::string("\xCB\xE9") + body.substr(0, 512) + static_cast<char>(body.size() - 512) + body.substr(512);
  const std::string old_form =
      std::string("\xAD") + static_cast<char>(body.size() >> 8) + static_cast<char>(body.size() & 255) + body;
  const std::string unending = "\xAF" + body;
  for (const std::string& octets : {partial, old_form, unending}) {
    const Document read = read_cms(octets, all_room);
    ASSERT_EQ(read.files.size(), 1U) << notes_of(read);
    EXPECT_EQ(read.files[0].octets, std::string(600, 'x'));
    EXPECT_TRUE(read.notes.empty()) << notes_of(read);
  }
  EXPECT_FALSE(read_cms(old_form.substr(0, 300), all_room).readable) << "cut off";
  EXPECT_TRUE(noted(read_cms(armour("MESSAGE", old_form.substr(0, 300)), all_room), "inspect.unreadable"));
}

TEST(Pgp, SignaturesAreNamedButNotBelieved) {
  const std::string text = "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nxin chao\r\n" +
                           armour("SIGNATURE", packet(2, "\x04" + std::string(20, 'x')));
  const auto clear = clear_signatures(text);
  ASSERT_EQ(clear.size(), 1U);
  EXPECT_EQ(clear[0].kind, "pgp");
  EXPECT_EQ(clear[0].state, "not-checked");
  const auto detached = verify_detached("xin chao\r\n", armour("SIGNATURE", packet(2, "\x04" + std::string(20, 'x'))));
  ASSERT_EQ(detached.size(), 1U);
  EXPECT_EQ(detached[0].state, "not-checked");
}

TEST(Pgp, BombsAndNestingHaveAnEnd) {
  EXPECT_TRUE(noted(read_cms(packet(8, "\x02" + zlib_of(std::string(20U << 20, '\xC0'))), all_room), "inspect.bomb"));
  std::string deep = literal("x");
  for (int i = 0; i < 10; ++i) deep = packet(8, std::string(1, '\0') + deep);
  EXPECT_TRUE(noted(read_cms(deep, all_room), "inspect.too-deep") ||
              noted(read_cms(armour("MESSAGE", deep), all_room), "inspect.too-deep"));
}

}  // namespace
}  // namespace vanthu::inspect
