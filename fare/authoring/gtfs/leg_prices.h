// SPDX-License-Identifier: Apache-2.0
// What the leg rules of a feed charge: in each network, between groups of stops, for each rider,
// with each medium, in each part of the week that rules tell apart.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "fare/authoring/gtfs/feed.h"
#include "fare/engine/types.h"

namespace tidegate::fare::gtfs {

/// What a fare medium of the feed is at a gate of ours; empty: nothing that a gate reads.
using MediaMap = std::map<std::string, std::vector<MediumKind>, std::less<>>;

/// A part of the week with the same fares.
struct Period {
  std::string name;  ///< timeframe groups in effect, joined by "."; "other-hours": none
  WeekMinutes minutes;
};

struct NetworkPrices {
  static constexpr std::uint32_t kNoFare = 0xFFFFFFFF;
  using Table = std::vector<std::uint32_t>;  ///< zones × zones, row = from

  std::size_t network = 0;           ///< index of Feed::networks
  std::vector<std::size_t> stops;    ///< indices of Feed::stops, those of the network
  std::vector<std::size_t> zone_of;  ///< of each of `stops`
  std::vector<std::string> zones;    ///< stops that the rules cannot tell apart, by their areas
  std::vector<Period> periods;       ///< together the whole week
  std::size_t riders = 1, media = 1;
  std::vector<Table> tables;
  /// Groups of leg rules that price rides here, each with its fares by rider and medium (one row
  /// for each combination).
  std::map<std::string, std::set<Table>, std::less<>> leg_groups;

  [[nodiscard]] const Table& table(std::size_t rider, std::size_t medium,
                                   std::size_t period) const {
    return tables[(rider * media + medium) * periods.size() + period];
  }
};

/// Matches legs with rules, by both meanings of empty fields (reference, fare_leg_rules.txt).
class LegPrices {
 public:
  /// Rider 0 is everybody: the feed's default category. Others are its other categories.
  LegPrices(const Feed& feed, const MediaMap& media, Report& report);

  /// Riders in the order of the tables.
  [[nodiscard]] const std::vector<const FeedRider*>& riders() const noexcept { return riders_; }
  /// Media in the order of the tables: one (none) where no price depends on it.
  [[nodiscard]] const std::vector<MediumKind>& media() const noexcept { return kinds_; }

  [[nodiscard]] NetworkPrices of(std::size_t network);
  /// Amounts of every product by rider and medium, negative ones too; none: not for these.
  [[nodiscard]] std::map<std::string, std::vector<std::optional<std::int64_t>>, std::less<>>
  product_prices() const;
  /// Names what no network used: rules without a ride, products that are dearer than others.
  void finish();

 private:
  struct Rule {
    const LegRule* rule = nullptr;
    int from = -1, to = -1;  ///< areas; -1: empty
    std::size_t product = 0;
    bool is_used = false;
  };
  struct Product {
    std::vector<std::size_t> rows;  ///< of Feed::products
  };
  struct Chosen {
    const FeedProduct* row = nullptr;
    std::size_t index = 0;
  };
  struct Part {
    std::string name;
    WeekMinutes minutes;
    Ids groups;
  };
  using RulesByEnds = std::unordered_map<std::uint64_t, std::vector<std::size_t>>;

  void choose_riders();
  void take_rules();
  [[nodiscard]] bool concerns(const Rule& rule, const FeedNetwork& network) const;
  [[nodiscard]] std::vector<Part> parts_of(const std::vector<std::size_t>& rules) const;
  void group_stops(NetworkPrices& out, std::vector<std::vector<int>>& zone_areas) const;
  [[nodiscard]] std::vector<int> matching(const std::vector<int>& areas, const Ids& listed) const;
  void fill(NetworkPrices& out, const std::vector<Part>& parts, const RulesByEnds& rules,
            const std::vector<std::vector<int>>& zone_areas);
  /// Fares for every rider and medium of the rules in effect with the highest priority.
  [[nodiscard]] const std::vector<std::uint32_t>& fares(const std::vector<std::size_t>& rules,
                                                        const Part& part, NetworkPrices& out);
  [[nodiscard]] std::vector<std::uint32_t> price(const std::vector<std::size_t>& products);
  [[nodiscard]] Chosen best_row(const Product& product, std::size_t rider, std::size_t medium,
                                bool negative = false) const;
  static void merge_periods(NetworkPrices& out);
  void drop_unserved(NetworkPrices& out) const;

  const Feed& feed_;
  const MediaMap& media_map_;
  Report& report_;
  std::vector<const FeedRider*> riders_;
  std::vector<MediumKind> kinds_;
  std::vector<Rule> rules_;
  std::vector<Product> products_;
  std::map<std::string, int, std::less<>> areas_;  ///< those that rules name
  std::vector<std::string> area_names_;
  Ids listed_networks_, listed_from_, listed_to_;
  std::vector<bool> is_used_, is_dearer_;  ///< rows of Feed::products
  std::map<std::vector<std::size_t>, std::vector<std::uint32_t>> priced_;
};

}  // namespace tidegate::fare::gtfs
