// SPDX-License-Identifier: Apache-2.0
// How many trips a gate reads of a card: where that is none, no trip may change a decision, or
// boxes of different makes would charge differently.
#include <gtest/gtest.h>

#include <random>

#include "fare/engine/book_codec.h"
#include "fare/engine/trips_read.h"
#include "tests/fare/between_book.h"

namespace tidegate::fare {
namespace {

namespace fs = std::filesystem;
using testing_books::between_book;

std::size_t read_in(const std::shared_ptr<const Book>& book, const char* network) {
  return trips_read(*book, NetworkId{network});
}

TEST(TripsRead, are_none_without_a_rule_that_looks_at_them) {
  EXPECT_EQ(read_in(between_book(""), "m"), 0U);
}

TEST(TripsRead, are_one_where_there_are_rules_between_rides) {
  const auto book = between_book(
      "[[transfer]]\nname = \"T\"\nnumber = 1\nfrom = [\"bus\"]\nto = [\"m\"]\n"
      "window_minutes = 120\nmeasured = \"end-to-begin\"\neffect = \"amount-off\"\nfen = 100\n");
  EXPECT_EQ(read_in(book, "m"), 1U);
  EXPECT_EQ(read_in(book, "z"), 1U);
}

TEST(TripsRead, are_as_many_as_persons_may_ride) {
  BookModel model = testing_books::small_model();
  for (Network& network : model.networks)
    for (TariffVersion& version : network.versions)
      if (std::holds_alternative<FlatTariff>(version.tariff))
        version.repeat = RepeatRule{.card_kinds = {}, .max = 3, .within_seconds = 60};
  const auto book = Book::load(encode_book(model)).value();
  for (const Network& network : model.networks)
    EXPECT_EQ(trips_read(*book, NetworkId{network.id}), network.versions.front().repeat ? 3U : 0U);
}

class AnyBook : public ::testing::TestWithParam<const char*> {};

TEST_P(AnyBook, decides_the_same_without_trips_that_are_not_read) {
  const auto payload = compile_book(fs::path{TIDEGATE_SOURCE_DIR} / GetParam());
  ASSERT_TRUE(payload) << payload.error().message();
  const auto book = Book::load(*payload).value();
  const BookModel model = decode_book(*payload).value();
  std::mt19937 random{7};
  const auto any_of = [&](const auto& all) -> const auto& { return all[random() % all.size()]; };
  const Timestamp morning = parse_iso8601("2026-11-02T08:00:00+08:00").value();
  for (int i = 0; i < 2000; ++i) {
    const Network& network = any_of(model.networks);
    if (trips_read(*book, NetworkId{network.id}) > 0) continue;
    Medium medium;
    medium.balance = Fen{10'000};
    const auto somewhere = [&] {
      const Network& other = random() % 3 == 0 ? any_of(model.networks) : network;
      const Stop& stop = any_of(other.stops);
      return card_code(other, stop.card, stop.line);
    };
    if (random() % 2 == 0)
      medium.open = OpenJourney{.where = somewhere(), .at = morning - std::chrono::minutes{25}};
    TapContext context;
    context.network = NetworkId{network.id};
    context.stop = StopCode{any_of(network.stops).code};
    const Tap tap{.kind = static_cast<TapKind>(1 + random() % 4), .at = morning};
    const Decision without = price(*book, medium, context, tap);
    constexpr std::array<Byte, 4> kTypes{0x03, 0x04, 0x06, 0x08};
    medium.history.push_back({.type = any_of(kTypes),
                              .industry = network.industry,
                              .where = somewhere(),
                              .amount = Fen{200},
                              .at = morning - std::chrono::seconds{random() % 7200}});
    ASSERT_EQ(price(*book, medium, context, tap), without) << GetParam() << ", tap " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, AnyBook,
                         ::testing::Values("tariffs/demo", "tariffs/kinds", "tariffs/journeys",
                                           "fare/books/changzhou", "fare/books/hangzhou",
                                           "fare/books/nanjing", "fare/books/ningbo",
                                           "fare/books/shanghai", "fare/books/suzhou",
                                           "fare/books/wuxi", "fare/books/delta"));

}  // namespace
}  // namespace tidegate::fare
