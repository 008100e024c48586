// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/protocol.hpp"

#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"

namespace vanthu::admin::protocol {
namespace {

/// A head as JSON, its octets member as given.
std::string head_with(const std::string& members) {
  return R"({"noun":"archive","verb":"get","words":["1"],)" + members + "}";
}

TEST(RequestHead, SurvivesFormatThenParse) {
  Request request;
  request.words = {"--most", "5", "uỷ ban"};
  request.files = {{"units.csv", "a,b\n"}, {"people.csv", std::string("\xFF\0", 2)}};
  request.input = "secret\n";
  const auto wire = encode("directory", "import", request);
  ASSERT_TRUE(wire) << wire.error().detail;
  const std::uint32_t octets = head_octets(*wire);
  const auto head = parse_request_head(wire->substr(4, octets));
  ASSERT_TRUE(head) << head.error().detail;
  EXPECT_EQ(head->noun, "directory");
  EXPECT_EQ(head->verb, "import");
  EXPECT_EQ(head->words, request.words);
  ASSERT_EQ(head->files.size(), 2U);
  EXPECT_EQ(head->files[0].first, "people.csv");
  EXPECT_EQ(head->body_octets(), 2U + 4U + 7U);
  EXPECT_EQ(wire->size(), 4 + octets + head->body_octets());
  EXPECT_EQ(wire->substr(4 + octets), std::string("\xFF\0", 2) + "a,b\nsecret\n");
}

TEST(RequestHead, RefusesWhatIsNoHead) {
  for (const char* text : {"", "x", "[]", "{}", R"({"noun":1})", R"({"noun":"a","verb":"b","words":{},"files":[]})"})
    EXPECT_FALSE(parse_request_head(text)) << text;
  EXPECT_FALSE(parse_request_head(head_with(R"("files":[],"input_octets":-1)")));
  EXPECT_FALSE(parse_request_head(head_with(R"("files":[{"name":"a"}],"input_octets":0)")));
  EXPECT_FALSE(parse_request_head(head_with(R"("files":[7],"input_octets":0)")));
}

TEST(RequestHead, TakesAsManyOctetsAsTheLimitSaysAndNoMore) {
  const std::string most = std::to_string(limits::control_request_octets);
  const std::string more = std::to_string(limits::control_request_octets + 1);
  EXPECT_TRUE(parse_request_head(head_with(R"("files":[],"input_octets":)" + most)));
  EXPECT_FALSE(parse_request_head(head_with(R"("files":[],"input_octets":)" + more)));
  EXPECT_TRUE(parse_request_head(head_with(R"("files":[{"name":"a","octets":)" + most + R"(}],"input_octets":0)")));
  EXPECT_FALSE(parse_request_head(head_with(R"("files":[{"name":"a","octets":)" + most + R"(}],"input_octets":1)")));
  const std::string huge = R"({"name":"a","octets":18446744073709551615})";
  EXPECT_FALSE(parse_request_head(head_with(R"("files":[)" + huge + "," + huge + R"(],"input_octets":2)")));
}

TEST(RequestHead, TakesAsManyWordsAsTheLimitSaysAndNoMore) {
  Request request;
  request.words.assign(limits::control_words, "w");
  const auto wire = encode("a", "b", request);
  ASSERT_TRUE(wire);
  EXPECT_TRUE(parse_request_head(wire->substr(4)));
  request.words.push_back("w");
  EXPECT_FALSE(encode("a", "b", request));
}

TEST(RequestHead, IsNotMadeOfWhatTheOtherSideCouldNotRead) {
  Request request;
  request.words = {"\xFF"};
  EXPECT_FALSE(encode("a", "b", request));
  request.words = {std::string(limits::control_head_octets, 'x')};
  EXPECT_FALSE(encode("a", "b", request));
}

TEST(AnswerHead, SurvivesFormatThenParse) {
  const std::string wire = encode(Answer{65, std::string("\0\xFF", 2), "why"});
  const std::uint32_t octets = head_octets(wire);
  const auto head = parse_answer_head(wire.substr(4, octets));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->exit, 65);
  EXPECT_EQ(head->out_octets, 2U);
  EXPECT_EQ(head->err_octets, 3U);
  EXPECT_EQ(wire.substr(4 + octets), std::string("\0\xFF", 2) + "why");
  EXPECT_FALSE(parse_answer_head("{}"));
  EXPECT_FALSE(parse_answer_head(R"({"exit":0,"out_octets":99999999999999,"err_octets":0})"));
}

}  // namespace
}  // namespace vanthu::admin::protocol
