// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <fstream>
#include <sstream>

#include "filters/inspect/analyse.hpp"
#include "gateway/base/text.hpp"
#include "gateway/search/index.hpp"
#include "tests/unit/archive/fixture.hpp"

namespace vanthu::search {

/// A letter of tests/fixtures/search: a real message, its facts as the inspector finds them, and a paper that is told.
struct GoldLetter {
  boost::json::object told;

  std::string text(std::string_view member) const {
    const auto* value = told.if_contains(member);
    return value == nullptr ? std::string() : std::string(value->as_string());
  }
  std::string octets(std::uint64_t number) const {
    std::string to;
    for (const auto& one : told.at("to").as_array())
      to += std::string(to.empty() ? "" : ",\r\n ") + std::string(one.as_string());
    std::string octets = "From: \"" + text("name") + "\" <" + text("from") + ">\r\nTo: " + to +
                         "\r\nSubject: " + text("subject") + "\r\nMessage-ID: <" + std::to_string(number) +
                         "@hatinh.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
                         "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
                         text("text") + "\r\n";
    if (const auto* files = told.if_contains("files"))
      for (const auto& file : files->as_array()) {
        const std::string name(file.at("name").as_string());
        octets += "--x\r\nContent-Type: " + std::string(name.ends_with(".html") ? "text/html" : "text/plain") +
                  "; charset=utf-8\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\n\r\n" +
                  std::string(file.at("text").as_string()) + "\r\n";
      }
    return octets + "--x--\r\n";
  }
  mail::Accepted accepted(std::uint64_t number) const {
    const std::string octets_here = octets(number);
    filters::Facts facts = inspect::analyse(octets_here);
    facts.sha256 = hex(sha256(octets_here));
    facts.papers.clear();
    if (const auto* told_paper = told.if_contains("paper")) {
      const auto member = [&](std::string_view name, std::string otherwise = {}) {
        const auto* value = told_paper->as_object().if_contains(name);
        return value == nullptr ? otherwise : std::string(value->as_string());
      };
      filters::Paper paper;
      paper.part = "1";
      paper.form = member("form");
      paper.number = member("number");
      paper.symbol = member("symbol");
      paper.kind = member("kind");
      paper.date = member("date");
      paper.subject = member("subject");
      paper.signer = member("signer");
      paper.urgency = member("urgency", "none");
      facts.papers.push_back(paper);
    }
    mail::Accepted a;
    a.id = "ID" + std::to_string(number);
    a.received = archive::noon(text("day"));
    a.direction = text("dir") == "out" ? mail::Direction::out : mail::Direction::in;
    a.envelope.reverse_path = mail::parse_mailbox(text("from"), true)
                                  ? std::optional(*mail::parse_mailbox(text("from"), true))
                                  : std::nullopt;
    const auto& units = told.at("units").as_array();
    for (const auto& to : told.at("to").as_array()) {
      a.envelope.forward_paths.push_back(*mail::parse_mailbox(std::string(to.as_string()), true));
      for (const auto& unit : units)
        a.deliveries.push_back(
            {a.envelope.forward_paths.back(), std::string(to.as_string()), "local", std::string(unit.as_string()), ""});
    }
    a.sha256 = facts.sha256;
    a.record_class = text("class");
    a.facts = filters::to_json(facts);
    a.verdict = boost::json::object{{"action", "accept"}};
    return a;
  }
};

inline std::vector<GoldLetter> gold_letters() {
  std::ifstream in(std::string(VANTHU_SOURCE_DIR) + "/tests/fixtures/search/letters.jsonl");
  std::vector<GoldLetter> letters;
  for (std::string line; std::getline(in, line);) letters.push_back({boost::json::parse(line).as_object()});
  return letters;
}

/// The inspector's text, without its processes.
inline Result<inspect::Texts> texts_here(const std::shared_ptr<const Octets>& message) {
  inspect::DocumentsHere documents;
  return inspect::texts_of(message->view(), documents);
}

/// As a directory would know: Lộc Hà became part of Thạch Hà; a term of the province's committee.
inline Knowledge knowledge() {
  return {[](std::string_view unit) {
            std::vector<std::string> units{std::string(unit)};
            if (unit == "hthachha") units.emplace_back("hlocha");
            return units;
          },
          [](std::string_view term) -> Result<Knowledge::Days> {
            if (term == "tinhuy/xx") return Knowledge::Days{*parse_date("2025-10-03"), {}};
            return fail(status::bad_arguments, "no term " + std::string(term) + "; there is tinhuy/XX");
          },
          [](Field field, std::string_view value, const Scope&) -> Result<std::vector<std::uint64_t>> {
            using Records = std::vector<std::uint64_t>;
            if (field == Field::held) return value == "yes" ? Records{2, 3} : Records{3};
            if (field == Field::registered) return Records{5, 9'000'000};
            if (value == "vptu/2026") return Records{1, 4, 7};
            if (value == "nowhere") return fail(status::not_found, "no such unit");
            return Records{};
          },
          [](std::string_view unit) { return unit.starts_with("no-") ? "no unit '" + std::string(unit) + '\'' : ""; }};
}

class SearchTest : public archive::ArchiveTest {
 protected:
  void TearDown() override {
    index_.reset();
    ArchiveTest::TearDown();
  }
  std::filesystem::path index_folder() const { return folder_ / "archive.xapian"; }
  void record_gold() {
    for (const GoldLetter& letter : gold_letters()) {
      const std::uint64_t number = ++recorded_;
      write(*records_, letter.accepted(number), letter.octets(number), true);
    }
  }
  void open_index(TextOf texts = texts_here) {
    index_.reset();
    auto index = Index::open(*archive_, {index_folder(), std::move(texts), 2}, knowledge());
    ASSERT_TRUE(index) << index.error().detail;
    index_ = *std::move(index);
  }
  void catch_up() {
    auto seen = archive_->catch_up();
    ASSERT_TRUE(seen) << seen.error().detail;
    auto caught = index_->catch_up();
    ASSERT_TRUE(caught) << caught.error().detail;
  }
  static Request asked(std::string_view query) {
    Request request;
    auto node = parse_query(query);
    EXPECT_TRUE(node) << query << ": " << node.error().detail;
    if (node) request.query = *std::move(node);
    return request;
  }
  Found found(const Request& request) const {
    auto answer = index_->search(request);
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? *std::move(answer) : Found{};
  }
  static std::vector<std::uint64_t> numbers(const Found& found) {
    std::vector<std::uint64_t> all;
    for (const Hit& hit : found.hits) all.push_back(hit.summary.number);
    return all;
  }
  std::vector<std::uint64_t> numbers(std::string_view query) const { return numbers(found(asked(query))); }
  static std::vector<std::uint64_t> sorted(std::vector<std::uint64_t> all) {
    std::sort(all.begin(), all.end());
    return all;
  }

  std::unique_ptr<Index> index_;
  std::uint64_t recorded_ = 0;
};

}  // namespace vanthu::search
