// SPDX-License-Identifier: Apache-2.0
// Reads routes, networks, stops, areas, and which network serves which stop.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "fare/authoring/gtfs/feed_parts.h"

namespace tidegate::fare::gtfs {
namespace {

/// A row of stops.txt that somebody can board at, or a station.
struct RawStop {
  std::string id, name, parent, zone;
  bool is_station = false;
};

std::vector<RawStop> read_raw_stops(Reading& in) {
  const TableKind kind{
      "stops.txt",
      {"stop_id"},
      {"stop_name", "location_type", "parent_station", "zone_id", "stop_timezone"}};
  Table table{kind, in.problems};
  std::vector<RawStop> out;
  Ids ids;
  bool zone_noted = false;
  const bool found = table.read(in.files, in.report, [&](const Row& row) {
    RawStop stop{.id = new_id(row, "stop_id", ids),
                 .name = std::string{row.text("stop_name")},
                 .parent = std::string{row.text("parent_station")},
                 .zone = std::string{row.text("zone_id")}};
    const auto type = row.number("location_type", 0, 4, 0);
    stop.is_station = type == 1;
    const std::string_view zone = row.text("stop_timezone");
    if (!zone.empty() && zone != in.feed.timezone && !std::exchange(zone_noted, true))
      in.report.lose(row.place(), "stop_timezone " + std::string{zone} +
                                      " is not the agency's; a book's hours are those of one zone");
    if (type <= 1) out.push_back(std::move(stop));
  });
  if (!found && in.problems.none())
    in.problems.add({"stops.txt", 0}, "is missing: the stops of the feed were expected");
  return out;
}

using AreasByStop = std::map<std::string, Ids, std::less<>>;

AreasByStop read_stop_areas(Reading& in) {
  const TableKind areas{"areas.txt", {"area_id"}, {"area_name"}, true};
  Table table{areas, in.problems};
  table.read(in.files, in.report, [&](const Row& row) { (void)new_id(row, "area_id", in.areas); });
  AreasByStop out;
  const TableKind kind{"stop_areas.txt", {"area_id", "stop_id"}, {}, true};
  Table rows{kind, in.problems};
  rows.read(in.files, in.report, [&](const Row& row) {
    const std::string area = reference(row, "area_id", in.areas, "areas.txt", true);
    const std::string stop{row.need("stop_id")};
    if (!stop.empty() && !in.station_of.contains(stop))
      row.bad("stop_id", "\"" + stop + "\" is not in stops.txt");
    out[stop].insert(area);
  });
  return out;
}

/// A platform's own areas override those of its station (reference, stop_areas.stop_id).
Ids areas_of(const RawStop& stop, const AreasByStop& areas) {
  if (const auto own = areas.find(stop.id); own != areas.end()) return own->second;
  const auto parent = areas.find(stop.parent);
  return parent != areas.end() ? parent->second : Ids{};
}

/// Gates stand at stations: platforms become their station where all have the same areas.
void merge_platforms(Reading& in, const std::vector<RawStop>& raw, const AreasByStop& areas) {
  std::map<std::string, std::vector<const RawStop*>, std::less<>> platforms;
  std::map<std::string, const RawStop*, std::less<>> stations;
  for (const RawStop& stop : raw) {
    if (stop.is_station)
      stations.emplace(stop.id, &stop);
    else
      platforms[stop.parent].push_back(&stop);
  }
  const auto add = [&](const RawStop& stop, const std::string& id, const std::string& name) {
    in.feed.stops.push_back(
        {id, in.names("stops", id, name.empty() ? id : name), areas_of(stop, areas)});
  };
  for (const auto& [parent, group] : platforms) {
    const auto station = stations.find(parent);
    const bool same =
        station != stations.end() && std::ranges::all_of(group, [&](const RawStop* one) {
          return areas_of(*one, areas) == areas_of(*group.front(), areas) &&
                 one->zone == group.front()->zone;
        });
    if (same) {
      add(*group.front(), parent, station->second->name);
      for (const RawStop* one : group) in.station_of[one->id] = parent;
    } else {
      for (const RawStop* one : group) add(*one, one->id, one->name);
    }
  }
  // A station without platforms is a stop of its own.
  for (const auto& [id, station] : stations)
    if (!platforms.contains(id)) add(*station, id, station->name);
  std::ranges::sort(in.feed.stops, {}, &FeedStop::id);
}

void read_networks(Reading& in) {
  const TableKind kind{"networks.txt", {"network_id"}, {"network_name"}, true};
  Table table{kind, in.problems};
  table.read(in.files, in.report, [&](const Row& row) {
    const std::string id = new_id(row, "network_id", in.networks);
    const std::string_view name = row.text("network_name");
    in.feed.networks.push_back({.id = id,
                                .names = in.names("networks", id, name.empty() ? id : name),
                                .place = row.place()});
  });
}

void assign_routes(Reading& in, const Ids& routes) {
  const TableKind kind{"route_networks.txt", {"network_id", "route_id"}, {}, true};
  Table table{kind, in.problems};
  table.read(in.files, in.report, [&](const Row& row) {
    const std::string network = reference(row, "network_id", in.networks, "networks.txt", true);
    const std::string route{row.need("route_id")};
    if (!routes.contains(route)) row.bad("route_id", "\"" + route + "\" is not in routes.txt");
    if (!in.route_network.emplace(route, network).second)
      row.bad("route_id", "\"" + route + "\" belongs to a network already");
  });
}

/// The routes without a network, and what each network's routes are.
void finish_networks(Reading& in, const std::vector<std::string>& routes) {
  const auto bare = std::ranges::any_of(
      routes, [&](const std::string& route) { return !in.route_network.contains(route); });
  if (bare || in.feed.networks.empty()) {
    in.feed.networks.push_back(network_of_agency(in.feed));
  }
  for (const std::string& route : routes) {
    const auto network = in.route_network.find(route);
    const std::string id = network != in.route_network.end() ? network->second : "";
    const auto at = std::ranges::find(in.feed.networks, id, &FeedNetwork::id);
    if (at == in.feed.networks.end()) continue;
    if (at->routes++ == 0) at->route_type = in.route_type[route];
  }
}

}  // namespace

FeedNetwork network_of_agency(const Feed& feed) {
  const std::string name = feed.agency_name.empty() ? "Network" : feed.agency_name;
  return {.id = "", .names = {name, name}, .place = {"routes.txt", 0}};
}

void read_routes(Reading& in) {
  read_networks(in);
  const bool by_table = !in.networks.empty();
  const TableKind kind{"routes.txt", {"route_id"}, {"route_type", "agency_id", "network_id"}};
  Table table{kind, in.problems};
  Ids ids;
  std::vector<std::string> routes;
  table.read(in.files, in.report, [&](const Row& row) {
    const std::string id = new_id(row, "route_id", ids);
    routes.push_back(id);
    in.route_type[id] = static_cast<int>(row.number("route_type", 0, 1'999, 3));
    in.route_agency[id] = row.text("agency_id");
    const std::string network{row.text("network_id")};
    if (network.empty()) return;
    if (by_table)
      return row.bad("network_id", "must be empty where there is networks.txt (one of the two)");
    in.route_network.emplace(id, network);
    if (in.networks.insert(network).second)
      in.feed.networks.push_back(
          {.id = network, .names = {network, network}, .place = row.place()});
  });
  assign_routes(in, ids);
  finish_networks(in, routes);
}

void read_stops(Reading& in) {
  const std::vector<RawStop> raw = read_raw_stops(in);
  for (const RawStop& stop : raw) in.station_of.emplace(stop.id, stop.id);
  AreasByStop areas;
  if (in.feed.is_v1) {
    for (const RawStop& stop : raw)
      if (!stop.zone.empty()) areas[stop.id].insert(stop.zone), in.areas.insert(stop.zone);
  } else {
    areas = read_stop_areas(in);
  }
  merge_platforms(in, raw, areas);
}

void read_timetable(Reading& in) {
  if (!in.files.has("trips.txt") || !in.files.has("stop_times.txt")) {
    in.report.note({},
                   "there is no timetable (trips.txt, stop_times.txt): a network has the stops "
                   "that its rules give a fare");
    return;
  }
  std::unordered_map<std::string, FeedNetwork*> network_of_trip;
  const TableKind trips{"trips.txt", {"trip_id", "route_id"}, {}};
  Table trip_table{trips, in.problems};
  trip_table.read(in.files, in.report, [&](const Row& row) {
    const auto at = in.route_network.find(row.text("route_id"));
    const std::string id = at != in.route_network.end() ? at->second : "";
    const auto network = std::ranges::find(in.feed.networks, id, &FeedNetwork::id);
    if (network != in.feed.networks.end())
      network_of_trip.emplace(std::string{row.text("trip_id")}, &*network);
  });
  for (FeedNetwork& network : in.feed.networks) network.stops.emplace();
  const TableKind times{"stop_times.txt", {"trip_id", "stop_id"}, {}};
  Table time_table{times, in.problems};
  std::string trip;
  time_table.read(in.files, in.report, [&](const Row& row) {
    trip = row.text("trip_id");
    const auto network = network_of_trip.find(trip);
    const auto stop = in.station_of.find(row.text("stop_id"));
    if (network == network_of_trip.end())
      row.bad("trip_id", "\"" + trip + "\" is not in trips.txt");
    else if (stop != in.station_of.end())
      network->second->stops->insert(stop->second);
    else if (!row.text("stop_id").empty())
      row.bad("stop_id", "\"" + std::string{row.text("stop_id")} + "\" is not in stops.txt");
  });
}

}  // namespace tidegate::fare::gtfs
