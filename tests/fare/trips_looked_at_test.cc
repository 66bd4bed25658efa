// SPDX-License-Identifier: Apache-2.0
// A gate reads a card's trips only for a book that says it looks at them: for any other book no
// trip may change a decision, or boxes that read and boxes that do not would charge differently.
#include <gtest/gtest.h>

#include <random>

#include "fare/engine/book.h"
#include "fare/engine/book_codec.h"
#include "tests/fare/between_book.h"

namespace tidegate::fare {
namespace {

namespace fs = std::filesystem;
using testing_books::between_book;

TEST(TripsLookedAt, where_there_are_rules_between_rides) {
  EXPECT_FALSE(between_book("")->looks_at_trips());
  EXPECT_TRUE(between_book("[[cap]]\nname = \"week\"\naccount = 3\nnetworks = [\"bus\"]\n"
                           "period = \"week\"\nfen = 2500\n")
                  ->looks_at_trips());
  EXPECT_TRUE(
      between_book("[[transfer]]\nname = \"T\"\nnumber = 1\nfrom = [\"bus\"]\nto = [\"m\"]\n"
                   "window_minutes = 120\nmeasured = \"end-to-begin\"\n"
                   "effect = \"amount-off\"\nfen = 100\n")
          ->looks_at_trips());
}

TEST(TripsLookedAt, where_a_tap_may_be_another_persons) {
  BookModel model = testing_books::small_model();
  const auto looks = [&] { return Book::load(encode_book(model)).value()->looks_at_trips(); };
  EXPECT_FALSE(looks());
  for (Network& network : model.networks)
    for (TariffVersion& version : network.versions)
      if (std::holds_alternative<FlatTariff>(version.tariff))
        version.repeat = RepeatRule{.card_kinds = {}, .max = 2, .within_seconds = 60};
  EXPECT_TRUE(looks());
}

class AnyBook : public ::testing::TestWithParam<const char*> {};

TEST_P(AnyBook, says_so_or_decides_the_same_without_them) {
  const auto payload = compile_book(fs::path{TIDEGATE_SOURCE_DIR} / GetParam());
  ASSERT_TRUE(payload) << payload.error().message();
  const auto book = Book::load(*payload).value();
  if (book->looks_at_trips()) return;
  const BookModel model = decode_book(*payload).value();
  std::mt19937 random{7};
  const auto any_of = [&](const auto& all) -> const auto& { return all[random() % all.size()]; };
  const Timestamp morning = parse_iso8601("2026-11-02T08:00:00+08:00").value();
  for (int i = 0; i < 2000; ++i) {
    const Network& network = any_of(model.networks);
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
