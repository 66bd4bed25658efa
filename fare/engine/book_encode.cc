// SPDX-License-Identifier: Apache-2.0
// BookModel → fare book bytes, over the FlatBuffers schema fare_book.fbs.
#include <algorithm>
#include <type_traits>
#include <utility>

#include "fare/engine/between_codec.h"
#include "fare/engine/codec_parts.h"
#include "fare/engine/policy_codec.h"

namespace tidegate::fare {
namespace {

using namespace codec;  // NOLINT(*-using-namespace)

/// Engine 1 passed over classes.
constexpr std::uint16_t kEngineOfClasses = 2;
/// Engine 2 passed over journey policies.
constexpr std::uint16_t kEngineOfPolicies = 3;

/// Engine 2 knew classes by rider, time and medium, and nothing of what follows.
constexpr std::uint16_t kEngineOfWhoAndWhen = 3;

bool is_who_and_when(const FareClass& one) {
  return !one.issuers.empty() || !one.items.empty() || one.judged != JudgedBy::entry;
}
bool is_who_and_when(const TariffVersion& version) {
  return !version.charge_at.empty() || version.companions || version.repeat ||
         std::ranges::any_of(version.classes,
                             [](const FareClass& one) { return is_who_and_when(one); });
}
bool needs_who_and_when(const BookModel& model) {
  if (!model.calendar.empty() || !model.through.empty()) return true;
  for (const Timeframe& frame : model.timeframes)
    if (std::ranges::any_of(frame.spans, &WeekSpan::by_calendar)) return true;
  for (const GoldenJourney& journey : model.golden)
    if (!journey.medium.entitlements.empty()) return true;
  return std::ranges::any_of(model.networks, [](const Network& network) {
    return std::ranges::any_of(network.versions,
                               [](const TariffVersion& one) { return is_who_and_when(one); });
  });
}

/// Engine 2 passed over rules between rides.
constexpr std::uint16_t kEngineOfBetweenRides = 3;

std::uint16_t engine_for(const BookModel& model) {
  if (!model.between.empty()) return kEngineOfBetweenRides;
  if (needs_who_and_when(model)) return kEngineOfWhoAndWhen;
  for (const Network& network : model.networks)
    if (network.policy != JourneyPolicy{}) return kEngineOfPolicies;
  for (const Network& network : model.networks)
    for (const TariffVersion& version : network.versions)
      if (!version.classes.empty()) return kEngineOfClasses;
  return 0;
}

/// Like every absent value: a book without it has the bytes that it always had.
Offset<fb::MatrixTariff> put_matrix(Builder& out, const MatrixTariff& matrix) {
  const auto cells = out.CreateVector(matrix.cells);
  if (matrix.rule == MatrixTariff::kOriginDestination) return fb::CreateMatrixTariff(out, cells);
  return fb::CreateMatrixTariff(out, cells, out.CreateString(matrix.rule));
}

std::pair<fb::Tariff, Offset<void>> put_tariff(Builder& out, const Tariff& tariff) {
  return std::visit(
      [&out](const auto& kind) -> std::pair<fb::Tariff, Offset<void>> {
        using T = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<T, FlatTariff>)
          return {fb::Tariff::FlatTariff, fb::CreateFlatTariff(out, fen32(kind.fen)).Union()};
        else
          return {fb::Tariff::MatrixTariff, put_matrix(out, kind).Union()};
      },
      tariff);
}

Offset<fb::FareClass> put_class(Builder& out, const FareClass& one) {
  const auto [kind, tariff] = put_tariff(out, one.tariff);
  const auto name = out.CreateString(one.name);
  const auto riders = put_numbers(out, one.riders), media = put_numbers(out, one.media);
  const auto timeframe = static_cast<std::uint16_t>(one.timeframe ? *one.timeframe + 1 : 0);
  const auto issuers = put_values<std::uint16_t>(out, one.issuers);
  const auto items = put_numbers(out, one.items);
  return fb::CreateFareClass(out, name, riders, timeframe, media, kind, tariff, issuers,
                             one.other_issuers, items, std::to_underlying(one.judged));
}

Offset<fb::CompanionRule> put_companions(Builder& out, const std::optional<CompanionRule>& rule) {
  if (!rule) return {};
  return fb::CreateCompanionRule(out, rule->free_children, std::to_underlying(rule->child),
                                 rule->max_companions, std::to_underlying(rule->companion));
}

Offset<fb::RepeatRule> put_repeat(Builder& out, const std::optional<RepeatRule>& rule) {
  if (!rule) return {};
  const auto kinds = put_values<std::uint8_t>(out, rule->card_kinds);
  return fb::CreateRepeatRule(out, kinds, rule->max, rule->within_seconds, rule->gap_seconds);
}

Offset<fb::TariffVersion> put_version(Builder& out, const TariffVersion& version) {
  std::vector<Offset<fb::FareClass>> classes;
  for (const FareClass& one : version.classes) classes.push_back(put_class(out, one));
  const auto [kind, tariff] = put_tariff(out, version.tariff);
  const auto all_classes = put_list(out, classes);
  const auto charge_at = put_values<std::uint16_t>(out, version.charge_at);
  const auto companions = put_companions(out, version.companions);
  const auto repeat = put_repeat(out, version.repeat);
  return fb::CreateTariffVersion(out, day_number(version.effective_from), kind, tariff, all_classes,
                                 charge_at, companions, repeat);
}

Offset<fb::ThroughRule> put_through(Builder& out, const ThroughRule& rule) {
  std::vector<Offset<fb::TariffVersion>> versions;
  for (const TariffVersion& version : rule.versions) versions.push_back(put_version(out, version));
  std::vector<fb::Border> borders;
  for (const Border& border : rule.borders) borders.emplace_back(border.a, border.b);
  const auto name = out.CreateString(rule.name);
  const auto media = put_numbers(out, rule.media);
  const auto all_borders = borders.empty() ? 0 : out.CreateVectorOfStructs(borders);
  return fb::CreateThroughRule(out, name, rule.a, rule.b, day_number(rule.effective_from), media,
                               all_borders, put_list(out, versions));
}

Offset<fb::Calendar> put_calendar(Builder& out, const DayCalendar& calendar) {
  if (calendar.empty()) return {};
  const auto put_days = [&out](const std::vector<std::chrono::sys_days>& days) {
    std::vector<std::int32_t> numbers;
    for (const auto day : days) numbers.push_back(day_number(ServiceDay{day}));
    return put_values<std::int32_t>(out, numbers);
  };
  const auto holidays = put_days(calendar.holidays);
  return fb::CreateCalendar(out, holidays, put_days(calendar.working_days));
}

Offset<fb::Rider> put_rider(Builder& out, const Rider& rider) {
  const auto name = out.CreateString(rider.name);
  const auto zh = out.CreateString(rider.name_zh);
  const auto en = out.CreateString(rider.name_en);
  return fb::CreateRider(out, std::to_underlying(rider.number), name, zh, en);
}

Offset<fb::Timeframe> put_timeframe(Builder& out, const Timeframe& frame) {
  std::vector<fb::WeekSpan> spans;
  for (const WeekSpan& span : frame.spans) spans.emplace_back(span.days, span.from, span.to);
  const auto name = out.CreateString(frame.name);
  return fb::CreateTimeframe(out, name, out.CreateVectorOfStructs(spans));
}

Offset<fb::Stop> put_stop(Builder& out, const Stop& stop) {
  std::vector<fb::StationBytes> also;
  for (const StationBytes& code : stop.also) also.emplace_back(code.line, code.station);
  const auto code = out.CreateString(stop.code);
  const auto zh = out.CreateString(stop.name_zh);
  const auto en = out.CreateString(stop.name_en);
  const auto others = also.empty() ? 0 : out.CreateVectorOfStructs(also);
  const fb::StationBytes card{stop.card.line, stop.card.station};
  return fb::CreateStop(out, code, stop.number, zh, en, &card, stop.line, others);
}

Offset<fb::Network> put_network(Builder& out, const Network& network) {
  std::vector<Offset<fb::Stop>> stops;
  for (const Stop& stop : network.stops) stops.push_back(put_stop(out, stop));
  std::vector<Offset<fb::TariffVersion>> versions;
  for (const TariffVersion& version : network.versions)
    versions.push_back(put_version(out, version));
  const auto id = out.CreateString(network.id);
  const auto zh = out.CreateString(network.name_zh);
  const auto en = out.CreateString(network.name_en);
  const auto acquirer = out.CreateVector(network.acquirer.data(), network.acquirer.size());
  const auto all_stops = out.CreateVector(stops);
  const auto all_versions = out.CreateVector(versions);
  const auto policy = put_policy(out, network.policy);
  return fb::CreateNetwork(out, id, network.code, zh, en, network.city, acquirer, network.industry,
                           network.operator_code, network.rollover_minutes,
                           fen32(network.minimum_balance), all_stops, all_versions, policy);
}

Offset<fb::GoldenTap> put_tap(Builder& out, const GoldenTap& golden) {
  const TapContext& c = golden.context;
  const auto text = [&out](const std::string& value) {
    return value.empty() ? Offset<flatbuffers::String>{} : out.CreateString(value);
  };
  const auto network = out.CreateString(c.network.get());
  const auto stop = out.CreateString(c.stop.get());
  const auto route = text(c.route), direction = text(c.direction), trip = text(c.trip),
             vehicle = text(c.vehicle), operator_id = text(c.operator_id), driver = text(c.driver);
  const auto history = put_history(out, golden.tap.history);
  const std::uint16_t refusal =
      golden.expected_refusal ? std::to_underlying(*golden.expected_refusal) : std::uint16_t{0};
  return fb::CreateGoldenTap(out, golden.tap.at.time_since_epoch().count(), network, stop,
                             std::to_underlying(golden.tap.kind), golden.tap.modes.bits,
                             std::to_underlying(c.box_kind), route, direction, trip, vehicle,
                             operator_id, std::to_underlying(c.item), c.count,
                             fen32(golden.expected_fen), refusal, c.children, c.companions, history,
                             !golden.tap.clock_trusted, driver);
}

Offset<fb::GoldenJourney> put_journey(Builder& out, const GoldenJourney& journey) {
  std::vector<Offset<fb::GoldenTap>> taps;
  for (const GoldenTap& tap : journey.taps) taps.push_back(put_tap(out, tap));
  const Medium& m = journey.medium;
  Offset<flatbuffers::Vector<std::uint8_t>> state;
  if (m.state) {
    const auto bytes = encode_card_state(*m.state);
    state = out.CreateVector(bytes.data(), bytes.size());
  }
  const auto id = out.CreateString(journey.id);
  const auto all_taps = out.CreateVector(taps);
  const auto entitlements =
      put_numbers(out, std::vector<RiderCategory>{m.entitlements.begin(), m.entitlements.end()});
  return fb::CreateGoldenJourney(out, id, std::to_underlying(m.kind), std::to_underlying(m.rider),
                                 static_cast<std::uint32_t>(read_be(m.issuer)), m.card_kind,
                                 fen32(m.balance), state, all_taps, entitlements,
                                 fen32(m.overdraft_left));
}

}  // namespace

Bytes encode_book(const BookModel& model) {
  Builder out;
  std::vector<Offset<fb::Network>> networks;
  for (const Network& network : model.networks) networks.push_back(put_network(out, network));
  std::vector<Offset<fb::GoldenJourney>> golden;
  for (const GoldenJourney& journey : model.golden) golden.push_back(put_journey(out, journey));
  const auto name = out.CreateString(model.name);
  const auto all_networks = out.CreateVector(networks);
  const auto all_golden = out.CreateVector(golden);
  std::vector<Offset<fb::Rider>> riders;
  for (const Rider& rider : model.riders) riders.push_back(put_rider(out, rider));
  std::vector<Offset<fb::Timeframe>> frames;
  for (const Timeframe& frame : model.timeframes) frames.push_back(put_timeframe(out, frame));
  const auto all_riders = put_list(out, riders);
  const auto all_frames = put_list(out, frames);
  std::vector<Offset<fb::ThroughRule>> through;
  for (const ThroughRule& rule : model.through) through.push_back(put_through(out, rule));
  const auto all_through = put_list(out, through);
  const auto calendar = put_calendar(out, model.calendar);
  const auto between = put_between(out, model.between);
  fb::FinishFareBookBuffer(
      out, fb::CreateFareBook(out, name, model.number, day_number(model.valid_from), all_networks,
                              all_golden, all_riders, all_frames, engine_for(model), between,
                              calendar, all_through));
  return {out.GetBufferPointer(), out.GetBufferPointer() + out.GetSize()};
}

}  // namespace tidegate::fare
