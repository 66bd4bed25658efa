// SPDX-License-Identifier: Apache-2.0
// Rides from one network to another: added over the cheapest border, or by one tariff over both.
#include <gtest/gtest.h>

#include <random>

#include "tests/fare/written_book.h"

namespace tidegate::fare {
namespace {

using namespace written_book;  // NOLINT(*-using-namespace)

constexpr std::string_view kMorning = "2026-11-02 08:00:00", kLater = "2026-11-02 09:00:00";

/// Shanghai "sh" (a, hq), Suzhou "sz" (hq, p, q). Students ride at half price in Shanghai, pupils
/// free in Suzhou at the weekend; the ferry "f" stands alone.
Files files(const std::string& through, const std::string& more_files = "") {
  const std::string matrix = "[network.tariff]\nkind = \"matrix\"\nsymmetric = true\n";
  return {{"book.toml", std::string{kBookHead} +
                            "[[timeframe]]\nname = \"weekend\"\nspans = [\"Sa,Su 00:00-24:00\"]\n" +
                            network("sh", 1, "2900") + matrix +
                            "csv = \"sh.csv\"\nclasses = [{ riders = [\"student\"], percent = 50, "
                            "rounding = \"half-up\" }]\n" +
                            network("sz", 2, "3050") + matrix +
                            "csv = \"sz.csv\"\nclasses = [{ riders = [\"student\"], timeframe = "
                            "\"weekend\", kind = \"flat\", fen = 0 }]\n" +
                            network("other", 3, "3310") +
                            "tariff = { kind = \"flat\", fen = 200 }\n" + through},
          {"stops.csv", std::string{kStopsHead} + stop_row("sh", "a", 1) + stop_row("sh", "hq", 2) +
                            stop_row("sh", "w", 3) + stop_row("sz", "hq", 1) +
                            stop_row("sz", "p", 2) + stop_row("sz", "q", 3) +
                            stop_row("sz", "w", 4) + stop_row("other", "o", 1)},
          {"sh.csv", "from,to,fen\na,hq,700\na,w,900\nhq,w,300\nhq,hq,250\n"},
          {"sz.csv", "from,to,fen\nhq,p,300\nhq,q,600\np,q,400\nw,q,200\nw,p,500\nhq,hq,150\n"},
          {"joined.csv", more_files}};
}
const std::string kSum =
    "[[through]]\nfrom = \"sh\"\nto = \"sz\"\npricing = \"sum\"\n"
    "borders = [[\"hq\", \"hq\"], [\"w\", \"w\"]]\n";

std::string pays(const Book& book, const Place& from, const Place& to, const Who& who = {},
                 std::string_view entered = kMorning, std::string_view left = kLater) {
  return ride(book, who, from, std::string{entered}, to, std::string{left}).text();
}

TEST(Through, without_a_rule_the_entry_is_elsewhere) {
  const auto book = book_of(files(""));
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "p"}), "refused entry_elsewhere");
}

TEST(Through, each_network_is_priced_and_added_both_ways) {
  const auto book = book_of(files(kSum));
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "p"}), "1000 sh/od=700 + sz/od=300");
  EXPECT_EQ(pays(*book, {"sz", "p"}, {"sh", "a"}), "1000 sz/od=300 + sh/od=700");
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sh", "hq"}), "700 sh/od") << "inside one as ever";
}

TEST(Through, over_the_cheapest_border) {
  const auto book = book_of(files(kSum));
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "q"}), "1100 sh/od=900 + sz/od=200")
      << "by hq it were 1300";
}

TEST(Through, at_the_border_one_rides_in_one_network_only) {
  const auto book = book_of(files(kSum));
  EXPECT_EQ(pays(*book, {"sh", "hq"}, {"sz", "p"}), "300 sz/od");
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "hq"}), "700 sh/od");
  EXPECT_EQ(pays(*book, {"sh", "hq"}, {"sz", "hq"}), "150 sz/od")
      << "leaving where one entered, at the last network's fare";
  EXPECT_EQ(pays(*book, {"sz", "hq"}, {"sh", "hq"}), "250 sh/od");
}

TEST(Through, classes_of_each_network_apply_by_their_own_rule) {
  const auto book = book_of(files(kSum));
  const Who student{.rider = RiderCategory::student};
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "p"}, student), "650 sh/od/student=350 + sz/od=300");
  EXPECT_EQ(
      pays(*book, {"sh", "a"}, {"sz", "p"}, student, "2026-11-07 08:00:00", "2026-11-07 09:00:00"),
      "350 sh/od/student=350 + sz/flat/student@weekend=0");
}

TEST(Through, persons_are_counted_in_each) {
  const auto book = book_of(files(kSum));
  EXPECT_EQ(pays(*book, {.network = "sh", .stop = "a", .count = 2},
                 {.network = "sz", .stop = "p", .count = 2}),
            "2000 sh/od=1400 + sz/od=600");
}

TEST(Through, the_most_told_at_entry_includes_the_other_network) {
  const auto with = book_of(files(kSum)), without = book_of(files(""));
  const auto most = [](const Book& book, const Place& at) {
    return price(book, Who{}.medium(), at.context(),
                 {.kind = TapKind::entry, .at = local(std::string{kMorning})})
        .max_fare;
  };
  EXPECT_EQ(most(*without, {"sh", "a"}), Fen{900});
  EXPECT_EQ(most(*with, {"sh", "a"}), Fen{1100}) << "to q, over w";
  EXPECT_EQ(most(*with, {"other", "o"}), Fen{200});
}

TEST(Through, the_most_told_at_entry_is_that_of_the_dearest_ride_over_one_border) {
  constexpr std::array<const char*, 3> kShanghai{
      "from,to,fen\na,hq,700\na,w,900\nhq,w,300\nhq,hq,250\n",
      "from,to,fen\na,hq,700\na,w,900\nhq,w,300\nhq,hq,2000\n",  // nobody rides from hq to hq
      "from,to,fen\na,w,900\nhq,hq,2000\n"};                     // no ride beyond the border
  const std::array<Place, 7> places{{{"sh", "a"},
                                     {"sh", "hq"},
                                     {"sh", "w"},
                                     {"sz", "hq"},
                                     {"sz", "p"},
                                     {"sz", "q"},
                                     {"sz", "w"}}};
  for (const char* const shanghai : kShanghai) {
    Files all = files(
        "[[through]]\nfrom = \"sh\"\nto = \"sz\"\npricing = \"sum\"\n"
        "borders = [[\"hq\", \"hq\"]]\n");
    all["sh.csv"] = shanghai;
    const auto book = book_of(all);
    for (const Who& who : {Who{}, Who{.rider = RiderCategory::student}})
      for (const Place& from : places) {
        Medium medium = who.medium();
        const Tap in{.kind = TapKind::entry, .at = local(std::string{kMorning})};
        const Decision entry = price(*book, medium, from.context(), in);
        ASSERT_TRUE(entry.accepted());
        carry_on(*book, medium, from.context(), in, entry);
        medium.open->told = Fen{0};  // else no exit is dearer, whatever it costs
        Fen dearest;
        for (const Place& to : places) {
          const Decision exit = price(*book, medium, to.context(),
                                      {.kind = TapKind::exit, .at = local(std::string{kLater})});
          if (exit.accepted()) dearest = std::max(dearest, exit.total());
        }
        EXPECT_EQ(entry.max_fare, dearest) << shanghai << from.network << " " << from.stop;
      }
  }
}

TEST(Through, for_some_media_and_from_a_day_on) {
  const auto book = book_of(files(kSum + "media = [\"qr\"]\neffective_from = 2026-11-02\n"));
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "p"}), "refused entry_elsewhere") << "a card";
  const Who code{.kind = MediumKind::qr};
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "p"}, code), "1000 sh/od=700 + sz/od=300");
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "p"}, code, "2026-11-02 01:59:59"),
            "refused entry_elsewhere")
      << "the service day of the entry is the day before";
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "p"}, code, "2026-11-02 02:00:00"),
            "1000 sh/od=700 + sz/od=300");
}

const std::string kJoined =
    "[[through]]\nname = \"delta\"\nfrom = \"sz\"\nto = \"sh\"\npricing = \"joined\"\n"
    "[through.tariff]\n";

TEST(Joined, is_one_fare_from_one_table_both_ways) {
  const auto book =
      book_of(files(kJoined + "kind = \"matrix\"\ncsv = \"joined.csv\"\nsymmetric = true\n"
                              "classes = [{ riders = [\"student\"], percent = 50, rounding = "
                              "\"up\", unit_fen = 10 }]\n",
                    "from,to,fen\nsh:a,sz:p,850\nsh:a,sz:q,1050\n"));
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "p"}), "850 delta/od");
  EXPECT_EQ(pays(*book, {"sz", "p"}, {"sh", "a"}), "850 delta/od");
  EXPECT_EQ(pays(*book, {"sz", "q"}, {"sh", "a"}, {.rider = RiderCategory::student}),
            "530 delta/od/student");
  EXPECT_EQ(pays(*book, {"sh", "w"}, {"sz", "p"}), "refused no_fare");
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sh", "hq"}), "700 sh/od") << "inside one its own tariff";
}

TEST(Joined, is_one_distance_over_the_border) {
  const auto book = book_of(
      files(kJoined + "kind = \"distance\"\nsegments = \"joined.csv\"\n"
                      "bands = [{ to_m = 6000, fen = 200 }, { every_m = 5000, add_fen = 100 }]\n",
            "from,to,metres\nsh:a,sh:hq,5000\nsh:hq,sz:hq,1000\nsz:hq,sz:p,5000\nsz:p,sz:q,1\n"));
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "hq"}), "200 delta/distance") << "exactly 6,000 m";
  EXPECT_EQ(pays(*book, {"sh", "a"}, {"sz", "p"}), "300 delta/distance") << "exactly 11,000 m";
  EXPECT_EQ(pays(*book, {"sz", "q"}, {"sh", "a"}), "400 delta/distance") << "11,001 m";
}

TEST(ThroughErrors, name_place_and_expectation) {
  const auto rule = [](const std::string& rest) {
    return error_of(files("[[through]]\nfrom = \"sh\"\n" + rest));
  };
  EXPECT_TRUE(rule("to = \"nb\"\npricing = \"sum\"\n")
                  .ends_with(": to: \"nb\" is not a [[network]] of this book"));
  EXPECT_TRUE(
      rule("to = \"sz\"\npricing = \"most\"\n").ends_with(": pricing: sum or joined was expected"));
  EXPECT_TRUE(
      rule("to = \"sz\"\npricing = \"sum\"\n")
          .ends_with("pairs of stops such as [[\"huaqiao\", \"huaqiao-sz\"]] were expected"));
  EXPECT_TRUE(rule("to = \"sz\"\npricing = \"sum\"\nborders = [[\"hq\", \"a\"]]\n")
                  .ends_with(": borders: in sz: \"a\" is not a stop of this network in stops.csv"));
  EXPECT_TRUE(rule("to = \"sz\"\npricing = \"joined\"\n").ends_with(": tariff: key is missing"));
  EXPECT_TRUE(rule("to = \"sh\"\npricing = \"sum\"\nborders = []\n")
                  .ends_with(": to: is the network of from"));
}

TEST(ThroughChecks, refuse_what_the_engine_would_index_wrongly) {
  const auto payload = compile(files(kSum));
  BookModel model = decode_book(*payload).value();
  ASSERT_TRUE(check_book(model));
  const auto refused = [&model](auto change) {
    BookModel other = model;
    change(other.through[0]);
    return !check_book(other).has_value();
  };
  EXPECT_TRUE(refused([](ThroughRule& r) { r.a = 9; }));
  EXPECT_TRUE(refused([](ThroughRule& r) { r.name = "sh"; })) << "traces would not tell them apart";
  EXPECT_TRUE(refused([](ThroughRule& r) { r.b = r.a; }));
  EXPECT_TRUE(refused([](ThroughRule& r) { r.borders[0].a = 99; }));
  EXPECT_TRUE(refused([](ThroughRule& r) { r.borders.clear(); }));
  EXPECT_TRUE(refused([](ThroughRule& r) { r.borders.assign(17, Border{}); }));
  EXPECT_TRUE(refused([&model](ThroughRule& r) {
    r.borders.clear();
    r.versions = model.networks[1].versions;  // a matrix over the stops of one network
  }));
}

/// Random matrices with holes and random borders against the sentence of the document: the cheapest
/// border, each network's own fare.
TEST(Through, agrees_with_the_cheapest_border_found_by_hand) {
  std::mt19937 random{20261128};
  BookModel model = decode_book(*compile(files(kSum))).value();
  const std::size_t sh = 1, sz = 2;
  ASSERT_EQ(model.networks[sh].id, "sh");
  for (int round = 0; round < 200; ++round) {
    const auto fill = [&random](Network& network) {
      auto& version = network.versions[0];
      version.classes.clear();
      const std::size_t n = network.stops.size();
      MatrixTariff matrix{std::vector<std::uint32_t>(n * n)};
      for (std::uint32_t& cell : matrix.cells)
        cell = random() % 4 == 0 ? MatrixTariff::kNoFare
                                 : static_cast<std::uint32_t>(random() % 1'000);
      version.tariff = matrix;
      return matrix.cells;
    };
    const auto in_sh = fill(model.networks[sh]), in_sz = fill(model.networks[sz]);
    model.through[0].borders.clear();
    for (std::uint16_t a = 0; a < 3; ++a)
      for (std::uint16_t b = 0; b < 4; ++b)
        if (random() % 3 == 0) model.through[0].borders.push_back({a, b});
    if (model.through[0].borders.empty()) continue;
    const auto book = testing_books::load(model);
    for (std::size_t from = 0; from < 3; ++from)
      for (std::size_t to = 0; to < 4; ++to) {
        std::uint64_t cheapest = MatrixTariff::kNoFare;
        for (const Border& border : model.through[0].borders) {
          const std::uint64_t first = from == border.a ? 0 : in_sh[from * 3 + border.a];
          const bool both = from == border.a && to == border.b;
          const std::uint64_t last = to == border.b && !both ? 0 : in_sz[border.b * 4UL + to];
          if (first != MatrixTariff::kNoFare && last != MatrixTariff::kNoFare)
            cheapest = std::min(cheapest, first + last);
        }
        Medium medium = Who{}.medium();
        medium.open = OpenJourney{
            .where = card_code(model.networks[sh], model.networks[sh].stops[from].card, 1),
            .at = local(std::string{kMorning})};
        const Place there{"sz", model.networks[sz].stops[to].code};
        const Decision decision = price(*book, medium, there.context(),
                                        {.kind = TapKind::exit, .at = local(std::string{kLater})});
        if (cheapest == MatrixTariff::kNoFare) {
          EXPECT_EQ(told(decision), "refused no_fare");
        } else {
          EXPECT_EQ(decision.total(), Fen{static_cast<std::int64_t>(cheapest)});
        }
      }
  }
}

TEST(Through, traces_sum_and_no_ride_exceeds_the_most_told_at_entry) {
  const auto book = book_of(files(kSum));
  std::mt19937 random{20261127};
  const std::array<Place, 6> places{
      {{"sh", "a"}, {"sh", "hq"}, {"sh", "w"}, {"sz", "hq"}, {"sz", "p"}, {"sz", "w"}}};
  constexpr std::array kRiders{RiderCategory::adult, RiderCategory::student};
  for (int round = 0; round < 1'000; ++round) {
    const std::string day = "2026-11-0" + std::to_string(1 + random() % 8);
    const Place from = places[random() % 6], to = places[random() % 6];
    const auto there = ride(*book, {.rider = kRiders[random() % 2]}, from, day + " 08:00:00", to,
                            day + " 09:00:00");
    if (there.in.accepted()) {
      EXPECT_FALSE(there.text().empty());
    }
  }
}

}  // namespace
}  // namespace tidegate::fare
