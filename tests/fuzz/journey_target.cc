// SPDX-License-Identifier: Apache-2.0
// Fuzzes journeys of a card of any content: any 29 bytes as its state, any records 2701, 2702 and
// trips of EF 1E, through books with every rule between rides and every policy. Prices add up, are
// never below nothing or above the highest fare, and the state that is written comes back.
#include <algorithm>
#include <array>

#include "fare/engine/book.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/journey.h"
#include "nfc/flow/t_union_flow.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

using namespace fare;

constexpr std::array<Byte, 8> kAcquirer{0x12, 0x00, 0x29, 0x00, 0xFF, 0xFF, 0xFF, 0xFF};
constexpr Fen kHighest{900};  ///< single fare of every network
constexpr std::size_t kTripsMax = 10, kTapsMax = 64;

ServiceDay day(std::string_view text) {
  return parse_date(text).value();
}

Network network(const std::string& id, std::uint16_t code, std::uint16_t city, Byte industry,
                std::uint16_t stops, Tariff tariff) {
  Network out{.id = id,
              .code = code,
              .name_zh = "网",
              .name_en = "Network",
              .city = city,
              .acquirer = kAcquirer,
              .industry = industry};
  for (std::uint16_t i = 1; i <= stops; ++i)
    out.stops.push_back({.code = std::string(1, static_cast<char>('a' + i - 1)),
                         .number = i,
                         .name_zh = "站",
                         .name_en = "Stop",
                         .card = {code, i},
                         .line = static_cast<Byte>(code)});
  out.versions = {{day("2026-01-01"), std::move(tariff)}};
  return out;
}

/// Rail "m" and "z" in two cities that a rule joins, ferry "f", staged bus "k".
BookModel networks() {
  constexpr std::uint32_t x = MatrixTariff::kNoFare;
  BookModel out{.name = "Journeys", .number = 1, .valid_from = day("2026-01-01")};
  out.networks = {
      network("f", 3, 0x2900, 9, 1, FlatTariff{Fen{200}}),
      network("k", 2, 0x2900, 2, 3, MatrixTariff{{x, 100, 250, x, x, 100, x, x, x}}),
      network("m", 1, 0x2900, 1, 3, MatrixTariff{{0, 300, 500, 300, x, 400, 500, 400, 0}}),
      network("z", 4, 0x3050, 1, 2, MatrixTariff{{100, 300, 200, x}})};
  out.through = {{.name = "m.z",
                  .a = 2,
                  .b = 3,
                  .effective_from = day("2026-01-01"),
                  .borders = {{0, 0}, {2, 1}}}};
  return out;
}

BookModel with_rules_between_rides() {
  BookModel out = networks();
  BetweenRides& rules = out.between;
  rules.transfers = {{.name = "first",
                      .number = 1,
                      .from = {0, 2},
                      .to = {0, 2},
                      .window_minutes = 60,
                      .measured = TransferRule::Measured::end_to_end,
                      .effect = TransferRule::Effect::up_to_difference,
                      .max_transfers = 3},
                     {.name = "second",
                      .number = 2,
                      .from = {3},
                      .to = {3},
                      .window_minutes = 90,
                      .measured = TransferRule::Measured::begin_to_begin,
                      .from_first_leg = true,
                      .effect = TransferRule::Effect::percent_off,
                      .value = 33,
                      .unit = 10}};
  rules.interchanges = {
      {.name = "walk", .network = 2, .minutes = 30, .pairs = {{0, 1}, {1, 1}, {1, 2}}}};
  rules.caps = {
      {.name = "day",
       .networks = {0, 2},
       .period = Period::day,
       .by_zones = {{3, Fen{700}}, {7, Fen{1'100}}},
       .zones_of = {{0, 0, 1}, {2, 0, 1}, {2, 1, 2}, {2, 2, 3}}},
      {.name = "week", .account = 3, .networks = {3}, .period = Period::week, .fen = Fen{2'500}}};
  rules.cumulative = {
      {.name = "70", .networks = {0, 2}, .tiers = {{Fen{7'000}, 10}, {Fen{20'000}, 50}}}};
  rules.passes = {{.name = "rides", .product = 5, .networks = {0, 2}},
                  {.name = "days", .product = 6, .networks = {2, 3}, .days = true}};
  return out;
}

BookModel with_policies() {
  BookModel out = with_rules_between_rides();
  for (Network& one : out.networks) {
    one.policy = {.limits = {{Fen{300}, 30}, {Fen{}, 120}},
                  .overstay = Overstay::exit_maximum,
                  .same_station = SameStation::minimum_fare,
                  .same_station_free_minutes = 10,
                  .no_entry = Unseen::station_maximum,
                  .no_exit = Unseen::station_maximum,
                  .collected_in = CollectedIn::city,
                  .open_elsewhere = OpenElsewhere::overwritten,
                  .complete_certain = true,
                  .maximum = kHighest,
                  .minimum = Fen{100}};
    one.minimum_balance = Fen{200};
  }
  out.networks[2].policy.completions = {{1, 2, 1, 60}};
  out.networks[3].policy.overstay = Overstay::added;
  out.networks[3].policy.overstay_fen = Fen{700};
  return out;
}

struct Books {
  BookModel model;  ///< its networks are those of all
  std::array<std::shared_ptr<const Book>, 3> books;
};
const Books& books() {
  static const Books out = [] {
    const auto load = [](const BookModel& model) { return Book::load(encode_book(model)).value(); };
    return Books{networks(),
                 {load(networks()), load(with_rules_between_rides()), load(with_policies())}};
  }();
  return out;
}

/// The card's records as they come, or with what makes ours of them: id and length, magic and CRC.
nfc::CardImage card(Input& in, bool mended) {
  nfc::CardImage out;
  out.info.issuer = {0x02, 0x00, 0x29, 0x00, 0xFF, 0xFF, 0xFF, 0xFF};
  out.balance = Fen{5'000};
  const auto record = [&](Byte number) {
    const ByteView taken = in.take(nfc::kJourneyRecordBytes);
    Bytes bytes{taken.begin(), taken.end()};
    bytes.resize(nfc::kJourneyRecordBytes);
    if (mended) std::ranges::copy(Bytes{0x27, number, 125}, bytes.begin());
    return bytes;
  };
  Bytes rail = record(1);
  const auto state = std::span{rail}.subspan(rail.size() - kCardStateBytes);
  if (mended) {
    std::ranges::copy(Bytes{0x54, 0x47, 0x01}, state.begin());
    write_be(state.last(2), crc16(state.first(kCardStateBytes - 2)));
  }
  if (const auto decoded = nfc::decode_rail_record(rail)) out.rail = *decoded;
  if (const auto bus = nfc::decode_bus_record(record(2))) out.bus = *bus;
  for (std::size_t trips = in.byte() % (kTripsMax + 1); trips > 0; --trips)
    if (const auto trip = nfc::decode_trip_record(in.take(nfc::kTripRecordBytes)); trip && *trip)
      out.trips.push_back(**trip);
  return out;
}

void check_state(const CardState& state) {
  ASSERT(saturated(state) == state);
  const auto bytes = encode_card_state(state);
  ASSERT(decode_card_state(bytes) == state);
}

void check(const Decision& decision, const TapContext& context, bool has_maximum) {
  if (!decision.accepted()) {
    ASSERT(decision.charges.empty());
    return;
  }
  ASSERT(!decision.charges.empty());
  for (const Charge& charge : decision.charges) {
    Fen sum;
    for (const TraceStep& step : charge.trace) sum += step.fen;
    ASSERT(charge.amount >= Fen{} && charge.amount == sum);
    // Two networks that are joined have a maximum each.
    if (has_maximum) ASSERT(charge.amount <= kHighest * (2 * std::int64_t{context.count}));
  }
  check_state(decision.state_after);
}

void tap(Input& in, const Book& book, Medium& medium, Timestamp& now, bool has_maximum) {
  const std::vector<Network>& networks = books().model.networks;
  const Byte what = in.byte(), where = in.byte(), how = in.byte(), later = in.byte();
  const Network& network = networks[where % networks.size()];
  const Stop& stop = network.stops[(where / networks.size()) % network.stops.size()];
  // Seconds, minutes, hours or days.
  constexpr std::array<std::int64_t, 4> kSteps{1, 60, 1'800, 86'400};
  now += std::chrono::seconds{kSteps[later >> 6U] * (later & 0x3FU)};
  TapContext context{.network = NetworkId{network.id}, .stop = StopCode{stop.code}};
  context.count = static_cast<std::uint16_t>(1 + (what >> 6U));
  Tap one{.kind = static_cast<TapKind>(1 + what % 4),
          .at = now,
          .modes = {static_cast<std::uint16_t>(how & 0x7FU)},
          .clock_trusted = (how & 0x80U) == 0};
  if ((what & 0x20U) != 0)
    one.history.push_back({InlineText<64>{network.id},
                           {},
                           {Modes::kEmergency | Modes::kTimeFree},
                           now - std::chrono::hours{30},
                           now});
  const Decision decision = price(book, medium, context, one);
  ASSERT(price(book, medium, context, one) == decision);
  check(decision, context, has_maximum);
  const Medium before = medium;
  carry_on(book, medium, context, one, decision);
  ASSERT(medium.balance + medium.overdraft_left + decision.total() ==
         before.balance + before.overdraft_left);
  if (!decision.accepted()) ASSERT(medium == before);
}

}  // namespace

void journey_run(ByteView input) {
  Input in{input};
  const Byte flags = in.byte();
  const std::size_t which = flags % books().books.size();
  nfc::FlowSettings settings;
  settings.bus = (flags & 0x40U) != 0;
  Medium medium = nfc::to_medium(card(in, (flags & 0x80U) != 0), settings);
  if (medium.state) check_state(*medium.state);
  if ((flags & 0x20U) != 0) medium.overdraft_left = Fen{800};
  Timestamp now = parse_iso8601("2026-11-02T08:00:00+08:00").value();
  for (std::size_t taps = 0; taps < kTapsMax && !in.empty(); ++taps)
    tap(in, *books().books[which], medium, now, which == 2);
}

std::vector<Bytes> journey_seeds() {
  const CardState used{.serial = 41,
                       .month = 82,
                       .month_spent = Fen{6'900},
                       .day = 2'497,
                       .day_spent = Fen{650},
                       .day_zones = 3,
                       .leg_end = 3'596'151,
                       .transfers = 1,
                       .transfer_group = 1,
                       .leg_network = 1,
                       .origin_stop = 1,
                       .origin_paid = Fen{300},
                       .pass_product = 5,
                       .pass_left = 2};
  nfc::RailRecord rail;
  rail.status = nfc::RailStatus::entered;
  rail.entry_city = 0x2900;
  rail.entry_acquirer = kAcquirer;
  rail.entry_station = {0, 0, 0, 0, 0, 1, 0, 1};
  rail.entry_at = LocalTime{2026, 11, 2, 7, 31, 5};
  std::ranges::copy(encode_card_state(used), rail.operator_bytes.begin());
  nfc::TripRecord trip;
  trip.type = 4;
  trip.industry = 1;
  trip.line = {0, 1};
  trip.station = {0, 2};
  trip.at = {2026, 11, 2, 7, 51, 0};
  trip.city = 0x2900;
  trip.acquirer = kAcquirer;
  const auto of = [&](Byte flags, std::initializer_list<Byte> taps) {
    Bytes out{flags};
    append(out, nfc::encode_rail_record(rail));
    append(out, nfc::encode_bus_record({}));
    out.push_back(1);
    append(out, nfc::encode_trip_record(trip));
    append(out, Bytes{taps});
    return out;
  };
  std::vector<Bytes> out;
  for (const Byte flags : {Byte{0x80}, Byte{0x81}, Byte{0x82}, Byte{0x42}}) {
    out.push_back(of(flags, {1, 6, 0, 65, 0, 10, 0, 65, 1, 2, 0, 94, 2, 0, 0, 1, 2, 0, 0, 1}));
    rail.status = nfc::RailStatus::exited;
    out.push_back(of(flags, {0, 6, 0, 1, 1, 10, 0, 80, 2, 1, 0, 66, 3, 9, 0, 70, 0, 3, 0, 129}));
    rail.status = nfc::RailStatus::entered;
  }
  return out;
}

}  // namespace tidegate::fuzz
