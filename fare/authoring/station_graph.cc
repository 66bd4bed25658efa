// SPDX-License-Identifier: Apache-2.0
// Reads segments and finds shortest ways.
#include "fare/authoring/station_graph.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <tuple>
#include <utility>

#include "fare/authoring/reasons.h"
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
  std::map<std::tuple<std::size_t, std::size_t, std::string>, std::size_t> lines;
  Reasons reasons;
  for (const CsvRow& row : table->rows()) {
    if (reasons.full()) break;
    const auto from = stop_cell(*table, row, "from", stops),
               to = stop_cell(*table, row, "to", stops);
    const auto metres = parse_count(table->cell(row, "metres"), kSegmentMetresMax);
    if (!from) reasons.add(from.error());
    if (!to) reasons.add(to.error());
    if (!metres || *metres == 0)
      reasons.add(
          table
              ->bad(row, "metres",
                    "\"" + std::string{table->cell(row, "metres")} +
                        "\": a whole number from 1 to 1000000 was expected" +
                        (table->cell(row, "metres").contains('.') ? ": metres, so 1.5 km is 1500"
                                                                  : ""))
              .error());
    if (!from || !to || !metres) continue;
    if (*from == *to)
      reasons.add(table->bad(row, "to", "is the stop that the segment comes from").error());
    const auto [low, high] = std::minmax(*from, *to);
    const auto [first, is_new] =
        lines.emplace(std::tuple{low, high, std::string{table->cell(row, "line")}}, row.line);
    if (!is_new) reasons.add(table->twice(row, "from", "this segment", first->second));
    out.ways_[*from].push_back({*to, *metres});
    out.ways_[*to].push_back({*from, *metres});
  }
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
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
