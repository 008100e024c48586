// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/state.hpp"

#include <stdexcept>

#include "directory/history.hpp"
#include "directory/scope.hpp"
#include "directory/writer.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::directory {
namespace {
lmdb::Transaction taken(lmdb::Readers& readers) {
  auto transaction = readers.take();
  if (!transaction) throw std::runtime_error("directory: " + transaction.error().detail);
  return *std::move(transaction);
}
}  // namespace

Directory::State::Reading::Reading(State& state)
    : state_(state), transaction_(taken(*state.store.readers)), view_(state.store, transaction_) {
  state.tell(transaction_);
}

Directory::State::Reading::~Reading() { state_.store.readers->give_back(std::move(transaction_)); }

void Directory::State::tell(const lmdb::Transaction& transaction) {
  const std::uint64_t id = transaction.id();
  std::uint64_t seen = seen_.load(std::memory_order_relaxed);
  if (seen == id || !seen_.compare_exchange_strong(seen, id)) return;
  log::Event("directory.generation").with("generation", store.generation(transaction));
}

Result<Done> Directory::State::write(const std::function<Result<Done>(lmdb::Transaction&)>& change) {
  if (mode != Mode::write) return fail(status::bad_configuration, "the directory was opened for reading only");
  auto transaction = lmdb::Transaction::begin(*store.environment, lmdb::Transaction::Mode::write);
  if (!transaction) return transaction.error();
  if (auto ok = change(*transaction); !ok) return ok;
  if (auto ok = store.raise_generation(*transaction, false); !ok) return ok;
  return std::move(*transaction).commit();
}

Result<bool> Directory::State::carry_out(std::span<const Edit> edits, const Order& order, Findings& findings,
                                         const std::function<Result<Done>(lmdb::Transaction&)>& more) {
  if (mode != Mode::write) return fail(status::bad_configuration, "the directory was opened for reading only");
  auto transaction = lmdb::Transaction::begin(*store.environment, lmdb::Transaction::Mode::write);
  if (!transaction) return transaction.error();
  if (auto ok = write_edits(store, *transaction, edits); !ok) return ok.error();
  {
    const Reading before = read();
    const View after(store, *transaction);
    check_edits({*before, after, order.sheets, order.unit_kinds, order.today}, edits, findings);
    if (!order.actor.everywhere) check_scope(*before, after, order.actor, Day(order.today), edits, findings);
  }
  if (!findings.clean() || order.dry_run) return false;
  if (auto ok = store.raise_generation(*transaction, true); !ok) return ok.error();
  if (order.by_hand)
    if (auto ok = mark_by_hand(store, *transaction, edits); !ok) return ok.error();
  if (auto ok = note_change(store, *transaction, order.act, order.actor.name, edits); !ok) return ok.error();
  if (more)
    if (auto ok = more(*transaction); !ok) return ok.error();
  if (auto ok = std::move(*transaction).commit(); !ok) return ok.error();
  tell(read().transaction());
  return true;
}

}  // namespace vanthu::directory
