// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/label_model.hpp"

#include <gtest/gtest.h>

#include "filters/policy/policy.hpp"
#include "tests/unit/filters/facts_of.hpp"

namespace vanthu::filters {
namespace {
using namespace std::chrono_literals;
using testing::part;
using testing::plain;

constexpr std::string_view marked =
    "[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\n"
    "action = \"reject\"\ntext_vi = \"chặn\"\ntext_en = \"blocked\"\n";

/// A lattice with two branches: both cover "thap", only "cao" covers both.
constexpr std::string_view model_text = R"(
[labels]
unlabelled = "thap"
cleared = "thap"
[[labels.level]]
id = "thap"
[[labels.level]]
id = "nhan-su"
covers = ["thap"]
[[labels.level]]
id = "tai-chinh"
covers = ["thap"]
[[labels.level]]
id = "cao"
covers = ["nhan-su", "tai-chinh"]
[[labels.level]]
id = "mat"
covers = ["cao"]
secret = true
[[labels.map]]
carrier = ["x-header", "office"]
value = "nhân sự*"
level = "nhan-su"
[[labels.map]]
carrier = ["x-header", "office"]
value = "TÀI CHÍNH"
level = "tai-chinh"
[[labels.map]]
carrier = ["subject"]
value = "[CAO]*"
level = "cao"
[[labels.map]]
carrier = ["sio-label"]
name = "marking"
value = "secret"
level = "mat"
[[labels.recipient]]
recipient_kind = ["outside"]
recipient_class = ["dang"]
level = "cao"
[[labels.recipient]]
recipient_kind = ["outside"]
level = "thap"
[[labels.route]]
route = ["local", "smtp://trong.*"]
level = "cao"
[[addressing.external]]
name = "dang"
domains = ["*.dcs.vn"]
)";

std::shared_ptr<const Policy> policy_with(std::string_view rules) {
  auto policy = Policy::parse(std::string(model_text) + std::string(marked) + std::string(rules), "policy.toml");
  EXPECT_TRUE(policy) << policy.error().detail;
  return *policy;
}

const LabelModel& model() {
  static const auto policy = policy_with("");
  return policy->book().labels;
}

Facts labelled(std::vector<Label> labels, std::string subject = "") {
  Facts facts = plain();
  facts.parts.push_back(part("2", "bang-luong.xlsx", "application/octet-stream"));
  facts.labels = std::move(labels);
  facts.subject = std::move(subject);
  return facts;
}

Verdict judge_labels(const Policy& policy, const Facts& facts, const std::vector<mail::Delivery>& deliveries = {}) {
  const mail::Envelope envelope;
  Context context;
  context.direction = mail::Direction::out;
  context.envelope = &envelope;
  context.deliveries = &deliveries;
  context.facts = &facts;
  context.today = 2026y / 11 / 29;
  return policy.judge(context);
}

mail::Delivery to(const std::string& address, const std::string& next_hop) {
  mail::Delivery delivery;
  delivery.to = *mail::parse_mailbox(address, true);
  delivery.original = address;
  delivery.next_hop = next_hop;
  return delivery;
}

TEST(Labels, DominateWhatTheyCoverDirectlyAndThroughOthers) {
  EXPECT_TRUE(model().dominates("cao", "thap"));
  EXPECT_TRUE(model().dominates("nhan-su", "nhan-su"));
  EXPECT_FALSE(model().dominates("nhan-su", "tai-chinh")) << "two branches do not cover each other";
  EXPECT_FALSE(model().dominates("thap", "cao"));
  EXPECT_FALSE(model().dominates("cao", "không có"));
}

TEST(Labels, AreReadFromEveryCarrierWhateverTheirLetters) {
  const Facts facts = labelled({{"", "x-header", "x-classification", "NHÂN SỰ - nội bộ"},
                                {"2", "office", "Classification", "Tài chính"},
                                {"2", "msip", "MSIP_Label_x_Name", "Public"}},
                               "[CAO] họp");
  const LabelReading reading = read_labels(model(), facts);
  EXPECT_EQ(reading.message, (std::vector<std::string>{"nhan-su", "cao"}));
  ASSERT_EQ(reading.parts.size(), 1U);
  EXPECT_EQ(reading.parts[0].level, "tai-chinh");
  ASSERT_EQ(reading.unknown.size(), 1U);
  EXPECT_EQ(reading.unknown[0]->value, "Public");
  EXPECT_TRUE(reading.undominated.empty()) << "cao covers it";
}

TEST(Labels, OfAMessageHaveToCoverThoseOfItsDocuments) {
  const LabelReading none = read_labels(model(), labelled({{"2/trong.docx", "office", "x", "Tài chính"}}));
  EXPECT_EQ(none.message, std::vector<std::string>{"thap"}) << "without a label: as the model says";
  ASSERT_EQ(none.undominated.size(), 1U);
  EXPECT_EQ(none.undominated[0].part, "2/trong.docx");
  const LabelReading other =
      read_labels(model(), labelled({{"", "x-header", "x-label", "nhân sự"}, {"2", "office", "x", "tài chính"}}));
  EXPECT_EQ(other.undominated.size(), 1U) << "another branch covers nothing of this one";
}

TEST(Labels, ThatDeclareASecretAreRefusedLikeAMarking) {
  const Verdict verdict = judge_labels(*policy_with(""), labelled({{"", "sio-label", "marking", "SECRET"}}));
  EXPECT_EQ(verdict.action, Action::reject);
  EXPECT_TRUE(verdict.secret);
  EXPECT_EQ(verdict.rule, "S-1");
  for (const Step& step : verdict.steps) EXPECT_EQ(step.because.find("mat"), std::string::npos) << step.because;
}

TEST(Labels, AboveASecretLevelAreSecretAsWell) {
  const auto policy = Policy::parse(
      "[labels]\nunlabelled = \"a\"\n[[labels.level]]\nid = \"a\"\n[[labels.level]]\nid = \"mat\"\ncovers = [\"a\"]\n"
      "secret = true\n[[labels.level]]\nid = \"toi-mat\"\ncovers = [\"mat\"]\n[[labels.map]]\ncarrier = "
      "[\"x-header\"]\n"
      "value = \"tối mật\"\nlevel = \"toi-mat\"\n" +
          std::string(marked),
      "p.toml");
  ASSERT_TRUE(policy) << policy.error().detail;
  EXPECT_TRUE(judge_labels(**policy, labelled({{"", "x-header", "x-label", "TỐI MẬT"}})).secret);
}

TEST(Labels, HoldWhereARuleSaysSo) {
  const auto holds = [](const char* condition, const Facts& facts, const std::vector<mail::Delivery>& deliveries = {}) {
    const auto policy = policy_with("[[rule]]\nid = \"x\"\naction = \"hold\"\n" + std::string(condition));
    return judge_labels(*policy, facts, deliveries).action == Action::hold;
  };
  const Facts staff = labelled({{"", "x-header", "x-label", "nhân sự"}});
  const Facts hidden = labelled({{"2", "office", "x", "tài chính"}});
  const Facts strange = labelled({{"", "msip", "x", "Public"}});
  EXPECT_TRUE(holds("label.level = [\"nhan-su\"]", staff));
  EXPECT_FALSE(holds("label.level = [\"cao\"]", staff));
  EXPECT_TRUE(holds("label.undominated = true", hidden));
  EXPECT_FALSE(holds("label.undominated = true", staff));
  EXPECT_TRUE(holds("label.undominated = false", staff));
  EXPECT_TRUE(holds("label.unknown = true", strange));
  EXPECT_FALSE(holds("label.unknown = true", staff));
}

TEST(Labels, GoNoFurtherThanRecipientAndRouteAreCleared) {
  const auto policy = policy_with("[[rule]]\nid = \"x\"\naction = \"hold\"\nlabel.beyond_clearance = true\n");
  const Facts staff = labelled({{"", "x-header", "x-label", "nhân sự"}});
  const auto holds = [&](const Facts& facts, const mail::Delivery& delivery) {
    return judge_labels(*policy, facts, {delivery}).action == Action::hold;
  };
  EXPECT_FALSE(holds(staff, to("vt@nghean.dcs.vn", "smtp://trong.example:25")));
  EXPECT_TRUE(holds(staff, to("vt@nghean.dcs.vn", "mx"))) << "the route is not cleared";
  EXPECT_TRUE(holds(staff, to("ai@example.com", "smtp://trong.example:25"))) << "the recipient is not cleared";
  EXPECT_FALSE(holds(plain(), to("ai@example.com", "mx"))) << "what has no label may go anywhere";
  const Facts inside = labelled({{"2", "office", "x", "tài chính"}});
  EXPECT_TRUE(holds(inside, to("ai@example.com", "mx"))) << "a document's label counts as well";
}

TEST(Labels, WithFaultsAreNotTaken) {
  const auto fault = [](std::string_view text) {
    const auto policy = Policy::parse(std::string(text) + std::string(marked), "p.toml");
    return policy ? std::string("taken") : policy.error().detail;
  };
  EXPECT_NE(fault("[labels]\nunlabelled = \"a\"\n[[labels.level]]\nid = \"a\"\ncovers = [\"b\"]\n[[labels.level]]\n"
                  "id = \"b\"\ncovers = [\"a\"]\n")
                .find("covers itself"),
            std::string::npos);
  EXPECT_NE(fault("[labels]\nunlabelled = \"thuong\"\n[[labels.level]]\nid = \"thuongg\"\n").find("'thuongg'"),
            std::string::npos);
  EXPECT_NE(fault("[labels]\nunlabelled = \"a\"\n[[labels.level]]\nid = \"a\"\n[[labels.map]]\nlevel = \"a\"\n")
                .find("neither name nor value"),
            std::string::npos);
  EXPECT_NE(fault("[labels]\nunlabelled = \"a\"\n[[labels.level]]\nid = \"a\"\n[[labels.route]]\nlevel = \"a\"\n")
                .find("names no route"),
            std::string::npos);
  EXPECT_NE(fault("[labels]\nunlabeled = \"a\"\n").find("'unlabelled'"), std::string::npos);
  EXPECT_NE(fault("[[rule]]\nid = \"x\"\naction = \"hold\"\nlabel.unknown = true\n").find("no section [labels]"),
            std::string::npos);
}

}  // namespace
}  // namespace vanthu::filters
