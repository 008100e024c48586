// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/spool/summary.hpp"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

namespace vanthu::spool {
namespace json = boost::json;
namespace {

/// Takes what it knows as it comes by. Depth 1 is the message, 2 its deliveries' array, 3 one delivery.
struct Handler {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using Code = json::error_code;

  Summary summary;
  bool has_id = false, has_received = false, has_deliveries = false;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) {
    if (++depth_ == 3 && in_deliveries_) summary.deliveries.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Code&) {
    --depth_;
    return true;
  }
  bool on_array_begin(Code&) {
    if (++depth_ == 2 && top_ == "deliveries") in_deliveries_ = has_deliveries = true;
    return true;
  }
  bool on_array_end(std::size_t, Code&) {
    if (--depth_ == 1) in_deliveries_ = false;
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, Code&) {
    if (listens()) part_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, Code&) {
    if (!listens()) return true;
    std::string& key = depth_ == 1 ? top_ : key_;
    key.assign(part_);
    key.append(part.data(), part.size());
    part_.clear();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, Code&) {
    if (listens()) part_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t, Code& code) {
    if (!listens()) return true;
    if (part_.empty()) return text(std::string_view(part.data(), part.size()), code);
    part_.append(part.data(), part.size());
    const bool fits = text(part_, code);
    part_.clear();
    return fits;
  }
  bool on_number_part(json::string_view, Code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, Code&) {
    number(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, Code&) {
    number(static_cast<std::int64_t>(value));
    return true;
  }
  bool on_double(double, json::string_view, Code&) { return true; }
  bool on_bool(bool value, Code&) {
    if (depth_ == 1 && top_ == "tls_optional") summary.tls_optional = value;
    return true;
  }
  bool on_null(Code&) { return true; }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

 private:
  bool listens() const { return depth_ == 1 || (depth_ == 3 && in_deliveries_); }

  bool text(std::string_view value, Code& code) {
    if (depth_ == 1) {
      if (top_ == "id") {
        summary.id = value;
        has_id = true;
      } else if (top_ == "reverse_path") {
        summary.reverse_path = value;
      } else if (top_ == "hold") {
        summary.hold = value;
      }
      return true;
    }
    mail::Delivery& delivery = summary.deliveries.back();
    if (key_ == "to") {
      const std::size_t at = value.rfind('@');
      if (at == std::string_view::npos) {
        code = json::error::syntax;
        return false;
      }
      delivery.to = {std::string(value.substr(0, at)), std::string(value.substr(at + 1))};
    } else if (key_ == "original") {
      delivery.original = value;
    } else if (key_ == "next_hop") {
      delivery.next_hop = value;
    } else if (key_ == "unit") {
      delivery.unit = value;
    } else if (key_ == "holder") {
      delivery.holder = value;
    } else if (key_ == "orcpt") {
      delivery.orcpt = value;
    }
    return true;
  }

  void number(std::int64_t value) {
    if (depth_ == 1 && top_ == "received") {
      summary.received = Time(std::chrono::microseconds(value));
      has_received = true;
    } else if (depth_ == 1 && top_ == "priority") {
      summary.priority = static_cast<int>(value);
    } else if (depth_ == 3 && in_deliveries_ && key_ == "notify") {
      summary.deliveries.back().notify = static_cast<std::uint8_t>(value);
    }
  }

  std::size_t depth_ = 0;
  bool in_deliveries_ = false;
  std::string top_, key_, part_;
};

/// A move is rare and its state has a shape of its own: read it with a tree.
void read_moved(std::string_view text, Summary& summary) {
  const json::value parsed = json::parse(text);
  const json::value* moved = parsed.as_object().if_contains("moved");
  if (moved == nullptr) return;
  summary.moved_from = moved->at("from").to_number<std::uint64_t>();
  summary.moved = change_of(moved->as_object());
}

/// Likewise of what is carried along. What moved has said it before, where it was first.
void read_carried(std::string_view text, Summary& summary) {
  const json::value parsed = json::parse(text);
  const json::value* carried = parsed.as_object().if_contains("carries");
  if (carried == nullptr || summary.moved_from != 0) return;
  auto progress = parse_progress(json::serialize(*carried));
  if (!progress) throw std::invalid_argument(progress.error().detail);
  summary.carried = *std::move(progress);
}

/// Likewise of questions.
void read_questions(std::string_view text, Summary& summary) {
  const json::value parsed = json::parse(text);
  const json::value* questions = parsed.as_object().if_contains("questions");
  if (questions == nullptr) return;
  summary.questions = mail::to_questions(*questions);
  summary.user = std::string(parsed.at("user").as_string());
}
}  // namespace

Result<Summary> read_summary(std::string_view text) {
  try {
    json::basic_parser<Handler> parser{json::parse_options()};
    json::error_code code;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), code);
    Handler& handler = parser.handler();
    if (code) return fail(status::corrupt, "accepted message: " + code.message());
    if (read != text.size() || !handler.has_id || !handler.has_received || !handler.has_deliveries)
      return fail(status::corrupt, "accepted message: members are missing");
    if (text.find("\"moved\":{") != std::string_view::npos) read_moved(text, handler.summary);
    if (text.find("\"carries\":{") != std::string_view::npos) read_carried(text, handler.summary);
    if (text.find("\"questions\":[{") != std::string_view::npos) read_questions(text, handler.summary);
    return std::move(handler.summary);
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("accepted message: ") + error.what());
  }
}

Summary summary_of(const mail::Accepted& accepted) {
  return {accepted.id,
          accepted.received,
          accepted.envelope.reverse_path ? mail::format(*accepted.envelope.reverse_path) : "",
          accepted.envelope.priority,
          accepted.hold,
          accepted.envelope.tls_optional,
          accepted.deliveries,
          accepted.questions.empty() ? "" : accepted.user,
          accepted.questions};
}

Result<std::string> moved_meta(std::string_view meta, std::uint64_t from, const Change& state) {
  try {
    json::value parsed = json::parse(meta);
    json::object moved = to_object(state);
    moved["from"] = from;
    parsed.as_object()["moved"] = std::move(moved);
    return json::serialize(parsed);
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("accepted message: ") + error.what());
  }
}

}  // namespace vanthu::spool
