// SPDX-License-Identifier: Apache-2.0
// Journeys from and to JSON.
#include "fare/authoring/journey_json.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "fare/authoring/json_members.h"
#include "fare/authoring/reasons.h"
#include "fare/authoring/refusal_detail.h"
#include "fare/engine/journey.h"

namespace tidegate::fare {
namespace {

constexpr std::array<std::pair<std::string_view, ItemClass>, 3> kItemNames{
    {{"person", ItemClass::person},
     {"bicycle", ItemClass::bicycle},
     {"motorcycle", ItemClass::motorcycle}}};

constexpr std::array<std::string_view, 11> kJourneyFields{
    "id",           "rider", "medium",  "issuer", "card_kind", "balance_fen", "overdraft_fen",
    "entitlements", "state", "history", "taps"};
/// Those of a tap to be priced; a golden one has the last two beside them.
constexpr std::array<std::string_view, 19> kTapFields{
    "at",   "network",      "stop",          "kind", "route", "direction", "vehicle",
    "trip", "driver",       "operator",      "item", "count", "children",  "companions",
    "mode", "mode_history", "clock_trusted", "fen",  "reason"};
constexpr std::array<std::string_view, 8> kTripFields{"at",       "type", "industry", "city",
                                                      "acquirer", "line", "station",  "fen"};
constexpr std::array<std::string_view, 5> kIntervalFields{"network", "stop", "mode", "from",
                                                          "until"};
constexpr std::array<std::string_view, 17> kStateFields{
    "serial",       "month",     "month_spent",    "day",         "day_spent",   "day_zones",
    "leg_end",      "transfers", "transfer_group", "leg_network", "origin_stop", "origin_paid",
    "pass_product", "pass_left", "weeks",          "account",     "apart"};

/// Calls `visit(name, field)` for each field of a CardState, const or not.
template <class State, class Visit>
void each_field(State& s, Visit visit) {
  visit("serial", s.serial);
  visit("month", s.month);
  visit("month_spent", s.month_spent);
  visit("day", s.day);
  visit("day_spent", s.day_spent);
  visit("day_zones", s.day_zones);
  visit("leg_end", s.leg_end);
  visit("transfers", s.transfers);
  visit("transfer_group", s.transfer_group);
  visit("leg_network", s.leg_network);
  visit("origin_stop", s.origin_stop);
  visit("origin_paid", s.origin_paid);
  visit("pass_product", s.pass_product);
  visit("pass_left", s.pass_left);
  visit("weeks", s.weeks);
  visit("account", s.account);
  visit("apart", s.apart);
}

Result<std::optional<CardState>> parse_state(const Json& json) {
  const auto* const object = json.get_if<JsonObject>();
  if (object != nullptr && object->empty()) return std::optional<CardState>{};
  Members in{json, "state", kStateFields};
  CardState out;
  each_field(out, [&in]<class T>(std::string_view name, T& field) {
    if constexpr (std::is_same_v<T, Fen>)
      field = Fen{in.number(name, kFenMax, 0)};
    else
      field = static_cast<T>(in.number(name, std::numeric_limits<T>::max(), 0));
  });
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  if (saturated(out) != out)
    return fail(Errc::invalid, "state: a value is larger than its field on the card");
  return std::optional{out};
}

Result<Modes> parse_modes(const std::string& names) {
  Modes out;
  std::string_view rest = names;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find('+'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    const auto known =
        std::ranges::find(kModeNames, name, &std::pair<std::string_view, std::uint16_t>::first);
    if (known == kModeNames.end())
      return fail(Errc::invalid, "\"" + std::string{name} + "\" is not a mode");
    out.bits = static_cast<std::uint16_t>(out.bits | known->second);
  }
  return out;
}

std::optional<RefusalCode> refusal_from_name(std::string_view name) {
  for (const RefusalText& text : refusal_texts())
    if (text.name == name) return text.code;
  return std::nullopt;
}

BoxKind box_of(TapKind kind) {
  return kind == TapKind::entry || kind == TapKind::exit ? BoxKind::station : BoxKind::vehicle;
}

RiderCategory read_rider(Members& in, std::span<const Rider> riders) {
  const std::string name = in.text("rider", "adult");
  const auto rider = rider_from_name(riders, name);
  if (!rider && !in.failed()) in.bad("rider", no_such_rider(name, riders));
  return rider.value_or(RiderCategory::adult);
}

void read_expectation(Members& in, GoldenTap& out) {
  out.expected_fen = Fen{in.number("fen", kFenMax, 0)};
  if (in.find("reason") == nullptr) return;
  out.expected_refusal =
      in.named("reason", std::nullopt, "a reason of docs/refusals.md", refusal_from_name);
}

Result<ModeInterval> parse_interval(const Json& json, const std::string& where) {
  Members in{json, where, kIntervalFields};
  ModeInterval out;
  const auto id = [&in](std::string_view key, const std::string& value) {
    // One byte more would be cut to another name.
    if (value.size() > decltype(out.stop)::capacity()) in.bad(key, "more than 64 characters");
    return std::string_view{value};
  };
  out.network = id("network", in.text("network"));
  out.stop = id("stop", in.text("stop", ""));
  auto modes = parse_modes(in.text("mode"));
  if (!modes)
    in.bad("mode", modes.error().message());
  else
    out.modes = *modes;
  out.from = in.time("from");
  out.until = in.time("until");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

/// Reads an array of at most `max` objects into `out`.
template <class List, class Parse>
void read_list(Members& in, std::string_view key, std::size_t min, std::size_t max, List& out,
               Parse parse) {
  const Json* const found = min > 0 ? in.need(key) : in.find(key);
  if (found == nullptr) return;
  const auto* const list = found->get_if<JsonArray>();
  if (list == nullptr || list->size() < min || list->size() > max)
    return in.bad(
        key, "an array of " + std::to_string(min) + " to " + std::to_string(max) + " was expected");
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto item = parse((*list)[i], std::string{key} + "[" + std::to_string(i) + "]");
    if (!item) return in.bad(std::move(item.error()));
    out.push_back(*std::move(item));
  }
}

Result<GoldenTap> parse_tap(const Json& json, const std::string& where, JourneyUse use) {
  const JourneyFields& fields = journey_fields();
  Members in{json, where, use == JourneyUse::golden ? fields.golden_tap : fields.tap};
  GoldenTap out;
  TapContext& c = out.context;
  out.tap.at = in.time("at");
  c.network = NetworkId{in.text("network")};
  c.stop = StopCode{in.text("stop")};
  out.tap.kind = in.named("kind", std::nullopt, "entry, exit, board or alight", tap_from_name);
  c.route = in.text("route", "");
  c.direction = in.text("direction", "");
  c.vehicle = in.text("vehicle", "");
  c.trip = in.text("trip", "");
  c.driver = in.text("driver", "");
  c.operator_id = in.text("operator", "");
  c.item = in.named("item", "person", "person, bicycle or motorcycle", item_from_name);
  c.count = static_cast<std::uint16_t>(in.number("count", 0xFFFF, 1));
  c.children = static_cast<std::uint16_t>(in.number("children", 0xFFFF, 0));
  c.companions = static_cast<std::uint16_t>(in.number("companions", 0xFFFF, 0));
  c.box_kind = box_of(out.tap.kind);
  auto modes = parse_modes(in.text("mode", ""));
  if (!modes)
    in.bad("mode", modes.error().message());
  else
    out.tap.modes = *modes;
  out.tap.clock_trusted = in.flag("clock_trusted", true);
  read_list(in, "mode_history", 0, kModeHistoryMax, out.tap.history, parse_interval);
  if (use == JourneyUse::golden) read_expectation(in, out);
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

Result<HistoryTrip> parse_trip(const Json& json, const std::string& where) {
  Members in{json, where, kTripFields};
  HistoryTrip out;
  out.at = in.time("at");
  out.type = static_cast<Byte>(in.number("type", 0xFF, 0));
  out.industry = static_cast<Byte>(in.number("industry", 0xFF, 0));
  out.where.city = static_cast<std::uint16_t>(read_be(in.hex<2>("city", "0000")));
  out.where.acquirer = in.hex<8>("acquirer", "0000000000000000");
  const auto line = in.hex<2>("line", "0000"), station = in.hex<2>("station", "0000");
  write_be(std::span{out.where.station}.subspan(4, 2), read_be(line));
  write_be(std::span{out.where.station}.subspan(6, 2), read_be(station));
  out.amount = Fen{in.number("fen", kFenMax, 0)};
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

/// The name of a rider that the passenger also is.
Result<RiderCategory> parse_entitlement(const Json& json, const std::string& where,
                                        std::span<const Rider> riders) {
  const auto* const name = json.get_if<std::string>();
  if (name == nullptr) return fail(Errc::invalid, where + ": a string was expected");
  const auto rider = rider_from_name(riders, *name);
  if (!rider) return fail(Errc::invalid, where + ": " + no_such_rider(*name, riders));
  return *rider;
}

Json charge_json(const Charge& charge) {
  JsonArray trace;
  for (const TraceStep& step : charge.trace)
    trace.push_back(JsonObject{{"rule", step.rule.view()}, {"fen", step.fen.count()}});
  return trace;
}

JsonObject tap_json(const Decision& decision) {
  JsonObject out{{"fen", decision.total().count()},
                 {"decision", decision.accepted() ? "accept" : "refuse"}};
  if (decision.refusal) out.emplace_back("reason", refusal_name(*decision.refusal));
  Json trace{JsonArray{}};
  JsonArray charges;
  if (decision.charges.size() == 1) trace = charge_json(decision.charges.front());
  if (decision.charges.size() > 1) {
    JsonArray all;
    for (const Charge& charge : decision.charges) {
      const Json steps = charge_json(charge);
      charges.push_back(JsonObject{{"fen", charge.amount.count()}, {"trace", steps}});
      std::ranges::copy(*steps.get_if<JsonArray>(), std::back_inserter(all));
    }
    trace = std::move(all);
  }
  out.emplace_back("trace", std::move(trace));
  if (!charges.empty()) out.emplace_back("charges", std::move(charges));
  return out;
}

}  // namespace

const JourneyFields& journey_fields() noexcept {
  static constexpr JourneyFields kAll{.journey = kJourneyFields,
                                      .tap = std::span{kTapFields}.first(kTapFields.size() - 2),
                                      .golden_tap = kTapFields,
                                      .trip = kTripFields,
                                      .mode_interval = kIntervalFields,
                                      .state = kStateFields};
  return kAll;
}

Result<GoldenJourney> parse_journey(std::string_view line, JourneyUse use,
                                    std::span<const Rider> riders) {
  auto json = parse_json(line);
  if (!json) return fail(std::move(json.error()));
  Members in{*json, "", kJourneyFields};
  GoldenJourney out;
  out.id = in.text("id");
  Medium& m = out.medium;
  m.rider = read_rider(in, riders);
  m.kind = in.named("medium", "t-union", "t-union or qr", medium_from_name);
  m.issuer = in.hex<4>("issuer", "00000000");
  m.card_kind = static_cast<Byte>(in.number("card_kind", 0xFF, 0));
  m.balance = Fen{in.number("balance_fen", kFenMax, kPlentyOfBalance.count())};
  m.overdraft_left = Fen{in.number("overdraft_fen", kFenMax, 0)};
  if (const Json* const state = in.find("state")) {
    auto parsed = parse_state(*state);
    if (!parsed)
      in.bad(std::move(parsed.error()));
    else
      m.state = *parsed;
  }
  std::vector<RiderCategory> entitlements;
  read_list(in, "entitlements", 0, kEntitlementsMax, entitlements,
            [riders](const Json& one, const std::string& where) {
              return parse_entitlement(one, where, riders);
            });
  for (const RiderCategory rider : entitlements) m.entitlements.push_back(rider);
  read_list(in, "history", 0, 10, m.history, parse_trip);
  if (use == JourneyUse::golden && !m.history.empty())
    in.bad("history", "is not kept in golden journeys");
  read_list(
      in, "taps", 1, use == JourneyUse::golden ? 32 : 10'000, out.taps,
      [use](const Json& tap, const std::string& where) { return parse_tap(tap, where, use); });
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

Json price_journey(const Book& book, const GoldenJourney& journey, const BookModel* model) {
  Medium medium = journey.medium;
  Fen total;
  JsonArray taps;
  for (const GoldenTap& tap : journey.taps) {
    const Decision decision = price(book, medium, tap.context, tap.tap);
    total += decision.total();
    JsonObject one = tap_json(decision);
    const auto detail = model != nullptr
                            ? refusal_detail(*model, medium, tap.context, tap.tap, decision)
                            : std::nullopt;
    if (detail) one.emplace_back("detail", detail->en);
    taps.emplace_back(std::move(one));
    carry_on(book, medium, tap.context, tap.tap, decision);
  }
  return JsonObject{{"id", journey.id},
                    {"total_fen", total.count()},
                    {"taps", std::move(taps)},
                    {"state", medium.state ? card_state_json(*medium.state) : JsonObject{}}};
}

Json card_state_json(const CardState& state) {
  JsonObject out;
  each_field(state, [&out]<class T>(std::string_view name, const T& field) {
    const bool is_newer = name == "weeks" || name == "account" || name == "apart";
    if (is_newer && field == T{}) return;  // as it always was
    if constexpr (std::is_same_v<T, Fen>)
      out.emplace_back(name, field.count());
    else
      out.emplace_back(name, std::int64_t{field});
  });
  return out;
}

std::optional<ItemClass> item_from_name(std::string_view name) noexcept {
  for (const auto& [known, item] : kItemNames)
    if (known == name) return item;
  return std::nullopt;
}

std::string_view item_name(ItemClass item) noexcept {
  for (const auto& [name, known] : kItemNames)
    if (known == item) return name;
  return "item";
}

std::string mode_names(Modes modes) {
  std::string out;
  for (const auto& [name, bit] : kModeNames)
    if (modes.has(bit)) out.append(out.empty() ? "" : "+").append(name);
  return out;
}

}  // namespace tidegate::fare
