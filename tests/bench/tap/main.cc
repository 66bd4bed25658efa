// SPDX-License-Identifier: Apache-2.0
// What a tap costs at a box of the shipped daemons, stage by stage, beside what libnfc and the disk
// can do at all in the same run. Tables go to standard output, what is going on to standard error.
// scripts/bench.sh runs it and writes docs/measured.md.
#include <sys/prctl.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/bench/scratch_folder.h"
#include "tests/bench/tap/box_run.h"
#include "tests/bench/tap/limits.h"
#include "tests/bench/tap/report.h"

namespace tidegate::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr Pace kPace;
constexpr milliseconds kSlowFlush{10};
/// Between two taps of a lone aisle: so the bare loop begins each round as cold as a tap does.
constexpr milliseconds kPause{120};

struct Sizes {
  std::size_t lone = 1'000, busy = 50'000, paced = 300, slow = 4'000;
  std::size_t paced_busy = 4'000, paced_slow = 4'000;
  std::size_t rounds = 5'000, paced_rounds = 500, appends = 2'000;
  unsigned aisles = 16;
};

class Bench {
 public:
  Bench(const Sizes& sizes, fs::path dir) : sizes_{sizes}, dir_{std::move(dir)} {}

  Status run() {
    auto lone = box("a lone aisle", {.dir = {}, .taps = sizes_.lone});
    if (!lone) return fail(std::move(lone.error()));
    auto limits = take_limits(*lone);
    if (!limits) return fail(std::move(limits.error()));
    auto busy = box("busy aisles", {.dir = {}, .aisles = sizes_.aisles, .taps = sizes_.busy});
    if (!busy) return fail(std::move(busy.error()));
    auto paced =
        box("a paced aisle",
            {.dir = {}, .taps = sizes_.paced, .baud = kPace.baud, .card_time = kPace.card_time});
    if (!paced) return fail(std::move(paced.error()));
    auto slow = box("busy aisles, slow disk",
                    {.dir = {}, .aisles = sizes_.aisles, .taps = sizes_.slow, .flush = kSlowFlush});
    if (!slow) return fail(std::move(slow.error()));
    auto paced_busy = box("busy paced aisles", {.dir = {},
                                                .aisles = sizes_.aisles,
                                                .taps = sizes_.paced_busy,
                                                .baud = kPace.baud,
                                                .card_time = kPace.card_time});
    if (!paced_busy) return fail(std::move(paced_busy.error()));
    auto paced_slow = box("busy paced aisles, slow disk", {.dir = {},
                                                           .aisles = sizes_.aisles,
                                                           .taps = sizes_.paced_slow,
                                                           .baud = kPace.baud,
                                                           .card_time = kPace.card_time,
                                                           .flush = kSlowFlush});
    if (!paced_slow) return fail(std::move(paced_slow.error()));
    const Runs runs{.lone = *lone,
                    .busy = *busy,
                    .paced = *paced,
                    .slow = *slow,
                    .paced_busy = *paced_busy,
                    .paced_slow = *paced_slow,
                    .limits = *limits,
                    .aisles = sizes_.aisles,
                    .pace = kPace,
                    .slow_flush = kSlowFlush};
    report(runs);
    return {};
  }

 private:
  Result<BoxRunResult> box(const char* what, BoxRunOptions options) {
    std::fprintf(stderr, "tap: %zu taps, %s\n", options.taps, what);
    options.dir = dir_ / "box";
    auto out = run_box(options);
    std::error_code ignored;
    if (out) fs::remove_all(options.dir, ignored);
    return out;
  }

  Result<Limits> take_limits(const BoxRunResult& lone) {
    std::fprintf(stderr, "tap: limits of libnfc and of the disk\n");
    sim::ReaderOptions reader;
    reader.link = dir_ / "bare";
    auto hot = bare_libnfc(reader, lone.card, lone.exchange, sizes_.rounds, milliseconds{0});
    if (!hot) return fail(std::move(hot.error()));
    auto cold = bare_libnfc(reader, lone.card, lone.exchange, sizes_.paced_rounds, kPause);
    if (!cold) return fail(std::move(cold.error()));
    auto other = other_process(sizes_.paced_rounds, lone.exchange.size(), kPause);
    if (!other) return fail(std::move(other.error()));
    auto append = raw_append(dir_, sizes_.appends);
    if (!append) return fail(std::move(append.error()));
    return Limits{
        .bare_at_once = *hot, .bare_as_taps = *cold, .other_process = *other, .append = *append};
  }

  Sizes sizes_;
  fs::path dir_;
};

int usage(int status) {
  std::printf(
      "tidegate-bench-tap [--quick] [--folder DIR]\n"
      "Taps through the daemons beside this program; tables in Markdown. About 20 minutes.\n"
      "  --quick       a few hundred taps, to see that it works\n"
      "  --folder DIR  where the box is, on the disk meant (default: `bench` in the build)\n");
  return status;
}

int run(const fs::path& folder, const Sizes& sizes) {
  // libnfc reads them; no thread runs yet.
  // NOLINTBEGIN(concurrency-mt-unsafe)
  ::setenv("LIBNFC_AUTO_SCAN", "false", 1);
  ::setenv("LIBNFC_LOG_LEVEL", "0", 0);
  // NOLINTEND(concurrency-mt-unsafe)
  // The kernel may else be 50 µs late for each paced byte, which no real line is.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  const ScratchFolder scratch{folder};
  const auto done = Bench{sizes, scratch.path()}.run();
  if (!done) std::fprintf(stderr, "tidegate-bench-tap: %s\n", done.error().message().c_str());
  return done ? 0 : 1;
}

}  // namespace
}  // namespace tidegate::bench

int main(int argc, char** argv) {
  tidegate::bench::Sizes sizes;
  std::filesystem::path folder = tidegate::bench::default_folder();
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--quick") {
      sizes = {.lone = 40,
               .busy = 200,
               .paced = 20,
               .slow = 60,
               .paced_busy = 60,
               .paced_slow = 60,
               .rounds = 50,
               .paced_rounds = 5,
               .appends = 50};
    } else if (option == "--folder" && i + 1 < argc) {
      folder = argv[++i];
    } else {
      return tidegate::bench::usage(option == "--help" ? 0 : 2);
    }
  }
  return tidegate::bench::run(folder, sizes);
}
