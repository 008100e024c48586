// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/protocol.hpp"

#include <boost/json.hpp>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::admin::protocol {
namespace json = boost::json;
namespace {

std::string text_of(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

std::string framed(const json::object& head) {
  const std::string text = json::serialize(head);
  std::string wire(4, '\0');
  for (std::size_t i = 0; i < 4; ++i) wire[i] = static_cast<char>(text.size() >> (8 * (3 - i)) & 0xFF);
  return wire + text;
}

/// Runs a reader of a head; whatever JSON finds wrong is the peer's fault.
template <class Read>
auto caught_reading(std::string_view what, const Read& read) -> decltype(read()) {
  try {
    return read();
  } catch (const std::exception& error) {
    return fail(status::bad_arguments, std::string(what) + ": " + error.what());
  }
}
}  // namespace

std::uint64_t RequestHead::body_octets() const {
  std::uint64_t octets = input_octets;
  for (const auto& file : files) octets += file.second;
  return octets;
}

Result<RequestHead> parse_request_head(std::string_view text) {
  return caught_reading("request", [&]() -> Result<RequestHead> {
    const auto too_much = [](const char* what) { return fail(status::bad_arguments, std::string("too many ") + what); };
    const json::value parsed = json::parse(text);
    const json::object& o = parsed.as_object();
    RequestHead head;
    head.noun = text_of(o, "noun");
    head.verb = text_of(o, "verb");
    const json::array& words = o.at("words").as_array();
    if (words.size() > limits::control_words) return too_much("words");
    for (const json::value& word : words) head.words.emplace_back(word.as_string());
    if (o.contains("login")) {
      head.login = text_of(o, "login");
      head.password = text_of(o, "password");
      head.code = text_of(o, "code");
    }
    const json::array& files = o.at("files").as_array();
    if (files.size() > limits::control_files) return too_much("files");
    head.input_octets = o.at("input_octets").to_number<std::uint64_t>();
    // Each before the sum, so that the sum cannot wrap.
    if (head.input_octets > limits::control_request_octets) return too_much("octets");
    for (const json::value& file : files) {
      const auto octets = file.as_object().at("octets").to_number<std::uint64_t>();
      if (octets > limits::control_request_octets) return too_much("octets");
      head.files.emplace_back(text_of(file.as_object(), "name"), octets);
    }
    if (head.body_octets() > limits::control_request_octets) return too_much("octets");
    return head;
  });
}

Result<AnswerHead> parse_answer_head(std::string_view text) {
  return caught_reading("answer", [&]() -> Result<AnswerHead> {
    const json::value parsed = json::parse(text);
    const json::object& o = parsed.as_object();
    AnswerHead head;
    head.exit = o.at("exit").to_number<int>();
    head.out_octets = o.at("out_octets").to_number<std::uint64_t>();
    head.err_octets = o.at("err_octets").to_number<std::uint64_t>();
    if (head.out_octets > limits::control_answer_octets || head.err_octets > limits::control_answer_octets)
      return fail(status::bad_arguments, "answer: too many octets");
    return head;
  });
}

Result<std::string> encode(std::string_view noun, std::string_view verb, const Request& request) {
  auto wire = encode_head(noun, verb, request, request.input.size());
  if (!wire) return wire;
  for (const auto& file : request.files) *wire += file.second;
  *wire += request.input;
  return wire;
}

Result<std::string> encode_head(std::string_view noun, std::string_view verb, const Request& request,
                                std::uint64_t octets_behind) {
  json::array words;
  for (const std::string& word : request.words) {
    if (!text::is_utf8(word)) return fail(status::bad_arguments, "a word of the command is no UTF-8");
    words.emplace_back(word);
  }
  json::array files;
  std::uint64_t octets = octets_behind;
  for (const auto& [name, content] : request.files) {
    if (!text::is_utf8(name)) return fail(status::bad_arguments, "a file's name is no UTF-8");
    files.push_back({{"name", name}, {"octets", content.size()}});
    octets += content.size();
  }
  if (octets > limits::control_request_octets || words.size() > limits::control_words ||
      files.size() > limits::control_files)
    return fail(status::bad_arguments, "the files are too big to hand to the gateway: more than " +
                                           std::to_string(limits::control_request_octets) + " octets together");
  json::object head{{"noun", noun},
                    {"verb", verb},
                    {"words", std::move(words)},
                    {"files", std::move(files)},
                    {"input_octets", octets_behind}};
  if (!request.login.empty()) {
    if (!text::is_utf8(request.login) || !text::is_utf8(request.password) || !text::is_utf8(request.code))
      return fail(status::bad_arguments, "login, password or code is no UTF-8");
    head["login"] = request.login;
    head["password"] = request.password;
    head["code"] = request.code;
  }
  std::string wire = framed(head);
  if (wire.size() - 4 > limits::control_head_octets)
    return fail(status::bad_arguments, "the command's words are too long");
  return wire;
}

std::string encode(const Answer& answer) {
  return framed({{"exit", answer.exit}, {"out_octets", answer.out.size()}, {"err_octets", answer.err.size()}}) +
         answer.out + answer.err;
}

std::uint32_t head_octets(std::string_view four) {
  std::uint32_t octets = 0;
  for (const char octet : four.substr(0, 4)) octets = octets << 8 | static_cast<unsigned char>(octet);
  return octets;
}

}  // namespace vanthu::admin::protocol
