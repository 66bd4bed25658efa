// SPDX-License-Identifier: Apache-2.0
// Which of a region's mode notices go into the price of a tap, and which day it is.
#include "fare/engine/lookups.h"

#include <algorithm>

#include "tests/fare/written_book.h"

namespace tidegate::fare {
namespace {

using namespace written_book;  // NOLINT(*-using-namespace)

Files files() {
  const std::string flat = "tariff = { kind = \"flat\", fen = 300 }\n";
  return {{"book.toml", std::string{kBookHead} + network("m", 1, "2900") + flat +
                            network("n", 2, "3050") + flat},
          {"stops.csv", std::string{kStopsHead} + stop_row("m", "a", 1) + stop_row("m", "b", 2) +
                            stop_row("n", "a", 1)}};
}
ModeInterval notice(const char* network, const char* stop, std::uint16_t modes,
                    const std::string& from, const std::string& until) {
  return {network, stop, {modes}, local(from), local(until)};
}
Medium inside(const Book& book, const char* stop) {
  Medium out;
  out.open = OpenJourney{.where = book.stop_on_card(NetworkId{"m"}, StopCode{stop})->code,
                         .at = local("2026-11-02 08:00:00")};
  return out;
}
/// "a *": stops of what was found.
std::string found(const Book& book, const Medium& medium, TapKind kind,
                  std::vector<ModeInterval> notices) {
  std::ranges::sort(notices, newest_first);
  std::string out;
  for (const ModeInterval& one : mode_history(book, medium, kind, notices))
    out += (out.empty() ? "" : " ") + std::string{one.stop.empty() ? "*" : one.stop.view()};
  return out;
}

TEST(Lookups, modes_of_the_open_journeys_network_since_it_began) {
  const auto book = book_of(files());
  const std::vector<ModeInterval> notices{
      notice("m", "b", Modes::kEmergency, "2026-11-02 07:00:00", "2026-11-02 08:00:00"),
      notice("m", "a", Modes::kEmergency, "2026-11-02 07:00:00", "2026-11-02 08:00:01"),
      notice("m", "c", Modes::kEmergency, "2026-11-03 01:59:59", "2026-11-03 09:00:00"),
      notice("m", "d", Modes::kEmergency, "2026-11-03 02:00:00", "2026-11-03 09:00:00"),
      notice("n", "a", Modes::kEmergency, "2026-11-02 07:00:00", "2026-11-02 09:00:00")};
  const Medium medium = inside(*book, "a");
  EXPECT_EQ(found(*book, medium, TapKind::exit, notices), "c a");
  EXPECT_EQ(found(*book, medium, TapKind::entry, notices), "c a");
  EXPECT_EQ(found(*book, medium, TapKind::board, notices), "") << "a bus has another record";
  EXPECT_EQ(found(*book, Medium{}, TapKind::entry, notices), "") << "no journey is open";
  Medium elsewhere = medium;
  elsewhere.open->where = {};
  EXPECT_EQ(found(*book, elsewhere, TapKind::entry, notices), "") << "nobody knows where";
  elsewhere.open->mapped_network = NetworkId{"n"};
  elsewhere.open->mapped_stop = StopCode{"a"};
  EXPECT_EQ(found(*book, elsewhere, TapKind::entry, notices), "a") << "a table of places does";
}

TEST(Lookups, a_wrong_clock_counts_where_one_came_in) {
  const auto book = book_of(files());
  const std::vector<ModeInterval> notices{
      notice("m", "a", Modes::kTimeFree, "2026-11-04 07:00:00", "2026-11-04 09:00:00"),
      notice("m", "b", Modes::kTimeFree, "2026-11-04 07:00:00", "2026-11-04 09:00:00"),
      notice("m", "", Modes::kTimeFree, "2026-11-05 07:00:00", "2026-11-05 09:00:00")};
  EXPECT_EQ(found(*book, inside(*book, "a"), TapKind::exit, notices), "* a");
  EXPECT_EQ(found(*book, inside(*book, "b"), TapKind::exit, notices), "* b");
}

TEST(Lookups, the_newest_eight_are_enough) {
  const auto book = book_of(files());
  std::vector<ModeInterval> notices;
  for (int i = 0; i < 12; ++i) {
    notices.push_back(notice("m", ("s" + std::to_string(i)).c_str(), Modes::kEmergency,
                             "2026-11-02 09:00:00", "2026-11-02 10:00:00"));
    notices.back().from += std::chrono::seconds{i};
  }
  EXPECT_EQ(found(*book, inside(*book, "a"), TapKind::entry, notices), "s11 s10 s9 s8 s7 s6 s5 s4");
}

TEST(Lookups, the_service_day_is_the_networks) {
  const auto book = book_of(files());
  const auto day = [&](const char* network, const char* time) {
    return service_day_of(*book, NetworkId{network}, local(time)).text();
  };
  EXPECT_EQ(day("m", "2026-11-03 01:59:59"), "2026-11-02");
  EXPECT_EQ(day("m", "2026-11-03 02:00:00"), "2026-11-03");
  EXPECT_EQ(day("nowhere", "2026-11-03 01:59:59"), "2026-11-02");
}

}  // namespace
}  // namespace tidegate::fare
