// SPDX-License-Identifier: Apache-2.0
// What reading, verifying and opening take.
#include <cstdio>
#include <string>

#include "base/assert.h"
#include "edge/gate/ledger_server.h"
#include "edge/ledger/entry_codec.h"
#include "edge/ledger/ledger_store.h"
#include "edge/protocol/ledger_client.h"
#include "tests/bench/ledger/parts.h"
#include "tests/bench/ledger/rivals.h"
#include "tests/bench/ledger/taps.h"
#include "tests/bench/percentiles.h"

namespace tidegate::bench {

using namespace edge;  // NOLINT(*-using-namespace)

namespace {

/// Sorted.
template <class Call>
std::vector<std::int64_t> times_of(std::size_t count, Call call) {
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    call();
    out.push_back((std::chrono::steady_clock::now() - begin).count());
  }
  std::ranges::sort(out);
  return out;
}

/// Walks are told by the entry, so that ledgers of other sizes compare.
template <class Call>
void walk_row(const char* what, std::size_t walks, std::uint64_t entries, Call call) {
  const auto ns = times_of(walks, call);
  const auto each = [&](std::int64_t all) {
    return static_cast<double>(all) / static_cast<double>(entries);
  };
  std::printf("| %-52s | %8.0f | %8.0f |\n", what, each(ns[ns.size() / 2]), each(ns.back()));
}

template <class Call>
void open_row(const std::string& what, std::size_t opens, Call call) {
  const auto ns = times_of(opens, call);
  std::printf("| %-52s | %8.2f | %8.2f |\n", what.c_str(),
              static_cast<double>(ns[ns.size() / 2]) / 1e6, static_cast<double>(ns.back()) / 1e6);
}

/// Hashes every row after the one before, as the chain does, and nothing else.
void hash_rows(const Store& store) {
  auto txn = lmdb::ReadTxn::begin(store.env);
  ASSERT(txn);
  auto cursor = lmdb::Cursor::open(*txn, store.entries);
  ASSERT(cursor);
  Hash256 hash{};
  for (auto row = cursor->first(); true; row = cursor->next()) {
    ASSERT(row);
    if (!*row) break;
    hash = next_hash(hash, (*row)->value.subspan(32));
  }
  keep(hash);
}

/// From the first entry to the head, `check`: the chain followed and each entry decoded.
void read_over(const std::filesystem::path& socket, bool check) {
  auto client = LedgerClient::connect(socket);
  ASSERT(client);
  for (SequenceNo next; next <= client->where().head;) {
    const auto batch = client->read({.from = next});
    ASSERT(batch && !batch->rows.empty());
    Hash256 before = batch->before;
    for (const auto& row : batch->rows) {
      if (check) {
        ASSERT(row.sequence.get() == 0 || next_hash(before, row.entry) == row.hash);
        keep(decode_entry(row.entry));
      }
      before = row.hash;
    }
    keep(before);
    next = SequenceNo{batch->rows.back().sequence.get() + 1};
  }
}

}  // namespace

void measure_reads(const Folders& folders, const Sizes& sizes) {
  std::uint64_t entries = 0;
  const auto count = [&](const StoredEntry&) { return ++entries, true; };
  ASSERT(read_ledger(folders.ledger, SequenceNo{0}, count));
  std::printf("\n| reading %llu entries, ns an entry | median | slowest |\n|---|---:|---:|\n",
              static_cast<unsigned long long>(entries));
  const PlainLmdb lmdb{folders.lmdb, sizes.map_bytes};
  const auto row = [&](const char* what, auto call) { walk_row(what, sizes.walks, entries, call); };
  row("limit: every byte of the same rows in LMDB alone", [&] { keep(lmdb.walk()); });
  {
    const auto store = Store::open(folders.ledger, {.read_only = true});
    ASSERT(store);
    row("limit: SHA-256 of every row and the one before", [&] { hash_rows(*store); });
  }
  const auto take = [](const StoredEntry& stored) { return keep(stored), true; };
  row("**read by another process, as the command does**",
      [&] { ASSERT(read_ledger(folders.ledger, SequenceNo{0}, take)); });
  row("**the same as lines of JSON, as `ledger export` does**", [&] {
    ASSERT(read_ledger(folders.ledger, SequenceNo{0},
                       [](const StoredEntry& stored) { return keep(to_json(stored)), true; }));
  });
  {
    const auto ledger = open_ledger(folders.ledger, {.map_bytes = sizes.map_bytes});
    row("**read by the gate's process**", [&] { ASSERT(ledger->read(SequenceNo{0}, take)); });
    const auto socket = folders.ledger.parent_path() / "ledger.sock";
    const auto server = LedgerServer::start(socket, *ledger, bench_identity().box, {});
    ASSERT(server);
    row("**copied over the gate's socket, as stored**", [&] { read_over(socket, false); });
    row("**read over the gate's socket**", [&] { read_over(socket, true); });
  }
  row("**verify, the whole chain**", [&] {
    const auto report = verify_ledger(folders.ledger);
    ASSERT(report && !report->damaged);
  });
}

void measure_opens(const Folders& folders, const Sizes& sizes) {
  // The next append has a checkpoint behind it.
  LedgerOptions options{.map_bytes = sizes.map_bytes, .checkpoint_every = 2};
  Taps taps;
  const auto append = [&](std::size_t count) {
    const auto group = taps.next_group(count);
    const auto places = open_ledger(folders.ledger, options)->append(group);
    ASSERT(places);
    taps.landed(group, *places);
  };
  append(1);
  options.checkpoint_every = 4096;
  std::printf("\n| opening, ms | median | slowest |\n|---|---:|---:|\n");
  open_row("limit: the environment alone, read-only", sizes.opens,
           [&] { ASSERT(Store::open(folders.ledger, {.read_only = true})); });
  const auto open = [&] { keep(open_ledger(folders.ledger, options)); };
  open_row("**ledger, head right behind a checkpoint**", sizes.opens, open);
  append(sizes.behind_checkpoint);
  open_row("**ledger, " + std::to_string(sizes.behind_checkpoint) + " entries behind it**",
           sizes.opens, open);
}

}  // namespace tidegate::bench
