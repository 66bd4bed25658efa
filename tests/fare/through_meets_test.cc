// SPDX-License-Identifier: Apache-2.0
// Rides over two networks where other rules hold: each network's share by its own, time and persons
// by the network where the ride began.
#include <gtest/gtest.h>

#include "tests/fare/written_book.h"

namespace tidegate::fare {
namespace {

using namespace written_book;  // NOLINT(*-using-namespace)

const std::string kFrom = "2026-11-02 08:00:00", kUntil = "2026-11-02 09:00:00";
const std::string kSum =
    "[[through]]\nname = \"over\"\nfrom = \"sh\"\nto = \"sz\"\npricing = \"sum\"\n"
    "borders = [[\"hq\", \"hq\"]]\n";
const std::string kJoined =
    "[[through]]\nname = \"over\"\nfrom = \"sh\"\nto = \"sz\"\npricing = \"joined\"\n"
    "[through.tariff]\nkind = \"matrix\"\nsymmetric = true\ncsv = \"joined.csv\"\n";

/// "sh" and "sz" join at hq: a to hq 700, hq to p 300. The bus "b" is flat. `of_sh`, `of_sz`:
/// tables of the networks.
Files files(const std::string& rules, const std::string& of_sh = "", const std::string& of_sz = "",
            const std::string& through = kSum) {
  const std::string matrix = "[network.tariff]\nkind = \"matrix\"\nsymmetric = true\ncsv = ";
  return {{"book.toml", std::string{kBookHead} + network("sh", 1, "2900") + matrix +
                            "\"sh.csv\"\n" + of_sh + network("sz", 2, "3050") + matrix +
                            "\"sz.csv\"\n" + of_sz + network("b", 3, "2900", "bus") +
                            "tariff = { kind = \"flat\", fen = 200 }\n" + through + rules},
          {"stops.csv", std::string{kStopsHead} + stop_row("sh", "a", 1) + stop_row("sh", "hq", 2) +
                            stop_row("sz", "hq", 3) + stop_row("sz", "p", 4) +
                            stop_row("sz", "q", 5) + stop_row("b", "s", 6)},
          {"sh.csv", "from,to,fen\na,hq,700\n"},
          {"sz.csv", "from,to,fen\nhq,p,300\nhq,q,800\n"},
          {"joined.csv", "from,to,fen\nsh:a,sz:p,850\n"},
          {"zones.csv", "network,stop,zone\nsh,a,1\nsh,hq,2\nsz,hq,3\nsz,p,4\nsz,q,5\n"}};
}

/// A rule between rides for every card.
std::string rule(const std::string& kind, const std::string& rest) {
  return "[[" + kind + "]]\nname = \"" + kind + "\"\nissuers = [\"any\"]\n" + rest;
}

struct Card {
  explicit Card(const Files& files) : book{book_of(files)}, medium{Who{}.medium()} {}
  std::string ride(const Place& from, const Place& to, const std::string& entered = kFrom,
                   const std::string& left = kUntil) {
    const std::string in = tap(TapKind::entry, from, entered);
    return in == "0" || in.starts_with("0 ") ? tap(TapKind::exit, to, left) : in;
  }
  std::string tap(TapKind kind, const Place& at, const std::string& when) {
    const Tap tap{.kind = kind, .at = local(when)};
    const Decision out = price(*book, medium, at.context(), tap);
    carry_on(*book, medium, at.context(), tap, out);
    return told(out);
  }
  std::shared_ptr<const Book> book;
  Medium medium;
};
const Place kA{"sh", "a"}, kP{"sz", "p"};

TEST(ThroughMeets, a_pass_frees_the_share_of_its_own_network) {
  const auto with_pass = [](const std::string& networks) {
    Card card{files(rule("pass", "product = 5\ncounts = \"rides\"\nnetworks = " + networks))};
    card.medium.state = CardState{.pass_product = 5, .pass_left = 2};
    return card;
  };
  Card suzhou = with_pass("[\"sz\"]\n");
  EXPECT_EQ(suzhou.ride(kA, kP), "700 sh/od=700 + sz/od=300 + pass/pass=-300");
  EXPECT_EQ(suzhou.ride(kP, kA), "700 sz/od=300 + sh/od=700 + pass/pass=-300");
  EXPECT_EQ(suzhou.ride(kP, kA), "1000 sz/od=300 + sh/od=700") << "used up";
  Card shanghai = with_pass("[\"sh\"]\n");
  EXPECT_EQ(shanghai.ride(kA, kP), "300 sh/od=700 + sz/od=300 + pass/pass=-700");
  Card both = with_pass("[\"sh\", \"sz\"]\n");
  EXPECT_EQ(both.ride(kA, kP), "0 sh/od=700 + sz/od=300 + pass/pass=-700 + pass/pass=-300");
  EXPECT_EQ(both.medium.state->pass_left, 1) << "one ride";
  EXPECT_EQ(both.ride(kA, kP), "0 sh/od=700 + sz/od=300 + pass/pass=-700 + pass/pass=-300")
      << "the last one is for the whole way";
}

TEST(ThroughMeets, a_cap_holds_for_the_share_of_its_own_network) {
  Card card{files(rule("cap", "networks = [\"sz\"]\nperiod = \"day\"\nfen = 400\n"))};
  EXPECT_EQ(card.ride(kA, kP), "1000 sh/od=700 + sz/od=300");
  EXPECT_EQ(card.medium.state->day_spent, Fen{300}) << "the other city's share is not counted";
  EXPECT_EQ(card.ride(kP, kA), "800 sz/od=300 + sh/od=700 + cap/cap=-200")
      << "also where the ride ends in the other city";
}

TEST(ThroughMeets, a_cap_of_both_is_one_cap) {
  Card card{files(rule("cap", "networks = [\"sh\", \"sz\"]\nperiod = \"day\"\nfen = 900\n"))};
  EXPECT_EQ(card.ride(kA, kP), "900 sh/od=700 + sz/od=300 + cap/cap=-100");
  EXPECT_EQ(card.ride(kA, kP), "0 sh/od=700 + sz/od=300 + cap/cap=-700 + cap/cap=-300");
}

TEST(ThroughMeets, a_cap_by_zones_takes_those_of_each_share) {
  Card card{files(rule("cap",
                       "networks = [\"sh\", \"sz\"]\nperiod = \"day\"\nzones = \"zones.csv\"\n"
                       "by_zones = [{ zones = \"1+2\", fen = 500 }, { zones = \"1+2+3+4\", fen = "
                       "650 }]\n"))};
  EXPECT_EQ(card.ride(kA, kP), "650 sh/od=700 + sz/od=300 + cap/cap=-200 + cap/cap=-150");
  EXPECT_EQ(card.medium.state->day_zones, 0b1111);
}

TEST(CapZones, every_stop_of_the_cap_needs_one) {
  Files without = files(rule("cap",
                             "networks = [\"sz\"]\nperiod = \"day\"\nzones = \"zones.csv\"\n"
                             "by_zones = [{ zones = \"3+4\", fen = 500 }]\n"));
  without["zones.csv"] = "network,stop,zone\nsz,hq,3\nsz,p,4\n";
  EXPECT_TRUE(error_of(without).ends_with(
      "cap cap: gives 2 of the 3 stops of sz a zone: a ride from another one would have the least "
      "cap"))
      << error_of(without);
}

TEST(ThroughMeets, sums_of_two_accounts_each_count_where_they_are) {
  const auto spent = [](std::uint8_t account) {
    Card card{files(
        "[[cap]]\nname = \"sh-day\"\nissuers = [\"any\"]\naccount = 1\nnetworks = [\"sh\"]\nperiod "
        "= \"day\"\nfen = 900\n[[cap]]\nname = \"sz-day\"\nissuers = [\"any\"]\naccount = "
        "2\nnetworks = [\"sz\"]\nperiod = \"day\"\nfen = 400\n")};
    card.medium.state = CardState{.month = 82, .account = account};
    const auto day = local(kFrom) + std::chrono::hours{8};
    const auto since = std::chrono::floor<std::chrono::days>(day) -
                       std::chrono::sys_days{std::chrono::year{2020} / 1 / 1};
    card.medium.state->day = static_cast<std::uint16_t>(since.count());
    card.medium.state->day_spent = Fen{300};
    return card;
  };
  Card of_sh = spent(1);
  EXPECT_EQ(of_sh.ride(kA, kP), "900 sh/od=700 + sz/od=300 + cap/sh-day=-100")
      << "Shanghai's, and Suzhou's begin anew";
  EXPECT_EQ(of_sh.medium.state->account, 2);
  EXPECT_EQ(of_sh.medium.state->day_spent, Fen{300});
  Card of_sz = spent(2);
  EXPECT_EQ(of_sz.ride(kA, kP), "800 sh/od=700 + sz/od=300 + cap/sz-day=-200")
      << "the sums of the city where the ride ends stay";
  EXPECT_EQ(of_sz.medium.state->day_spent, Fen{400});
}

TEST(ThroughMeets, a_transfer_lowers_the_share_of_the_network_it_leads_into_once) {
  for (const char* to : {"[\"sh\"]", "[\"sh\", \"sz\"]"}) {
    Card card{files(rule("transfer", std::string{"number = 1\nfrom = [\"b\"]\nto = "} + to +
                                         "\nwindow_minutes = 60\nmeasured = \"end-to-begin\"\n"
                                         "effect = \"percent-off\"\npercent = 50\n"))};
    EXPECT_EQ(card.tap(TapKind::board, {"b", "s"}, "2026-11-02 07:50:00"), "200 b/flat");
    EXPECT_EQ(card.ride(kA, kP), "650 sh/od=700 + sz/od=300 + transfer/transfer=-350") << to;
  }
  Card card{files(rule("transfer",
                       "number = 1\nfrom = [\"b\"]\nto = [\"sz\"]\nwindow_minutes = 60\n"
                       "measured = \"end-to-begin\"\neffect = \"free\"\n"))};
  EXPECT_EQ(card.tap(TapKind::board, {"b", "s"}, "2026-11-02 07:50:00"), "200 b/flat");
  EXPECT_EQ(card.ride(kA, kP), "1000 sh/od=700 + sz/od=300") << "it did not begin in Suzhou";
}

TEST(Region, cards_treated_alike_have_the_rules_between_rides_too) {
  const auto pays = [](const std::string& issuer) {
    Card card{
        files("[region]\ntreat_as_local = [\"3050\"]\n[[cap]]\nname = \"day\"\nnetworks = "
              "[\"sh\"]\nperiod = \"day\"\nfen = 500\n")};
    card.medium = Who{.issuer = issuer}.medium();
    return card.ride(kA, {"sh", "hq"});
  };
  EXPECT_EQ(pays("02002900"), "500 sh/od=700 + cap/day=-200");
  EXPECT_EQ(pays("01423050"), "500 sh/od=700 + cap/day=-200");
  EXPECT_EQ(pays("03473310"), "700 sh/od") << "any other city pays in full";
}

TEST(ThroughMeets, transfers_of_joined_networks_have_numbers_of_their_own) {
  const auto one = [](const std::string& name, const std::string& number, const std::string& to) {
    return "[[transfer]]\nname = \"" + name + "\"\nnumber = " + number +
           "\nfrom = [\"b\"]\nto = [\"" + to +
           "\"]\nwindow_minutes = 60\nmeasured = \"end-to-begin\"\neffect = \"free\"\n";
  };
  EXPECT_TRUE(error_of(files(one("x", "1", "sh") + one("y", "1", "sz")))
                  .ends_with("through over: joins networks where transfer x and transfer y have "
                             "the same number"));
  EXPECT_EQ(error_of(files(one("x", "1", "sh") + one("y", "2", "sz"))), "compiled");
  EXPECT_EQ(error_of(files(one("x", "1", "sh") + one("y", "1", "sz"), "", "", "")), "compiled");
}

TEST(ThroughMeets, one_fare_over_both_is_lowered_by_rules_of_both) {
  const auto with = [](const std::string& networks) {
    return files(rule("pass", "product = 5\ncounts = \"days\"\nnetworks = " + networks), "", "",
                 kJoined);
  };
  EXPECT_TRUE(
      error_of(with("[\"sz\"]\n"))
          .ends_with("through over: is one fare over two networks, of which pass pass names one "
                     "only"));
  Card card{with("[\"sh\", \"sz\"]\n")};
  card.medium.state = CardState{.pass_product = 5, .pass_left = 2'600};
  EXPECT_EQ(card.ride(kA, kP), "0 over/od=850 + pass/pass=-850");
  EXPECT_TRUE(error_of(files("[through.tariff.companions]\nfree_children = 1\n", "", "", kJoined))
                  .ends_with("who rides along, repeats and charge_at are the networks' own"));
}

TEST(ThroughMeets, a_fare_goes_on_from_the_border_and_from_one_fare_over_both_none) {
  const auto again = [](const std::string& through) {
    Files some = files(rule("interchange", "network = \"sz\"\nminutes = 30\npairs = [\"p/p\"]\n"),
                       "", "", through);
    some["sz.csv"] += "p,q,600\n";
    Card card{some};
    card.ride(kA, kP);
    return card.ride(kP, {"sz", "q"}, "2026-11-02 09:10:00", "2026-11-02 09:30:00");
  };
  EXPECT_EQ(again(kSum), "500 sz/od=600 + interchange/interchange=-100")
      << "hq to q is 800, of which 300 are covered";
  EXPECT_EQ(again(kJoined), "600 sz/od");
}

TEST(ThroughMeets, the_time_limit_is_that_of_the_network_of_entry) {
  const std::string policy =
      "[network.policy]\nmaximum_fen = 1500\ntime_limits = [{ to_fen = 300, minutes = 60 }, { "
      "minutes = 120 }]\noverstay = ";
  const auto late = [](Card card, const std::string& left) {
    return card.ride(kA, kP, kFrom, left);
  };
  const auto added = files("", policy + "\"added\"\noverstay_fen = 50\n");
  EXPECT_EQ(late(Card{added}, "2026-11-02 10:00:00"), "1000 sh/od=700 + sz/od=300")
      << "the longest of its limits";
  EXPECT_EQ(late(Card{added}, "2026-11-02 10:00:01"),
            "1050 sh/od=700 + sz/od=300 + sh/overstay=50");
  EXPECT_EQ(Card{added}.ride(kP, kA, kFrom, "2026-11-02 12:00:00"), "1000 sz/od=300 + sh/od=700")
      << "Suzhou has none";
  EXPECT_EQ(late(Card{files("", policy + "\"exit-maximum\"\n")}, "2026-11-02 12:00:00"),
            "1000 sh/od=700 + sz/od=300 + sh/overstay=0")
      << "no ride across ends there at more";
  EXPECT_EQ(late(Card{files("", policy + "\"network-maximum\"\n")}, "2026-11-02 12:00:00"),
            "1500 sh/od=700 + sz/od=300 + sh/overstay=500");
}

TEST(ThroughMeets, who_rides_along_is_the_entrys_matter) {
  const std::string company =
      "[network.tariff.companions]\nfree_children = 1\nmax_companions = 2\n";
  const auto party = [](const Place& place) {
    return Place{.network = place.network, .stop = place.stop, .children = 1, .companions = 1};
  };
  Card card{files("", company)};
  EXPECT_EQ(card.ride(party(kA), party(kP)),
            "2000 sh/od=700 + sz/od=300 + sh/od=700 + sz/od=300 + sh/free-child=0");
  EXPECT_EQ(card.ride(party(kP), party(kA)), "refused no_fare") << "Suzhou has no such rule";
}

TEST(ThroughMeets, alighting_at_the_end_of_a_flat_network_pays_the_way_to_it) {
  // A staged bus whose passengers may alight in a network of one price.
  const auto book = book_of(
      {{"book.toml", std::string{kBookHead} + network("staged", 1, "2900", "bus") +
                         "tariff = { kind = \"matrix\", csv = \"od.csv\" }\n" +
                         network("flat", 2, "2900", "bus") +
                         "tariff = { kind = \"flat\", fen = 200 }\n" +
                         "[[through]]\nfrom = \"staged\"\nto = \"flat\"\npricing = \"sum\"\n"
                         "borders = [[\"y\", \"y\"]]\n"},
       {"stops.csv", std::string{kStopsHead} + stop_row("staged", "x", 1) +
                         stop_row("staged", "y", 2) + stop_row("flat", "y", 3) +
                         stop_row("flat", "z", 4)},
       {"od.csv", "from,to,fen\nx,y,300\n"}});
  Medium medium = Who{}.medium();
  const Place x{"staged", "x"}, z{"flat", "z"};
  EXPECT_EQ(board(*book, medium, x, kFrom).max_fare, Fen{500});
  const Tap out{.kind = TapKind::alight, .at = local(kUntil)};
  EXPECT_EQ(told(price(*book, medium, z.context(), out)), "500 staged/od=300 + flat/flat=200");
}

}  // namespace
}  // namespace tidegate::fare
