// SPDX-License-Identifier: Apache-2.0
// Counts and orders what a diff found.
#include "fare/authoring/diff_rank.h"

#include <algorithm>
#include <array>
#include <compare>
#include <tuple>
#include <utility>

namespace tidegate::fare {
namespace {

struct KindNames {
  std::string_view name, zh, en, sign;
};
// In the order of ChangeKind.
constexpr std::array<KindNames, 6> kKinds{
    {{"unchanged", "不变", "unchanged", "="},
     {"other_reason", "拒绝原因改变", "refused for another reason", "~"},
     {"newly_accepted", "新放行", "newly accepted", "○"},
     {"cheaper", "降价", "cheaper", "▼"},
     {"dearer", "涨价", "dearer", "▲"},
     {"newly_refused", "新拒绝", "newly refused", "✕"}}};

const KindNames& names(ChangeKind kind) noexcept {
  return kKinds[static_cast<std::size_t>(kind)];
}

/// A pair to which something happens, before it is told in full.
struct Candidate {
  std::uint32_t network = 0, cell = 0;
  Outcome before, after;
};

/// Ascending order is worst first.
auto badness(const Candidate& c) {
  const ChangeKind kind = change_kind(c.before, c.after);
  constexpr std::array<int, 6> kGroup{4, 3, 2, 1, 1, 0};
  const std::int64_t difference = c.after.fen().count() - c.before.fen().count();
  const std::int64_t size = difference < 0 ? -difference : difference;
  return std::tuple{kGroup[static_cast<std::size_t>(kind)], -size, kind != ChangeKind::dearer,
                    c.network, c.cell,
                    // Two things can happen to one pair at different moments.
                    c.before, c.after};
}

/// The riders and moments whose layer says `c` of its cell, riders with the same moments together.
std::vector<ForWhom> for_whom(const NetworkDiff& network, std::size_t riders, const Candidate& c) {
  std::vector<ForWhom> out;
  for (std::size_t rider = 0; rider < riders; ++rider) {
    std::vector<std::size_t> moments;
    for (std::size_t moment = 0; moment < network.moments.size(); ++moment) {
      const DiffLayer& layer =
          network.layers[network.layer_of[rider * network.moments.size() + moment]];
      if (layer.before[c.cell] == c.before && layer.after[c.cell] == c.after)
        moments.push_back(moment);
    }
    if (moments.empty()) continue;
    const auto same = std::ranges::find(out, moments, &ForWhom::moments);
    if (same != out.end())
      same->riders.push_back(rider);
    else
      out.push_back({.riders = {rider}, .moments = std::move(moments)});
  }
  return out;
}

PriceChange tell(const DiffBook& before, const DiffBook& after, const DiffReport& report,
                 const Candidate& c) {
  const NetworkDiff& network = report.networks[c.network];
  PriceChange out{.kind = change_kind(c.before, c.after),
                  .network = c.network,
                  .from = c.cell / network.columns(),
                  .to = c.cell % network.columns(),
                  .whom = for_whom(network, report.riders.size(), c)};
  if (network.by_boarding) out.to = out.from;
  const Ride ride{.network = NetworkId{network.id},
                  .from = StopCode{network.stops[out.from].code},
                  .to = StopCode{network.stops[out.to].code},
                  .rider = report.riders[out.whom.front().riders.front()],
                  .at = network.moments[out.whom.front().moments.front()].at,
                  .by_boarding = network.by_boarding};
  out.before = price_ride(before.book, ride);
  out.after = price_ride(after.book, ride);
  return out;
}

/// What happens to one cell: each pair of outcomes once.
void collect(const NetworkDiff& network, std::uint32_t index, std::vector<Candidate>& out) {
  if (network.layers.empty()) return;
  const std::size_t cells = network.layers.front().before.size();
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const std::size_t first = out.size();
    for (const DiffLayer& layer : network.layers) {
      const Candidate c{.network = index,
                        .cell = static_cast<std::uint32_t>(cell),
                        .before = layer.before[cell],
                        .after = layer.after[cell]};
      if (c.before == c.after) continue;
      const bool known = std::any_of(
          out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
          [&](const Candidate& o) { return o.before == c.before && o.after == c.after; });
      if (!known) out.push_back(c);
    }
  }
}

/// Pairs of a network by the gravest thing that happens in the given layers.
ChangeCounts count(const NetworkDiff& network, const std::vector<std::size_t>& layers) {
  ChangeCounts out;
  if (network.layers.empty()) return out;
  const std::size_t cells = network.layers.front().before.size();
  for (std::size_t cell = 0; cell < cells; ++cell) {
    ChangeKind gravest = ChangeKind::unchanged;
    for (const std::size_t layer : layers)
      gravest = std::max(gravest, change_kind(network.layers[layer].before[cell],
                                              network.layers[layer].after[cell]));
    ++out.by_kind[static_cast<std::size_t>(gravest)];
  }
  return out;
}

std::vector<std::size_t> without_repeats(std::vector<std::size_t> values) {
  std::ranges::sort(values);
  const auto repeated = std::ranges::unique(values);
  values.erase(repeated.begin(), repeated.end());
  return values;
}

}  // namespace

ChangeKind change_kind(Outcome before, Outcome after) noexcept {
  if (before == after) return ChangeKind::unchanged;
  if (!after.accepted())
    return before.accepted() ? ChangeKind::newly_refused : ChangeKind::other_reason;
  if (!before.accepted()) return ChangeKind::newly_accepted;
  return after.fen() > before.fen() ? ChangeKind::dearer : ChangeKind::cheaper;
}

std::string_view change_name(ChangeKind kind) noexcept {
  return names(kind).name;
}
std::string_view change_name_zh(ChangeKind kind) noexcept {
  return names(kind).zh;
}
std::string_view change_name_en(ChangeKind kind) noexcept {
  return names(kind).en;
}
std::string_view change_sign(ChangeKind kind) noexcept {
  return names(kind).sign;
}

void count_changes(DiffReport& report) {
  report.by_rider.assign(report.riders.size(), {});
  for (NetworkDiff& network : report.networks) {
    network.counts = count(network, without_repeats(network.layer_of));
    report.counts.add(network.counts);
    network.by_rider.clear();
    const auto moments = static_cast<std::ptrdiff_t>(network.moments.size());
    for (std::size_t rider = 0; rider < report.riders.size(); ++rider) {
      if (!network.layer_of.empty()) {
        const auto begin = network.layer_of.begin() + static_cast<std::ptrdiff_t>(rider) * moments;
        network.by_rider.push_back(count(network, without_repeats({begin, begin + moments})));
      } else {
        network.by_rider.emplace_back();
      }
      report.by_rider[rider].add(network.by_rider.back());
    }
  }
}

void rank_changes(const DiffBook& before, const DiffBook& after, std::size_t limit,
                  DiffReport& report) {
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < report.networks.size(); ++i)
    collect(report.networks[i], static_cast<std::uint32_t>(i), candidates);
  report.changes_found = candidates.size();
  const std::size_t told = std::min(limit, candidates.size());
  std::ranges::partial_sort(
      candidates, candidates.begin() + static_cast<std::ptrdiff_t>(told),
      [](const Candidate& a, const Candidate& b) { return badness(a) < badness(b); });
  report.changes.reserve(told);
  for (std::size_t i = 0; i < told; ++i)
    report.changes.push_back(tell(before, after, report, candidates[i]));
}

}  // namespace tidegate::fare
