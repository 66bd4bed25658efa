// SPDX-License-Identifier: Apache-2.0
// The parts of a simulated station that need no daemons: faults, percentiles, the tariff table, the
// plan of passengers, the line of JSON.
#include "simulators/station/station.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <map>
#include <set>

#include "nfc/purse/records.h"
#include "simulators/card/make_card.h"
#include "simulators/station/foreign_terminal.h"

namespace tidegate::sim {
namespace {

namespace fs = std::filesystem;

const fs::path kTariff = fs::path{TIDEGATE_SOURCE_DIR} / "tariffs" / "demo";

class StationTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "stationXXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<SiteFiles> files(const std::string& name, unsigned aisles, std::uint64_t seed,
                          std::vector<std::string> stops = {"0121"}) {
    return make_site({.dir = folder_ / name,
                      .tariff = kTariff,
                      .network = "shanghai-metro",
                      .stops = std::move(stops),
                      .aisles = aisles,
                      .seed = seed});
  }
  fs::path folder_;
};

TEST(StationFaults, NamesAreReadOneByOneAndTogether) {
  EXPECT_FALSE(parse_faults("none")->any());
  EXPECT_FALSE(parse_faults("")->any());
  const auto two = parse_faults("tear,gate-kill");
  ASSERT_TRUE(two);
  EXPECT_TRUE(two->tear);
  EXPECT_TRUE(two->gate_kill);
  EXPECT_FALSE(two->reader_kill);
  const auto all = parse_faults("all");
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->tear && all->gate_kill && all->reader_kill);
  EXPECT_TRUE(all->sam && all->disk_full && all->clock);
  const auto three = parse_faults("clock,sam,disk-full");
  ASSERT_TRUE(three);
  EXPECT_TRUE(three->sam && three->disk_full && three->clock);
  EXPECT_FALSE(three->tear);
  EXPECT_EQ(parse_faults("tears").error().code(), Errc::invalid);
}

TEST(StationPercentiles, AreNearestRanks) {
  std::vector<std::uint32_t> values;
  for (std::uint32_t i = 1000; i >= 1; --i) values.push_back(i);
  const Percentiles of_thousand = percentiles(values);
  EXPECT_EQ(of_thousand.p50, 500U);
  EXPECT_EQ(of_thousand.p99, 990U);
  EXPECT_EQ(of_thousand.p999, 999U);
  EXPECT_EQ(percentiles({7}).p999, 7U);
  EXPECT_EQ(percentiles({}).p50, 0U);
}

TEST(StationTariff, IsSymmetricAndKnowsItsMinimum) {
  const auto table = TariffTable::load(kTariff);
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(table->network(), "shanghai-metro");
  EXPECT_EQ(table->stops().size(), 8U);
  EXPECT_EQ(table->minimum_balance(), Fen{300});
  EXPECT_EQ(table->fare("0111", "0245"), Fen{500});
  EXPECT_EQ(table->fare("0245", "0111"), Fen{500});
  EXPECT_EQ(table->fare("0111", "9999"), std::nullopt);
  EXPECT_EQ(TariffTable::load("/nonexistent").error().code(), Errc::not_found);
}

TEST_F(StationTest, TheSeedDecidesCardsVisitsAndFaults) {
  const auto table = TariffTable::load(kTariff);
  const auto box = files("a", 2, 5);
  ASSERT_TRUE(box) << box.error().message();
  PlanInput input{.site = *box,
                  .tariff = *table,
                  .seed = 5,
                  .faults = {.tear = true},
                  .now = parse_iso8601("2026-11-02T08:00:00+08:00").value()};
  const auto plan = [&](std::uint64_t seed) {
    input.seed = seed;
    std::vector<Passenger> out;
    for (unsigned number = 1; number <= 60; ++number) {
      out.push_back(plan_passenger(input, number).value());
    }
    return out;
  };
  const auto one = plan(5), two = plan(5), other = plan(6);
  std::set<std::string> stories;
  unsigned torn = 0, differ = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].before, two[i].before);
    EXPECT_EQ(one[i].visits.size(), two[i].visits.size());
    stories.insert(one[i].story);
    for (const Visit& visit : one[i].visits) torn += visit.fault == Fault::tear ? 1 : 0;
    differ += one[i].before == other[i].before ? 0 : 1;
  }
  EXPECT_GT(stories.size(), 6U) << "a crowd of 60 should not be all of one kind";
  EXPECT_GT(torn, 5U);
  EXPECT_EQ(differ, one.size());
}

TEST_F(StationTest, OfThoseWhoAreTornSomeReturnElsewhereSomeNeverAndSomeShopBefore) {
  const auto table = TariffTable::load(kTariff);
  const auto site = files("a", 2, 5, {"0121", "0121", "0124"});
  ASSERT_TRUE(table && site);
  const PlanInput input{
      .site = *site, .tariff = *table, .seed = 5, .faults = {.tear = true}, .now = {}};
  std::map<Return, unsigned> returns;
  std::set<std::string> stops;
  unsigned shoppers = 0, overrun = 0;
  for (unsigned number = 1; number <= 600; ++number) {
    const auto passenger = plan_passenger(input, number);
    ASSERT_TRUE(passenger);
    for (const Visit& visit : passenger->visits) {
      stops.insert(visit.stop);
      if (visit.fault == Fault::none) {
        EXPECT_NE(visit.comes_back, Return::never);
        continue;
      }
      ++returns[visit.comes_back];
      shoppers += visit.foreign_debits > 0 ? 1 : 0;
      overrun += visit.foreign_debits == 11 ? 1 : 0;
    }
  }
  EXPECT_EQ(stops, (std::set<std::string>{"0121", "0124"}));
  EXPECT_GT(returns[Return::never], 5U);
  EXPECT_LT(returns[Return::never], 40U);
  EXPECT_GT(returns[Return::same_aisle], 30U);
  EXPECT_GT(returns[Return::other_aisle], 30U);
  EXPECT_GT(returns[Return::other_box], 30U);
  EXPECT_GT(shoppers, 30U);
  EXPECT_GT(overrun, 5U);
}

TEST_F(StationTest, ASingleAisleLeadsBothWaysAndManyAlternate) {
  const auto one = files("one", 1, 1);
  const auto five = files("five", 5, 1);
  ASSERT_TRUE(one && five);
  const auto& alone = one->boxes.front().aisles;
  const auto& many = five->boxes.front().aisles;
  EXPECT_EQ(alone.front().use, AisleUse::both);
  EXPECT_EQ(many[0].use, AisleUse::entry);
  EXPECT_EQ(many[1].use, AisleUse::exit);
  EXPECT_EQ(to_hex(many[4].terminal.get()), "413100000005");
}

TEST_F(StationTest, ASingleBoxLivesInTheFolderAndSeveralInFoldersOfIt) {
  const auto one = files("one", 1, 1);
  const auto two = files("two", 1, 1, {"0121", "0121"});
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->boxes.front().config, folder_ / "one" / "box.toml");
  EXPECT_EQ(two->boxes.back().config, folder_ / "two" / "box-2" / "box.toml");
  EXPECT_TRUE(fs::exists(folder_ / "two" / "cards" / "before"));
  EXPECT_NE(two->boxes[0].handle_key, two->boxes[1].handle_key);
}

TEST_F(StationTest, EveryTerminalIsThereOnceAndABoxKnowsThoseOfItsStation) {
  const auto site = files("a", 2, 1, {"0121", "0121", "0124"});
  ASSERT_TRUE(site);
  std::set<std::string> terminals;
  for (const BoxFiles& box : site->boxes) {
    for (const SimAisle& aisle : box.aisles) terminals.insert(to_hex(aisle.terminal.get()));
  }
  EXPECT_EQ(terminals.size(), 6U);
  const auto config = [&](std::size_t box) {
    std::ifstream in{site->boxes[box].config};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  };
  EXPECT_NE(config(0).find(R"(terminals = ["413100000101", "413100000102", "413100000201", )"
                           R"("413100000202"])"),
            std::string::npos)
      << config(0);
  EXPECT_NE(config(2).find(R"(terminals = ["413100000301", "413100000302"])"), std::string::npos);
}

TEST_F(StationTest, AFolderThatHoldsABoxIsNotUsedAgain) {
  ASSERT_TRUE(files("a", 1, 1));
  EXPECT_EQ(files("a", 1, 1).error().code(), Errc::exists);
  ASSERT_TRUE(files("b", 1, 1, {"0121", "0121"}));
  EXPECT_EQ(files("b", 1, 1).error().code(), Errc::exists);
}

TEST_F(StationTest, SocketsGetAShortPathHoweverLongTheFolderIs) {
  const auto site = files(std::string(120, 'x'), 1, 1);
  ASSERT_TRUE(site) << site.error().message();
  EXPECT_LT(site->boxes.front().gate_socket().string().size(), 108U);
  fs::remove_all(site->boxes.front().run);
}

/// A card, and a foreign terminal that has its key.
class ForeignTerminalTest : public testing::Test {
 protected:
  ForeignTerminalTest() {
    spec_.keys = keys_;
    spec_.balance = 5'000;
    passenger_.before = make_card(spec_);
    passenger_.card = std::make_unique<TUnionCard>(passenger_.before, CardHabits{});
  }
  RootKeys keys_;
  CardSpec spec_;
  Passenger passenger_;
  ForeignTerminal terminal_{TerminalNo{{0x33, 0x20, 0x99, 0x99, 0x00, 0x01}}, keys_.purchase};
};

TEST_F(ForeignTerminalTest, APlainPurchaseTakesMoneyAndLeavesTheJourneyAlone) {
  const auto debit = terminal_.purchase(*passenger_.card, Fen{120}, SystemClock{}.now());
  ASSERT_TRUE(debit) << debit.error().message();
  const CardImageData after = passenger_.card->image();
  EXPECT_EQ(after.balance, 4'880U);
  EXPECT_EQ(after.counter, debit->after.get());
  EXPECT_EQ(after.ef1a_2701, passenger_.before.ef1a_2701);
  EXPECT_TRUE(after.ef1e.empty());
  ASSERT_EQ(after.ef18.size(), 1U);
  EXPECT_EQ(after.ef18.front()[9], 0x06);
}

TEST_F(ForeignTerminalTest, ACompositePurchaseAppendsATripAndKeepsRecord2701) {
  const auto debit = terminal_.composite(*passenger_.card, Fen{120}, SystemClock{}.now());
  ASSERT_TRUE(debit) << debit.error().message();
  const CardImageData after = passenger_.card->image();
  EXPECT_EQ(after.balance, 4'880U);
  EXPECT_EQ(after.ef1a_2701, passenger_.before.ef1a_2701);
  ASSERT_EQ(after.ef1e.size(), 1U);
  const auto trip = nfc::decode_trip_record(after.ef1e.front());
  ASSERT_TRUE(trip) << trip.error().message();
  ASSERT_EQ(after.ef18.size(), 1U);
  EXPECT_EQ(after.ef18.front()[9], 0x09);
}

TEST_F(ForeignTerminalTest, WhatTheCardRefusesIsNotCounted) {
  EXPECT_FALSE(terminal_.purchase(*passenger_.card, Fen{5'001}, SystemClock{}.now()));
  passenger_.before.blocked = true;
  passenger_.card = std::make_unique<TUnionCard>(passenger_.before, CardHabits{});
  shop_elsewhere(terminal_, passenger_, 3, 1);
  EXPECT_TRUE(passenger_.foreign.empty());
}

TEST_F(ForeignTerminalTest, ShoppingIsNotedToTheFen) {
  shop_elsewhere(terminal_, passenger_, 11, 1);
  ASSERT_EQ(passenger_.foreign.size(), 11U);
  EXPECT_EQ(passenger_.card->image().balance, 5'000 - passenger_.foreign_spending().count());
  EXPECT_EQ(passenger_.card->image().counter, 11U);
}

TEST(StationReportTest, TheLineHasTheFieldsOfTheContract) {
  StationReport report;
  report.taps = 3;
  report.accepted = 2;
  report.refused["expired"] = 1;
  report.stages_us.emplace_back("identify", Percentiles{1, 2, 3});
  report.purses = report.ledger = Fen{500};
  report.ledger_dir = "/tmp/l";
  report.head = 9;
  report.verified = true;
  EXPECT_EQ(to_json(report), R"({"taps":3,"accepted":2,"refused":{"expired":1},"unconfirmed":0,)"
                             R"("stages_us":{"identify":{"p50":1,"p99":2,"p999":3}},)"
                             R"("money":{"purses_fen":500,"ledger_fen":500,"foreign_fen":0,)"
                             R"("unsettled_fen":0,"equal":true},)"
                             R"("ledger":{"dir":"/tmp/l","head":9,"verified":true},)"
                             R"("boxes":1,"foreign_debits":0,"never_returned":[],"unknown":[]})");
  EXPECT_TRUE(report.good());
  report.ledger = Fen{499};
  EXPECT_FALSE(report.good());
  EXPECT_NE(to_json(report).find("\"equal\":false"), std::string::npos);
}

TEST(StationReportTest, WhatOthersTookAndWhatIsLeftOpenBelongsToTheSum) {
  StationReport report;
  report.purses = Fen{1'000};
  report.ledger = Fen{500};
  report.foreign = Fen{200};
  report.unsettled = Fen{300};
  report.verified = true;
  report.never_returned.push_back(
      {.passenger = 7, .box = 2, .intent = SequenceNo{17}, .amount = Fen{300}, .paid = true});
  report.kills = {.count = 2, .ready_ms = {40, 90}};
  EXPECT_TRUE(report.good());
  const std::string json = to_json(report);
  EXPECT_NE(
      json.find(R"("never_returned":[{"passenger":7,"box":2,"intent":17,"fen":300,"paid":true}])"),
      std::string::npos)
      << json;
  EXPECT_NE(json.find(R"("kills":{"count":2,"ready_ms":{"p50":40,"p99":90,"max":90}})"),
            std::string::npos)
      << json;
}

}  // namespace
}  // namespace tidegate::sim
