// SPDX-License-Identifier: Apache-2.0
// What a durable commit takes, and how much of it is ours.
#include <time.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "base/assert.h"
#include "tests/bench/ledger/parts.h"
#include "tests/bench/ledger/rivals.h"
#include "tests/bench/ledger/taps.h"
#include "tests/bench/percentiles.h"

namespace tidegate::bench {
namespace {

std::int64_t cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

/// What this process has given to the disk so far; 0 where the kernel does not count it.
std::uint64_t written_bytes() {
  std::ifstream file{"/proc/self/io"};
  std::string name;
  for (std::uint64_t value = 0; file >> name >> value;)
    if (name == "write_bytes:") return value;
  return 0;
}

/// The commits of one way to write.
class Meter {
 public:
  template <class Call>
  void time(Call call) {
    const std::uint64_t written = written_bytes();
    const std::int64_t cpu = cpu_ns();
    const auto begin = std::chrono::steady_clock::now();
    call();
    ns_.push_back((std::chrono::steady_clock::now() - begin).count());
    cpu_ += cpu_ns() - cpu;
    written_ += written_bytes() - written;
  }
  void print(const std::string& what, std::size_t group) {
    const auto commits = static_cast<double>(ns_.size());
    const Distribution d = distribution_of(ns_);
    std::printf("| %-42s | %7.0f | %7.0f | %7.0f | %6.1f | %6.1f |\n", what.c_str(),
                static_cast<double>(d.p50) / 1e3, static_cast<double>(d.p99) / 1e3,
                static_cast<double>(d.p999) / 1e3,
                static_cast<double>(cpu_) / 1e3 / commits / static_cast<double>(group),
                static_cast<double>(written_) / 1024 / commits);
  }

 private:
  std::vector<std::int64_t> ns_;
  std::int64_t cpu_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace

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
    Meter plain_file, plain_lmdb, ours;
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
