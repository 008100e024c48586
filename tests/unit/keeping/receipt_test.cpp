// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/receipt.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>

#include "tests/support/temp_folder.hpp"

namespace vanthu::keeping {
namespace {

/// Certificates and signatures by openssl(1), as an archive would make them.
class ReceiptTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_.emplace("receipt");
    write("manifest", content());
    write("usage", "keyUsage=critical,digitalSignature\nsubjectAltName=email:Luu.Tru@X.example,email:kho@x.example\n");
    for (const char* ca : {"ca", "other"})
      run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + std::string(ca) +
          ".key -out " + ca + ".pem -subj '/CN=CA " + ca + "' -days 30");
    run("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout archive.key -out archive.csr "
        "-utf8 "
        "-subj '/CN=Lưu trữ lịch sử tỉnh'");
    run("openssl x509 -req -in archive.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile usage -out archive.pem");
    sign("receipt.p7s", "-outform DER");
    sign("receipt.pem", "-outform PEM");
    sign("opaque.p7m", "-outform DER -nodetach");
    sign("second.p7s", "-outform DER -signer other.pem -inkey other.key");
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static void sign(const std::string& out, const std::string& how) {
    run("openssl cms -sign -binary -in manifest -signer archive.pem -inkey archive.key -out " + out + ' ' + how);
  }
  static void run(const std::string& command) {
    ASSERT_EQ(std::system(("cd " + folder_->path().string() + " && " + command + " >/dev/null 2>&1").c_str()), 0)
        << command;
  }
  static void write(const char* name, const std::string& octets) {
    std::ofstream(*folder_ / name, std::ios::binary) << octets;
  }
  static std::string read(const char* name) {
    std::ifstream in(*folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static std::string content() { return std::string(64, 'a') + "  data/files/f_vptu_2026_05.json\n"; }
  static inline std::optional<test::TempFolder> folder_;
};

TEST_F(ReceiptTest, SaysWhoHasSignedAndWhen) {
  for (const char* file : {"receipt.p7s", "receipt.pem"}) {
    const auto receipt = check_receipt(read(file), content(), read("ca.pem"));
    ASSERT_TRUE(receipt) << file << ": " << receipt.error().detail;
    EXPECT_EQ(receipt->signer, "CN=Lưu trữ lịch sử tỉnh");
    EXPECT_EQ(receipt->certificate_sha256.size(), 64U);
    EXPECT_EQ(receipt->emails, (std::vector<std::string>{"luu.tru@x.example", "kho@x.example"}));
    EXPECT_EQ(receipt->der.front(), '\x30') << "whatever form it came in";
    EXPECT_TRUE(check_receipt(receipt->der, content(), read("ca.pem")));
    ASSERT_TRUE(receipt->signed_at);
    EXPECT_LT(std::chrono::abs(now() - *receipt->signed_at), std::chrono::hours(1));
  }
}

TEST_F(ReceiptTest, ACertificateThatWasRevokedVouchesForNothing) {
  write("database", "");
  write("serial", "01\n");
  write("ca.cnf",
        "[ca]\ndefault_ca=d\n[d]\ndatabase=database\ncertificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\n"
        "default_crl_days=30\ncrlnumber=serial\n");
  run("openssl ca -config ca.cnf -gencrl -out clean.crl");
  EXPECT_TRUE(check_receipt(read("receipt.p7s"), content(), read("ca.pem") + read("clean.crl")));
  run("openssl ca -config ca.cnf -revoke archive.pem && openssl ca -config ca.cnf -gencrl -out revoked.crl");
  const auto revoked = check_receipt(read("receipt.p7s"), content(), read("ca.pem") + read("revoked.crl"));
  ASSERT_FALSE(revoked);
  EXPECT_EQ(revoked.error().reply, Reply(status::refused));
}

TEST_F(ReceiptTest, AnythingElseIsNoReceipt) {
  const auto reply = [](const std::string& signature, const std::string& octets, const std::string& authorities) {
    const auto receipt = check_receipt(signature, octets, authorities);
    return receipt ? Reply(status::ok) : receipt.error().reply;
  };
  const std::string good = read("receipt.p7s");
  ASSERT_FALSE(good.empty());
  EXPECT_EQ(reply(good, content() + " ", read("ca.pem")), Reply(status::refused)) << "of another bag";
  EXPECT_EQ(reply(good, content(), read("other.pem")), Reply(status::refused)) << "by a stranger";
  EXPECT_EQ(reply(good, content(), ""), Reply(status::bad_arguments));
  EXPECT_EQ(reply("", content(), read("ca.pem")), Reply(status::bad_arguments));
  EXPECT_EQ(reply("-----BEGIN CMS-----\nAAAA\n-----END CMS-----\n", content(), read("ca.pem")),
            Reply(status::bad_arguments));
  EXPECT_EQ(reply(read("opaque.p7m"), content(), read("ca.pem")), Reply(status::bad_arguments))
      << "a content of its own";
  EXPECT_EQ(reply(read("second.p7s"), content(), read("ca.pem")), Reply(status::bad_arguments)) << "two signers";
  for (std::size_t at = 0; at < good.size(); at += 7) {
    std::string bent = good;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    const auto receipt = check_receipt(bent, content(), read("ca.pem"));
    if (receipt) {
      EXPECT_EQ(receipt->signer, "CN=Lưu trữ lịch sử tỉnh") << at;
    }
    EXPECT_FALSE(check_receipt(good.substr(0, at), content(), read("ca.pem"))) << at;
  }
}

}  // namespace
}  // namespace vanthu::keeping
