// SPDX-License-Identifier: Apache-2.0
// Reads the journey policies of networks.
#include "fare/authoring/policy_source.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "fare/authoring/source.h"
#include "fare/authoring/station_graph.h"
#include "fare/authoring/toml_reader.h"

namespace tidegate::fare {
namespace {

constexpr std::int64_t kMinutesMax = 10'080;  // a week
constexpr std::int64_t kMetresMax = 10'000'000;

/// One of the names, numbered from 0; absent: the first.
template <class E, std::size_t N>
E choice(TomlReader& in, std::string_view key, const std::array<std::string_view, N>& names) {
  const std::string name = in.text(key, std::string{names.front()});
  const auto at = std::ranges::find(names, name);
  if (at != names.end()) return static_cast<E>(at - names.begin());
  std::string expected;
  for (const std::string_view one : names)
    expected.append(expected.empty() ? "" : ", ").append(one);
  in.bad(key, "one of " + expected + " was expected, not \"" + name + "\"");
  return static_cast<E>(0);
}

constexpr std::array<std::string_view, 5> kOverstays{"none", "exit-maximum", "network-maximum",
                                                     "minimum-fare", "added"};
constexpr std::array<std::string_view, 4> kSameStation{"tariff", "minimum-fare", "fixed",
                                                       "refused"};
constexpr std::array<std::string_view, 4> kUnseen{"refused", "station-maximum", "network-maximum",
                                                  "fixed"};
constexpr std::array<std::string_view, 2> kCollectedIn{"network", "city"};
constexpr std::array<std::string_view, 2> kOpenElsewhere{"refused", "overwritten"};

Fen fen(TomlReader& in, std::string_view key) {
  return Fen{in.number(key, 0, kFenMax, 0)};
}
std::uint16_t minutes(TomlReader& in, std::string_view key, std::int64_t min,
                      std::optional<std::int64_t> otherwise) {
  return static_cast<std::uint16_t>(in.number(key, min, kMinutesMax, otherwise));
}

Status read_limits(TomlReader& in, JourneyPolicy& out) {
  if (in.has("time_limit_minutes") && in.has("time_limits"))
    in.bad("time_limits", "time_limit_minutes already says the limit");
  if (in.has("time_limit_minutes"))
    out.limits.push_back({Fen{}, minutes(in, "time_limit_minutes", 1, std::nullopt)});
  bool by_fare = false, by_distance = false;
  for (const toml::table* table : in.tables("time_limits")) {
    TomlReader band{"book.toml", *table, {"to_fen", "to_m", "minutes"}};
    LimitBand& limit = out.limits.emplace_back();
    limit.minutes = minutes(band, "minutes", 1, std::nullopt);
    if (band.has("to_fen")) limit.to = Fen{band.number("to_fen", 1, kFenMax)};
    if (band.has("to_m"))
      limit.to_m = static_cast<std::uint32_t>(band.number("to_m", 1, kMetresMax));
    by_fare |= band.has("to_fen");
    by_distance |= band.has("to_m");
    if (by_fare && by_distance) band.bad("to_m", "limits go by to_fen or by to_m, not by both");
    if (auto ok = band.status(); !ok) return ok;
  }
  if (by_distance && !in.has("segments"))
    in.bad("time_limits", "to_m needs segments, the table of the ways between stops");
  if (!by_distance && in.has("segments"))
    in.bad("segments", "stands with time_limits that go by to_m");
  return {};
}

/// Which of the limits by distance each pair of stops has: by the shortest way, without one the
/// last.
Status read_distances(const std::filesystem::path& dir, TomlReader& in,
                      const std::vector<Stop>& stops, JourneyPolicy& out) {
  const std::string segments = in.file_in(dir, "segments");
  if (auto ok = in.status(); !ok) return ok;
  const auto graph = StationGraph::read(dir, segments, stops);
  if (!graph) return fail(graph.error());
  const auto last = std::prev(out.limits.end());
  for (std::size_t from = 0; from < stops.size(); ++from)
    for (const std::int64_t metres : graph->shortest_from(from)) {
      const auto found = std::find_if(out.limits.begin(), last, [metres](const LimitBand& limit) {
        return metres != StationGraph::kNoWay && metres <= std::int64_t{limit.to_m};
      });
      out.limit_of.push_back(static_cast<std::uint8_t>(found - out.limits.begin()));
    }
  return {};
}

void read_forgiveness(TomlReader& in, JourneyPolicy& out) {
  out.forgiven_days = static_cast<std::uint8_t>(in.number("forgiven_days", 0, 0xFF, 7));
  if (!in.has("forgiven_modes")) return;
  out.forgiven_modes = {};
  for (const std::string& name : in.texts("forgiven_modes")) {
    const auto known = std::ranges::find(kModeNames, std::string_view{name},
                                         &std::pair<std::string_view, std::uint16_t>::first);
    if (known == kModeNames.end())
      in.bad("forgiven_modes", "\"" + name + "\" is not a mode");
    else
      out.forgiven_modes.bits |= known->second;
  }
}

/// "metro-b/0101": a stop of any network.
struct Named {
  const Network* network = nullptr;
  const Stop* stop = nullptr;
};
Named find_stop(const std::vector<Network>& networks, std::string_view name) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return {};
  const auto network = std::ranges::find(networks, name.substr(0, slash), &Network::id);
  if (network == networks.end()) return {};
  const auto index = index_of(network->stops, name.substr(slash + 1));
  if (!index) return {};
  return {&*network, &network->stops[*index]};
}

Status read_completion(const toml::table& table, const std::vector<Network>& networks,
                       Network& network) {
  TomlReader in{"book.toml", table, {"next", "exit", "minutes"}};
  const Named next = find_stop(networks, in.text("next"));
  const auto exit = index_of(network.stops, in.text("exit"));
  if (next.stop == nullptr)
    in.bad("next", "network and stop of this book were expected, such as metro/0101");
  if (!exit) in.bad("exit", "a stop of network " + network.id + " was expected");
  const std::uint16_t limit = minutes(in, "minutes", 1, std::nullopt);
  if (auto ok = in.status(); !ok) return ok;
  network.policy.completions.push_back(
      {next.network->code, next.stop->number, network.stops[*exit].number, limit});
  return {};
}

}  // namespace

Result<JourneyPolicy> read_policy(const std::filesystem::path& dir, const toml::table& table,
                                  const std::vector<Stop>& stops) {
  JourneyPolicy out;
  const toml::node* const node = table.get("policy");
  if (node == nullptr) return out;
  if (!node->is_table())
    return fail(Errc::invalid, "book.toml:" + std::to_string(node->source().begin.line) +
                                   ": policy: a table was expected");
  TomlReader in{"book.toml",
                *node->as_table(),
                {"maximum_fen",
                 "minimum_fen",
                 "time_limit_minutes",
                 "time_limits",
                 "segments",
                 "overstay",
                 "overstay_fen",
                 "same_station",
                 "same_station_fen",
                 "same_station_free_minutes",
                 "no_entry",
                 "no_entry_fen",
                 "no_exit",
                 "no_exit_fen",
                 "collected_in",
                 "open_elsewhere",
                 "complete_certain",
                 "completions",
                 "forgiven_modes",
                 "forgiven_days"}};
  out.maximum = fen(in, "maximum_fen");
  out.minimum = fen(in, "minimum_fen");
  if (auto ok = read_limits(in, out); !ok) return fail(std::move(ok.error()));
  out.overstay = choice<Overstay>(in, "overstay", kOverstays);
  out.overstay_fen = fen(in, "overstay_fen");
  out.same_station = choice<SameStation>(in, "same_station", kSameStation);
  out.same_station_fen = fen(in, "same_station_fen");
  out.same_station_free_minutes = minutes(in, "same_station_free_minutes", 0, 0);
  out.no_entry = choice<Unseen>(in, "no_entry", kUnseen);
  out.no_entry_fen = fen(in, "no_entry_fen");
  out.no_exit = choice<Unseen>(in, "no_exit", kUnseen);
  out.no_exit_fen = fen(in, "no_exit_fen");
  out.collected_in = choice<CollectedIn>(in, "collected_in", kCollectedIn);
  out.open_elsewhere = choice<OpenElsewhere>(in, "open_elsewhere", kOpenElsewhere);
  out.complete_certain = in.flag("complete_certain", false);
  read_forgiveness(in, out);
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  if (in.has("segments"))
    if (auto ok = read_distances(dir, in, stops, out); !ok) return fail(std::move(ok.error()));
  return out;
}

Status read_completions(const toml::table& root, std::vector<Network>& networks) {
  const auto* const tables = root.get_as<toml::array>("network");
  if (tables == nullptr) return {};
  for (const toml::node& node : *tables) {
    const toml::table& table = *node.as_table();
    const auto* const policy = table.get_as<toml::table>("policy");
    if (policy == nullptr || !policy->contains("completions")) continue;
    const auto id = table["id"].value<std::string_view>().value_or("");
    const auto network = std::ranges::find(networks, id, &Network::id);
    // What else is in the policy was read with its network.
    const auto* const list = policy->get_as<toml::array>("completions");
    if (list == nullptr || !list->is_homogeneous(toml::node_type::table))
      return fail(Errc::invalid,
                  "book.toml:" + std::to_string(policy->get("completions")->source().begin.line) +
                      ": completions: an array of tables was expected");
    for (const toml::node& one : *list)
      if (auto ok = read_completion(*one.as_table(), networks, *network); !ok) return ok;
  }
  return {};
}

}  // namespace tidegate::fare
