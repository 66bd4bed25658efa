// SPDX-License-Identifier: Apache-2.0
// Reads Fares V1 (fare_attributes.txt, fare_rules.txt) as products, areas, networks and leg rules.
#include <algorithm>
#include <tuple>
#include <utility>

#include "fare/authoring/gtfs/feed_parts.h"
#include "fare/authoring/gtfs/text.h"

namespace tidegate::fare::gtfs {
namespace {

struct V1Rule {
  std::string fare, route, origin, destination;
  Place place;
};
struct V1Fare {
  std::string id, agency;
  std::optional<std::int64_t> transfers;  ///< none: no limit
  std::optional<std::int64_t> duration;
  bool has_rules = false;
  Place place;
};

class V1 {
 public:
  explicit V1(Reading& in) : in_{in} {}

  void read() {
    read_fares();
    read_rules();
    // A fare without rules holds everywhere.
    for (const auto& [id, fare] : fares_)
      if (!fare.has_rules) rules_.push_back({.fare = id, .place = fare.place});
    make_networks();
    make_transfers();
  }

 private:
  void read_fares() {
    const TableKind kind{"fare_attributes.txt",
                         {"fare_id", "price", "currency_type"},
                         {"payment_method", "transfers", "agency_id", "transfer_duration"},
                         true};
    Table table{kind, in_.problems};
    Ids ids;
    const bool found = table.read(in_.files, in_.report, [&](const Row& row) {
      V1Fare fare{.id = new_id(row, "fare_id", ids),
                  .agency = reference(row, "agency_id", in_.agencies, "agency.txt"),
                  .place = row.place()};
      FeedProduct product{
          .id = fare.id, .currency = std::string{row.text("currency_type")}, .place = row.place()};
      if (!is_currency(product.currency))
        row.bad("currency_type", "three capital letters such as CNY were expected");
      read_amount(in_, row, "price", product);
      if (product.hundredths < 0) row.bad("price", "an amount of at least 0 was expected");
      if (row.number("payment_method", 0, 1, 1) == 0)
        in_.report.note(row.place(),
                        "fare " + fare.id + " is paid on board; a card pays at the tap");
      if (!row.text("transfers").empty()) fare.transfers = row.number("transfers", 0, 2);
      if (!row.text("transfer_duration").empty())
        fare.duration = row.number("transfer_duration", 0, 1'000'000'000);
      in_.feed.products.push_back(std::move(product));
      fares_.emplace(fare.id, std::move(fare));
    });
    if (!found && in_.problems.none())
      in_.problems.add({"fare_attributes.txt", 0}, "is missing: fare_rules.txt needs it");
    choose_currency(in_);
  }

  void read_rules() {
    const TableKind kind{"fare_rules.txt",
                         {"fare_id"},
                         {"route_id", "origin_id", "destination_id", "contains_id"},
                         true};
    Table table{kind, in_.problems};
    Ids routes;
    for (const auto& [route, type] : in_.route_type) routes.insert(route);
    table.read(in_.files, in_.report, [&](const Row& row) {
      const auto fare = fares_.find(row.need("fare_id"));
      if (fare == fares_.end()) return row.bad("fare_id", "is not in fare_attributes.txt");
      fare->second.has_rules = true;
      V1Rule rule{.fare = fare->first,
                  .route = reference(row, "route_id", routes, "routes.txt"),
                  .origin = reference(row, "origin_id", in_.areas, "stops.txt (zone_id)"),
                  .destination = reference(row, "destination_id", in_.areas, "stops.txt (zone_id)"),
                  .place = row.place()};
      if (!reference(row, "contains_id", in_.areas, "stops.txt (zone_id)").empty()) {
        in_.report.lose(row.place(), "contains_id: fare " + rule.fare + " depends on the zones " +
                                         "passed, which a gate does not see; the rule is left out");
        return;
      }
      rules_.push_back(std::move(rule));
    });
  }

  [[nodiscard]] bool concerns(const V1Rule& rule, const std::string& route) const {
    if (!rule.route.empty() && rule.route != route) return false;
    const std::string& agency = fares_.at(rule.fare).agency;
    const auto own = in_.route_agency.find(route);
    return agency.empty() || own == in_.route_agency.end() || own->second.empty() ||
           own->second == agency;
  }

  /// Routes with the same rules are one network.
  void make_networks() {
    std::map<std::set<std::tuple<std::string, std::string, std::string>>, std::vector<std::string>>
        routes_by_rules;
    std::map<std::string, std::vector<const V1Rule*>> rules_by_route;
    for (const auto& [route, type] : in_.route_type) {
      std::set<std::tuple<std::string, std::string, std::string>> signature;
      for (const V1Rule& rule : rules_)
        if (concerns(rule, route)) {
          signature.emplace(rule.fare, rule.origin, rule.destination);
          rules_by_route[route].push_back(&rule);
        }
      routes_by_rules[std::move(signature)].push_back(route);
    }
    in_.route_network.clear();
    in_.networks.clear();
    in_.feed.networks.clear();
    const bool one = routes_by_rules.size() == 1;
    for (const auto& [signature, routes] : routes_by_rules)
      add_network(one, routes, rules_by_route);
    if (routes_by_rules.empty()) {
      in_.feed.networks.push_back(network_of_agency(in_.feed));
      for (const V1Rule& rule : rules_) add_rule("", rule);
    }
  }

  void add_network(bool one, const std::vector<std::string>& routes,
                   std::map<std::string, std::vector<const V1Rule*>>& rules_by_route) {
    std::string id = one && !in_.feed.agency_name.empty() ? in_.feed.agency_name : routes.front();
    if (!one && routes.size() > 1) id += "-and-" + std::to_string(routes.size() - 1);
    in_.networks.insert(id);
    in_.feed.networks.push_back({.id = id,
                                 .names = {id, id},
                                 .place = {"routes.txt", 0},
                                 .route_type = in_.route_type[routes.front()],
                                 .routes = routes.size()});
    if (!one)
      in_.report.note({"routes.txt", 0}, "routes with the same fares are a network: " + id +
                                             " has " + std::to_string(routes.size()));
    for (const std::string& route : routes) in_.route_network[route] = id;
    for (const V1Rule* rule : rules_by_route[routes.front()]) add_rule(id, *rule);
  }

  void add_rule(const std::string& network, const V1Rule& rule) {
    in_.feed.leg_rules.push_back({.group = rule.fare,
                                  .network = network,
                                  .from_area = rule.origin,
                                  .to_area = rule.destination,
                                  .from_time = "",
                                  .to_time = "",
                                  .product = rule.fare,
                                  .place = rule.place});
  }

  /// A fare that allows transfers covers the rides behind the first.
  void make_transfers() {
    for (const auto& [id, fare] : fares_) {
      if (fare.transfers == 0) continue;
      TransferRule rule{.from_group = id,
                        .to_group = id,
                        .product = "",
                        .count = fare.transfers.value_or(-1),
                        .duration_limit = fare.duration,
                        .duration_type = 1,
                        .place = fare.place};
      in_.feed.transfers.push_back(std::move(rule));
    }
  }

  Reading& in_;
  std::map<std::string, V1Fare, std::less<>> fares_;
  std::vector<V1Rule> rules_;
};

}  // namespace

void read_v1(Reading& in) {
  read_routes(in);
  read_stops(in);
  V1{in}.read();
  // An empty origin, destination or route of Fares V1 does not matter to the rule.
  in.feed.has_priority = true;
}

}  // namespace tidegate::fare::gtfs
