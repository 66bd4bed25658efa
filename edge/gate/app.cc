// SPDX-License-Identifier: Apache-2.0
// Puts the gate together: locals in the order they depend on each other, so that leaving the scope
// takes it apart in the right order.
#include "edge/gate/app.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/log.h"
#include "edge/gate/book_store.h"
#include "edge/gate/committer.h"
#include "edge/gate/gate_clock.h"
#include "edge/gate/gate_link.h"
#include "edge/gate/hall.h"
#include "edge/gate/ledger_server.h"
#include "edge/gate/list_store.h"
#include "edge/gate/list_watch.h"
#include "edge/gate/pruner.h"
#include "edge/gate/services.h"
#include "edge/ledger/ledger.h"
#include "edge/ledger/sealer.h"

namespace tidegate::edge {
namespace {

constexpr std::chrono::seconds kStartPatience{10};
constexpr std::string_view kWho = "gate", kStop = "stop", kProbe = "ledger_probe";

Status make_folder(const std::filesystem::path& folder, mode_t mode) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail_errno("making " + folder.string(), error.value());
  if (::chmod(folder.c_str(), mode) != 0)
    return fail_errno("setting the mode of " + folder.string());
  return {};
}

Result<std::unique_ptr<Ledger>> open_ledger(const BoxConfig& config, const BoxKeys& keys) {
  const LedgerIdentity identity{.realm = config.realm,
                                .box = config.id,
                                .network = config.network,
                                .stop = config.stop,
                                .key = keys.box};
  auto ledger = Ledger::open(config.ledger_dir(), identity, {.map_bytes = config.ledger_map_bytes});
  if (!ledger) return fail(std::move(ledger.error()), "ledger " + config.ledger_dir().string());
  return ledger;
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

/// Fire input: the controllers have opened already; this notes it and stops taking cards.
void on_fire(bool on, ModeSwitch& modes, Committer& committer, const Clock& clock) {
  const fare::Modes before = modes.set(fare::Modes::kEmergency, on);
  const fare::Modes after = modes.get();
  if (before == after) return;
  log(Priority::alert, "emergency", {{"on", on}});
  ModeChange change{before, after, "barrier controller", on ? "fire input" : "fire input is over"};
  committer.post({entry_head(clock, AisleNo{}, after), std::move(change)}, Commit::must_land);
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

void on_clock_step(std::chrono::milliseconds by, std::string_view source, const GateClock& clock,
                   const ModeSwitch& modes, Committer& committer) {
  log(Priority::alert, "clock_step", {{"step_ms", by.count()}, {"trusted", clock.trust().trusted}});
  committer.post(
      {entry_head(clock, AisleNo{}, modes.get()), ClockStep{by.count(), std::string{source}}},
      Commit::must_land);
}

Result<SequenceNo> write_start(const BoxConfig& config, std::string_view version,
                               const Ledger& ledger, const ActiveBook& book,
                               const ActiveLists& lists, Committer& committer, const Clock& clock,
                               std::uint32_t boot) {
  const EntryHead head = entry_head(clock, AisleNo{}, {});
  std::vector<Entry> entries;
  entries.push_back({head, Boot{std::string{version}, boot, config.hash, stopped_cleanly(ledger)}});
  entries.push_back({head, BookActivation{std::string{book.book->name()}, book.number, book.hash}});
  for (const ListActivation& list : lists.activations) entries.push_back({head, list});
  const auto ticket = committer.submit_together(std::move(entries), Commit::urgent);
  auto landed = committer.wait(ticket, std::chrono::steady_clock::now() + kStartPatience);
  if (!landed) return fail(std::move(landed.error()), "writing the first entry");
  return *landed;
}

/// One small step; returns how long the next can wait.
std::chrono::milliseconds quiet_step(Ledger& ledger, Pruner& pruner) {
  constexpr std::chrono::milliseconds kBreath{1000};
  const auto pause = pruner.step();
  const auto more = ledger.prepare();
  // Whether entries can be written is for the next append to find out.
  if (!more) log(Priority::warning, "ledger_not_prepared", {{"error", more.error()}});
  return more && *more ? std::min(pause, kBreath) : pause;
}

}  // namespace

Status run_gate(const BoxConfig& config, std::string_view version,
                const std::function<void()>& wait_for_stop) {
  auto keys = load_box_keys(config.keys_dir);
  if (!keys) return fail(std::move(keys.error()));
  if (auto made = make_folder(config.state_dir, 0700); !made) return made;
  std::error_code ignored;
  std::filesystem::create_directories(config.run_dir, ignored);  // the listener tells if it failed
  // A book nobody has proven must not meet a passenger: no book, no gate.
  auto book = BookStore{config}.activate();
  if (!book) return fail(std::move(book.error()));
  ListStore list_store{config, *keys};
  auto lists = list_store.activate();
  if (!lists) return fail(std::move(lists.error()));
  auto ledger = open_ledger(config, *keys);
  if (!ledger) return fail(std::move(ledger.error()));
  const SystemClock machine;
  const EntryHead last = last_head(**ledger);
  const SequenceNo last_sequence = (*ledger)->head().sequence;
  GateClock clock{machine, last.at, distrust_lasts(last, entry_head(machine, AisleNo{}, {})),
                  kernel_synchronised};
  const std::uint32_t boot = (*ledger)->next_boot_number();
  Sealer sealer{config.id, keys->handle, {keys->clearing_number, keys->clearing}, boot};
  ModeSwitch modes;
  Pruner pruner{
      **ledger, config, clock, [&] { return entry_head(clock, AisleNo{}, modes.get()); }, {}};
  Committer committer{
      **ledger,
      [&] {
        return Entry{entry_head(clock, AisleNo{}, modes.get()),
                     Maintenance{std::string{kWho}, std::string{kProbe}}};
      },
      {.stall = config.commit_timeout, .quiet_work = [&] { return quiet_step(**ledger, pruner); }}};
  const auto begun = write_start(config, version, **ledger, *book, *lists, committer, clock, boot);
  if (!begun) return fail(Error{begun.error()});

  ClockWatch watch{clock, [&](std::chrono::milliseconds by) {
                     on_clock_step(by, "observed", clock, modes, committer);
                   }};
  if (const auto behind = clock.now() - last.at; behind < -GateClock::kStep)
    on_clock_step(behind, "behind the ledger", clock, modes, committer);
  // A ledger that was begun just now has no debit that could bear the second of its genesis.
  RunMemory memory{last_sequence == SequenceNo{} ? LocalTime{} : to_local(last.at)};
  ListsInForce lists_in_force{std::move(lists->lists)};
  ListWatch list_watch{list_store, lists_in_force, [&](const ListActivation& list) {
                         committer.post({entry_head(clock, AisleNo{}, modes.get()), list},
                                        Commit::must_land);
                       }};
  const Services services{.config = config,
                          .clock = clock,
                          .ledger = **ledger,
                          .committer = committer,
                          .sealer = sealer,
                          .book = *book,
                          .modes = modes,
                          .memory = memory,
                          .lists = lists_in_force,
                          .first_of_run = *begun};
  Hall hall{services};
  auto gate_link = GateLink::start(
      config.gate_socket(),
      {.passage = [&](AisleNo number, bool passed) { hall.passage(number, passed); },
       .fire = [&](bool on) { on_fire(on, modes, committer, clock); }});
  if (!gate_link) return fail(std::move(gate_link.error()));
  const auto readers = LedgerServer::start(config.ledger_socket(), **ledger, config.id, {});
  if (!readers) return fail(Error{readers.error()});
  if (auto opened = hall.open(**gate_link); !opened) return opened;
  const auto open = (*ledger)->unconfirmed_count();
  log(Priority::notice, "ready",
      {{"box", config.id.get()},
       {"aisles", config.aisles.size()},
       {"book", book->number},
       {"boot", boot},
       {"seq", (*ledger)->head().sequence},
       {"unconfirmed", open ? *open : 0U}});

  wait_for_stop();

  hall.close();  // ends the taps; the aisles speak to the controllers until then
  committer.post({entry_head(clock, AisleNo{}, modes.get()),
                  Maintenance{std::string{kWho}, std::string{kStop}}},
                 Commit::must_land);
  log(Priority::notice, "stopped");
  return {};
}

Status check_gate(const std::filesystem::path& config_file) {
  const auto config = load_box_config(config_file);
  if (!config) return fail(Error{config.error()});
  const auto keys = load_box_keys(config->keys_dir);
  if (!keys) return fail(Error{keys.error()});
  if (auto book = BookStore{*config}.examine(); !book) return fail(std::move(book.error()));
  if (auto lists = ListStore{*config, *keys}.examine(); !lists)
    return fail(std::move(lists.error()));
  return {};
}

}  // namespace tidegate::edge
