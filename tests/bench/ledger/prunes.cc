// SPDX-License-Identifier: Apache-2.0
// What a slice of pruning takes, and how much of it is ours.
#include <cstdio>
#include <string>

#include "base/assert.h"
#include "tests/bench/ledger/meter.h"
#include "tests/bench/ledger/parts.h"
#include "tests/bench/ledger/rivals.h"
#include "tests/bench/ledger/taps.h"

namespace tidegate::bench {

using namespace edge;  // NOLINT(*-using-namespace)

void measure_prunes(const Folders& folders, const Sizes& sizes) {
  const auto ledger = open_ledger(folders.ledger, {.map_bytes = sizes.map_bytes});
  PlainLmdb lmdb{folders.lmdb, sizes.map_bytes};
  const LedgerHead head = ledger->head();
  PruneOrder order{.through = head.sequence, .hash = head.hash};
  order.younger_than = order.now = Timestamp::max();
  order.entries_max = sizes.slice;
  Meter plain_lmdb{folders.ledger}, ours{folders.ledger};
  for (bool more = true; more;) {
    plain_lmdb.time([&] { lmdb.erase_first(sizes.slice); });
    ours.time([&] {
      const auto done = ledger->prune(order);
      ASSERT(done);
      more = done->more;
    });
  }
  const std::string size = std::to_string(sizes.slice) + " entries";
  std::printf(
      "\n| one durable slice of pruning | p50, µs | p99, µs | p99.9, µs | CPU, µs an entry | KiB "
      "|\n"
      "|---|---:|---:|---:|---:|---:|\n");
  plain_lmdb.print("limit: " + size + " erased in LMDB alone", sizes.slice);
  ours.print("**ledger, " + size + " pruned**", sizes.slice);
  std::printf(
      "\nPruning checks hash and bytes of each entry and keeps what stays of it; LMDB alone only\n"
      "erases. The gate prunes %zu entries a second at most while nobody is at a barrier.\n",
      sizes.slice);
}

}  // namespace tidegate::bench
