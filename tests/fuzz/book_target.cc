// SPDX-License-Identifier: Apache-2.0
// Fuzzes the loader of fare books, and the engine with the books it accepts: what is decoded and
// encoded again is the same, and a price adds up.
#include "fare/engine/book.h"
#include "fare/engine/book_codec.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

using namespace fare;

constexpr std::array<Byte, 8> kAcquirer{0x12, 0x00, 0x29, 0x00, 0xFF, 0xFF, 0xFF, 0xFF};
constexpr std::size_t kTapsMax = 64;
constexpr std::ptrdiff_t kNetworksTried = 4;

Timestamp at(std::string_view iso) {
  return parse_iso8601(iso).value();
}
ServiceDay day(std::string_view text) {
  return parse_date(text).value();
}

void adds_up(const Decision& decision) {
  if (!decision.accepted()) {
    ASSERT(decision.charges.empty());
    return;
  }
  ASSERT(!decision.charges.empty());
  for (const Charge& charge : decision.charges) {
    Fen sum;
    for (const TraceStep& step : charge.trace) sum += step.fen;
    ASSERT(charge.amount >= Fen{} && charge.amount == sum);
  }
}

/// Enters at each stop and leaves at the first and the last of the network, and at the first of
/// every other one.
void ride(const Book& book, const BookModel& model, const Network& network) {
  std::size_t taps = 0;
  for (const Stop& stop : network.stops) {
    if (++taps > kTapsMax) return;
    Medium medium{.issuer = {0x02, 0x00, 0x29, 0x00}, .balance = Fen{5000}};
    medium.entitlements = {RiderCategory::senior, RiderCategory{32}};
    TapContext context{.network = NetworkId{network.id}, .stop = StopCode{stop.code}};
    context.item = static_cast<ItemClass>(1 + taps % 3);
    context.children = static_cast<std::uint16_t>(taps % 4);
    context.companions = static_cast<std::uint16_t>(taps % 2);
    Tap tap{.kind = TapKind::entry, .at = at("2026-11-02T08:00:00+08:00")};
    adds_up(price(book, medium, context, tap));
    medium.open = OpenJourney{.where = card_code(network, stop.card, stop.line), .at = tap.at};
    medium.open_bus = medium.open;
    tap.kind = TapKind::exit;
    tap.at = at("2026-11-02T08:30:00+08:00");
    for (const Stop& end : {network.stops.front(), network.stops.back()}) {
      context.stop = StopCode{end.code};
      adds_up(price(book, medium, context, tap));
    }
    for (const Network& other : model.networks) {
      if (&other - model.networks.data() >= kNetworksTried) break;
      context.network = NetworkId{other.id};
      context.stop = StopCode{other.stops.front().code};
      adds_up(price(book, medium, context, tap));
    }
    medium.history = {HistoryTrip{.type = 6, .where = medium.open->where, .at = tap.at}};
    context = {.network = NetworkId{network.id}, .stop = StopCode{stop.code}};
    tap.kind = TapKind::board;
    adds_up(price(book, medium, context, tap));
    static_cast<void>(book.stop_on_card(NetworkId{network.id}, StopCode{stop.code}));
  }
}

}  // namespace

void book_run(ByteView input) {
  const auto model = decode_book(input);
  const auto book = Book::load(Bytes{input.begin(), input.end()});
  if (!model) {
    ASSERT(!book.has_value());
    return;
  }
  ASSERT(book.has_value() == check_book(*model).has_value());
  if (!book) return;
  const auto again = decode_book(encode_book(*model));
  ASSERT(again.has_value() && *again == *model);
  for (const Network& network : model->networks) ride(**book, *model, network);
}

std::vector<Bytes> book_seeds() {
  const auto stop = [](const std::string& code, std::uint16_t number) {
    return Stop{.code = code,
                .number = number,
                .name_zh = "站",
                .name_en = "Stop",
                .card = {1, number},
                .line = 1};
  };
  Network flat{.id = "f",
               .code = 2,
               .name_zh = "轮渡",
               .name_en = "Ferry",
               .city = 0x2900,
               .acquirer = kAcquirer,
               .industry = 9,
               .stops = {stop("p", 1)},
               .versions = {{day("2026-01-01"), FlatTariff{Fen{200}}}}};
  Network matrix = flat;
  matrix.id = "m";
  matrix.code = 1;
  matrix.industry = 1;
  matrix.stops = {stop("a", 11), stop("b", 12)};
  matrix.versions = {{day("2026-01-01"), MatrixTariff{{0, 300, 300, 0}}}};
  GoldenTap in{.context = {.network = NetworkId{"f"}, .stop = StopCode{"p"}},
               .tap = {.kind = TapKind::entry, .at = at("2026-11-02T08:00:00+08:00")}};
  const BookModel small{.name = "Seeds",
                        .number = 7,
                        .valid_from = day("2026-01-01"),
                        .networks = {flat},
                        .golden = {}};
  const BookModel larger{.name = "Seeds",
                         .number = 8,
                         .valid_from = day("2026-01-01"),
                         .networks = {flat, matrix},
                         .golden = {{.id = "g", .medium = {.balance = Fen{1000}}, .taps = {in}}}};
  BookModel whole = larger;
  whole.riders = {{RiderCategory{32}, "old", "老", "Old"}};
  whole.timeframes = {{.name = "t", .spans = {{0x81, 420, 540}, {0x82, 0, 1440}}}};
  whole.calendar = {.holidays = {day("2026-10-01").get()},
                    .working_days = {day("2026-10-10").get()}};
  whole.golden[0].medium.entitlements = {RiderCategory{32}};
  TariffVersion& ferry = whole.networks[0].versions[0];
  ferry.classes = {{.name = "old",
                    .riders = {RiderCategory{32}},
                    .timeframe = 0,
                    .tariff = FlatTariff{Fen{100}},
                    .issuers = {0x2900, 0x3050},
                    .other_issuers = true,
                    .items = {ItemClass::person, ItemClass::bicycle}}};
  ferry.charge_at = {0};
  ferry.companions = CompanionRule{.free_children = 1, .max_companions = 1};
  ferry.repeat = RepeatRule{.card_kinds = {1}, .max = 2, .within_seconds = 60, .gap_seconds = 1};
  whole.networks[1].versions[0].classes = {{.name = "late",
                                            .timeframe = 0,
                                            .tariff = MatrixTariff{{0, 1, 2, 3}},
                                            .judged = JudgedBy::exit}};
  whole.through = {{.name = "joined",
                    .a = 0,
                    .b = 1,
                    .effective_from = day("2026-01-01"),
                    .versions = {{day("2026-01-01"), MatrixTariff{{1, 2, 3, 4, 5, 6, 7, 8, 9}}}}},
                   {.name = "sum",
                    .a = 1,
                    .b = 0,
                    .effective_from = day("2026-01-01"),
                    .media = {MediumKind::t_union},
                    .borders = {{0, 0}, {1, 0}}}};
  return {encode_book(small), encode_book(larger), encode_book(whole)};
}

}  // namespace tidegate::fuzz
