// SPDX-License-Identifier: Apache-2.0
// Groups entries into appends, and keeps what must not be lost while the ledger fails.
#include "edge/gate/committer.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace tidegate::edge {

using std::chrono::steady_clock;

struct Committer::Slot {
  Entry entry;
  Commit commit = Commit::ride_along;
  bool last = false;      ///< of those that were handed in together
  unsigned commands = 0;  ///< that the card is still being given
  SteadyTime submitted{}, due{};
  std::optional<Result<SequenceNo>> result;
  DiskTime disk;
  std::optional<Error> setback;  ///< a failed append of what must land, not told yet
  std::function<Entry(SequenceNo)> follow_up;
};

Committer::Committer(Ledger& ledger, std::function<Entry()> probe, Options options)
    : ledger_{ledger},
      probe_{std::move(probe)},
      options_{std::move(options)},
      call_{options_.stall} {
  look_at_space();
  busy_ = steady_clock::now();
  thread_ = std::thread{[this] { run(); }};
}

Committer::~Committer() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
}

Committer::Serving::~Serving() {
  {
    const std::lock_guard lock{committer_.mutex_};
    --committer_.serving_;
    if (committer_.queue_.empty()) return;
  }
  committer_.work_.notify_all();  // whoever is alone now need not wait
}

Committer::Ticket Committer::submit(Entry entry, Commit commit) {
  return hand_in({&entry, 1}, commit, 0);
}

Committer::Ticket Committer::submit_together(std::vector<Entry> entries, Commit commit) {
  return hand_in(entries, commit, 0);
}

Committer::Ticket Committer::submit_ahead(Entry entry, unsigned commands) {
  return hand_in({&entry, 1}, Commit::urgent, commands);
}

Committer::Ticket Committer::hand_in(std::span<Entry> entries, Commit commit, unsigned commands) {
  ASSERT(!entries.empty());
  Ticket last;
  {
    const std::lock_guard lock{mutex_};
    for (Entry& entry : entries) last = enqueue(std::move(entry), commit, commands);
    last->last = true;
  }
  work_.notify_all();
  return last;
}

Committer::Ticket Committer::enqueue(Entry entry, Commit commit, unsigned commands) {
  auto slot = std::make_shared<Slot>();
  slot->entry = std::move(entry);
  slot->commit = commit;
  slot->commands = commands;
  slot->submitted = slot->due = steady_clock::now();
  if (commit != Commit::ride_along) busy_ = slot->submitted;
  if (commit == Commit::urgent && (call_.hangs() || !healthy_ || stopping_)) {
    // Waiting would only keep a passenger standing: the next probe decides.
    slot->result = fail(Errc::io, "the ledger cannot be written at present");
    return slot;
  }
  if (commit == Commit::urgent && space_.full() &&
      std::holds_alternative<Intent>(slot->entry.body)) {
    slot->result = fail(Errc::full, "the rest of the ledger is for outcomes");
    return slot;
  }
  slot->due +=
      commit == Commit::ride_along ? options_.ride_along_max : commit_wait_.slack(commands);
  commit_wait_.submitted(slot->entry, slot->submitted);
  queue_.push_back(slot);
  return slot;
}

void Committer::given(const Ticket& ticket) {
  const std::lock_guard lock{mutex_};
  if (ticket->commands == 0) return;
  commit_wait_.gave(ticket->commands, steady_clock::now() - ticket->submitted);
  ticket->commands = 0;
  need_now(*ticket);
}

void Committer::need_now(Slot& slot) {
  const SteadyTime now = steady_clock::now();
  if (slot.result || slot.commit == Commit::ride_along || slot.due <= now) return;
  slot.due = now;
  work_.notify_all();
}

bool Committer::withdraw(const Ticket& ticket) {
  const std::lock_guard lock{mutex_};
  const auto queued = std::ranges::find(queue_, ticket);
  if (queued == queue_.end()) return false;
  queue_.erase(queued);
  ticket->result = fail(Errc::gone, "withdrawn");
  return true;
}

Result<SequenceNo> Committer::wait(const Ticket& ticket, SteadyTime deadline) {
  std::unique_lock lock{mutex_};
  need_now(*ticket);
  if (!done_.wait_until(lock, deadline, [&] { return ticket->result || ticket->setback; })) {
    static_cast<void>(call_.hangs());
    return fail(Errc::timeout, "the commit missed its deadline");
  }
  if (ticket->result) {
    if (*ticket->result && ticket->commands == 0 &&
        std::holds_alternative<Intent>(ticket->entry.body))
      commit_wait_.debits(**ticket->result, steady_clock::now());
    return *ticket->result;
  }
  Error setback = std::move(*ticket->setback);
  ticket->setback.reset();
  return fail(std::move(setback));
}

Committer::DiskTime Committer::disk_time(const Ticket& ticket) const {
  const std::lock_guard lock{mutex_};
  return ticket->disk;
}

void Committer::abandon(const Ticket& ticket, std::function<Entry(SequenceNo)> follow_up) {
  if (withdraw(ticket)) return;
  SequenceNo at;
  {
    const std::lock_guard lock{mutex_};
    if (!ticket->result) {
      ticket->follow_up = std::move(follow_up);
      return;
    }
    if (!*ticket->result) return;
    at = **ticket->result;
  }
  post(follow_up(at), Commit::must_land);
}

bool Committer::healthy() const {
  const std::lock_guard lock{mutex_};
  return !call_.hangs() && healthy_ && !space_.full();
}

void Committer::look_at_space() {
  const auto use = ledger_.use();
  if (!use) return;  // the next append tells what is wrong
  const std::lock_guard lock{mutex_};
  space_.look(*use);
}

CommitWait::Company Committer::company() const {
  return CommitWait::company(serving_, std::ranges::count_if(queue_, [](const Ticket& ticket) {
                               return ticket->last && ticket->commit != Commit::ride_along;
                             }));
}

std::optional<SteadyTime> Committer::due(SteadyTime now) const {
  if (!healthy_) return next_probe_;
  if (queue_.empty()) return std::nullopt;
  const CommitWait::Company who = company();
  SteadyTime first = SteadyTime::max();
  for (const Ticket& ticket : queue_) {
    // Nobody who is under way could share it later.
    const bool all_here =
        who != CommitWait::Company::coming && ticket->commit != Commit::ride_along;
    first = std::min(first, all_here ? ticket->submitted : ticket->due);
  }
  return commit_wait_.begin(first, now, who);
}

std::optional<SteadyTime> Committer::quiet_due() const {
  if (!options_.quiet_work || !healthy_) return std::nullopt;
  if (space_.hurry()) return next_quiet_;
  const SteadyTime busy = serving_ > 0 ? steady_clock::now() : busy_;
  return std::max(next_quiet_, busy + options_.quiet_for);
}

void Committer::work_quietly() {
  {
    const std::lock_guard lock{mutex_};
    if (stopping_) return;
    call_.begins();
  }
  const auto pause = options_.quiet_work();
  {
    const std::lock_guard lock{mutex_};
    call_.ends(true);
  }
  look_at_space();
  const std::lock_guard lock{mutex_};
  next_quiet_ = steady_clock::now() + pause;
}

Committer::Batch Committer::take_batch() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    const SteadyTime now = steady_clock::now();
    auto at = due(now);
    if (at && *at <= now) break;
    if (const auto quiet = quiet_due(); quiet && (!at || *quiet < *at)) {
      if (*quiet <= now) return {};
      at = quiet;
    }
    if (at) {
      work_.wait_until(lock, *at);
    } else {
      work_.wait(lock);
    }
  }
  Batch batch{queue_.begin(), queue_.end()};
  queue_.clear();
  for (const Ticket& ticket : batch) ticket->disk.free_at = call_.free_at();
  if (batch.empty() && !healthy_ && !stopping_) {
    auto ticket = std::make_shared<Slot>();
    ticket->entry = probe_();
    ticket->commit = Commit::urgent;
    batch.push_back(std::move(ticket));
  }
  return batch;
}

void Committer::run() {
  while (true) {
    const Batch batch = take_batch();
    if (batch.empty()) {
      work_quietly();
    } else {
      commit(batch);
    }
    const std::lock_guard lock{mutex_};
    if (!stopping_) continue;
    if (healthy_ && !queue_.empty()) continue;  // handed in meanwhile
    for (const Ticket& ticket : queue_)
      ticket->result = fail(Errc::gone, "the gate stops and the ledger cannot be written");
    if (!queue_.empty()) log(Priority::alert, "entries_lost", {{"entries", queue_.size()}});
    queue_.clear();
    done_.notify_all();
    return;
  }
}

Result<std::vector<SequenceNo>> Committer::append(std::span<const Entry> entries) {
  {
    const std::lock_guard lock{mutex_};
    call_.begins();
  }
  const SteadyTime began = steady_clock::now();
  auto numbers = ledger_.append(entries);
  const SteadyTime ended = steady_clock::now();
  {
    const std::lock_guard lock{mutex_};
    call_.ends(numbers.has_value());
  }
  if (!numbers) return numbers;
  look_at_space();
  const std::lock_guard lock{mutex_};
  const auto took = std::chrono::floor<std::chrono::microseconds>(ended - began);
  commit_wait_.ended(ended, std::max(took, ledger_.last_flush()));
  return numbers;
}

void Committer::commit(const Batch& batch) {
  std::vector<Entry> entries;
  entries.reserve(batch.size());
  for (const Ticket& ticket : batch) entries.push_back(ticket->entry);
  const auto sequences = append(entries);
  if (sequences) {
    ASSERT(sequences->size() == batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) landed(batch[i], (*sequences)[i]);
    return;
  }
  const Errc code = sequences.error().code();
  if (code == Errc::invalid || code == Errc::exists) {
    // One entry is at fault; the others must not suffer for it.
    commit_one_by_one(batch);
    return;
  }
  if (code == Errc::full) {
    // Where there is no room for all, there may be for the outcomes.
    const auto must = [](const Ticket& ticket) { return ticket->commit == Commit::must_land; };
    Batch rest = batch;
    std::erase_if(rest, must);
    if (!rest.empty() && rest.size() < batch.size()) {
      failed(rest, sequences.error());
      Batch outcomes = batch;
      std::erase_if(outcomes, std::not_fn(must));
      commit(outcomes);
      return;
    }
  }
  failed(batch, sequences.error());
}

void Committer::commit_one_by_one(const Batch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Ticket& ticket = batch[i];
    const auto sequences = append(std::span{&ticket->entry, 1});
    if (sequences) {
      landed(ticket, sequences->front());
      continue;
    }
    const Errc code = sequences.error().code();
    if (code == Errc::exists && ticket->commit == Commit::must_land) {
      // An append that seemed to fail had landed: the intent has this outcome already.
      log(Priority::notice, "outcome_had_landed", {{"error", sequences.error()}});
      landed(ticket, SequenceNo{});
    } else if (code == Errc::exists || code == Errc::invalid) {
      log(Priority::alert, "entry_refused",
          {{"kind", kind_name(ticket->entry.body)}, {"error", sequences.error()}});
      const std::lock_guard lock{mutex_};
      fail_slot(ticket, sequences.error());
    } else {
      failed({batch.begin() + static_cast<std::ptrdiff_t>(i), batch.end()}, sequences.error());
      return;
    }
  }
}

void Committer::landed(const Ticket& ticket, SequenceNo sequence) {
  std::function<Entry(SequenceNo)> follow_up;
  {
    const std::lock_guard lock{mutex_};
    ticket->result = sequence;
    ticket->disk.flush = ledger_.last_flush();
    follow_up = std::move(ticket->follow_up);
    if (!healthy_) log(Priority::notice, "ledger_works_again");
    healthy_ = true;
  }
  done_.notify_all();
  if (follow_up) post(follow_up(sequence), Commit::must_land);
}

void Committer::fail_slot(const Ticket& ticket, const Error& error) {
  ticket->result = fail(Error{error});
  done_.notify_all();
}

void Committer::failed(const Batch& batch, const Error& error) {
  log(Priority::alert, "ledger_write_failed", {{"error", error}, {"entries", batch.size()}});
  const std::lock_guard lock{mutex_};
  healthy_ = false;
  next_probe_ = steady_clock::now() + options_.probe_every;
  for (const Ticket& ticket : batch) {
    if (ticket->commit == Commit::urgent) fail_slot(ticket, error);
    if (ticket->commit == Commit::must_land) ticket->setback = error;
  }
  keep_for_later(batch);
  done_.notify_all();
}

void Committer::keep_for_later(const Batch& batch) {
  // Urgent entries that came in meanwhile would fail too: their taps have not moved money yet.
  std::erase_if(queue_, [&](const Ticket& ticket) {
    if (ticket->commit != Commit::urgent) return false;
    fail_slot(ticket, Error{Errc::io, "the ledger cannot be written at present"});
    return true;
  });
  std::size_t riders = 0;
  for (const Ticket& ticket : queue_) riders += ticket->commit == Commit::ride_along ? 1U : 0U;
  std::size_t lost = 0;
  for (std::size_t i = batch.size(); i-- > 0;) {  // back to front, to keep the order
    if (batch[i]->commit == Commit::urgent) continue;
    if (batch[i]->commit == Commit::ride_along && ++riders > options_.riders_max) {
      fail_slot(batch[i], Error{Errc::full, "too many entries wait for the ledger"});
      ++lost;
      continue;
    }
    queue_.push_front(batch[i]);
  }
  if (lost > 0) log(Priority::alert, "entries_lost", {{"entries", lost}});
}

}  // namespace tidegate::edge
