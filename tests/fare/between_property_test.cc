// SPDX-License-Identifier: Apache-2.0
// What holds for rules between rides whatever they are: bytes and back, traces that sum, no charge
// below nothing or above the tariff, no price that depends on how many trip records a box reads.
#include <random>

#include "tests/fare/between_book.h"

namespace tidegate::fare {
namespace {

using testing_books::between_book;
using testing_books::Cardholder;
using testing_books::compile_between;

constexpr std::string_view kInterchange =
    "[[interchange]]\nname = \"walk\"\nnetwork = \"m\"\nminutes = 30\n"
    "pairs = [\"c/b\", \"c/c\", \"a/d\"]\nissuers = [\"any\"]\n";
constexpr std::string_view kDifference =
    "[[transfer]]\nname = \"difference\"\nnumber = 2\nfrom = [\"bus\", \"m\", \"night\"]\n"
    "to = [\"bus\", \"night\"]\nwindow_minutes = 60\nmeasured = \"end-to-end\"\n"
    "effect = \"up-to-difference\"\nmax_transfers = 3\n";
constexpr std::string_view kBusMetro =
    "[[transfer]]\nname = \"bus-metro\"\nnumber = 1\nfrom = [\"bus\"]\nto = [\"m\"]\n"
    "window_minutes = 120\nmeasured = \"end-to-begin\"\neffect = \"percent-off\"\npercent = 33\n"
    "rounding = \"half-even\"\nunit_fen = 10\nsame_line = false\n";
constexpr std::string_view kMonth =
    "[[cumulative]]\nname = \"month\"\nnetworks = [\"m\"]\nstarts = \"exceeds\"\n"
    "tiers = [{ fen = 7000, percent_off = 10 }, { fen = 20000, percent_off = 50 }]\n"
    "riders = [\"adult\"]\nmedia = [\"t-union\"]\neffective_from = 2026-01-01\nuntil = "
    "2030-01-01\n";
constexpr std::string_view kZones =
    "[[cap]]\nname = \"zones\"\nnetworks = [\"m\"]\nperiod = \"day\"\nzones = \"zones.csv\"\n"
    "by_zones = [{ zones = \"1+2\", fen = 700 }, { zones = \"1+2+3+4\", fen = 1100 }]\n";
constexpr std::string_view kWeek =
    "[[cap]]\nname = \"week\"\naccount = 3\nnetworks = [\"bus\", \"night\"]\nperiod = \"week\"\n"
    "fen = 2500\n";
constexpr std::string_view kPass =
    "[[pass]]\nname = \"ten\"\nproduct = 5\nnetworks = [\"m\"]\ncounts = \"rides\"\n"
    "[[pass]]\nname = \"period\"\nproduct = 6\nnetworks = [\"bus\", \"m\"]\ncounts = \"days\"\n";
constexpr std::array kRules{kInterchange, kDifference, kBusMetro, kMonth, kZones, kWeek, kPass};

std::string chosen(unsigned bits) {
  std::string out;
  for (std::size_t i = 0; i < kRules.size(); ++i)
    if ((bits >> i & 1U) != 0) out += kRules[i];
  return out;
}

TEST(BetweenProperty, every_rule_comes_back_from_its_bytes) {
  const auto payload = compile_between(chosen(0x7F));
  ASSERT_TRUE(payload) << payload.error().message();
  const auto model = decode_book(*payload);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->between.transfers.size(), 2U);
  EXPECT_EQ(model->between.interchanges[0].pairs.size(), 3U);
  EXPECT_EQ(model->between.caps.size(), 2U);
  EXPECT_EQ(model->between.caps[0].zones_of.size(), 4U);
  EXPECT_EQ(model->between.cumulative[0].tiers[1].above, Fen{20'000});
  EXPECT_EQ(model->between.passes.size(), 2U);
  EXPECT_EQ(encode_book(*model), *payload);
  EXPECT_EQ(compile_between(chosen(0x7F)).value(), *payload) << "compiling is deterministic";
}

TEST(BetweenProperty, a_book_with_such_rules_needs_an_engine_that_knows_them) {
  const Bytes plain = compile_between("").value();
  BookModel model = decode_book(compile_between(chosen(0x7F)).value()).value();
  model.between = {};
  EXPECT_EQ(encode_book(model), plain) << "none of them: the bytes of always";
}

/// Walks at random, by day and night, with a card that now and then is not as we left it.
class Walk {
 public:
  Walk(unsigned rules, unsigned seed)
      : p_{between_book(chosen(rules))}, plain_{between_book("")}, random_{seed} {
    if (one_of(2) == 0) p_.medium.state = pass();
  }

  void step() {
    pass_time();
    p_.medium.balance = Fen{500'000};
    if (one_of(30) == 0) p_.medium.state.reset();
    if (one_of(30) == 0) p_.medium.history.clear();
    switch (one_of(4)) {
      case 0: return check("bus", one_of(2) == 0 ? "l1" : "l2", TapKind::board);
      case 1: return check("night", "n", TapKind::board);
      default: break;
    }
    constexpr std::array<const char*, 4> kStops{"a", "b", "c", "d"};
    check("m", kStops[one_of(4)], TapKind::entry);
    pass_time();
    check("m", kStops[one_of(4)], TapKind::exit);
  }

  [[nodiscard]] Fen saved() const { return saved_; }

 private:
  unsigned one_of(unsigned n) { return static_cast<unsigned>(random_() % n); }
  void pass_time() {
    const std::chrono::seconds passed{one_of(8) == 0 ? one_of(300'000) : one_of(3'000)};
    now_ += passed;
  }
  CardState pass() {
    return one_of(2) == 0 ? CardState{.pass_product = 5, .pass_left = 7}
                          : CardState{.pass_product = 6, .pass_left = 2'500};
  }

  void check(const std::string& network, const std::string& stop, TapKind kind) {
    const TapContext context{.network = NetworkId{network}, .stop = StopCode{stop}};
    const Tap tap{.kind = kind, .at = now_};
    const Decision full = price(*p_.book, p_.medium, context, tap);
    const Decision tariff = price(*plain_, p_.medium, context, tap);
    ASSERT_EQ(full.refusal, tariff.refusal);
    EXPECT_LE(full.total(), tariff.total());
    saved_ += tariff.total() - full.total();
    const std::string when = iso8601(now_).substr(0, 19);
    EXPECT_EQ(p_.tap(kind, network, stop, when), full) << "with the newest trip record only";
  }

  Cardholder p_;
  std::shared_ptr<const Book> plain_;
  std::minstd_rand random_;
  Fen saved_;
  Timestamp now_ = testing_books::at("2026-10-30T06:00:00+08:00");
};

TEST(BetweenProperty, charges_stay_between_nothing_and_the_tariff) {
  // One kind alone may find nothing to lower in so short a walk.
  int lowered = 0;
  for (unsigned rules = 1; rules < 0x80; rules += 3) {
    Walk walk{rules, rules};
    for (int i = 0; i < 60 && !::testing::Test::HasFailure(); ++i) walk.step();
    if (walk.saved() > Fen{0}) ++lowered;
  }
  EXPECT_GE(lowered, 40) << "of 43 walks";
}

}  // namespace
}  // namespace tidegate::fare
