// SPDX-License-Identifier: Apache-2.0
// Verification of a ledger on disk: whole, or from its last checkpoint, in a child process.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>
#include <optional>
#include <type_traits>

#include "edge/ledger/ledger_walk.h"
#include "edge/ledger/redo_record.h"

namespace tidegate::edge {
namespace {

/// The report lives in memory that parent and child share.
class SharedReport {
 public:
  SharedReport()
      : memory_{::mmap(nullptr, sizeof(WalkReport), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0)} {
    if (memory_ != MAP_FAILED) new (memory_) WalkReport{};
  }
  SharedReport(const SharedReport&) = delete;
  SharedReport& operator=(const SharedReport&) = delete;
  ~SharedReport() {
    if (memory_ != MAP_FAILED) ::munmap(memory_, sizeof(WalkReport));
  }
  [[nodiscard]] WalkReport* get() const {
    return memory_ == MAP_FAILED ? nullptr : static_cast<WalkReport*>(memory_);
  }

 private:
  void* memory_;
};
static_assert(std::is_trivially_destructible_v<WalkReport>);

/// Walking sideways over the leaves does not see a damaged inner page; a search by key does.
Result<bool> found_by_key(const lmdb::Table& table, const lmdb::Txn& txn,
                          const lmdb::KeyValue& row) {
  const auto found = table.get(txn, row.key);
  if (!found) return fail(found.error());
  return found->has_value() && (*found)->data() == row.value.data();
}

/// From the first row at or behind `from` (none: the very first) to the last.
Status walk_rows(const Store& store, const lmdb::Txn& txn, const std::optional<EntryKey>& from,
                 Walk& walk) {
  auto cursor = lmdb::Cursor::open(txn, store.entries);
  if (!cursor) return fail(cursor.error());
  for (auto row = from ? cursor->seek(*from) : cursor->first(); true; row = cursor->next()) {
    if (!row) return fail(row.error());
    if (!*row) return {};
    const auto split = split_row(**row);
    if (!split) return fail(split.error());
    walk.step(*split);
    const auto found = found_by_key(store.entries, txn, **row);
    if (!found) return fail(found.error());
    if (!*found) walk.damage(split->sequence, "an inner page leads past this entry");
  }
}

Status walk_kept(const Store& store, const lmdb::Txn& txn, Walk& walk) {
  if (!store.kept) return {};
  auto cursor = lmdb::Cursor::open(txn, *store.kept);
  if (!cursor) return fail(cursor.error());
  for (auto row = cursor->first(); true; row = cursor->next()) {
    if (!row) return fail(row.error());
    if (!*row) return {};
    const auto split = split_row(**row);
    if (!split) return fail(split.error());
    walk.step_kept(*split);
    const auto found = found_by_key(*store.kept, txn, **row);
    if (!found) return fail(found.error());
    if (!*found) walk.damage(split->sequence, "an inner page leads past this kept entry");
  }
}

Status count_undone(const Store& store, const lmdb::Txn& txn, const LedgerState& state,
                    WalkReport& report) {
  const auto entries = undone_entries(store, txn, state);
  if (!entries) return fail(Error{entries.error()});
  report.to_redo = entries->size();
  return {};
}

}  // namespace

Status walk_all(const std::filesystem::path& folder, WalkReport& report) {
  auto store = Store::open(folder, {.read_only = true});
  if (!store) return fail(store.error());
  auto txn = lmdb::ReadTxn::begin(store->env);
  if (!txn) return fail(txn.error());
  const auto state = store->state(*txn);
  if (!state) return fail(state.error());
  const auto owner = store->identity(*txn);
  if (!owner) return fail(owner.error());
  report.boot = state->boot;
  Walk walk{report, state->epoch, owner->public_key};
  if (state->first.get() > 0) {
    if (auto done = walk_kept(*store, *txn, walk); !done) return done;
    const auto base = store->base(*txn);
    if (!base) walk.damage(state->first, base.error().message());
    walk.begin_at_base(state->first, base.value_or(BaseRow{}));
  }
  // From the very first row: one of another epoch, before ours, is damage too.
  if (auto done = walk_rows(*store, *txn, std::nullopt, walk); !done) return done;
  walk.compare_state(*state);
  if (auto done = count_undone(*store, *txn, *state, report); !done) return done;
  return walk.compare_tables(*store, *txn);
}

Status walk_tail(const std::filesystem::path& folder, const crypto::Key32& key,
                 WalkReport& report) {
  auto store = Store::open(folder, {.read_only = true});
  if (!store) return fail(store.error());
  auto txn = lmdb::ReadTxn::begin(store->env);
  if (!txn) return fail(txn.error());
  const auto state = store->state(*txn);
  if (!state) return fail(state.error());
  Walk walk{report, state->epoch, key};
  if (state->checkpoint.get() != 0) walk.begin_at_checkpoint(state->checkpoint);
  if (auto done = walk_rows(*store, *txn, entry_key(state->epoch, state->checkpoint), walk); !done)
    return done;
  walk.compare_state(*state);
  return count_undone(*store, *txn, *state, report);
}

Result<WalkReport> in_child(const std::function<Status(WalkReport&)>& work) {
  const SharedReport shared;
  WalkReport* report = shared.get();
  if (report == nullptr) return fail_errno("sharing memory with the verifying process");
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return fail_errno("starting the verifying process");
  if (child == 0) {
    // It shares the lock of the folder: it must not outlive a parent that was killed.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    const rlimit no_core{0, 0};  // it may die on damaged pages, and its memory holds keys
    ::setrlimit(RLIMIT_CORE, &no_core);
    const Status done = work(*report);
    if (!done) {
      report->failed = true;
      report->error = done.error().code();
      report->say(done.error().message());
    }
    report->finished = true;
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return fail_errno("waiting for the verifying process");
  WalkReport out = *report;
  if (out.finished && out.failed && out.error != Errc::corrupt) return fail(out.error, out.text());
  if (out.finished && out.failed && out.entries == 0) return fail(Errc::corrupt, out.text());
  if (!out.finished || out.failed) {
    // The pages of the database themselves are damaged, at or just behind the entry being read.
    out.damaged = true;
    out.resumed = false;
    if (out.damaged_at.get() == 0) out.damaged_at = SequenceNo{out.reading};
    if (!out.finished) out.say("the pages of data.mdb are damaged: reading them stops the reader");
  }
  return out;
}

Result<VerifyReport> verify_ledger(const std::filesystem::path& folder) {
  auto walked = in_child([&](WalkReport& report) { return walk_all(folder, report); });
  if (!walked) return fail(walked.error());
  VerifyReport out;
  out.epoch = walked->epoch;
  out.first = walked->first;
  out.head = walked->head;
  out.entries = walked->entries;
  out.checkpoints = walked->checkpoints;
  out.totals = walked->totals;
  out.to_redo = walked->to_redo;
  out.what = walked->text();
  if (!walked->damaged) return out;
  out.damaged = walked->damaged_at;
  out.before_checkpoint = walked->resumed;
  if (walked->resumed) out.intact_from = walked->intact_from;
  return out;
}

}  // namespace tidegate::edge
