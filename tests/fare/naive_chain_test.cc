// SPDX-License-Identifier: Apache-2.0
// The engine on compiled books, and the naive side on their text, agree on chains of journeys: with
// rules between rides, with journeys that go wrong, and over borders; and on what clearing gives
// back.
#include <gtest/gtest.h>

#include <cstdlib>

#include "fare/authoring/compile.h"
#include "tests/fare/books.h"
#include "tests/fare/random_rides.h"

namespace tidegate::fare::naive {
namespace {

using testing_books::TempDir;

constexpr int kJourneysOfABook = 250;

/// TIDEGATE_NAIVE_TIMES makes it so many times as many.
int books(int usual) {
  const char* const times = std::getenv("TIDEGATE_NAIVE_TIMES");  // NOLINT(concurrency-mt-unsafe)
  return usual * (times == nullptr ? 1 : std::max(1, std::atoi(times)));
}

struct Kind {
  const char* name;
  Beside beside;
  unsigned seed;
  int books;
  /// What must have been in the traces, or nothing was tested.
  std::vector<std::string> rules;
};
void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

constexpr int kSeenAtLeast = 50;

class NaiveChain : public ::testing::TestWithParam<Kind> {};

TEST_P(NaiveChain, agrees_with_the_engine) {
  std::map<std::string, int> seen;
  for (int i = 0; i < books(GetParam().books) && !HasFailure(); ++i) {
    // A seed for each book: one that fails can be tried alone.
    Random random{GetParam().seed + static_cast<unsigned>(i)};
    SCOPED_TRACE("book of seed " + std::to_string(GetParam().seed + static_cast<unsigned>(i)));
    const TempDir dir;
    const RandomBook shape = write_random_book(dir.path(), random, GetParam().beside);
    const auto bytes = compile_book(dir.path(), {});
    ASSERT_TRUE(bytes) << bytes.error().message();
    EXPECT_EQ(compile_book(dir.path(), {}).value(), *bytes) << "compiling is deterministic";
    const auto book = fare::Book::load(*bytes);
    ASSERT_TRUE(book) << book.error().message();
    const auto again = fare::Book::load(encode_book(decode_book(*bytes).value()));
    ASSERT_TRUE(again) << again.error().message();
    const Book text = read_book(dir.path());
    Passenger passenger{text, **book, **again, shape, random};
    for (int j = 0; j < kJourneysOfABook && !HasFailure(); ++j) passenger.journey();
    EXPECT_FALSE(HasFailure()) << slurp(dir.path() / "book.toml");
    for (const auto& [rule, times] : passenger.seen()) seen[rule] += times;
  }
  for (const std::string& rule : GetParam().rules)
    EXPECT_GE(seen[rule], kSeenAtLeast) << rule << " was in no trace, or in few";
}

INSTANTIATE_TEST_SUITE_P(
    Fare, NaiveChain,
    ::testing::Values(
        Kind{"between_rides",
             Beside::rules_between_rides,
             1'000'000,
             200,
             {"interchange", "pass", "transfer", "cumulative", "cap", "rebate"}},
        Kind{"policies",
             Beside::policies,
             2'000'000,
             120,
             {"overstay", "same-station", "same-station-free", "no-entry", "no-exit", "completed",
              "open-elsewhere", "mode", "free-child"}},
        Kind{"rules_and_policies",
             Beside::rules_and_policies,
             4'000'000,
             170,
             {"interchange", "pass", "transfer", "cumulative", "cap", "overstay", "same-station",
              "no-entry", "no-exit", "completed", "mode", "free-child"}},
        Kind{"through", Beside::through_rules, 3'000'000, 80, {"two networks", "joined"}},
        Kind{"through_and_between_rides",
             Beside::through_rules_and_rules_between_rides,
             5'000'000,
             150,
             {"two networks", "two networks, lowered", "joined", "interchange", "pass", "transfer",
              "cumulative", "cap", "overstay", "rebate"}}),
    [](const auto& kind) { return std::string{kind.param.name}; });

}  // namespace
}  // namespace tidegate::fare::naive
