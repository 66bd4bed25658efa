// SPDX-License-Identifier: Apache-2.0
// The engine on compiled books, and a naive second implementation on the TOML and CSV text, agree
// on every ride: 50,000 of them over random books.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "fare/authoring/compile.h"
#include "fare/engine/journey.h"
#include "tests/fare/books.h"
#include "tests/fare/naive_book.h"
#include "tests/fare/random_book.h"

namespace tidegate::fare::naive {
namespace {

using testing_books::TempDir;

constexpr int kBooks = 200, kJourneys = 250;

std::int64_t unix_ms(Moment at) {
  return (at.seconds - 8 * 3'600) * 1'000;
}

/// What the naive side says of a tap: fen, or why not.
struct Answer {
  std::int64_t fen = 0;
  std::string reason;
  friend bool operator==(const Answer&, const Answer&) = default;
  friend void PrintTo(const Answer& answer, std::ostream* out) {
    *out << (answer.reason.empty() ? std::to_string(answer.fen) : answer.reason);
  }
};

Answer answer_of(const Decision& decision) {
  if (decision.accepted()) return {.fen = decision.total().count()};
  return {.reason = std::string{refusal_name(*decision.refusal)}};
}

/// A passenger on the way through one random book, seen by both sides.
class Walk {
 public:
  Walk(const Book& text, const fare::Book& book, const RandomBook& shape, Random& random)
      : text_{text}, book_{book}, shape_{shape}, random_{random} {}

  void journey() {
    const auto& network = any(shape_.networks);
    rider_ = any(shape_.riders);
    qr_ = pick(random_, 0, 3) == 0;
    medium_ = {};
    medium_.kind = qr_ ? MediumKind::qr : MediumKind::t_union;
    medium_.rider = *book_.rider_from_name(rider_);
    medium_.balance = Fen{pick(random_, 0, 3) == 0 ? pick(random_, 0, 600) : 100'000};
    const Moment begun = moment();
    if (network.flat)
      board(network, any(network.stops), begun);
    else
      ride(network, any(network.stops), any(network.stops), begun,
           {begun.seconds + pick(random_, 60, 90 * 60)});
  }

 private:
  template <class T>
  const T& any(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(pick(random_, 0, static_cast<int>(values.size()) - 1))];
  }

  /// January to April 2026, often within a second of something that turns.
  Moment moment() {
    const std::int64_t day = 20'454 + pick(random_, 0, 100);  // 2026-01-01 on
    static constexpr std::int64_t kTurns[] = {0,         2 * 3'600,  3 * 3'600 + 1'800, 7 * 3'600,
                                              9 * 3'600, 17 * 3'600, 19 * 3'600};
    if (pick(random_, 0, 1) == 0) return {day * 86'400 + pick(random_, 0, 86'399)};
    return {day * 86'400 + kTurns[pick(random_, 0, 6)] + pick(random_, -1, 1)};
  }

  Answer engine(TapKind kind, const RandomBook::Network& network, const std::string& stop,
                Moment at) {
    const TapContext context{.network = NetworkId{network.id}, .stop = StopCode{stop}};
    const Tap tap{.kind = kind, .at = Timestamp{std::chrono::milliseconds{unix_ms(at)}}};
    const Decision decision = price(book_, medium_, context, tap);
    carry_on(book_, medium_, context, tap, decision);
    std::int64_t traced = 0;
    for (const Charge& charge : decision.charges) {
      EXPECT_GE(charge.amount, Fen{0});
      for (const TraceStep& step : charge.trace) traced += step.fen.count();
    }
    EXPECT_EQ(traced, decision.total().count()) << "the trace does not sum to the charge";
    return answer_of(decision);
  }

  std::optional<std::int64_t> fare(const Version& version, Moment begun, const std::string& from,
                                   const std::string& to) const {
    return ride_fare(text_, version, rider_, qr_ ? "qr" : "t-union", begun, from, to);
  }

  [[nodiscard]] Answer paid(std::int64_t fen) const {
    if (medium_.balance.count() < fen) return {.reason = "insufficient_balance"};
    return {.fen = fen};
  }

  void board(const RandomBook::Network& network, const std::string& stop, Moment at) {
    Answer expected{.reason = "no_fare"};
    if (const Version* const version = text_.networks.at(network.id).on(at); version != nullptr)
      expected = paid(*fare(*version, at, stop, stop));
    EXPECT_EQ(engine(TapKind::board, network, stop, at), expected);
  }

  void ride(const RandomBook::Network& network, const std::string& from, const std::string& to,
            Moment begun, Moment ended) {
    const Network& terms = text_.networks.at(network.id);
    const Version* const version = terms.on(begun);
    std::optional<std::int64_t> highest;
    for (const std::string& stop : terms.stops)
      if (const auto fen = version != nullptr ? fare(*version, begun, from, stop) : std::nullopt)
        highest = std::max(highest.value_or(0), *fen);
    Answer in;
    if (!highest)
      in.reason = "no_fare";
    else if (medium_.balance.count() < std::min(terms.minimum_balance, *highest))
      in.reason = "insufficient_balance";
    ASSERT_EQ(engine(TapKind::entry, network, from, begun), in);
    if (!in.reason.empty()) return;
    const auto fen = fare(*version, begun, from, to);
    const Answer out = fen ? paid(*fen) : Answer{.reason = "no_fare"};
    EXPECT_EQ(engine(TapKind::exit, network, to, ended), out)
        << network.id << " " << from << " to " << to << ", " << rider_;
  }

  const Book& text_;
  const fare::Book& book_;
  const RandomBook& shape_;
  Random& random_;
  std::string rider_;
  bool qr_ = false;
  Medium medium_;
};

TEST(NaiveAgreement, OnFiftyThousandRidesOverRandomBooks) {
  Random random{20'261'127};
  for (int i = 0; i < kBooks && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("book " + std::to_string(i));
    const TempDir dir;
    const RandomBook shape = write_random_book(dir.path(), random);
    const auto bytes = compile_book(dir.path(), {});
    ASSERT_TRUE(bytes) << bytes.error().message();
    const auto book = fare::Book::load(*bytes);
    ASSERT_TRUE(book) << book.error().message();
    const Book text = read_book(dir.path());
    Walk walk{text, **book, shape, random};
    for (int j = 0; j < kJourneys && !::testing::Test::HasFailure(); ++j) walk.journey();
  }
}

}  // namespace
}  // namespace tidegate::fare::naive
