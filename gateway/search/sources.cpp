// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/sources.hpp"

#include <algorithm>
#include <functional>
#include <memory>

#include "gateway/search/phrase_finder.hpp"
#include "gateway/search/terms.hpp"

namespace vanthu::search {
namespace {
using Xapian::Query;

/// Records by their numbers, which are Xapian's document ids here.
class RecordSource final : public Xapian::PostingSource {
 public:
  explicit RecordSource(std::vector<std::uint64_t> records)
      : RecordSource(std::make_shared<const std::vector<std::uint64_t>>(std::move(records))) {}

  Xapian::doccount get_termfreq_min() const override { return 0; }
  Xapian::doccount get_termfreq_est() const override { return most_; }
  Xapian::doccount get_termfreq_max() const override { return most_; }
  // Xapian steps onto the first one before it looks.
  void next(double) override {
    if (started_) ++at_;
    started_ = true;
  }
  void skip_to(Xapian::docid least, double) override {
    started_ = true;
    // It is mostly one of the next: in steps that double, then within the last one.
    std::size_t step = 1;
    while (at_ + step < records_->size() && (*records_)[at_ + step] < least) {
      at_ += step;
      step *= 2;
    }
    const auto from = records_->begin() + static_cast<std::ptrdiff_t>(at_);
    const auto to = records_->begin() + static_cast<std::ptrdiff_t>(std::min(at_ + step + 1, records_->size()));
    at_ = static_cast<std::size_t>(std::lower_bound(from, to, std::uint64_t{least}) - records_->begin());
  }
  bool at_end() const override { return at_ >= records_->size(); }
  Xapian::docid get_docid() const override { return static_cast<Xapian::docid>((*records_)[at_]); }
  Xapian::PostingSource* clone() const override { return new RecordSource(records_); }
  void init(const Xapian::Database& database) override {
    most_ = std::min(static_cast<Xapian::doccount>(records_->size()), database.get_doccount());
    at_ = 0;
    started_ = false;
  }
  std::string get_description() const override { return "records"; }

 private:
  using Records = std::shared_ptr<const std::vector<std::uint64_t>>;
  explicit RecordSource(Records records) : records_(std::move(records)) {}

  const Records records_;  // Xapian asks a clone: a list may have megabytes
  Xapian::doccount most_ = 0;
  std::size_t at_ = 0;
  bool started_ = false;
};

/// All records from one to another. As many as there can be, says it: it goes with what the rest of the query leaves.
class NumberSource final : public Xapian::PostingSource {
 public:
  NumberSource(Xapian::docid first, Xapian::docid last) : first_(std::max<Xapian::docid>(first, 1)), last_(last) {}

  Xapian::doccount get_termfreq_min() const override { return 0; }
  Xapian::doccount get_termfreq_est() const override { return records_; }
  Xapian::doccount get_termfreq_max() const override { return records_; }
  void next(double) override { at_ = std::max(at_ + 1, first_); }
  void skip_to(Xapian::docid least, double) override { at_ = std::max({at_, least, first_}); }
  bool check(Xapian::docid record, double) override {
    at_ = std::max(record, first_);
    return true;
  }
  bool at_end() const override { return at_ > last_; }
  Xapian::docid get_docid() const override { return at_; }
  Xapian::PostingSource* clone() const override { return new NumberSource(first_, last_); }
  void init(const Xapian::Database& database) override {
    records_ = database.get_doccount();
    at_ = 0;
  }
  std::string get_description() const override { return "numbers"; }

 private:
  const Xapian::docid first_, last_;
  Xapian::doccount records_ = 0;
  Xapian::docid at_ = 0;
};

/// Records that somebody says yes to, of those from one to another. Asked last, as NumberSource; which of two such
/// sources is asked first, Xapian does not say, so this one has its own bounds.
class MetSource final : public Xapian::PostingSource {
 public:
  using Met = std::function<bool(Xapian::docid record)>;
  MetSource(Xapian::docid first, Xapian::docid last, Met met)
      : first_(std::max<Xapian::docid>(first, 1)), last_(last), met_(std::move(met)) {}

  Xapian::doccount get_termfreq_min() const override { return 0; }
  Xapian::doccount get_termfreq_est() const override { return records_; }
  Xapian::doccount get_termfreq_max() const override { return records_; }
  void next(double) override { settle(at_ + 1); }
  void skip_to(Xapian::docid least, double) override {
    if (least > at_) settle(least);
  }
  bool check(Xapian::docid record, double) override {
    if (record <= at_) return true;
    at_ = record;
    if (record > last_) return true;  // at the end
    return record >= first_ && met_(record);
  }
  bool at_end() const override { return at_ > last_; }
  Xapian::docid get_docid() const override { return at_; }
  Xapian::PostingSource* clone() const override { return new MetSource(first_, last_, met_); }
  void init(const Xapian::Database& database) override {
    records_ = database.get_doccount();
    at_ = 0;
  }
  std::string get_description() const override { return "met"; }

 private:
  void settle(Xapian::docid from) {
    at_ = std::max(from, first_);
    while (at_ <= last_ && !met_(at_)) ++at_;
  }

  const Xapian::docid first_, last_;
  const Met met_;
  Xapian::doccount records_ = 0;
  Xapian::docid at_ = 0;
};

/// Records by one of their values. As many as there can be, says it: so it is asked last, of those alone that the rest
/// of the query leaves.
class ValueSource final : public Xapian::PostingSource {
 public:
  using Fits = std::function<bool(const std::string& value)>;
  ValueSource(unsigned slot, std::shared_ptr<const Fits> fits) : slot_(slot), fits_(std::move(fits)) {}

  Xapian::doccount get_termfreq_min() const override { return 0; }
  Xapian::doccount get_termfreq_est() const override { return records_; }
  Xapian::doccount get_termfreq_max() const override { return records_; }

  void next(double) override {
    if (started_) ++at_;
    started_ = true;
    settle();
  }
  void skip_to(Xapian::docid least, double) override {
    started_ = true;
    at_.skip_to(least);
    settle();
  }
  bool check(Xapian::docid record, double) override {
    started_ = true;
    if (!at_.check(record)) return false;
    if (at_ == end_) return true;
    return at_.get_docid() == record && (*fits_)(*at_);
  }
  bool at_end() const override { return at_ == end_; }
  Xapian::docid get_docid() const override { return at_.get_docid(); }
  Xapian::PostingSource* clone() const override { return new ValueSource(slot_, fits_); }
  void init(const Xapian::Database& database) override {
    records_ = database.get_doccount();
    at_ = database.valuestream_begin(slot_);
    end_ = database.valuestream_end(slot_);
    started_ = false;
  }
  std::string get_description() const override { return "by a value"; }

 private:
  void settle() {
    while (at_ != end_ && !(*fits_)(*at_)) ++at_;
  }

  const unsigned slot_;
  const std::shared_ptr<const Fits> fits_;
  Xapian::ValueIterator at_, end_;
  Xapian::doccount records_ = 0;
  bool started_ = false;
};

Query by_value(unsigned slot, ValueSource::Fits fits) {
  return Query((new ValueSource(slot, std::make_shared<const ValueSource::Fits>(std::move(fits))))->release());
}
}  // namespace

// Xapian takes a source over, and deletes it with the last query that has it.

Query of_records(std::vector<std::uint64_t> records) {
  if (records.empty()) return Query::MatchNothing;
  const Query source((new RecordSource(std::move(records)))->release());
  return {Query::OP_SCALE_WEIGHT, Query(Query::OP_AND, Query(std::string()), source), 0.0};
}

Query among(const Query& query, std::vector<std::uint64_t> records) {
  if (records.empty()) return Query::MatchNothing;
  return {Query::OP_FILTER, query, Query((new RecordSource(std::move(records)))->release())};
}

Query between_numbers(const Query& query, std::uint64_t first, std::uint64_t last) {
  const Query source(
      (new NumberSource(static_cast<Xapian::docid>(first), static_cast<Xapian::docid>(last)))->release());
  return {Query::OP_FILTER, query, source};
}
Query up_to(const Query& query, std::uint64_t number) { return between_numbers(query, 1, number); }

Query if_met(const Query& query, Xapian::docid first, Xapian::docid last,
             std::function<bool(Xapian::docid record)> met) {
  return {Query::OP_FILTER, query, Query((new MetSource(first, last, std::move(met)))->release())};
}

Query between(const Query& query, unsigned slot, std::string from, std::string to) {
  const auto inside = [from = std::move(from), to = std::move(to)](const std::string& value) {
    return value >= from && value <= to;
  };
  return {Query::OP_FILTER, query, by_value(slot, inside)};
}

Query in_a_row(Phrase phrase, std::shared_ptr<const SequenceReader> sequences) {
  const auto finder = std::make_shared<PhraseFinder>(std::move(phrase), std::move(sequences));
  return by_value(slot::sequence, [finder](const std::string& place) {
    return finder->stands(parse_place(place), PhraseFinder::Look::all);
  });
}

}  // namespace vanthu::search
