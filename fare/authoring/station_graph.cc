// SPDX-License-Identifier: Apache-2.0
// Reads segments and finds shortest ways.
#include "fare/authoring/station_graph.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <set>
#include <tuple>
#include <utility>

#include "fare/authoring/source.h"

namespace tidegate::fare {
namespace {

constexpr std::int64_t kSegmentMetresMax = 1'000'000;

}  // namespace

Result<StationGraph> StationGraph::read(const std::filesystem::path& dir, const std::string& name,
                                        const std::vector<Stop>& stops) {
  const auto table = read_table(dir, name, {"from", "to", "metres"}, {"line"});
  if (!table) return fail(table.error());
  StationGraph out;
  out.ways_.resize(stops.size());
  std::set<std::tuple<std::size_t, std::size_t, std::string>> seen;
  for (const CsvRow& row : table->rows()) {
    const auto from = stop_cell(*table, row, "from", stops),
               to = stop_cell(*table, row, "to", stops);
    const auto metres = parse_count(table->cell(row, "metres"), kSegmentMetresMax);
    if (!from) return fail(from.error());
    if (!to) return fail(to.error());
    if (!metres || *metres == 0)
      return table->bad(row, "metres", "a whole number from 1 to 1000000 was expected");
    if (*from == *to) return table->bad(row, "to", "is the stop that the segment comes from");
    const auto [low, high] = std::minmax(*from, *to);
    if (!seen.emplace(low, high, table->cell(row, "line")).second)
      return table->bad(row, "from", "this segment is there twice");
    out.ways_[*from].push_back({*to, *metres});
    out.ways_[*to].push_back({*from, *metres});
  }
  return out;
}

std::vector<std::int64_t> StationGraph::shortest_from(std::size_t stop) const {
  using Reached = std::pair<std::int64_t, std::size_t>;  // metres, stop
  std::vector<std::int64_t> out(ways_.size(), kNoWay);
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> next;
  next.emplace(0, stop);
  while (!next.empty()) {
    const auto [metres, here] = next.top();
    next.pop();
    if (out[here] != kNoWay) continue;
    out[here] = metres;
    for (const Way& way : ways_[here])
      if (out[way.to] == kNoWay) next.emplace(metres + way.metres, way.to);
  }
  return out;
}

}  // namespace tidegate::fare
