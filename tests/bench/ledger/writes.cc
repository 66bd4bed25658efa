// SPDX-License-Identifier: Apache-2.0
// What a durable commit takes, and how much of it is ours.
#include <cstdio>
#include <string>

#include "base/assert.h"
#include "tests/bench/ledger/meter.h"
#include "tests/bench/ledger/parts.h"
#include "tests/bench/ledger/rivals.h"
#include "tests/bench/ledger/taps.h"

namespace tidegate::bench {
void measure_writes(const Folders& folders, const Sizes& sizes) {
  const auto ledger = open_ledger(folders.ledger, {.map_bytes = sizes.map_bytes});
  PlainLmdb lmdb{folders.lmdb, sizes.map_bytes};
  PlainFile file{folders.file};
  Taps taps;
  std::size_t entries = 0, bytes = 0;
  std::printf(
      "| one durable commit | p50, µs | p99, µs | p99.9, µs | CPU, µs an entry | KiB |\n"
      "|---|---:|---:|---:|---:|---:|\n");
  for (const std::size_t group : {1UL, 8UL, 64UL}) {
    Meter plain_file{folders.ledger}, plain_lmdb{folders.ledger}, ours{folders.ledger};
    for (std::size_t i = 0; i < sizes.commits; ++i) {
      const auto batch = taps.next_group(group);
      const auto rows = rows_of(batch);
      for (const Bytes& row : rows) bytes += row.size();
      entries += group;
      plain_file.time([&] { file.write(rows); });
      plain_lmdb.time([&] { lmdb.write(rows); });
      Result<std::vector<SequenceNo>> places;
      ours.time([&] { places = ledger->append(batch); });
      ASSERT(places);
      taps.landed(batch, *places);
    }
    const std::string size = std::to_string(group) + (group == 1 ? " entry" : " entries");
    plain_file.print("limit: " + size + " appended to a plain file", group);
    plain_lmdb.print("limit: " + size + " into LMDB alone", group);
    ours.print("**ledger, " + size + "**", group);
  }
  std::printf("\nAn entry with its hash has %zu bytes on average (as many intents as outcomes).\n",
              bytes / entries);
}

}  // namespace tidegate::bench
