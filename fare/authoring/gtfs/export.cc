// SPDX-License-Identifier: Apache-2.0
// Exports a fare book to GTFS Fares V2.
#include "fare/authoring/gtfs/export.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "fare/authoring/gtfs/export_prices.h"
#include "fare/authoring/gtfs/export_products.h"
#include "fare/authoring/gtfs/export_transfers.h"
#include "fare/authoring/gtfs/text.h"

namespace tidegate::fare::gtfs {
namespace {

/// The version of a network that is exported; nullptr: none on that day.
const TariffVersion* version_of(const Network& network, const ExportOptions& options) {
  const TariffVersion* out = nullptr;
  for (const TariffVersion& version : network.versions)
    if (!options.on || version.effective_from <= *options.on) out = &version;
  return out;
}

/// `route_type` of an industry byte of EF 1A.
std::string_view route_type_of(Byte industry) {
  switch (industry) {
    case 0x01: return "1";  // metro
    case 0x03:
    case 0x09: return "4";  // water bus, ferry
    case 0x0A:
    case 0x0E: return "2";    // railways
    case 0x08: return "200";  // coach
    default: return "3";
  }
}

class Exporter {
 public:
  Exporter(const BookModel& model, const ExportOptions& options)
      : model_{model}, options_{options}, products_{model, payers_} {}

  Result<ExportedFeed> run() {
    find_payers();
    files_ = {{"agency.txt", "agency_id,agency_name,agency_url,agency_timezone\n" +
                                 csv_row({"1", model_.name, "", "Asia/Shanghai"})},
              {"feed_info.txt", "feed_publisher_name,feed_publisher_url,feed_lang\n" +
                                    csv_row({model_.name, "", "zh"})},
              {"stops.txt", "stop_id,stop_name\n"},
              {"routes.txt", "route_id,agency_id,route_long_name,route_type\n"},
              {"networks.txt", "network_id,network_name\n"},
              {"route_networks.txt", "network_id,route_id\n"},
              {"areas.txt", "area_id,area_name\n"},
              {"stop_areas.txt", "area_id,stop_id\n"},
              {"translations.txt", "table_name,field_name,language,translation,record_id\n"},
              {"fare_leg_rules.txt",
               "leg_group_id,network_id,from_area_id,to_area_id,from_timeframe_group_id,"
               "fare_product_id,rule_priority\n"}};
    for (const Network& network : model_.networks) count_codes(network);
    legs_by_price_ = networks_by_price(model_);
    std::size_t networks = 0;
    for (const Network& network : model_.networks)
      if (const TariffVersion* const version = version_of(network, options_)) {
        add_network(network, *version);
        ++networks;
      } else {
        lose(network, "has no tariff on " + options_.on->text());
      }
    if (networks == 0) return fail(Errc::not_found, "no network has a tariff on that day");
    export_transfers(model_, payers_, legs_by_price_, products_, files_, report_);
    export_interchanges();
    files_["fare_products.txt"] =
        "fare_product_id,rider_category_id,fare_media_id,amount,currency\n" + products_.text();
    add_payers();
    add_timeframes();
    name_what_stays();
    return ExportedFeed{.files = std::move(files_), .report = std::move(report_)};
  }

 private:
  void lose(const Network& network, const std::string& what) {
    report_.lose({}, "network " + network.id + ": " + what);
  }

  void find_payers() {
    std::set<RiderCategory> riders;
    bool media = false;
    for (const Network& network : model_.networks)
      if (const TariffVersion* const version = version_of(network, options_))
        for (const FareClass& one : version->classes) {
          riders.insert(one.riders.begin(), one.riders.end());
          media = media || !one.media.empty();
        }
    riders.erase(RiderCategory::adult);
    payers_.riders = {RiderCategory::adult};
    payers_.riders.insert(payers_.riders.end(), riders.begin(), riders.end());
    if (media) payers_.media = {MediumKind::t_union, MediumKind::qr};
  }

  void count_codes(const Network& network) {
    for (const Stop& stop : network.stops) ++uses_[stop.code];
  }
  /// A code that two networks use is told apart by the network.
  [[nodiscard]] std::string stop_id(const Network& network, const Stop& stop) const {
    return uses_.at(stop.code) == 1 ? stop.code : network.id + "." + stop.code;
  }

  void translate(std::string_view table, std::string_view field, std::string_view record,
                 std::string_view zh, std::string_view en) {
    if (zh != en) files_["translations.txt"] += csv_row({table, field, "en", en, record});
  }

  void add_network(const Network& network, const TariffVersion& version) {
    const ExportPrices prices{model_, network, version, payers_};
    const std::size_t n = network.stops.size();
    const bool uniform = prices.is_uniform();
    files_["networks.txt"] += csv_row({network.id, network.name_zh});
    translate("networks", "network_name", network.id, network.name_zh, network.name_en);
    files_["routes.txt"] +=
        csv_row({network.id, "1", network.name_zh, route_type_of(network.industry)});
    files_["route_networks.txt"] += csv_row({network.id, network.id});
    const std::string all = network.id + "/all";  // no stop code has a slash
    if (uniform) files_["areas.txt"] += csv_row({all, network.name_zh});
    for (const Stop& stop : network.stops) {
      const std::string id = stop_id(network, stop);
      files_["stops.txt"] += csv_row({id, stop.name_zh});
      translate("stops", "stop_name", id, stop.name_zh, stop.name_en);
      if (!uniform) files_["areas.txt"] += csv_row({id, stop.name_zh});
      files_["stop_areas.txt"] += csv_row({uniform ? all : id, id});
    }
    std::size_t pairs = 0;
    for (std::size_t from = 0; from < (uniform ? 1 : n); ++from)
      for (std::size_t to = 0; to < (uniform ? 1 : n); ++to)
        pairs += add_pair(network, prices, from, to,
                          uniform ? all : stop_id(network, network.stops[from]),
                          uniform ? all : stop_id(network, network.stops[to]));
    report_.taken.push_back("network " + network.id + ": " + std::to_string(n) + " stops, " +
                            (uniform ? "one fare" : std::to_string(pairs) + " pairs with a fare") +
                            ", tariff of " + version.effective_from.text());
    name_of_network(network, version);
  }

  /// The rule without a timeframe, and before it those of times with other fares.
  std::size_t add_pair(const Network& network, const ExportPrices& prices, std::size_t from,
                       std::size_t to, std::string_view from_area, std::string_view to_area) {
    const PayerFares none(payers_.riders.size() * std::max<std::size_t>(1, payers_.media.size()),
                          ExportPrices::kNoFare);
    const PayerFares plain = prices.fares(prices.parts().front(), from, to);
    bool any = false;
    for (const ExportPrices::Part& part : prices.parts()) {
      const bool first = &part == &prices.parts().front();
      const PayerFares fares = first ? plain : prices.fares(part, from, to);
      if (fares == none || (!first && fares == plain)) continue;
      const std::string frame = first ? "" : timeframe(part);
      for (const std::string& product : products_.of(network.id, fares))
        files_["fare_leg_rules.txt"] +=
            csv_row({legs_by_price_.contains(network.id) ? product : network.id, network.id,
                     from_area, to_area, frame, product, first ? "0" : "1"});
      any = true;
    }
    return any ? 1 : 0;
  }

  std::string timeframe(const ExportPrices::Part& part) {
    for (const auto& [name, minutes] : timeframes_)
      if (minutes == part.minutes) return name;
    std::string name = part.name;
    for (int next = 2; timeframes_.contains(name); ++next)
      name = part.name + "-" + std::to_string(next);
    timeframes_.emplace(name, part.minutes);
    return name;
  }

  void add_payers() {
    if (payers_.riders.size() > 1) {
      std::string& text = files_["rider_categories.txt"] =
          "rider_category_id,rider_category_name,is_default_fare_category\n";
      for (const RiderCategory rider : payers_.riders) {
        const std::string_view name = rider_name(model_.riders, rider);
        const auto own = std::ranges::find(model_.riders, rider, &Rider::number);
        text += csv_row({name, own != model_.riders.end() ? own->name_zh : name,
                         rider == RiderCategory::adult ? "1" : "0"});
        if (own != model_.riders.end())
          translate("rider_categories", "rider_category_name", name, own->name_zh, own->name_en);
      }
    }
    if (!payers_.media.empty())
      files_["fare_media.txt"] = "fare_media_id,fare_media_name,fare_media_type\n" +
                                 csv_row({"t-union", "交通联合 T-Union", "2"}) +
                                 csv_row({"qr", "乘车码 Ride code", "4"});
  }

  /// Hours with their days; a service for each set of days.
  void add_timeframes() {
    if (timeframes_.empty()) return;
    std::string& text = files_["timeframes.txt"] =
        "timeframe_group_id,start_time,end_time,service_id\n";
    std::map<std::string, std::string> services;  // id → days
    for (const auto& [name, minutes] : timeframes_) {
      std::map<std::pair<int, int>, std::string> days_by_hours;
      for (std::size_t day = 0; day < 7; ++day)
        for (int from = 0; from < 24 * 60;) {
          const auto is_in = [&](int minute) {
            return minute < 24 * 60 &&
                   minutes.test(day * kMinutesADay + static_cast<std::size_t>(minute));
          };
          int to = from;
          while (is_in(to)) ++to;
          if (to > from) {
            std::string& days = days_by_hours[{from, to}];
            if (days.empty()) days = "0000000";
            days[day] = '1';
          }
          from = to + 1;
        }
      for (const auto& [hours, days] : days_by_hours) {
        services.emplace("days-" + days, days);
        text +=
            csv_row({name, minute_text(hours.first), minute_text(hours.second), "days-" + days});
      }
    }
    std::string& calendar = files_["calendar.txt"] =
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n";
    for (const auto& [id, days] : services) {
      calendar += id;
      for (const char day : days) calendar.append(",") += day;
      calendar.append(",").append(day_text(model_.valid_from)).append(",20991231\n");
    }
  }

  void name_of_network(const Network& network, const TariffVersion& version) {
    if (network.minimum_balance > Fen{})
      lose(network, "a balance of " + network.minimum_balance.yuan() + " is asked for at entry");
    for (const TariffVersion& other : network.versions)
      if (&other != &version)
        lose(network, "the tariff from " + other.effective_from.text() + " on (--on picks a day)");
    name_of_version(network, version);
  }

  void name_of_version(const Network& network, const TariffVersion& version) {
    if (!version.charge_at.empty()) lose(network, "it charges at some stops only");
    if (version.companions) lose(network, "children and companions on one card");
    if (version.repeat) lose(network, "a second tap for another person");
    for (const FareClass& one : version.classes) {
      const std::string whose = "class " + one.name + ": ";
      if (!one.items.empty()) lose(network, whose + "what is carried");
      if (!one.issuers.empty())
        lose(network, whose + "cities of cards; the feed says what cards of this city pay");
      if (one.judged != JudgedBy::entry)
        lose(network, whose + "judged by the exit; the feed has it by the entry");
    }
  }

  /// Both ways; GTFS has no limit in minutes.
  void export_interchanges() {
    for (const InterchangeRule& rule : model_.between.interchanges) {
      std::string& text = files_["fare_leg_join_rules.txt"];
      if (text.empty()) text = "from_network_id,to_network_id,from_stop_id,to_stop_id\n";
      const Network& network = model_.networks[rule.network];
      for (const auto& [a, b] : rule.pairs) {
        const std::string ids[] = {stop_id(network, network.stops[a]),
                                   stop_id(network, network.stops[b])};
        text += csv_row({network.id, network.id, ids[0], ids[1]});
        if (a != b) text += csv_row({network.id, network.id, ids[1], ids[0]});
      }
      report_.lose({}, "interchange " + rule.name + ": its limit of " +
                           std::to_string(rule.minutes) +
                           " minutes, how often it goes on, and for whom and when it holds");
    }
  }

  void name_what_stays() {
    for (const Timeframe& frame : model_.timeframes)
      if (std::ranges::any_of(frame.spans, &WeekSpan::by_calendar))
        report_.lose({}, "timeframe " + frame.name +
                             ": holidays and make-up working days; the feed has Monday to Friday "
                             "for working days, Saturday and Sunday for the others");
    for (const ThroughRule& rule : model_.through)
      report_.lose({}, "through " + rule.name + ": one fare over two networks");
    for (const CapRule& rule : model_.between.caps)
      report_.lose({}, "cap " + rule.name + ": GTFS has no caps");
    for (const CumulativeRule& rule : model_.between.cumulative)
      report_.lose({}, "cumulative " + rule.name + ": GTFS does not add up what a card has spent");
    for (const PassRule& rule : model_.between.passes)
      report_.lose({},
                   "pass " + rule.name + ": GTFS has products, but not what a pass is good for");
    report_.note(
        {},
        "a feed needs what a book does not have: positions of stops, agency_url, trips and "
        "their times; put the fare files beside the operator's timetable");
    report_.note({},
                 "what fares do not depend on stays in the book: codes on cards, permanent "
                 "numbers, operators, the turn of the service day, golden journeys");
    report_.note({},
                 "what happens to a journey gone wrong is not a fare of GTFS: refusals, station "
                 "modes, what a card remembers");
  }

  const BookModel& model_;
  const ExportOptions& options_;
  Payers payers_;
  Products products_;
  std::map<std::string, std::size_t> uses_;  ///< of stop codes, by networks
  std::map<std::string, WeekMinutes> timeframes_;
  std::set<std::string> legs_by_price_;  ///< networks whose leg groups are their products
  TextFiles files_;
  Report report_;
};

}  // namespace

Result<ExportedFeed> export_feed(const BookModel& model, const ExportOptions& options) {
  return Exporter{model, options}.run();
}

}  // namespace tidegate::fare::gtfs
