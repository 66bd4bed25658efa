// SPDX-License-Identifier: Apache-2.0
// The parts of the ledger's benchmark. Each prints a table and leaves its files to the next.
#pragma once

#include <cstddef>
#include <filesystem>

#include "edge/ledger/ledger.h"

namespace tidegate::bench {

struct Sizes {
  std::size_t commits = 2'000;  ///< of each group size
  std::size_t walks = 10;       ///< over all entries
  std::size_t opens = 30;
  std::size_t behind_checkpoint = 4'000;
  std::size_t slice = 512;  ///< entries pruned at once: the gate's
  std::size_t map_bytes = 512UL << 20U;
};

struct Folders {
  std::filesystem::path ledger, lmdb, file;
};

/// Appends in groups of 1, 8 and 64, in turn with the same rows in LMDB alone and in a plain file:
/// all three meet the same disk at the same time.
void measure_writes(const Folders& folders, const Sizes& sizes);
/// Reads and verifies what measure_writes() wrote.
void measure_reads(const Folders& folders, const Sizes& sizes);
/// Opens that ledger, right behind a checkpoint and far from one. Appends to it.
void measure_opens(const Folders& folders, const Sizes& sizes);

/// Prunes it, in turn with LMDB alone erasing as many rows.
void measure_prunes(const Folders& folders, const Sizes& sizes);

}  // namespace tidegate::bench
