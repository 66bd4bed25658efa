// SPDX-License-Identifier: Apache-2.0
// Fare book bytes: round trip, what load() refuses and how it says so, damage of every kind.
#include "fare/engine/book.h"

#include <gtest/gtest.h>

#include <flatbuffers/flatbuffers.h>

#include <functional>
#include <random>

#include "fare/engine/golden.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

using testing_books::classed_model;
using testing_books::day;
using testing_books::load;
using testing_books::small_model;

TEST(Book, bytes_hold_the_whole_model) {
  for (const BookModel& model : {small_model(), classed_model()}) {
    const auto back = decode_book(encode_book(model));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, model);
    EXPECT_EQ(encode_book(*back), encode_book(model));
  }
}

TEST(Book, of_a_later_engine_is_refused_as_unsupported) {
  // What an engine did not know it would pass over, and charge without it.
  Bytes bytes = encode_book(classed_model());
  auto* const book = flatbuffers::GetMutableRoot<flatbuffers::Table>(bytes.data());
  constexpr flatbuffers::voffset_t kNeedsEngine = 4 + 2 * 7;  // field id 7 of FareBook
  EXPECT_EQ(book->GetField<std::uint16_t>(kNeedsEngine, 0), 2);
  ASSERT_TRUE(book->SetField<std::uint16_t>(kNeedsEngine, kEngineVersion + 1, 0));
  const auto refused = Book::load(bytes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::unsupported);
}

TEST(Book, is_read_from_memory_of_any_alignment) {
  const BookModel model = small_model();
  const Bytes bytes = encode_book(model);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    Bytes moved(shift, 0);
    append(moved, bytes);
    const auto back = decode_book(ByteView{moved}.subspan(shift));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, model);
  }
}

TEST(Book, says_its_name_number_and_card_codes) {
  const auto book = load(small_model());
  EXPECT_EQ(book->name(), "Small");
  EXPECT_EQ(book->number(), 7U);
  const auto stop = book->stop_on_card(NetworkId{"m"}, StopCode{"c"});
  ASSERT_TRUE(stop);
  EXPECT_EQ(stop->code.city, 0x2900);
  EXPECT_EQ(to_hex(stop->code.acquirer), "12002900FFFFFFFF");
  EXPECT_EQ(to_hex(stop->code.station), "0000000000020013");
  EXPECT_EQ(stop->code.line, 2);
  EXPECT_EQ(stop->industry, 1);
  EXPECT_EQ(to_hex(stop->operator_code), "0102");
  EXPECT_EQ(stop->name_zh, "站c");
  EXPECT_FALSE(book->stop_on_card(NetworkId{"m"}, StopCode{"p"}));
  EXPECT_FALSE(book->stop_on_card(NetworkId{"nowhere"}, StopCode{"a"}));
}

struct Bad {
  const char* name;
  std::function<void(BookModel&)> damage;
  const char* says;
};

class BadBook : public ::testing::TestWithParam<Bad> {};

TEST_P(BadBook, is_refused_with_place_and_reason) {
  BookModel model = small_model();
  GetParam().damage(model);
  const auto book = Book::load(encode_book(model));
  ASSERT_FALSE(book);
  EXPECT_EQ(book.error().code(), Errc::invalid);
  EXPECT_NE(book.error().message().find(GetParam().says), std::string::npos)
      << book.error().message();
}

Network& metro(BookModel& model) {
  return model.networks[1];
}
MatrixTariff& matrix(BookModel& model) {
  return std::get<MatrixTariff>(metro(model).versions[0].tariff);
}

INSTANTIATE_TEST_SUITE_P(
    Book, BadBook,
    ::testing::Values(
        Bad{"no_name", [](BookModel& m) { m.name.clear(); }, "book: name"},
        Bad{"no_number", [](BookModel& m) { m.number = 0; }, "book: number"},
        Bad{"long_name", [](BookModel& m) { m.name.assign(100'000, 'x'); }, "book: name"},
        Bad{"far_date", [](BookModel& m) { m.valid_from = day("2100-01-01"); }, "book: valid_from"},
        Bad{"no_networks",
            [](BookModel& m) {
              m.networks.clear();
              m.golden.clear();
            },
            "book: needs"},
        Bad{"unsorted_networks", [](BookModel& m) { std::swap(m.networks[0], m.networks[1]); },
            "network f: networks are not sorted"},
        Bad{"network_code_twice", [](BookModel& m) { metro(m).code = 2; }, "network m: code"},
        Bad{"network_code_zero", [](BookModel& m) { metro(m).code = 0; }, "network m: code 0"},
        Bad{"network_id", [](BookModel& m) { m.networks[0].id = "f/../x"; }, "id must"},
        Bad{"city_not_bcd", [](BookModel& m) { metro(m).city = 0x29A0; }, "network m: city"},
        Bad{"rollover", [](BookModel& m) { metro(m).rollover_minutes = 1440; }, "m: rollover"},
        Bad{"minimum", [](BookModel& m) { metro(m).minimum_balance = Fen{0x1000000}; },
            "network m: minimum balance"},
        Bad{"stop_code", [](BookModel& m) { metro(m).stops[0].code = "a b"; }, "stop a b: code"},
        Bad{"unsorted_stops", [](BookModel& m) { metro(m).stops[2].code = "aa"; },
            "stop aa: stops"},
        Bad{"stop_twice", [](BookModel& m) { metro(m).stops[1].code = "a"; }, "stop a: stops are"},
        Bad{"stop_number_zero", [](BookModel& m) { metro(m).stops[1].number = 0; }, "b: number 0"},
        Bad{"stop_number_twice", [](BookModel& m) { metro(m).stops[1].number = 1; },
            "network m, stop b: number"},
        Bad{"card_code_twice", [](BookModel& m) { metro(m).stops[2].card = {1, 0x11}; },
            "network m, stop c: card code is already that of network m, stop a"},
        Bad{"card_code_of_another_network",
            [](BookModel& m) { metro(m).stops[1].also = {{0x90, 1}}; },
            "network m, stop b: card code is already that of network f, stop p"},
        Bad{"no_versions", [](BookModel& m) { metro(m).versions.clear(); }, "tariff versions"},
        Bad{"versions_order",
            [](BookModel& m) { metro(m).versions[0].effective_from = day("2027-01-01"); },
            "network m, tariff 2: versions"},
        Bad{"matrix_size", [](BookModel& m) { matrix(m).cells.pop_back(); },
            "network m, tariff 1: matrix has 8 cells, not 9"},
        Bad{"matrix_cell", [](BookModel& m) { matrix(m).cells[4] = 0x1000000; },
            "network m, tariff 1: cell 4"},
        Bad{"flat_fare",
            [](BookModel& m) { m.networks[0].versions[0].tariff = FlatTariff{Fen{0x1000000}}; },
            "network f, tariff 1: fare"},
        Bad{"golden_stop", [](BookModel& m) { m.golden[0].taps[1].context.stop = StopCode{"q"}; },
            "golden journey g1, tap 2: stop q"},
        Bad{"golden_network",
            [](BookModel& m) { m.golden[0].taps[0].context.network = NetworkId{"q"}; },
            "golden journey g1, tap 1: network q"},
        Bad{"golden_id_twice", [](BookModel& m) { m.golden.push_back(m.golden[0]); },
            "id is there"},
        Bad{"golden_no_taps", [](BookModel& m) { m.golden[0].taps.clear(); }, "g1: needs"}),
    [](const auto& param) { return param.param.name; });

class BadClasses : public ::testing::TestWithParam<Bad> {};

TEST_P(BadClasses, are_refused_with_place_and_reason) {
  BookModel model = classed_model();
  GetParam().damage(model);
  const auto book = Book::load(encode_book(model));
  ASSERT_FALSE(book);
  EXPECT_NE(book.error().message().find(GetParam().says), std::string::npos)
      << book.error().message();
}

FareClass& first_class(BookModel& model) {
  return metro(model).versions[0].classes[0];
}

INSTANTIATE_TEST_SUITE_P(
    Book, BadClasses,
    ::testing::Values(
        Bad{"rider_number", [](BookModel& m) { m.riders[0].number = RiderCategory{31}; },
            "rider pensioner: number is not between 32 and 255"},
        Bad{"rider_order", [](BookModel& m) { std::swap(m.riders[0], m.riders[1]); },
            "rider pensioner: riders are not sorted"},
        Bad{"rider_name_built_in", [](BookModel& m) { m.riders[0].name = "adult"; },
            "rider adult: name is a built-in rider's"},
        Bad{"rider_name_twice", [](BookModel& m) { m.riders[1].name = "pensioner"; },
            "rider pensioner: name is there twice"},
        Bad{"timeframe_order", [](BookModel& m) { m.timeframes[1].name = "all"; },
            "timeframe all: timeframes are not sorted"},
        Bad{"timeframe_empty", [](BookModel& m) { m.timeframes[0].spans.clear(); },
            "timeframe peak: needs 1 to 64 spans"},
        Bad{"timeframe_many", [](BookModel& m) { m.timeframes[0].spans.resize(65); },
            "timeframe peak: needs 1 to 64 spans"},
        Bad{"span_backwards", [](BookModel& m) { m.timeframes[0].spans[0].to = 420; },
            "timeframe peak: a span does not begin"},
        Bad{"span_past_midnight", [](BookModel& m) { m.timeframes[1].spans[0].to = 1441; },
            "timeframe sunday: a span does not begin"},
        Bad{"span_no_day", [](BookModel& m) { m.timeframes[0].spans[0].days = 0x80; },
            "timeframe peak: a span has no day"},
        Bad{"spans_overlap", [](BookModel& m) { m.timeframes[0].spans[1] = {0x10, 539, 600}; },
            "timeframe peak: spans overlap"},
        Bad{"class_name", [](BookModel& m) { first_class(m).name = "a b"; }, "class a b: name"},
        Bad{"class_twice", [](BookModel& m) { first_class(m).name = "pensioner"; },
            "network m, tariff 1, class pensioner: is there twice"},
        Bad{"class_rider", [](BookModel& m) { first_class(m).riders = {RiderCategory{33}}; },
            "class pensioner@peak: rider category"},
        Bad{"class_riders_order",
            [](BookModel& m) {
              first_class(m).riders = {RiderCategory::student, RiderCategory::adult};
            },
            "class pensioner@peak: riders are not sorted"},
        Bad{"class_timeframe", [](BookModel& m) { first_class(m).timeframe = 2; },
            "class pensioner@peak: timeframe does not exist"},
        Bad{"class_medium", [](BookModel& m) { first_class(m).media = {MediumKind{3}}; },
            "class pensioner@peak: medium does not exist"},
        Bad{"class_media_twice",
            [](BookModel& m) { first_class(m).media = {MediumKind::qr, MediumKind::qr}; },
            "class pensioner@peak: media are not sorted"},
        Bad{"class_matrix", [](BookModel& m) { first_class(m).tariff = MatrixTariff{{1}}; },
            "class pensioner@peak: matrix has 1 cells, not 9"},
        Bad{"class_rule",
            [](BookModel& m) { std::get<MatrixTariff>(first_class(m).tariff).rule = "a/b"; },
            "class pensioner@peak: rule"},
        Bad{"class_of_a_flat_tariff",
            [](BookModel& m) { m.networks[0].versions[0].classes[0].tariff = MatrixTariff{{1}}; },
            "network f, tariff 1, class pensioner: must be flat"},
        Bad{"too_many_classes",
            [](BookModel& m) { metro(m).versions[0].classes.resize(65, first_class(m)); },
            "network m: too many classes"},
        Bad{"golden_rider", [](BookModel& m) { m.golden[0].medium.rider = RiderCategory{33}; },
            "golden journey g1: rider category"}),
    [](const auto& param) { return param.param.name; });

TEST(Book, empty_and_foreign_bytes_are_refused) {
  for (const Bytes& bytes : {Bytes{}, Bytes(4, 0), Bytes(64, 0), Bytes(64, 0xFF), Bytes(4096, 'T')})
    EXPECT_FALSE(Book::load(bytes));
  Bytes other = encode_book(small_model());
  other[4] = 'X';  // file identifier
  EXPECT_FALSE(Book::load(other));
}

/// Whatever load() lets through can be priced with and walked without harm.
void use(const Bytes& bytes) {
  const auto book = Book::load(bytes);
  if (!book) {
    EXPECT_FALSE(book.error().message().empty());
    return;
  }
  (void)check_golden_journeys(**book);
  Medium medium{.balance = Fen{5'000}};
  for (const char* network : {"m", "f", "z", "q"}) {
    for (const char* stop : {"a", "b", "c", "p", "s"}) {
      for (const TapKind kind : {TapKind::entry, TapKind::exit, TapKind::board, TapKind::alight}) {
        const TapContext context{.network = NetworkId{network}, .stop = StopCode{stop}};
        const Tap tap{.kind = kind, .at = testing_books::at("2026-11-02T08:00:00+08:00")};
        const Decision decision = price(**book, medium, context, tap);
        EXPECT_GE(decision.total(), Fen{0});
        EXPECT_LE(decision.total(), Fen{kFenMax});
        if (const auto here = (*book)->stop_on_card(context.network, context.stop))
          medium.open = OpenJourney{.where = here->code, .at = tap.at};
      }
    }
  }
}

TEST(Book, survives_every_changed_byte) {
  const Bytes good = encode_book(classed_model());
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      Bytes bytes = good;
      bytes[i] = static_cast<Byte>(bytes[i] ^ flip);
      use(bytes);
    }
  }
}

TEST(Book, survives_every_truncation) {
  const Bytes good = encode_book(classed_model());
  for (std::size_t size = 0; size < good.size(); ++size)
    use(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
}

TEST(Book, survives_many_random_changes) {
  const Bytes good = encode_book(classed_model());
  std::mt19937 random{20261102};
  for (int round = 0; round < 3'000; ++round) {
    Bytes bytes = good;
    for (int changes = 0; changes < 4; ++changes)
      bytes[random() % bytes.size()] = static_cast<Byte>(random());
    use(bytes);
  }
}

TEST(Golden, reproduces_and_names_what_does_not) {
  BookModel model = small_model();
  EXPECT_EQ(golden_journey_count(*load(model)), 1U);
  EXPECT_TRUE(check_golden_journeys(*load(model)));

  model.golden[0].taps[1].expected_fen = Fen{301};
  auto wrong = check_golden_journeys(*load(model));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code(), Errc::refused);
  EXPECT_EQ(wrong.error().message(),
            "golden journey g1, tap 2: computed 300 fen, expected 301 fen");

  model.golden[0].taps[1].expected_fen = Fen{300};
  model.golden[0].taps[2].expected_refusal = RefusalCode::no_fare;
  wrong = check_golden_journeys(*load(model));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message(),
            "golden journey g1, tap 3: computed refusal not_entered, expected refusal no_fare");
}

TEST(GoldenJourneys, keep_the_clock_and_the_driver_of_a_tap) {
  BookModel model = small_model();
  const Bytes without = encode_book(model);
  GoldenTap& tap = model.golden[0].taps[0];
  tap.tap.clock_trusted = false;
  tap.context.driver = "0815";
  const auto back = decode_book(encode_book(model));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, model);
  tap.tap.clock_trusted = true;
  tap.context.driver.clear();
  EXPECT_EQ(encode_book(model), without);
}

}  // namespace
}  // namespace tidegate::fare
