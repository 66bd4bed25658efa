// SPDX-License-Identifier: Apache-2.0
// The parts of a simulated station that need no daemons: faults, percentiles, the tariff table, the
// plan of passengers, the line of JSON.
#include "simulators/station/station.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <set>
#include <thread>

#include "simulators/station/supervisor.h"

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

  Result<BoxFiles> files(const std::string& name, unsigned aisles, std::uint64_t seed) {
    return make_box_files({.dir = folder_ / name,
                           .tariff = kTariff,
                           .network = "shanghai-metro",
                           .stop = "0121",
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
  EXPECT_EQ(parse_faults("tear,sam").error().code(), Errc::unsupported);
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
  PlanInput input{.files = *box,
                  .tariff = *table,
                  .stop = "0121",
                  .passengers = 60,
                  .seed = 5,
                  .faults = {.tear = true},
                  .now = parse_iso8601("2026-11-02T08:00:00+08:00").value()};
  const auto one = plan_passengers(input);
  const auto two = plan_passengers(input);
  input.seed = 6;
  const auto other = plan_passengers(input);
  ASSERT_TRUE(one && two && other);
  std::set<std::string> stories;
  unsigned torn = 0, differ = 0;
  for (std::size_t i = 0; i < one->size(); ++i) {
    EXPECT_EQ((*one)[i].before, (*two)[i].before);
    EXPECT_EQ((*one)[i].visits.size(), (*two)[i].visits.size());
    stories.insert((*one)[i].story);
    for (const Visit& visit : (*one)[i].visits) torn += visit.fault == Fault::tear ? 1 : 0;
    differ += (*one)[i].before == (*other)[i].before ? 0 : 1;
  }
  EXPECT_GT(stories.size(), 6U) << "a crowd of 60 should not be all of one kind";
  EXPECT_GT(torn, 5U);
  EXPECT_EQ(differ, one->size());
}

TEST_F(StationTest, ASingleAisleLeadsBothWaysAndManyAlternate) {
  const auto one = files("one", 1, 1);
  const auto five = files("five", 5, 1);
  ASSERT_TRUE(one && five);
  EXPECT_EQ(one->aisles.front().use, AisleUse::both);
  EXPECT_EQ(five->aisles[0].use, AisleUse::entry);
  EXPECT_EQ(five->aisles[1].use, AisleUse::exit);
  EXPECT_EQ(to_hex(five->aisles[4].terminal.get()), "413100000005");
}

TEST_F(StationTest, AFolderThatHoldsABoxIsNotUsedAgain) {
  ASSERT_TRUE(files("a", 1, 1));
  EXPECT_EQ(files("a", 1, 1).error().code(), Errc::exists);
}

TEST_F(StationTest, SocketsGetAShortPathHoweverLongTheFolderIs) {
  const auto box = files(std::string(120, 'x'), 1, 1);
  ASSERT_TRUE(box) << box.error().message();
  EXPECT_LT(box->gate_socket().string().size(), 108U);
  fs::remove_all(box->run);
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
                             R"("money":{"purses_fen":500,"ledger_fen":500,"equal":true},)"
                             R"("ledger":{"dir":"/tmp/l","head":9,"verified":true}})");
  EXPECT_TRUE(report.good());
  report.ledger = Fen{499};
  EXPECT_FALSE(report.good());
  EXPECT_NE(to_json(report).find("\"equal\":false"), std::string::npos);
}

/// Waits, generously, for something another thread brings about.
template <class Condition>
bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{2};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

TEST_F(StationTest, TheSupervisorRestartsWhatItKilledAndTellsWhatDiedByItself) {
  auto daemons = Supervisor::start(
      {{.name = "steady", .arguments = {"/bin/sleep", "1000"}, .log = folder_ / "steady"},
       {.name = "failing",
        .arguments = {"/bin/sh", "-c", "echo why; exit 3"},
        .log = folder_ / "failing"}});
  ASSERT_TRUE(daemons) << daemons.error().message();
  EXPECT_EQ((*daemons)->starts("steady"), 1U);
  (*daemons)->kill_unit("steady");
  EXPECT_TRUE(comes_true([&] { return (*daemons)->starts("steady") == 2; }));
  EXPECT_TRUE(comes_true([&] { return (*daemons)->starts("failing") >= 2; }));
  const auto surprises = (*daemons)->stop(std::chrono::minutes{2});
  // sleep does not handle SIGTERM: being killed by it is no clean end.
  ASSERT_FALSE(surprises.empty());
  EXPECT_EQ(surprises.front(), "failing: exit status 3");
  std::ifstream log{folder_ / "failing"};
  std::string line;
  std::getline(log, line);
  EXPECT_EQ(line, "why");
}

TEST(SupervisorTest, AProgramThatIsNotThereIsAnError) {
  const auto daemons =
      Supervisor::start({{.name = "x", .arguments = {"/nonexistent/x"}, .log = "/dev/null"}});
  ASSERT_FALSE(daemons);
  EXPECT_EQ(daemons.error().code(), Errc::not_found);
}

}  // namespace
}  // namespace tidegate::sim
