// SPDX-License-Identifier: Apache-2.0
// What a box takes: memory, time to start, processor time while nobody comes, disk for its taps.
// scripts/bench.sh runs it and writes docs/measured.md.
#include <algorithm>
#include <cstdio>
#include <string_view>
#include <thread>

#include "base/assert.h"
#include "base/lmdb/lmdb.h"
#include "simulators/station/station.h"
#include "tests/bench/footprint/box.h"
#include "tests/bench/footprint/processes.h"
#include "tests/bench/scratch_folder.h"

namespace tidegate::bench {
namespace {

namespace fs = std::filesystem;

struct Sizes {
  std::vector<unsigned> boxes{4, 32};  ///< aisles of each
  std::size_t starts = 20;
  std::chrono::seconds settle{3}, idle{60};
  unsigned aisles = 16, passengers = 3'000;  ///< of the station whose ledger is weighed
};

constexpr const char* kGate = "tidegate-gate";

/// Of one kind of process.
struct Kind {
  std::size_t count = 0;
  Memory memory;
  std::int64_t idle_ns = 0;
  Kind& operator+=(const Kind& other) {
    count += other.count;
    memory += other.memory;
    idle_ns += other.idle_ns;
    return *this;
  }
};

/// Names in /proc end after 15 bytes.
bool is_gate(const Process& process) {
  return std::string_view{kGate}.starts_with(process.name);
}

/// Of the gate, and of all others.
std::pair<Kind, Kind> look_at(std::chrono::seconds idle) {
  std::pair<Kind, Kind> out;
  const auto processes = descendants();
  std::vector<std::int64_t> before;
  for (const Process& process : processes) before.push_back(cpu_ns(process.pid));
  std::this_thread::sleep_for(idle);
  for (std::size_t i = 0; i < processes.size(); ++i) {
    Kind& kind = is_gate(processes[i]) ? out.first : out.second;
    ++kind.count;
    kind.idle_ns += cpu_ns(processes[i].pid) - before[i];
    kind.memory += memory_of(processes[i].pid);
  }
  return out;
}

void processes_row(const std::string& what, const Kind& kind, std::chrono::seconds idle) {
  const auto minutes = static_cast<double>(idle.count()) / 60;
  std::printf("| %-24s | %3zu | %6.1f | %6.1f | %6.0f |\n", what.c_str(), kind.count,
              static_cast<double>(kind.memory.pss) / 1024,
              static_cast<double>(kind.memory.anonymous) / 1024,
              static_cast<double>(kind.idle_ns) / 1e6 / minutes);
}

void start_row(const std::string& what, std::vector<std::int64_t> ns) {
  std::ranges::sort(ns);
  std::printf("| %-48s | %6.0f | %6.0f |\n", what.c_str(),
              static_cast<double>(ns[ns.size() / 2]) / 1e6, static_cast<double>(ns.back()) / 1e6);
}

struct Starts {
  std::vector<std::int64_t> beat, answered;
};

Starts measure_box(const fs::path& folder, unsigned aisles, const Sizes& sizes) {
  Box box{folder, aisles};
  Starts out;
  // The first one makes the ledger; it is not counted.
  for (std::size_t i = 0; i <= sizes.starts; ++i) {
    const Start start = box.start();
    if (i > 0) {
      out.beat.push_back(start.beat.count());
      out.answered.push_back(start.answered.count());
    }
    if (i == sizes.starts) break;
    box.stop();
  }
  std::this_thread::sleep_for(sizes.settle);
  auto [gate, readers] = look_at(sizes.idle);
  const std::string name = std::to_string(aisles) + " aisles: ";
  processes_row(name + "gate", gate, sizes.idle);
  processes_row(name + "readers", readers, sizes.idle);
  processes_row(name + "together", gate += readers, sizes.idle);
  box.stop();
  return out;
}

std::uint64_t used_bytes(const fs::path& ledger) {
  auto env = lmdb::Environment::open(ledger, {.read_only = true});
  ASSERT(env);
  return env->usage().used_bytes;
}

std::uint64_t log_bytes(const fs::path& folder) {
  std::uint64_t out = 0;
  for (const auto& entry : fs::directory_iterator{folder}) out += entry.file_size();
  return out;
}

/// An empty ledger has 60 KiB, which count too.
int measure_disk(const fs::path& folder, const Sizes& sizes) {
  const auto station = sim::run_station(
      {.aisles = sizes.aisles, .passengers = sizes.passengers, .dir = folder / "station"},
      [](const std::string&) {});
  if (!station || !station->good()) {
    std::fprintf(stderr, "tidegate-bench-footprint: the station: %s\n",
                 !station                      ? station.error().message().c_str()
                 : station->complaints.empty() ? "its account is wrong"
                                               : station->complaints.front().c_str());
    return 1;
  }
  const auto taps = static_cast<double>(station->taps);
  std::printf(
      "\n| disk, %llu taps, %llu of them accepted | bytes a tap | GiB a million taps |\n"
      "|---|---:|---:|\n",
      static_cast<unsigned long long>(station->taps),
      static_cast<unsigned long long>(station->accepted));
  const auto row = [&](const char* what, std::uint64_t bytes) {
    const double each = static_cast<double>(bytes) / taps;
    std::printf("| %-6s | %5.0f | %5.2f |\n", what, each, each * 1e6 / (1024.0 * 1024 * 1024));
  };
  row("ledger", used_bytes(folder / "station/state/ledger"));
  row("log", log_bytes(folder / "station/log"));
  return 0;
}

int run(const fs::path& parent, const Sizes& sizes) {
  const ScratchFolder scratch{parent};
  std::printf(
      "The shipped daemons with simulated readers at 115,200 baud, SAMs in software and the small\n"
      "demo tariff. PSS counts a page that n processes share as 1/n of it for each. When a box\n"
      "starts, a card lies before every reader already; idle means that all readers look for "
      "cards\n"
      "and there is none. Disk is what a station of %u aisles has used after its day, by the "
      "tap.\n\n",
      sizes.aisles);
  std::printf(
      "| processes | number | PSS, MiB | anonymous | idle CPU, ms a minute |\n"
      "|---|---:|---:|---:|---:|\n");
  std::vector<std::pair<unsigned, Starts>> starts;
  for (const unsigned aisles : sizes.boxes)
    starts.emplace_back(
        aisles, measure_box(scratch.path() / ("box-" + std::to_string(aisles)), aisles, sizes));
  std::printf("\n| from start, ms (%zu starts) | median | slowest |\n|---|---:|---:|\n",
              sizes.starts);
  for (const auto& [aisles, times] : starts) {
    const std::string name = std::to_string(aisles) + " aisles: ";
    start_row(name + "the gate's first heartbeat", times.beat);
    start_row(name + "every aisle has answered a card", times.answered);
  }
  return measure_disk(scratch.path(), sizes);
}

int usage(int status) {
  std::printf(
      "tidegate-bench-footprint [--quick] [--folder DIR]\n"
      "Memory, start, idle processor time and disk of a box; tables in Markdown.\n"
      "  --quick       a small box for a moment, to see that it works\n"
      "  --folder DIR  where the files are, on the disk meant (default: `bench` in the build)\n");
  return status;
}

}  // namespace
}  // namespace tidegate::bench

int main(int argc, char** argv) {
  using namespace tidegate::bench;  // NOLINT(*-using-namespace)
  Sizes sizes;
  std::filesystem::path folder = default_folder();
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--quick") {
      sizes = {.boxes = {2},
               .starts = 1,
               .settle = std::chrono::seconds{0},
               .idle = std::chrono::seconds{1},
               .aisles = 2,
               .passengers = 4};
    } else if (option == "--folder" && i + 1 < argc) {
      folder = argv[++i];
    } else {
      return usage(option == "--help" ? 0 : 2);
    }
  }
  return run(folder, sizes);
}
