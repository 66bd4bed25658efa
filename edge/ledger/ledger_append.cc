// SPDX-License-Identifier: Apache-2.0
// Appending, and what happens when a commit fails.
#include <algorithm>
#include <mutex>

#include "base/log.h"
#include "edge/ledger/entry_codec.h"
#include "edge/ledger/ledger_batch.h"
#include "edge/ledger/ledger_lmdb.h"

namespace tidegate::edge {
namespace {

bool is_ledgers_own(const EntryBody& body) {
  return std::holds_alternative<Genesis>(body) || std::holds_alternative<Checkpoint>(body) ||
         std::holds_alternative<Pruned>(body);
}

constexpr std::chrono::seconds kClearReaders{1};
/// Sweeping recent debits changes pages that a commit would not write else, so it is done for
/// several entries at once. An entry adds one row at most: eight looked at for it go round quickly.
constexpr std::size_t kEntriesASweep = 16, kRowsAnEntry = 8;
/// Some thousand taps, so that a rush hour without a quiet moment does not come to its end.
constexpr std::size_t kFilledAhead = 4UL << 20U;
/// A tap that begins meanwhile waits for it: some ten milliseconds on the flash of a box.
constexpr std::size_t kFilledAtOnce = 256UL << 10U;

}  // namespace

LmdbLedger::LmdbLedger(std::filesystem::path folder, const LedgerIdentity& identity,
                       const LedgerOptions& options, posix::Fd lock)
    : folder_{std::move(folder)}, identity_{identity}, options_{options}, lock_{std::move(lock)} {}

std::size_t LmdbLedger::checkpoint_distance() const {
  return std::clamp<std::size_t>(options_.checkpoint_every, 2, 4096);
}

Status LmdbLedger::reopen() {
  const std::unique_lock guard{mutex_};
  store_.reset();
  auto store =
      Store::open(folder_, {.map_bytes = options_.map_bytes, .preallocate = options_.preallocate});
  if (!store) return fail(store.error());
  store->env.clear_dead_readers();
  auto txn = lmdb::ReadTxn::begin(store->env);
  if (!txn) return fail(txn.error());
  auto state = store->state(*txn);
  if (!state) return fail(state.error());
  state_ = *state;
  {
    const lmdb::ReadTxn done = std::move(*txn);
  }  // before its environment moves
  store_.emplace(std::move(*store));
  return {};
}

Status LmdbLedger::settle() {
  if (settled_) return {};
  {
    const std::shared_lock guard{mutex_};
    if (auto done = write_records_again(); !done) return done;
    if (auto done = store_->env.settle(); !done) return done;
  }
  const std::unique_lock guard{mutex_};
  Status done = store_->add_missing_tables();
  if (done) done = redo();
  if (done && !redo_place_) done = write_records_again();  // the table may be new
  if (done && !redo_place_) log(Priority::warning, "ledger_flushes_twice");
  settled_ = done.has_value();
  // A commit of these may have failed: what LMDB remembers then is not to be believed.
  if (!settled_) store_.reset();
  return done;
}

Result<LmdbLedger::Attempt> LmdbLedger::write(const lmdb::WriteTxn& txn,
                                              std::span<const Entry> entries) {
  Batch batch{*store_, txn, identity_.key, checkpoint_distance(), state_};
  Attempt out;
  out.numbers.reserve(entries.size());
  for (const Entry& entry : entries) {
    auto number = batch.add(entry);
    if (!number) return fail(number.error());
    out.numbers.push_back(*number);
  }
  unswept_ += entries.size();
  if (unswept_ >= kEntriesASweep) {
    const std::size_t rows = kRowsAnEntry * std::exchange(unswept_, 0);
    if (auto done = batch.sweep_recent(entries.back().head.at, rows, sweep_from_); !done)
      return fail(done.error());
  }
  if (auto done = sweep_codes(*store_, txn, entries.back().head, sweep_codes_from_); !done)
    return fail(done.error());
  if (auto done = batch.finish(); !done) return fail(done.error());
  out.after = batch.state();
  out.added = std::move(batch).added();
  return out;
}

Result<std::vector<SequenceNo>> LmdbLedger::append(std::span<const Entry> entries) {
  if (entries.empty()) return std::vector<SequenceNo>{};
  for (const Entry& entry : entries)
    if (is_ledgers_own(entry.body))
      return fail(Errc::invalid, std::string{kind_name(entry.body)} + " is the ledger's own entry");
  if (!store_)
    if (auto done = reopen(); !done) return fail(done.error(), kClosed);
  if (auto done = settle(); !done) return fail(done.error());

  // A reader that was killed (a verify interrupted) would keep every freed page from being used.
  if (const auto now = std::chrono::steady_clock::now(); now - readers_cleared_ > kClearReaders) {
    store_->env.clear_dead_readers();
    readers_cleared_ = now;
  }
  Attempt attempt;
  Status committed;
  {
    // Shared: only this thread changes store_ and state_, and it reads them here.
    const std::shared_lock guard{mutex_};
    auto txn = lmdb::WriteTxn::begin(store_->env);
    if (!txn) {
      committed = fail(txn.error());
    } else {
      auto written = write(*txn, entries);
      if (!written) {
        // The transaction is undone. A full map or a wrong entry leaves the environment sound.
        const Errc code = written.error().code();
        if (code == Errc::invalid || code == Errc::exists || code == Errc::full)
          return fail(written.error());
        committed = fail(written.error());
      } else {
        attempt = std::move(*written);
        const auto began = std::chrono::steady_clock::now();
        committed = commit(std::move(*txn), attempt);
        last_flush_ =
            std::chrono::floor<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
      }
    }
  }
  if (!committed) return heal(attempt, committed.error());
  const std::unique_lock guard{mutex_};
  state_ = attempt.after;
  return std::move(attempt.numbers);
}

Result<bool> LmdbLedger::prepare() {
  if (!store_ || !settled_) return false;
  Result<bool> filled = false;
  {
    const std::shared_lock guard{mutex_};
    filled = store_->env.fill_pages(kFilledAhead, kFilledAtOnce);
  }
  // A sync that failed leaves the last root for written, and it may not be.
  if (!filled) settled_ = false;
  return filled;
}

Result<std::vector<SequenceNo>> LmdbLedger::heal(const Attempt& attempt, Error error) {
  // LMDB refuses everything after some failed commits, so the environment is opened anew, and what
  // is on disk is believed, not what we remember.
  settled_ = false;
  void_redo();
  const bool tried = !attempt.numbers.empty();
  const auto opened = reopen();
  const Status settled = opened ? settle() : opened;
  const bool landed = settled && tried && state_.head == attempt.after.head &&
                      state_.head_hash == attempt.after.head_hash;
  log(Priority::error, "ledger_commit_failed",
      {{"error", error},
       {"reopened", opened.has_value()},
       {"landed", landed},
       {"settled", settled.has_value()}});
  // Its pages were on disk before the failed last write, and settled, so is the root to them.
  if (landed) return attempt.numbers;
  return fail(std::move(error));
}

Result<std::vector<Unconfirmed>> LmdbLedger::unconfirmed(const CardHandle& card) const {
  const std::shared_lock guard{mutex_};
  if (!store_) return fail(Errc::io, kClosed);
  auto txn = lmdb::ReadTxn::begin(store_->env);
  if (!txn) return fail(txn.error());
  std::vector<Unconfirmed> out;
  auto cursor = lmdb::Cursor::open(*txn, store_->unconfirmed);
  if (!cursor) return fail(cursor.error());
  for (auto row = cursor->seek(unconfirmed_key(card, SequenceNo{0})); true; row = cursor->next()) {
    if (!row) return fail(row.error());
    if (!*row || (*row)->key.size() != 24 || !std::ranges::equal((*row)->key.first(16), card.get()))
      return out;
    const SequenceNo number{read_be((*row)->key.last(8))};
    const std::string name = "unconfirmed intent " + std::to_string(number.get());
    auto linked = store_->linked(*txn, state_.epoch, number);
    if (!linked) return fail(std::move(linked.error()), name);
    if (!*linked || !(*linked)->fits())
      return fail(Errc::corrupt, name + " does not fit the chain");
    auto entry = decode_entry((*linked)->raw.bytes);
    if (!entry) return fail(std::move(entry.error()), name);
    if (!std::holds_alternative<Intent>(entry->body))
      return fail(Errc::corrupt, name + " is another kind of entry");
    out.push_back({number, std::move(*entry)});
  }
}

Result<std::size_t> LmdbLedger::unconfirmed_count() const {
  const std::shared_lock guard{mutex_};
  if (!store_) return fail(Errc::io, kClosed);
  auto txn = lmdb::ReadTxn::begin(store_->env);
  if (!txn) return fail(txn.error());
  return store_->unconfirmed.size(*txn);
}

Result<std::optional<RecentDebit>> LmdbLedger::recent_debit(const CardHandle& card) const {
  const std::shared_lock guard{mutex_};
  if (!store_) return fail(Errc::io, kClosed);
  auto txn = lmdb::ReadTxn::begin(store_->env);
  if (!txn) return fail(txn.error());
  return store_->recent_of(*txn, card);
}

Result<CodeMemory> LmdbLedger::code_memory(const CardHandle& account, Timestamp made,
                                           Timestamp now) const {
  const std::shared_lock guard{mutex_};
  if (!store_) return fail(Errc::io, kClosed);
  auto txn = lmdb::ReadTxn::begin(store_->env);
  if (!txn) return fail(txn.error());
  return read_code(*store_, *txn, account, made, now);
}

Status LmdbLedger::read(SequenceNo from,
                        const std::function<bool(const StoredEntry&)>& each) const {
  return feed(from, each,
              [this](SequenceNo next, std::size_t limit) -> Result<std::vector<StoredEntry>> {
                const std::shared_lock guard{mutex_};
                if (!store_) return fail(Errc::io, kClosed);
                return read_slice(*store_, next, limit);
              });
}

Result<LedgerUse> LmdbLedger::use() const {
  const std::shared_lock guard{mutex_};
  if (!store_) return fail(Errc::io, kClosed);
  auto txn = lmdb::ReadTxn::begin(store_->env);
  if (!txn) return fail(txn.error());
  return store_->use(*txn);
}

LedgerHead LmdbLedger::head() const {
  const std::shared_lock guard{mutex_};
  return {state_.epoch, state_.head, state_.head_hash};
}
Totals LmdbLedger::totals() const {
  const std::shared_lock guard{mutex_};
  return state_.totals;
}
std::uint32_t LmdbLedger::next_boot_number() const {
  const std::shared_lock guard{mutex_};
  return state_.boot + 1;
}

}  // namespace tidegate::edge
