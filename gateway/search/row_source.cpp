// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/row_source.hpp"

#include <memory>

#include "gateway/search/terms.hpp"

namespace vanthu::search {
namespace {

class RowSource final : public Xapian::PostingSource {
 public:
  explicit RowSource(std::shared_ptr<const Phrase> phrase) : phrase_(std::move(phrase)) {}

  Xapian::doccount get_termfreq_min() const override { return 0; }
  /// As many as there can be: so it is asked last, of those alone that have the words.
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
    return at_.get_docid() == record && fits();
  }
  bool at_end() const override { return at_ == end_; }
  Xapian::docid get_docid() const override { return at_.get_docid(); }
  Xapian::PostingSource* clone() const override { return new RowSource(phrase_); }
  void init(const Xapian::Database& database) override {
    records_ = database.get_doccount();
    at_ = database.valuestream_begin(slot::sequence);
    end_ = database.valuestream_end(slot::sequence);
    started_ = false;
  }
  std::string get_description() const override { return "words in a row"; }

 private:
  bool fits() const { return phrase_->stands_in(*at_); }
  void settle() {
    while (at_ != end_ && !fits()) ++at_;
  }

  std::shared_ptr<const Phrase> phrase_;
  Xapian::ValueIterator at_, end_;
  Xapian::doccount records_ = 0;
  bool started_ = false;
};
}  // namespace

Xapian::Query in_a_row(Phrase phrase) {
  // Xapian takes the source over, and deletes it with the last query that has it.
  return Xapian::Query((new RowSource(std::make_shared<const Phrase>(std::move(phrase))))->release());
}

}  // namespace vanthu::search
