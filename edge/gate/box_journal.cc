// SPDX-License-Identifier: Apache-2.0
// Writes the box's own entries.
#include "edge/gate/box_journal.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kStartPatience{10};
constexpr std::string_view kWho = "gate", kStop = "stop", kProbe = "ledger_probe";

Maintenance note(std::string_view act) {
  return {std::string{kWho}, std::string{act}};
}

/// The last run ended by itself when its last own entry says so (a checkpoint may lie behind it).
bool stopped_cleanly(const Ledger& ledger) {
  const std::uint64_t head = ledger.head().sequence.get();
  bool clean = false;
  const auto status = ledger.read(
      SequenceNo{head - std::min<std::uint64_t>(head, 2)}, [&](const StoredEntry& stored) {
        const EntryBody& body = stored.entry.body;
        if (std::holds_alternative<Checkpoint>(body)) return true;
        const auto* last = std::get_if<Maintenance>(&body);
        clean = last != nullptr && last->who == kWho && last->act == kStop;
        return true;
      });
  return status.has_value() && clean;
}

/// The head of the ledger's last entry: the wall clock of a box that works is behind it.
EntryHead last_head(const Ledger& ledger) {
  EntryHead out;
  static_cast<void>(ledger.read(ledger.head().sequence, [&](const StoredEntry& stored) {
    out = stored.entry.head;
    return false;
  }));
  return out;
}

/// One small step; returns how long the next can wait.
milliseconds quiet_step(Ledger& ledger, Pruner& pruner) {
  constexpr milliseconds kBreath{1000};
  const auto pause = pruner.step();
  const auto more = ledger.prepare();
  // The next append settles it first.
  if (!more) log(Priority::warning, "ledger_not_prepared", {{"error", more.error()}});
  return more && *more ? std::min(pause, kBreath) : pause;
}

}  // namespace

BoxJournal::BoxJournal(const BoxConfig& config, Ledger& ledger)
    : config_{config},
      ledger_{ledger},
      last_{last_head(ledger)},
      last_sequence_{ledger.head().sequence},
      clock_{machine_, last_.at, distrust_lasts(last_, entry_head(machine_, AisleNo{}, {})),
             kernel_synchronised},
      pruner_{ledger, config, clock_, [this] { return head(); }, {}},
      committer_{ledger,
                 [this] { return Entry{head(), note(kProbe)}; },
                 {.stall = config.commit_timeout,
                  .quiet_work = [this] { return quiet_step(ledger_, pruner_); }}} {}

std::optional<Timestamp> BoxJournal::earlier_runs_end() const {
  if (last_sequence_ == SequenceNo{}) return std::nullopt;
  return last_.at;
}

Result<SequenceNo> BoxJournal::start(std::string_view version, std::uint32_t boot,
                                     const ActiveBook& book,
                                     std::span<const ListActivation> lists) {
  const EntryHead now = entry_head(clock_, AisleNo{}, {});
  std::vector<Entry> entries;
  entries.push_back(
      {now, Boot{std::string{version}, boot, config_.hash, stopped_cleanly(ledger_)}});
  entries.push_back({now, BookActivation{std::string{book.book->name()}, book.number, book.hash}});
  for (const ListActivation& list : lists) entries.push_back({now, list});
  const auto ticket = committer_.submit_together(std::move(entries), Commit::urgent);
  auto landed = committer_.wait(ticket, std::chrono::steady_clock::now() + kStartPatience);
  if (!landed) return fail(std::move(landed.error()), "writing the first entry");
  if (const auto behind = clock_.now() - last_.at; behind < -GateClock::kStep)
    clock_step(behind, "behind the ledger");
  return *landed;
}

void BoxJournal::stop() {
  write(note(kStop));
}

void BoxJournal::fire(bool on) {
  const fare::Modes before = modes_.set(fare::Modes::kEmergency, on);
  const fare::Modes after = modes_.get();
  if (before == after) return;
  log(Priority::alert, "emergency", {{"on", on}});
  write(ModeChange{before, after, "barrier controller", on ? "fire input" : "fire input is over"});
}

void BoxJournal::clock_step(milliseconds by, std::string_view source) {
  log(Priority::alert, "clock_step",
      {{"step_ms", by.count()}, {"trusted", clock_.trust().trusted}});
  write(ClockStep{by.count(), std::string{source}});
}

}  // namespace tidegate::edge
