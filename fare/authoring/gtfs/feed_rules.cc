// SPDX-License-Identifier: Apache-2.0
// Reads timeframes, riders, media, products and the rules of Fares V2.
#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "fare/authoring/gtfs/feed_parts.h"
#include "fare/authoring/gtfs/text.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare::gtfs {
namespace {

struct Service {
  bool has_week = false;
  std::array<bool, 7> days{};  ///< from Monday
  std::optional<ServiceDay> begins, ends;
  Place place;
  std::size_t exceptions = 0;
  Place first_exception;
};
using Services = std::map<std::string, Service, std::less<>>;

bool can_begin_a_book(ServiceDay day) {
  using namespace std::chrono_literals;
  return day.get() >= 1970y / 1 / 1 && day.get() <= 2099y / 12 / 31;
}

Services read_calendar(Reading& in) {
  Services out;
  const TableKind kind{
      "calendar.txt",
      {"service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"},
      {"start_date", "end_date"}};
  Table table{kind, in.problems};
  table.read(in.files, in.report, [&](const Row& row) {
    const auto [at, is_new] = out.try_emplace(std::string{row.need("service_id")});
    if (!is_new) row.bad("service_id", "is there twice");
    Service& service = at->second;
    service.has_week = true;
    service.place = row.place();
    for (std::size_t day = 0; day < 7; ++day)
      service.days[day] = row.number(kind.required[day + 1], 0, 1) == 1;
    for (const std::string_view column : {"start_date", "end_date"}) {
      const std::string_view cell = row.text(column);
      const auto day = parse_day(cell);
      if (!cell.empty() && !day) row.bad(column, "a date such as 20261102 was expected");
      if (column == "start_date" && day && !can_begin_a_book(*day))
        row.bad(column, "a date from 1970 to 2099 was expected");
      (column == "start_date" ? service.begins : service.ends) = day;
    }
  });
  const TableKind dates{"calendar_dates.txt", {"service_id", "date", "exception_type"}, {}};
  Table date_table{dates, in.problems};
  date_table.read(in.files, in.report, [&](const Row& row) {
    Service& service = out[std::string{row.need("service_id")}];
    if (!parse_day(row.text("date"))) row.bad("date", "a date such as 20261102 was expected");
    (void)row.number("exception_type", 1, 2);
    if (service.exceptions++ == 0) service.first_exception = row.place();
  });
  return out;
}

/// Minutes of one row, and what of its service a weekly timeframe cannot say.
class TimeframeRows {
 public:
  explicit TimeframeRows(Reading& in) : in_{in}, services_{read_calendar(in)} {}

  void read(const Row& row) {
    const std::string group{row.need("timeframe_group_id")};
    const std::string service_id{row.need("service_id")};
    const auto service = services_.find(service_id);
    if (service == services_.end())
      return row.bad("service_id",
                     "\"" + service_id + "\" is not in calendar.txt or calendar_dates.txt");
    const std::string_view start = row.text("start_time"), end = row.text("end_time");
    if (start.empty() != end.empty())
      return row.bad(start.empty() ? "start_time" : "end_time",
                     "either both start_time and end_time or neither was expected");
    const auto from = start.empty() ? 0 : parse_time(start);
    const auto to = end.empty() ? 24 * 3600 : parse_time(end);
    if (!from) return row.bad("start_time", "a time up to 24:00:00 such as 07:30:00 was expected");
    if (!to) return row.bad("end_time", "a time up to 24:00:00 such as 07:30:00 was expected");
    if (*from >= *to)
      return row.bad("end_time", "ends before it begins; past midnight is two rows");
    WeekMinutes& own = by_service_[{group, service_id}];
    const WeekMinutes minutes = minutes_of(row, service->second, *from, *to);
    if ((own & minutes).any())
      return row.bad("start_time", "overlaps another row of this group and service");
    own |= minutes;
    in_.feed.timeframes[group] |= minutes;
    look_at(service->first, service->second);
  }

  void finish() {
    for (const auto& [name, minutes] : in_.feed.timeframes)
      if (minutes.none())
        in_.report.lose({"timeframes.txt", 0}, "group " + name + " has no day of the week; rules " +
                                                   "with it are left out");
  }

 private:
  WeekMinutes minutes_of(const Row& row, const Service& service, std::int32_t from,
                         std::int32_t to) {
    if (from % 60 != 0 || to % 60 != 0)
      in_.report.lose(row.place(), "a book counts whole minutes: from " + minute_text(from / 60) +
                                       " to " + minute_text((to + 59) / 60) + " is taken");
    WeekMinutes out;
    for (std::size_t day = 0; day < 7; ++day) {
      if (!service.days[day]) continue;
      for (auto minute = static_cast<std::size_t>(from / 60);
           minute < static_cast<std::size_t>((to + 59) / 60); ++minute)
        out.set(day * kMinutesADay + minute);
    }
    return out;
  }

  /// Once for each service that a timeframe uses.
  void look_at(const std::string& id, const Service& service) {
    if (!seen_.insert(id).second) return;
    if (!service.has_week)
      in_.report.lose(service.first_exception,
                      "service " + id + " is a list of dates; a timeframe of a book is weekly");
    else if (service.exceptions > 0)
      in_.report.lose(service.first_exception,
                      std::to_string(service.exceptions) + " exceptions of service " + id +
                          " from this line on: a timeframe of a book is weekly, without holidays");
    if (!service.has_week) return;
    if (dates_ && *dates_ != std::pair{service.begins, service.ends})
      in_.report.lose(service.place, "service " + id + " is in effect on other dates than the " +
                                         "others; a timeframe of a book holds on all dates");
    if (!dates_) dates_ = {service.begins, service.ends};
    if (service.begins && (!in_.feed.begins || *service.begins < *in_.feed.begins))
      in_.feed.begins = service.begins;
  }

  Reading& in_;
  Services services_;
  std::map<std::pair<std::string, std::string>, WeekMinutes> by_service_;
  Ids seen_;
  std::optional<std::pair<std::optional<ServiceDay>, std::optional<ServiceDay>>> dates_;
};

void read_riders(Reading& in, Ids& riders) {
  const TableKind kind{"rider_categories.txt",
                       {"rider_category_id", "rider_category_name"},
                       {"is_default_fare_category", "eligibility_url"},
                       true};
  Table table{kind, in.problems};
  table.read(in.files, in.report, [&](const Row& row) {
    const std::string id = new_id(row, "rider_category_id", riders);
    in.feed.riders.push_back(
        {.id = id,
         .names = in.names("rider_categories", id, row.need("rider_category_name")),
         .is_default = row.number("is_default_fare_category", 0, 1, 0) == 1,
         .place = row.place()});
    if (!row.text("eligibility_url").empty())
      in.report.note(row.place(), "eligibility_url is for people and stays behind");
  });
}

void read_media(Reading& in, Ids& media) {
  const TableKind kind{
      "fare_media.txt", {"fare_media_id", "fare_media_type"}, {"fare_media_name"}, true};
  Table table{kind, in.problems};
  table.read(in.files, in.report, [&](const Row& row) {
    in.feed.media.push_back({.id = new_id(row, "fare_media_id", media),
                             .name = std::string{row.text("fare_media_name")},
                             .type = static_cast<int>(row.number("fare_media_type", 0, 4)),
                             .place = row.place()});
  });
}

/// Of several riders that may buy one product exactly one is the default (reference,
/// rider_categories.is_default_fare_category).
void check_default_riders(Reading& in) {
  std::map<std::string, std::pair<Ids, Place>> riders;
  for (const FeedProduct& product : in.feed.products) {
    auto& [ids, place] = riders[product.id];
    if (ids.empty()) place = product.place;
    if (!product.rider.empty()) ids.insert(product.rider);
  }
  for (const auto& [product, entry] : riders) {
    const auto& [ids, place] = entry;
    const auto defaults = std::ranges::count_if(in.feed.riders, [&](const FeedRider& rider) {
      return rider.is_default && ids.contains(rider.id);
    });
    if (ids.size() > 1 && defaults != 1)
      in.problems.add(place, "column rider_category_id: of the riders of product " + product +
                                 " one must be the default category, not " +
                                 std::to_string(defaults));
  }
}

}  // namespace

void read_timeframes(Reading& in) {
  if (!in.files.has("timeframes.txt")) return;
  TimeframeRows rows{in};
  const TableKind kind{
      "timeframes.txt", {"timeframe_group_id", "service_id"}, {"start_time", "end_time"}, true};
  Table table{kind, in.problems};
  table.read(in.files, in.report, [&](const Row& row) { rows.read(row); });
  rows.finish();
}

void read_amount(Reading& in, const Row& row, std::string_view column, FeedProduct& out) {
  const std::string_view text = row.need(column);
  if (text.empty() || !is_currency(out.currency)) return;
  if (decimals_of(out.currency) != 2) {
    out.is_usable = false;
    in.report.lose(row.place(), "product " + out.id + ": " + out.currency + " has " +
                                    std::to_string(decimals_of(out.currency)) +
                                    " decimals; a book counts hundredths");
    return;
  }
  const auto amount = parse_hundredths(text);
  if (!amount) return row.bad(column, amount.error().message());
  out.hundredths = *amount;
  if (std::abs(*amount) <= kFenMax) return;
  out.is_usable = false;
  in.report.lose(row.place(), "product " + out.id + ": is more than a purse can pay");
}

void choose_currency(Reading& in) {
  std::map<std::string, std::size_t> rows;
  for (const FeedProduct& product : in.feed.products)
    if (product.is_usable) ++rows[product.currency];
  for (const auto& [currency, count] : rows)
    if (in.feed.currency.empty() || count > rows[in.feed.currency]) in.feed.currency = currency;
  for (FeedProduct& product : in.feed.products) {
    if (!product.is_usable || product.currency == in.feed.currency) continue;
    product.is_usable = false;
    in.report.lose(product.place, "product " + product.id + " is in " + product.currency +
                                      "; a book has one currency, here " + in.feed.currency);
  }
}

void read_products(Reading& in) {
  Ids riders, media;
  read_riders(in, riders);
  read_media(in, media);
  const TableKind kind{"fare_products.txt",
                       {"fare_product_id", "amount", "currency"},
                       {"fare_product_name", "rider_category_id", "fare_media_id"},
                       true};
  Table table{kind, in.problems};
  std::set<std::tuple<std::string, std::string, std::string>> keys;
  table.read(in.files, in.report, [&](const Row& row) {
    FeedProduct out{.id = std::string{row.need("fare_product_id")},
                    .rider = reference(row, "rider_category_id", riders, "rider_categories.txt"),
                    .medium = reference(row, "fare_media_id", media, "fare_media.txt"),
                    .currency = std::string{row.text("currency")},
                    .place = row.place()};
    if (!is_currency(out.currency))
      row.bad("currency", "three capital letters such as CNY were expected");
    read_amount(in, row, "amount", out);
    if (!keys.emplace(out.id, out.rider, out.medium).second)
      row.bad("fare_product_id", "the same product, rider and medium are there twice");
    in.feed.products.push_back(std::move(out));
  });
  check_default_riders(in);
  choose_currency(in);
}

namespace {

Ids product_ids(const Feed& feed) {
  Ids out;
  for (const FeedProduct& product : feed.products) out.insert(product.id);
  return out;
}

void read_leg_rules(Reading& in) {
  const TableKind kind{"fare_leg_rules.txt",
                       {"fare_product_id"},
                       {"leg_group_id", "network_id", "from_area_id", "to_area_id",
                        "from_timeframe_group_id", "to_timeframe_group_id", "rule_priority"},
                       true};
  Table table{kind, in.problems};
  const Ids products = product_ids(in.feed);
  Ids frames;
  for (const auto& [id, minutes] : in.feed.timeframes) frames.insert(id);
  std::set<std::tuple<std::string, std::string, std::string, std::string, std::string, std::string>>
      keys;
  table.read(in.files, in.report, [&](const Row& row) {
    LegRule rule{.group = std::string{row.text("leg_group_id")},
                 .network = reference(row, "network_id", in.networks, "networks.txt or routes.txt"),
                 .from_area = reference(row, "from_area_id", in.areas, "areas.txt"),
                 .to_area = reference(row, "to_area_id", in.areas, "areas.txt"),
                 .from_time = reference(row, "from_timeframe_group_id", frames, "timeframes.txt"),
                 .to_time = reference(row, "to_timeframe_group_id", frames, "timeframes.txt"),
                 .product = reference(row, "fare_product_id", products, "fare_products.txt", true),
                 .priority = row.number("rule_priority", 0, 1'000'000'000, 0),
                 .place = row.place()};
    if (!keys.emplace(rule.network, rule.from_area, rule.to_area, rule.from_time, rule.to_time,
                      rule.product)
             .second)
      row.bad("fare_product_id", "the same rule is there twice");
    in.feed.leg_rules.push_back(std::move(rule));
  });
  in.feed.has_priority = table.has("rule_priority");
}

void read_joins(Reading& in) {
  const TableKind kind{"fare_leg_join_rules.txt",
                       {"from_network_id", "to_network_id"},
                       {"from_stop_id", "to_stop_id"},
                       true};
  Table table{kind, in.problems};
  const auto stop = [&](const Row& row, std::string_view column) {
    const auto at = in.station_of.find(row.text(column));
    if (at != in.station_of.end()) return at->second;
    if (!row.text(column).empty()) row.bad(column, "is not in stops.txt");
    return std::string{};
  };
  table.read(in.files, in.report, [&](const Row& row) {
    constexpr std::string_view kWhere = "networks.txt or routes.txt";
    JoinRule rule{.from_network = reference(row, "from_network_id", in.networks, kWhere, true),
                  .to_network = reference(row, "to_network_id", in.networks, kWhere, true),
                  .from_stop = stop(row, "from_stop_id"),
                  .to_stop = stop(row, "to_stop_id"),
                  .place = row.place()};
    if (row.text("from_stop_id").empty() != row.text("to_stop_id").empty())
      row.bad("to_stop_id", "either both from_stop_id and to_stop_id or neither was expected");
    in.feed.joins.push_back(std::move(rule));
  });
}

void read_transfers(Reading& in) {
  const TableKind kind{"fare_transfer_rules.txt",
                       {"fare_transfer_type"},
                       {"from_leg_group_id", "to_leg_group_id", "transfer_count", "duration_limit",
                        "duration_limit_type", "fare_product_id"},
                       true};
  Table table{kind, in.problems};
  const Ids products = product_ids(in.feed);
  Ids groups;
  for (const LegRule& rule : in.feed.leg_rules) groups.insert(rule.group);
  table.read(in.files, in.report, [&](const Row& row) {
    TransferRule rule{
        .from_group = reference(row, "from_leg_group_id", groups, "fare_leg_rules.txt"),
        .to_group = reference(row, "to_leg_group_id", groups, "fare_leg_rules.txt"),
        .product = reference(row, "fare_product_id", products, "fare_products.txt"),
        .type = static_cast<int>(row.number("fare_transfer_type", 0, 2)),
        .place = row.place()};
    const bool has_count = !row.text("transfer_count").empty();
    if (has_count) rule.count = row.number("transfer_count", -1, 1'000'000);
    if (rule.count == 0) row.bad("transfer_count", "-1 or a number from 1 was expected");
    if (rule.from_group == rule.to_group && !has_count)
      row.bad("transfer_count", "is required where both leg groups are the same");
    if (rule.from_group != rule.to_group && has_count)
      row.bad("transfer_count", "is forbidden where the leg groups are not the same");
    const bool has_limit = !row.text("duration_limit").empty();
    if (has_limit) rule.duration_limit = row.number("duration_limit", 1, 1'000'000'000);
    if (has_limit == row.text("duration_limit_type").empty())
      row.bad("duration_limit_type", has_limit ? "is required with duration_limit"
                                               : "is forbidden without duration_limit");
    rule.duration_type = static_cast<int>(row.number("duration_limit_type", 0, 3, 0));
    in.feed.transfers.push_back(std::move(rule));
  });
}

}  // namespace

void read_rules(Reading& in) {
  read_leg_rules(in);
  read_joins(in);
  read_transfers(in);
}

}  // namespace tidegate::fare::gtfs
