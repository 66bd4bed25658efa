// SPDX-License-Identifier: Apache-2.0
// Working days, holidays and make-up working days; concessions in the peak of working days, judged
// by the tap that begins or ends the ride.
#include <gtest/gtest.h>

#include "fare/authoring/timeframe_text.h"
#include "tests/fare/written_book.h"

namespace tidegate::fare {
namespace {

using namespace written_book;  // NOLINT(*-using-namespace)

/// National Day 2026 and a Saturday worked for it; a leap day that is off.
constexpr std::string_view kCalendar = R"([calendar]
holidays = ["2026-10-01/2026-10-07", 2028-02-29]
working_days = [2026-10-10]
[[timeframe]]
name = "peak"
spans = ["work 07:00-08:30,17:00-18:00"]
[[timeframe]]
name = "off"
spans = ["off 00:00-24:00"]
)";

/// Hangzhou: from 70 years on free, but half in the peaks of working days 07:00-08:30 and
/// 17:00-18:00.
Files hangzhou(const std::string& calendar = std::string{kCalendar},
               const std::string& judged = "") {
  return {{"book.toml", std::string{kBookHead} + calendar + network("m", 1, "3310") +
                            "[network.tariff]\nkind = \"matrix\"\ncsv = \"od.csv\"\n"
                            "symmetric = true\nclasses = [\n"
                            "{ riders = [\"senior\"], timeframe = \"peak\", " +
                            judged +
                            "percent = 50, rounding = \"half-up\", unit_fen = 10 },\n"
                            "{ riders = [\"senior\"], kind = \"flat\", fen = 0 },\n]\n"},
          {"stops.csv", std::string{kStopsHead} + stop_row("m", "a", 1) + stop_row("m", "b", 2)},
          {"od.csv", "from,to,fen\na,b,500\n"}};
}

class Calendar : public ::testing::Test {
 protected:
  [[nodiscard]] std::string senior(const std::string& entered, const std::string& left) const {
    return ride(*book, {.rider = RiderCategory::senior, .issuer = "02003310"}, {"m", "a"}, entered,
                {"m", "b"}, left)
        .text();
  }
  [[nodiscard]] std::string senior(const std::string& day_and_time) const {
    return senior(day_and_time, day_and_time.substr(0, 10) + " 23:59:59");
  }
  const std::string half = "250 m/od/senior@peak", free = "0 m/flat/senior";
  std::shared_ptr<const Book> book = book_of(hangzhou());
};

TEST_F(Calendar, peaks_of_working_days_begin_and_end_on_the_second) {
  EXPECT_EQ(senior("2026-11-02 06:59:59"), free) << "a Monday";
  EXPECT_EQ(senior("2026-11-02 07:00:00"), half);
  EXPECT_EQ(senior("2026-11-02 08:29:59"), half);
  EXPECT_EQ(senior("2026-11-02 08:30:00"), free);
  EXPECT_EQ(senior("2026-11-02 16:59:59"), free);
  EXPECT_EQ(senior("2026-11-02 17:00:00"), half);
  EXPECT_EQ(senior("2026-11-02 17:59:59"), half);
  EXPECT_EQ(senior("2026-11-02 18:00:00"), free);
}

TEST_F(Calendar, knows_weekends_holidays_and_days_worked_for_them) {
  EXPECT_EQ(senior("2026-09-30 07:30:00"), half) << "Wednesday";
  EXPECT_EQ(senior("2026-10-01 07:30:00"), free) << "Thursday, holiday";
  EXPECT_EQ(senior("2026-10-07 07:30:00"), free) << "Wednesday, the last holiday";
  EXPECT_EQ(senior("2026-10-08 07:30:00"), half);
  EXPECT_EQ(senior("2026-10-10 07:30:00"), half) << "Saturday, worked";
  EXPECT_EQ(senior("2026-10-11 07:30:00"), free) << "Sunday";
  EXPECT_EQ(senior("2028-02-29 07:30:00"), free) << "leap day, Tuesday, a holiday here";
  EXPECT_EQ(senior("2028-03-01 07:30:00"), half);
}

TEST(CalendarDays, turn_at_local_midnight) {
  const DayCalendar calendar{.holidays = {testing_books::day("2026-10-01").get()},
                             .working_days = {}};
  const Timeframe off{.name = "off", .spans = parse_week_spans("off 00:00-24:00").value()};
  EXPECT_FALSE(off.contains(local("2026-09-30 23:59:59"), calendar));
  EXPECT_TRUE(off.contains(local("2026-10-01 00:00:00"), calendar));
  EXPECT_TRUE(off.contains(local("2026-10-01 23:59:59"), calendar));
  EXPECT_FALSE(off.contains(local("2026-10-02 00:00:00"), calendar));
}

/// Ningbo: from 70 years on half in 07:00-09:00 and 17:00-19:00 judged by the entry, else free
/// (2015-09-19).
TEST_F(Calendar, ningbo_judges_by_the_entry_on_every_day) {
  book =
      book_of(hangzhou("[[timeframe]]\nname = \"peak\"\nspans = [\"07:00-09:00,17:00-19:00\"]\n"));
  EXPECT_EQ(senior("2026-11-02 06:59:59", "2026-11-02 07:30:00"), free);
  EXPECT_EQ(senior("2026-11-02 08:59:59", "2026-11-02 09:30:00"), half);
  EXPECT_EQ(senior("2026-11-02 09:00:00", "2026-11-02 09:30:00"), free);
  EXPECT_EQ(senior("2026-11-02 18:59:59", "2026-11-02 19:30:00"), half);
  EXPECT_EQ(senior("2026-11-07 17:00:00"), half) << "Saturday";
}

TEST_F(Calendar, entry_or_exit_is_what_a_class_is_judged_by) {
  EXPECT_EQ(senior("2026-11-02 08:29:59", "2026-11-02 09:10:00"), half) << "entered in the peak";
  EXPECT_EQ(senior("2026-11-02 06:50:00", "2026-11-02 07:20:00"), free);
  book = book_of(hangzhou(std::string{kCalendar}, "judged = \"exit\", "));
  EXPECT_EQ(senior("2026-11-02 08:29:59", "2026-11-02 09:10:00"), free);
  EXPECT_EQ(senior("2026-11-02 06:50:00", "2026-11-02 07:00:00"), half);
  EXPECT_EQ(senior("2026-11-02 06:50:00", "2026-11-02 06:59:59"), free);
  const Ride early = ride(*book, {.rider = RiderCategory::senior}, {"m", "a"},
                          "2026-11-02 06:00:00", {"m", "b"}, "2026-11-02 06:20:00");
  EXPECT_EQ(early.in.max_fare, Fen{250}) << "at entry nobody knows when the ride ends";
}

TEST_F(Calendar, without_one_monday_to_friday_are_working_days) {
  const std::string frames{kCalendar.substr(kCalendar.find("[[timeframe]]"))};
  book = book_of(hangzhou(frames));
  EXPECT_EQ(senior("2026-10-01 07:30:00"), half);
  EXPECT_EQ(senior("2026-10-10 07:30:00"), free);
}

TEST_F(Calendar, is_read_strictly) {
  const auto with = [](const std::string& calendar) {
    return error_of(hangzhou(calendar + std::string{kCalendar.substr(kCalendar.find("[[time"))}));
  };
  const std::string expected =
      "an array of days such as 2026-10-01 or \"2026-10-01/2026-10-07\" was expected";
  EXPECT_EQ(with("[calendar]\nholidays = [2026-10-01,\n\"2026-02-29\"]\n"),
            "book.toml:7: holidays: " + expected + ", not \"2026-02-29\"");
  EXPECT_EQ(with("[calendar]\nholidays = [\"2026-10-07/2026-10-01\"]\n"),
            "book.toml:6: holidays: " + expected + ", not \"2026-10-07/2026-10-01\"");
  EXPECT_EQ(with("[calendar]\nholidays = 3\n"), "book.toml:6: holidays: " + expected);
  EXPECT_EQ(with("[calendar]\nfeasts = []\n"), "book.toml:6: feasts: key is not known");
  EXPECT_EQ(with("[calendar]\nholidays = [2026-10-01, 2026-10-01]\n"),
            "book.toml:6: holidays: 2026-10-01 is there twice");
  EXPECT_EQ(with("[calendar]\nholidays = [2026-10-10]\nworking_days = [2026-10-10]\n"),
            "book.toml:7: working_days: 2026-10-10 is also a holiday (book.toml:6)");
}

TEST(CalendarText, work_and_off_stand_apart_from_weekdays) {
  EXPECT_EQ(week_spans_text(parse_week_spans("work 07:00-08:30; off 09:00-10:00").value()),
            "work 07:00-08:30; off 09:00-10:00");
  EXPECT_EQ(week_spans_text(parse_week_spans("work,off 07:00-08:30").value()),
            "work,off 07:00-08:30");
  EXPECT_EQ(parse_week_spans("work,Sa 07:00-08:30").error().message(),
            "\"Sa\": work and off stand apart from days of the week");
  BookModel model = testing_books::small_model();
  model.timeframes = {{.name = "x", .spans = parse_week_spans("work 07:00-08:30").value()}};
  EXPECT_TRUE(check_book(model));
  model.timeframes[0].spans.push_back({.days = 1, .from = 480, .to = 540});
  EXPECT_FALSE(check_book(model)) << "a Monday may be a working day";
  model.timeframes[0].spans = {{.days = 0x84, .from = 480, .to = 540}};
  EXPECT_FALSE(check_book(model)) << "no such day";
}

}  // namespace
}  // namespace tidegate::fare
