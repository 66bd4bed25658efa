// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/tap/report.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>

#include "simulators/pn532/air_time.h"

namespace tidegate::bench {
namespace {

constexpr double kUsOfMs = 1000.0;
constexpr std::int64_t kNsOfUs = 1000;

using Value = std::function<std::int64_t(const LoggedTap&)>;

Distribution over(const std::vector<LoggedTap>& taps, const Value& value) {
  std::vector<std::int64_t> values;
  values.reserve(taps.size());
  for (const LoggedTap& tap : taps) values.push_back(value(tap));
  return distribution_of(values);
}

Distribution felt(const BoxRunResult& run) {
  std::vector<std::int64_t> values = run.felt_us;
  return distribution_of(values);
}

void row(const std::string& what, const Distribution& d) {
  std::printf("| %-52s | %7lld | %7lld | %7lld |\n", what.c_str(), static_cast<long long>(d.p50),
              static_cast<long long>(d.p99), static_cast<long long>(d.p999));
}

void row_ns(const std::string& what, const Distribution& ns) {
  row(what, {ns.p50 / kNsOfUs, ns.p99 / kNsOfUs, ns.p999 / kNsOfUs});
}

double per_tap(double value, const BoxRunResult& run) {
  return value / static_cast<double>(run.taps.size());
}

std::int64_t for_one_apdu(const LoggedTap& tap) {
  return tap.card / std::max<std::int64_t>(tap.commands, 1);
}

void stages(const std::string& title, const BoxRunResult& run) {
  std::printf("\n| %s, %zu taps, µs | p50 | p99 | p99.9 |\n|---|---:|---:|---:|\n", title.c_str(),
              run.taps.size());
  for (std::size_t i = 0; i < kStages.size(); ++i)
    row(std::string{kStages[i]}, over(run.taps, [i](const LoggedTap& t) { return t.stages[i]; }));
  row("all stages", over(run.taps, &LoggedTap::total));
  row("of them: reader and card, all APDUs",
      over(run.taps, [](const LoggedTap& t) { return t.card; }));
  row("of them: the flush of each of both commits",
      over(run.taps, [](const LoggedTap& t) { return t.flush; }));
  row("of them: our processor time and queueing", over(run.taps, &LoggedTap::own));
  row("of that: the ledger was busy with what came before",
      over(run.taps, [](const LoggedTap& t) { return t.behind; }));
  row("of that: all else, waits to share a flush too",
      over(run.taps, [](const LoggedTap& t) { return t.own() - t.behind; }));
  row("card put down to open barrier", felt(run));
  row_ns("limit: a thread beside it that sleeps is woken late by", run.woken);
}

/// What line, air and card take for these APDUs, however quick everything else is.
std::chrono::microseconds physics(const Exchange& exchange, const Pace& pace) {
  constexpr std::size_t kFraming = 26;  // of command, acknowledgement and reply
  std::chrono::microseconds out{};
  for (const auto& [command, answer] : exchange)
    out += sim::pn532::line_time(command.size() + answer.size() + kFraming, pace.baud) +
           sim::pn532::air_time(command.size(), answer.size()) + pace.card_time;
  return out;
}

void processors(const Runs& runs) {
  std::printf("\n| processor time for a tap, µs | a lone aisle | %u aisles |\n|---|---:|---:|\n",
              runs.aisles);
  const auto line = [&](const char* what, std::chrono::milliseconds ProcessTimes::* part) {
    const auto us = [&](const BoxRunResult& run) {
      return per_tap(static_cast<double>((run.used.*part).count()) * kUsOfMs, run);
    };
    std::printf("| %s | %.0f | %.0f |\n", what, us(runs.lone), us(runs.busy));
  };
  line("`tidegate-gate`", &ProcessTimes::gate);
  line("`tidegate-reader`, parents", &ProcessTimes::reader_parents);
  line("`tidegate-reader`, children with libnfc", &ProcessTimes::reader_children);
  line("the simulated readers, cards and passengers", &ProcessTimes::simulators);
  std::printf("\nReaders look for cards and for their leaving all the time; that is in it.\n");
}

void disk(const Runs& runs) {
  const unsigned n = runs.aisles;
  std::printf(
      "\n| disk, for a tap | a lone aisle | %u aisles | %u, slow flushes | %u, paced | %u, paced, "
      "slow flushes |\n",
      n, n, n, n);
  std::printf("|---|---:|---:|---:|---:|---:|\n");
  const BoxRunResult* const all[] = {&runs.lone, &runs.busy, &runs.slow, &runs.paced_busy,
                                     &runs.paced_slow};
  const auto line = [&](const char* what, const std::function<double(const BoxRunResult&)>& value) {
    std::printf("| %s |", what);
    for (const BoxRunResult* run : all) std::printf(" %.2f |", value(*run));
    std::printf("\n");
  };
  line("taps a second", [](const BoxRunResult& run) {
    return static_cast<double>(run.taps.size()) / run.took.count();
  });
  line("commits of the ledger",
       [](const BoxRunResult& run) { return per_tap(static_cast<double>(run.commits), run); });
  if (std::ranges::any_of(all, [](const BoxRunResult* run) { return !run->disk; })) {
    std::printf("\nThe folder is on no block device: flushes and bytes are not counted.\n");
    return;
  }
  line("flushes the device counted", [](const BoxRunResult& run) {
    return per_tap(static_cast<double>(run.disk->flushes), run);
  });
  line("KiB written", [](const BoxRunResult& run) {
    return per_tap(static_cast<double>(run.disk->written_bytes) / 1024, run);
  });
  line("flushes of others in the second before, each second",
       [](const BoxRunResult& run) { return static_cast<double>(run.background->flushes); });
}

void aim(const char* what, const std::string& figure, bool met) {
  std::printf("| %s | %s | %s |\n", what, figure.c_str(), met ? "met" : "**not met**");
}

std::string text(const char* format, double value) {
  char out[64];
  std::snprintf(out, sizeof out, format, value);
  return out;
}

void aims(const Runs& runs) {
  std::printf("\n| aim | measured | |\n|---|---:|---|\n");
  for (const auto* run : {&runs.lone, &runs.busy}) {
    const double own = static_cast<double>(over(run->taps, &LoggedTap::own).p99) / kUsOfMs;
    aim(run == &runs.lone ? "a lone aisle: our processor time and queueing, p99 under 2 ms"
                          : "busy aisles: our processor time and queueing, p99 under 2 ms",
        text("%.2f ms", own), own < 2);
  }
  const double commits = per_tap(static_cast<double>(runs.lone.commits), runs.lone);
  aim("one commit before 8054 and exactly one behind it: 2 a tap for a lone aisle",
      text("%.2f", commits), commits >= 2 && commits < 2.05);
  const double ours = static_cast<double>(
      over(runs.lone.taps, [](const LoggedTap& t) { return for_one_apdu(t); }).p50);
  const double adds = ours - static_cast<double>(runs.limits.bare_as_taps.p50) / kNsOfUs;
  aim("the reader process adds at most 60 µs to an APDU, median", text("%.0f µs", adds),
      adds <= 60);
  const std::pair<const char*, const BoxRunResult*> crowds[] = {
      {"busy aisles: at most 1 flush a tap", &runs.busy},
      {"the same where each flush takes 10 ms longer", &runs.slow},
      {"the same with paced readers and cards", &runs.paced_busy},
      {"paced, each flush 10 ms longer", &runs.paced_slow}};
  for (const auto& [what, run] : crowds) {
    if (!run->disk) continue;
    const double flushes = per_tap(static_cast<double>(run->disk->flushes), *run);
    aim(what, text("%.2f", flushes), flushes <= 1);
  }
  // LMDB alone would flush twice a commit, and the aim counts such pairs; a tap's two commits flush
  // twice together.
  const double pair =
      2.0 * static_cast<double>(runs.slow_flush.count()) * kUsOfMs +
      static_cast<double>(over(runs.lone.taps, [](const LoggedTap& t) { return t.flush; }).p50);
  const double slow =
      static_cast<double>(
          over(runs.slow.taps, [](const LoggedTap& t) { return t.stages.back(); }).p99) /
      pair;
  aim("busy aisles, 10 ms more for each flush: the outcome's commit, p99 under 3 pairs of flushes",
      text("%.2f pairs", slow), slow < 3);
  const double whole = static_cast<double>(felt(runs.paced).p99) / kUsOfMs;
  aim("the whole paced tap, card put down to open barrier, p99 under 150 ms",
      text("%.0f ms", whole), whole < 150);
  const double apart =
      runs.busy.took.count() * kUsOfMs / 2 / static_cast<double>(runs.busy.taps.size());
  std::printf(
      "\nWith cards that answer at once the busy aisles hand in an entry every %.1f ms: so long "
      "one\n"
      "would have to wait for the next to share its flush, and that is no time our tap may take.\n"
      "Paced cards give that time by themselves, while they are written to.\n",
      apart);
}

}  // namespace

void report(const Runs& runs) {
  stages("a lone aisle", runs.lone);
  stages(std::to_string(runs.aisles) + " busy aisles", runs.busy);
  stages("a lone aisle at " + std::to_string(runs.pace.baud) + " baud, a card with " +
             std::to_string(runs.pace.card_time.count()) + " ms for each APDU",
         runs.paced);
  std::printf(
      "\nLimit: line, air at 106 kbit/s and card take %.1f ms for the %zu APDUs of such a tap.\n",
      static_cast<double>(physics(runs.paced.exchange, runs.pace).count()) / kUsOfMs,
      runs.paced.exchange.size());
  const std::string busy = std::to_string(runs.aisles) + " busy aisles";
  stages(busy + ", each flush 10 ms longer", runs.slow);
  stages(busy + ", paced as above", runs.paced_busy);
  stages(busy + ", paced, each flush 10 ms longer", runs.paced_slow);

  std::printf("\n| an APDU, mean of a tap's, µs | p50 | p99 | p99.9 |\n|---|---:|---:|---:|\n");
  row_ns("limit: bare libnfc, at once", runs.limits.bare_at_once);
  row_ns("limit: bare libnfc, a pause before each tap", runs.limits.bare_as_taps);
  row_ns("limit: a message to another process and back, so too", runs.limits.other_process);
  row("at the gate, a lone aisle", over(runs.lone.taps, for_one_apdu));
  row("at the gate, busy aisles", over(runs.busy.taps, for_one_apdu));
  const auto commands = runs.lone.exchange.size() * runs.lone.taps.size();
  std::printf(
      "\nA tap has %zu APDUs here. At the gate the simulated card's own work is in it, on\n"
      "average %.0f µs; the bare loop plays recorded answers.\n",
      runs.lone.exchange.size(),
      static_cast<double>(runs.lone.card_thinking.count()) / kUsOfMs /
          static_cast<double>(commands));

  std::printf("\n| disk, µs | p50 | p99 | p99.9 |\n|---|---:|---:|---:|\n");
  row_ns("limit: append of 256 bytes with fdatasync", runs.limits.append);
  row("a commit's flush, a lone aisle (mean of two)",
      over(runs.lone.taps, [](const LoggedTap& t) { return t.flush / 2; }));
  disk(runs);
  processors(runs);
  aims(runs);
}

}  // namespace tidegate::bench
