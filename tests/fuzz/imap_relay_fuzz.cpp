// SPDX-License-Identifier: GPL-3.0-or-later
// Client and store say anything at all, in turns. What reaches the store is read again by a second tokenizer: it must
// be commands of our list and nothing else; no capability that hides octets reaches the client outside of a literal.
// The first octet chooses what literals the store takes unasked; then pieces: one octet whose lowest bit says who
// speaks (the rest: how much), then the octets.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/text.hpp"
#include "gateway/imap/append_letters.hpp"
#include "gateway/imap/client_gate.hpp"
#include "gateway/imap/response_filter.hpp"

namespace {
using namespace vanthu::imap;

/// A store that takes every literal and knows every command: what would it run?
class Store {
 public:
  void hear(std::string_view octets) {
    for (;;) {
      const Token token = tokenizer_.next(octets);
      switch (token.kind) {
        case Token::Kind::more:
          return;
        case Token::Kind::text:
          if (fresh_) line_ += token.octets;
          break;
        case Token::Kind::literal_begin:
        case Token::Kind::line_end:
          if (fresh_) run();
          fresh_ = token.kind == Token::Kind::line_end;
          line_.clear();
          break;
        case Token::Kind::literal:
        case Token::Kind::literal_end:
          break;
        case Token::Kind::bad_line:
        case Token::Kind::fault:
          std::abort();  // the gate let something through that it should not understand either
      }
    }
  }
  void forget_literal() {
    tokenizer_.drop_literal();
    fresh_ = true;
    line_.clear();
  }

 private:
  void run() const {
    if (vanthu::text::ascii_iequals(line_, "DONE")) return;
    std::string tag;
    const auto command = parse_command(line_, tag);
    if (!command) std::abort();
    for (const std::string_view never :
         {"COMPRESS", "LOGIN", "AUTHENTICATE", "STARTTLS", "URLFETCH", "GENURLAUTH", "UNAUTHENTICATE", "SETMETADATA"})
      if (command->verb == never) std::abort();
    if (command->verb == "APPEND" && parse_append(command->arguments).state != AppendHead::State::message) std::abort();
  }
  Tokenizer tokenizer_{Tokenizer::Side::client};
  std::string line_;
  bool fresh_ = true;
};
/// A client that reads what reaches it: does a list tell of something that hides octets?
class Client {
 public:
  void hear(std::string_view octets) {
    for (;;) {
      const Token token = tokenizer_.next(octets);
      if (token.kind == Token::Kind::more) return;
      if (token.kind == Token::Kind::fault) std::abort();
      if (token.kind == Token::Kind::text && line_.size() < 9000) line_ += token.octets;
      if (token.kind != Token::Kind::line_end) continue;
      const std::string line = vanthu::text::ascii_lower(line_);
      line_.clear();
      const std::size_t second = line.find(' ') + 1;
      const std::size_t words = line.starts_with("+ ") ? second : line.find(' ', second) + 1;
      const std::string status = line.substr(second, words > second ? words - second : 0);
      const bool has_code = !line.starts_with("* ") || status == "ok " || status == "no " || status == "bad " ||
                            status == "bye " || status == "preauth ";
      const bool in_code = has_code && words > 0 && line.compare(words, 12, "[capability ") == 0;
      if (!in_code && !line.starts_with("* capability ")) continue;
      const std::string list = in_code ? line.substr(words, line.find(']', words) - words) : line;
      if (list.find(" compress=deflate") != std::string::npos) std::abort();
    }
  }

 private:
  Tokenizer tokenizer_{Tokenizer::Side::server};
  std::string line_;
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto non_sync = static_cast<ClientGate::NonSync>(data[0] % 3);
  ClientGate gate({500, non_sync, true});
  std::vector<std::pair<Append, std::string>> letters;
  unsigned asked = data[0];  // what is judged: about every seventh thing is refused
  ResponseFilter filter(500);
  Store store;
  Client client;
  std::string input;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  while (!rest.empty()) {
    const auto head = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    const std::string_view piece = rest.substr(0, std::max<std::size_t>(1, head >> 1));
    rest.remove_prefix(piece.size());
    if ((head & 1) != 0) {
      std::vector<Notice> notices;
      client.hear(filter.feed(piece, notices));
      if (!filter.fault().empty()) return 0;
      for (const Notice& notice : notices) {
        if (notice.kind == Notice::Kind::continuation) gate.on_continuation();
        if (notice.kind != Notice::Kind::tagged) continue;
        const bool waited = gate.waits();
        gate.on_tagged(notice.tag);
        if (waited && !gate.waits() && gate.between()) store.forget_literal();
      }
    } else {
      input += piece;
    }
    std::string_view left = input;
    while (!gate.waits() && !gate.logged_out() && (!left.empty() || gate.leaves())) {
      const Step step = gate.feed(left);
      store.hear(step.text);
      store.hear(step.literal);
      if (!step.bye.empty()) return 0;
      if (!step.answer.empty() && !step.answer.ends_with("\r\n")) std::abort();
      if (step.drops) letters.clear();
      const bool refused = (step.begins || step.ends || step.act) && ++asked % 7 == 0;
      if (refused) {
        gate.refuse("NO no");
        letters.clear();
      } else if (step.begins) {
        gate.may_come();
        letters.emplace_back(*step.begins, "");
      } else if (!step.letter.empty()) {
        letters.back().second += step.letter;
        if (letters.back().second.size() > letters.back().first.message.octets) std::abort();
      } else if (step.ends) {
        gate.passed();
        for (std::size_t i = 0; i < letters.size(); ++i) {
          const auto& [append, octets] = letters[i];
          if (octets.size() != append.message.octets) std::abort();
          const bool closes = i > 0 && letters[i - 1].first.utf8;
          store.hear((closes ? ")" : "") + announcement(append, i == 0, unasked(non_sync, octets.size())) + "\r\n");
          store.hear(octets);
        }
        store.hear(letters.back().first.utf8 ? ")\r\n" : "\r\n");
        letters.clear();
      } else if (step.act) {
        const std::string tag = gate.tag();
        gate.passed(step.act->kind == FolderAct::Kind::select);
        store.hear(tag + ' ' + step.act->text + "\r\n");
      }
    }
    input = std::string(left);
  }
  return 0;
}
