// SPDX-License-Identifier: Apache-2.0
// Puts the gate together: locals in the order they depend on each other, so that leaving the scope
// takes it apart in the right order.
#include "edge/gate/app.h"

#include <sys/stat.h>

#include <memory>
#include <utility>

#include "base/log.h"
#include "edge/gate/book_store.h"
#include "edge/gate/box_journal.h"
#include "edge/gate/gate_link.h"
#include "edge/gate/hall.h"
#include "edge/gate/ledger_server.h"
#include "edge/gate/list_store.h"
#include "edge/gate/list_watch.h"
#include "edge/gate/services.h"
#include "edge/ledger/ledger.h"
#include "edge/ledger/sealer.h"

namespace tidegate::edge {
namespace {

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

/// What must be good before anything is written.
struct Stock {
  BoxKeys keys;
  ActiveBook book;
  std::unique_ptr<ListStore> list_store;
  ActiveLists lists;
  std::unique_ptr<Ledger> ledger;
};

Result<Stock> take_stock(const BoxConfig& config) {
  auto keys = load_box_keys(config.keys_dir);
  if (!keys) return fail(std::move(keys.error()));
  if (auto made = make_folder(config.state_dir, 0700); !made) return fail(std::move(made.error()));
  std::error_code ignored;
  std::filesystem::create_directories(config.run_dir, ignored);  // the listener tells if it failed
  // A book nobody has proven must not meet a passenger: no book, no gate.
  auto book = BookStore{config}.activate();
  if (!book) return fail(std::move(book.error()));
  auto list_store = std::make_unique<ListStore>(config, *keys);
  auto lists = list_store->activate();
  if (!lists) return fail(std::move(lists.error()));
  auto ledger = open_ledger(config, *keys);
  if (!ledger) return fail(std::move(ledger.error()));
  return Stock{*keys, std::move(*book), std::move(list_store), std::move(*lists),
               std::move(*ledger)};
}

/// Opens the aisles, and closes them when `wait_for_stop` returns.
Status serve(const Services& services, BoxJournal& journal, std::uint32_t boot,
             const std::function<void()>& wait_for_stop) {
  const BoxConfig& config = services.config;
  Hall hall{services};
  auto gate_link = GateLink::start(
      config.gate_socket(),
      {.passage = [&](AisleNo number, bool passed) { hall.passage(number, passed); },
       .fire = [&](bool on) { journal.fire(on); }});
  if (!gate_link) return fail(std::move(gate_link.error()));
  const auto readers = LedgerServer::start(config.ledger_socket(), services.ledger, config.id, {});
  if (!readers) return fail(Error{readers.error()});
  if (auto opened = hall.open(**gate_link); !opened) return opened;
  const auto open = services.ledger.unconfirmed_count();
  log(Priority::notice, "ready",
      {{"box", config.id.get()},
       {"aisles", config.aisles.size()},
       {"book", services.book.number},
       {"boot", boot},
       {"seq", services.ledger.head().sequence},
       {"unconfirmed", open ? *open : 0U}});

  wait_for_stop();

  hall.close();  // ends the taps; the aisles speak to the controllers until then
  return {};
}

}  // namespace

Status run_gate(const BoxConfig& config, std::string_view version,
                const std::function<void()>& wait_for_stop) {
  auto stock = take_stock(config);
  if (!stock) return fail(std::move(stock.error()));
  Ledger& ledger = *stock->ledger;
  const BoxKeys& keys = stock->keys;
  const std::uint32_t boot = ledger.next_boot_number();
  BoxJournal journal{config, ledger};
  const auto begun = journal.start(version, boot, stock->book, stock->lists.activations);
  if (!begun) return fail(Error{begun.error()});
  Sealer sealer{config.id, keys.handle, {keys.clearing_number, keys.clearing}, boot};
  // A ledger that was begun just now has no debit that could bear the second of its genesis.
  const auto earlier = journal.earlier_runs_end();
  RunMemory memory{earlier ? to_local(*earlier) : LocalTime{}};
  ListsInForce lists{std::move(stock->lists.lists)};
  const Services services{.config = config,
                          .clock = journal.clock(),
                          .ledger = ledger,
                          .committer = journal.committer(),
                          .sealer = sealer,
                          .book = stock->book,
                          .modes = journal.modes(),
                          .memory = memory,
                          .lists = lists,
                          .first_of_run = *begun};
  {
    const ClockWatch clock_watch{
        journal.clock(), [&](std::chrono::milliseconds by) { journal.clock_step(by, "observed"); }};
    const ListWatch list_watch{*stock->list_store, lists,
                               [&](const ListActivation& list) { journal.list_taken(list); }};
    if (auto served = serve(services, journal, boot, wait_for_stop); !served) return served;
  }
  journal.stop();  // nobody writes behind it
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
