// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>

#include "gateway/reading_room/session.hpp"
#include "gateway/reading_room/threads.hpp"

namespace vanthu::reading_room {

/// A command that takes longer than a moment.
struct Session::Job {
  virtual ~Job() = default;
  /// A piece of it. @return false: that was all, and the command is answered
  virtual bool step(Session& session) = 0;
};

class Session::FetchJob final : public Job {
 public:
  /// @param gone  told before anything else (RFC 7162 §3.2.6)
  FetchJob(Fetch fetch, std::vector<std::uint32_t> wanted, bool uid, Gone gone);
  bool step(Session& session) override;

 private:
  Result<Done> audit_block(Session& session);
  void prepare_block(Session& session);
  bool serve(Session& session, std::uint32_t index, Output& out, bool& gone);
  bool add_item(Session& session, const FetchItem& item, std::uint32_t index, Output& out);

  Fetch fetch_;
  std::vector<std::uint32_t> wanted_;  ///< indices of messages
  bool uid_;
  Gone vanished_;
  bool content_ = false, whole_ = false;  ///< words of records are asked for; more than their headers
  std::size_t at_ = 0, audited_ = 0;
  bool gone_ = false;
  std::string trouble_;
  // of the message under way
  Message message_;
  std::shared_ptr<const Outlines::Known> known_;
  std::optional<inspect::Outline> outline_;
};

/// Flags as they are, of many messages, whatever the tagged answer is.
class Session::FlagsJob final : public Job {
 public:
  /// @param wanted  indices of messages
  FlagsJob(std::vector<std::uint32_t> wanted, bool uid, Gone gone, std::string words)
      : wanted_(std::move(wanted)), uid_(uid), vanished_(std::move(gone)), words_(std::move(words)) {}
  bool step(Session& session) override;

 private:
  std::vector<std::uint32_t> wanted_;
  bool uid_;
  Gone vanished_;
  std::string words_;
  std::size_t at_ = 0;
};

class Session::SearchJob final : public Job {
 public:
  SearchJob(SearchRequest request, std::vector<SortRequest::Criterion> order, bool uid);
  SearchJob(ThreadRequest request, bool uid);
  bool step(Session& session) override;

 private:
  struct Words {
    bool indexed = false;                ///< `records` tells
    bool verified = true;                ///< and the text is looked at besides
    std::vector<std::uint32_t> records;  ///< rising
  };
  struct Candidate {
    std::uint32_t index = 0;
    Message message{};
    std::optional<inspect::Outline> outline{};
    std::optional<inspect::Texts> texts{};
    bool failed = false;
  };
  struct Row {
    std::uint32_t index = 0;
    std::vector<std::string> keys{};
  };
  bool prepare(Session& session);
  bool prepare_key(Session& session, const SearchKey& key, std::size_t candidates);
  bool fits(Session& session, const SearchKey& key, Candidate& candidate);
  bool cheap(Session& session, const SearchKey& key, std::uint32_t index, bool& known);
  const inspect::Outline* outline(Session& session, Candidate& candidate);
  const inspect::Texts* texts(Session& session, Candidate& candidate);
  bool too_many_to_arrange(Session& session);
  void arrange(Session& session, std::uint32_t index);
  void sort();
  Row row(Session& session, Candidate& candidate);
  Threaded threaded(Session& session, Candidate& candidate);
  void tell_progress(Session& session);
  Result<Done> tell_audit(Session& session);
  void save(Session& session);
  void answer(Session& session);

  SearchRequest request_;
  std::vector<SortRequest::Criterion> order_;
  std::optional<ThreadRequest::Algorithm> threads_;
  bool uid_;
  bool prepared_ = false;
  std::vector<std::uint32_t> candidates_;
  std::size_t at_ = 0;
  std::vector<std::uint32_t> found_;  ///< indices
  std::size_t arranged_ = 0;          ///< of them
  std::vector<Row> rows_;             ///< SORT: what they are sorted by
  std::vector<Threaded> threaded_;    ///< THREAD: what they say of their threads
  std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();  ///< that we are at work
  std::vector<std::pair<const SearchKey*, Words>> words_;
  std::vector<std::pair<const SearchKey*, std::vector<NumberSet::Range>>> sets_;
  std::string refused_;  ///< tagged words
  std::uint64_t unread_ = 0;
};

}  // namespace vanthu::reading_room
