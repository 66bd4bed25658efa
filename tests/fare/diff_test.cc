// SPDX-License-Identifier: Apache-2.0
// Two invented books compared: what changes, for whom, in which order, and how it is told.
#include "fare/authoring/diff.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fare/authoring/diff_rank.h"
#include "fare/authoring/diff_text.h"
#include "fare/authoring/html_report.h"
#include "fare/authoring/html_report_parts.h"
#include "fare/authoring/proof_text.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

using testing_books::at;
using testing_books::day;

constexpr std::uint32_t x = MatrixTariff::kNoFare;

/// The small model with one version of each tariff, and a later number.
BookModel next_model() {
  BookModel out = testing_books::small_model();
  out.number = 8;
  return out;
}
MatrixTariff& metro_matrix(BookModel& model, std::size_t version = 0) {
  return std::get<MatrixTariff>(model.networks[1].versions[version].tariff);
}

struct Compared {
  BookModel before, after;
  DiffReport report;
};
Compared compare(BookModel before, BookModel after, const DiffOptions& options = {}) {
  const auto old_book = testing_books::load(before), new_book = testing_books::load(after);
  DiffReport report = diff_books({*old_book, before, "aa"}, {*new_book, after, "bb"}, options);
  return {std::move(before), std::move(after), std::move(report)};
}
const NetworkDiff& network(const DiffReport& report, std::string_view id) {
  return *std::ranges::find(report.networks, id, &NetworkDiff::id);
}
DiffOptions on_monday(std::string_view time = "2026-11-02T08:00:00+08:00") {
  return {.riders = {RiderCategory::adult, RiderCategory::student}, .at = {at(time)}};
}

TEST(DiffBooks, RulesThatPairsDoNotShowAreNamedAndAreAChange) {
  BookModel before = testing_books::small_model(), after = testing_books::small_model();
  before.between.caps = {{.name = "day", .networks = {1}, .fen = Fen{2000}},
                         {.name = "old", .networks = {1}, .fen = Fen{9000}}};
  after.between.caps = {{.name = "day", .networks = {1}, .fen = Fen{5000}}};
  after.networks[1].policy.forgiven_days = 3;
  after.networks[0].minimum_balance = Fen{100};
  const auto [old_model, new_model, report] = compare(before, after);
  EXPECT_EQ(report.counts.changed(), 0U);
  EXPECT_TRUE(report.changed());
  std::vector<std::string> rules;
  for (const RuleChange& rule : report.rules) rules.push_back(rule.what.en);
  EXPECT_EQ(rules, (std::vector<std::string>{"network f: balance asked for at entry",
                                             "network m: policy for journeys that go wrong",
                                             "cap day: changed", "cap old: gone"}));
  const std::string text = diff_text(report, 20);
  EXPECT_NE(text.find("rule      cap day: changed / 封顶 day:改变: pairs do not show it"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("      - cap day: Metro, at most 20.00 yuan a service day / "
                      "封顶 day:地铁,每运营日至多 20.00 元\n"
                      "      + cap day: Metro, at most 50.00 yuan a service day / "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("      + open journeys are forgiven for 3 days after emergency / "),
            std::string::npos)
      << text;
  EXPECT_NE(
      html_report(report).find("<li>封顶 day:改变 <span lang=\"en\">cap day: changed</span><br>−"),
      std::string::npos);
}

TEST(DiffBooks, TheSameBookDoesNotChange) {
  const auto [before, after, report] =
      compare(testing_books::small_model(), testing_books::small_model());
  EXPECT_FALSE(report.changed());
  EXPECT_TRUE(report.changes.empty());
  EXPECT_EQ(report.counts.all(), report.counts.of(ChangeKind::unchanged));
  // 3 x 3 of the metro, 1 of the other metro, and one boarding of the ferry.
  EXPECT_EQ(report.counts.all(), 11U);
  EXPECT_TRUE(diff_text(report, 20).ends_with("nothing changes\n"));
}

TEST(DiffBooks, AChangedCellIsToldWithBothPricesAndRules) {
  BookModel after = next_model();
  metro_matrix(after).cells[1] = 450;  // a to b: 300
  const auto [before, unused, report] = compare(testing_books::small_model(), after, on_monday());
  EXPECT_TRUE(report.changed());
  ASSERT_EQ(report.changes.size(), 1U);
  const PriceChange& change = report.changes.front();
  EXPECT_EQ(change.kind, ChangeKind::dearer);
  EXPECT_EQ(network(report, "m").stops[change.from].code, "a");
  EXPECT_EQ(network(report, "m").stops[change.to].code, "b");
  EXPECT_EQ(change.before.outcome.fen(), Fen{300});
  EXPECT_EQ(change.after.outcome.fen(), Fen{450});
  EXPECT_EQ(change.difference(), 150);
  EXPECT_EQ(rules_text(change.after.trace), "m/od");
  EXPECT_EQ(whom_text(change, report), "every rider, always");
  EXPECT_EQ(report.counts.of(ChangeKind::dearer), 1U);
  EXPECT_EQ(report.by_rider[1].of(ChangeKind::dearer), 1U);
  const std::string text = diff_text(report, 20);
  EXPECT_NE(text.find("▲ dearer / 涨价  3.00 → 4.50  (+1.50 yuan)"), std::string::npos) << text;
  EXPECT_NE(text.find("站a / Stop a (a) → 站b / Stop b (b)"), std::string::npos) << text;
  EXPECT_NE(text.find("rules m/od → m/od"), std::string::npos) << text;
}

TEST(DiffBooks, AVersionThatBeginsLaterIsTriedOnItsFirstDays) {
  BookModel after = next_model();
  metro_matrix(after, 1).cells[1] = 999;  // from 2026-12-01, 310 before
  const auto [before, unused, report] = compare(testing_books::small_model(), after);
  ASSERT_EQ(report.changes.size(), 1U);
  EXPECT_EQ(report.changes.front().difference(), 689);
  EXPECT_EQ(network(report, "m").moments.size(), 10U);
  EXPECT_EQ(network(report, "f").moments.size(), 5U) << "the ferry has no later version";
  for (const std::size_t moment : report.changes.front().whom.front().moments)
    EXPECT_GE(network(report, "m").moments[moment].at, at("2026-12-01T00:00:00+08:00"));
}

TEST(DiffBooks, RidersThatTheBooksDeclareAreCompared) {
  BookModel before = testing_books::classed_model(), after = before;
  after.number = 8;
  after.golden.clear();
  before.golden.clear();
  std::get<MatrixTariff>(after.networks[1].versions[0].classes[0].tariff).cells[1] = 170;
  after.riders[0].name_en = "Senior\x1B[2J citizen";
  const auto [unused, same, report] =
      compare(before, after, {.riders = {}, .at = {at("2026-11-02T08:00:00+08:00")}});
  EXPECT_EQ(report.riders.size(), 8U) << "six built in who pay, and two of the book";
  ASSERT_EQ(report.changes.size(), 1U);
  EXPECT_EQ(report.riders[report.changes.front().whom.front().riders.front()], RiderCategory{32});
  EXPECT_EQ(report.changes.front().difference(), 20);
  const std::string text = diff_text(report, 20);
  EXPECT_NE(text.find("citizen / 老人"), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1B'), std::string::npos) << "names of a book are made plain";
  EXPECT_NE(diff_json(report, 20).text().find(R"({"rider":"pensioner")"), std::string::npos);
}

TEST(DiffBooks, AFlatNetworkIsComparedByBoarding) {
  BookModel after = next_model();
  after.networks[0].versions[0].tariff = FlatTariff{Fen{150}};
  const auto [before, unused, report] = compare(testing_books::small_model(), after, on_monday());
  EXPECT_TRUE(network(report, "f").by_boarding);
  ASSERT_EQ(report.changes.size(), 1U);
  EXPECT_EQ(report.changes.front().kind, ChangeKind::cheaper);
  EXPECT_EQ(rules_text(report.changes.front().before.trace), "f/flat");
}

TEST(DiffBooks, NewAndVanishedStopsStandApart) {
  BookModel before = testing_books::small_model(), after = next_model();
  Network& metro = after.networks[1];
  metro.stops[2] = testing_books::stop("d", 4, 3, 0x14);  // c is gone, d is there
  const auto [unused, also_unused, report] = compare(before, after, on_monday());
  const NetworkDiff& m = network(report, "m");
  ASSERT_EQ(m.appeared.size(), 1U);
  EXPECT_EQ(m.appeared.front().code, "d");
  ASSERT_EQ(m.vanished.size(), 1U);
  EXPECT_EQ(m.vanished.front().code, "c");
  EXPECT_EQ(m.counts.all(), 4U) << "pairs of a and b only";
  EXPECT_EQ(m.counts.changed(), 0U);
  EXPECT_TRUE(report.changed()) << "a stop that is gone is a change";
  EXPECT_NE(diff_text(report, 20).find("gone      站c / Stop c (c)"), std::string::npos);
}

TEST(DiffBooks, ANetworkInOneBookOnlyIsToldNotPriced) {
  BookModel after = next_model();
  after.networks.pop_back();
  const auto [before, unused, report] = compare(testing_books::small_model(), after, on_monday());
  EXPECT_EQ(network(report, "z").in, NetworkDiff::In::only_old);
  EXPECT_EQ(network(report, "z").vanished.size(), 1U);
  EXPECT_TRUE(report.changed());
  EXPECT_TRUE(report.changes.empty());
}

TEST(DiffBooks, WorstFirst) {
  BookModel before = testing_books::small_model(), after = next_model();
  // a b c to a b c; before: 0 300 x | 300 0 400 | 500 400 7
  metro_matrix(after).cells = {10, 300, 600, 250, 0, x, 500, 450, 7};
  const auto [unused, also_unused, report] = compare(before, after, on_monday());
  std::vector<std::string> order;
  for (const PriceChange& change : report.changes)
    order.push_back(std::string{change_name(change.kind)} + " " +
                    std::to_string(change.difference()));
  EXPECT_EQ(order, (std::vector<std::string>{"newly_refused -400", "dearer 50", "cheaper -50",
                                             "dearer 10", "newly_accepted 600"}));
  EXPECT_EQ(report.counts.of(ChangeKind::newly_refused), 1U);
  EXPECT_EQ(report.counts.of(ChangeKind::newly_accepted), 1U);
}

TEST(DiffBooks, TheLimitCutsTheListNotTheCount) {
  BookModel after = next_model();
  for (std::uint32_t& cell : metro_matrix(after).cells)
    if (cell != x) cell += 10;
  DiffOptions options = on_monday();
  options.limit = 3;
  const auto [before, unused, report] = compare(testing_books::small_model(), after, options);
  EXPECT_EQ(report.changes.size(), 3U);
  EXPECT_EQ(report.changes_found, 8U);
  EXPECT_EQ(report.counts.of(ChangeKind::dearer), 8U);
}

/// A report as if the books knew riders: the second rider's layer differs.
TEST(DiffBooks, WhatHappensToOneRiderIsSaidOfThatRider) {
  BookModel after = next_model();
  metro_matrix(after).cells[1] = 450;
  auto [before, unused, report] = compare(testing_books::small_model(), after, on_monday());
  NetworkDiff& m = *std::ranges::find(report.networks, "m", &NetworkDiff::id);
  DiffLayer unchanged = m.layers.front();
  unchanged.after = unchanged.before;
  m.layers.push_back(unchanged);
  m.layer_of = {1, 0};  // adult: nothing; student: dearer
  const auto old_book = testing_books::load(before), new_book = testing_books::load(after);
  report.counts = {};
  count_changes(report);
  report.changes.clear();
  rank_changes({*old_book, before, ""}, {*new_book, after, ""}, 10, report);
  EXPECT_EQ(report.by_rider[0].changed(), 0U);
  EXPECT_EQ(report.by_rider[1].changed(), 1U);
  EXPECT_EQ(report.counts.changed(), 1U);
  ASSERT_EQ(report.changes.size(), 1U);
  EXPECT_EQ(whom_text(report.changes.front(), report), "student, always");
}

TEST(DiffBooks, GoldenAndGivenJourneysAreComparedTapByTap) {
  BookModel after = next_model();
  metro_matrix(after).cells[1] = 450;
  after.golden[0].taps[1].expected_fen = Fen{450};
  DiffOptions options = on_monday();
  GoldenJourney given = testing_books::small_model().golden[0];
  given.id = "given";
  given.taps.resize(1);
  options.journeys = {given};
  const auto [before, unused, report] = compare(testing_books::small_model(), after, options);
  ASSERT_EQ(report.journeys.size(), 2U) << "the golden journey of both is one";
  EXPECT_EQ(report.journeys[0].id, "given");
  EXPECT_FALSE(report.journeys[0].changed());
  EXPECT_EQ(report.journeys[1].from_en, "golden of both");
  EXPECT_TRUE(report.journeys[1].changed());
  EXPECT_EQ(report.journeys[1].total_before, Fen{300});
  EXPECT_EQ(report.journeys[1].total_after, Fen{450});
}

TEST(DiffBooks, AJourneyFromBeforeTheNewBookIsPricedWholeWeeksLater) {
  BookModel after = next_model();
  after.valid_from = day("2026-11-04");  // a Wednesday; the golden journey is of Monday, 2 November
  after.networks[1].versions.erase(after.networks[1].versions.begin());
  after.networks[1].versions[0].effective_from = day("2026-11-04");  // 310 from then on
  after.golden.clear();
  const auto [before, unused, report] = compare(testing_books::small_model(), after, on_monday());
  ASSERT_EQ(report.journeys.size(), 1U);
  EXPECT_EQ(report.journeys[0].weeks_later, 1);
  EXPECT_EQ(report.journeys[0].taps[0].tap.tap.at, at("2026-11-09T08:00:00+08:00"));
  EXPECT_EQ(report.journeys[0].total_before, Fen{300});
  EXPECT_EQ(report.journeys[0].total_after, Fen{310});
}

TEST(DiffJson, HasTheFieldsOfTheContract) {
  BookModel after = next_model();
  metro_matrix(after).cells[1] = x;
  metro_matrix(after).cells[3] = 310;
  const auto [before, unused, report] = compare(testing_books::small_model(), after, on_monday());
  const std::string text = diff_json(report, 20).text();
  ASSERT_TRUE(parse_json(text)) << text;
  EXPECT_TRUE(text.starts_with(
      R"({"changed":true,"old":{"name":"Small","number":7,"valid_from":"2026-01-01","hash":"aa"})"))
      << text;
  EXPECT_NE(
      text.find(R"({"kind":"newly_refused","network":"m","from":"a","from_zh":"站a",)"
                R"("from_en":"Stop a","to":"b","to_zh":"站b","to_en":"Stop b",)"
                R"("old":{"fen":300,"decision":"accept","trace":[{"rule":"m/od","fen":300}]},)"
                R"("new":{"fen":0,"decision":"refuse","reason":"no_fare","trace":[]},)"
                R"("for":[{"riders":["adult","student"],"at":["2026-11-02T08:00:00+08:00"]}]})"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("difference_fen":10)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("counts":{"pairs":11,"unchanged":9,"other_reason":0,"newly_accepted":0,)"
                      R"("cheaper":0,"dearer":1,"newly_refused":1})"),
            std::string::npos)
      << text;
}

TEST(HtmlReport, EscapesWhatABookSays) {
  BookModel after = next_model();
  metro_matrix(after).cells[1] = 450;
  after.name = "<b>\"evil\"</b>";
  after.networks[1].name_en = "</script><script>alert(1)</script>";
  after.networks[1].stops[0].name_zh = "<img src=x onerror=alert(2)>";
  const auto [before, unused, report] = compare(testing_books::small_model(), after, on_monday());
  const std::string page = html_report(report);
  EXPECT_EQ(page.find("<b>\"evil"), std::string::npos);
  EXPECT_NE(page.find("&lt;b&gt;&quot;evil&quot;&lt;/b&gt;"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_NE(page.find("\\u003c/script\\u003e"), std::string::npos) << "in the data of the map";
  // The page's own: the data and the script.
  std::size_t ends = 0;
  for (std::size_t i = page.find("</script>"); i != std::string::npos;
       i = page.find("</script>", i + 1))
    ++ends;
  EXPECT_EQ(ends, 2U);
}

TEST(HtmlReport, LoadsNothingAndAllowsOnlyItsOwnScript) {
  const auto [before, after, report] =
      compare(testing_books::small_model(), next_model(), on_monday());
  const std::string page = html_report(report);
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  for (const char* const outside : {"http://", "https://", "src=", "url(", "@import", "<link"})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(page.find("script-src 'sha256-"), std::string::npos);
  EXPECT_EQ(page.find(" style=\""), std::string::npos);
  EXPECT_EQ(page.find(" onclick"), std::string::npos);
  for (const char* const element : {"id=\"canvas\"", "id=\"legend\"", "id=\"changes\"",
                                    "id=\"stops\"", "id=\"journeys\"", "id=\"who\""})
    EXPECT_NE(page.find(element), std::string::npos) << element;
}

TEST(HtmlReport, TheMapHasEachPriceOnceAndACellForEachPair) {
  BookModel after = next_model();
  metro_matrix(after).cells[1] = 450;
  const auto [before, unused, report] = compare(testing_books::small_model(), after, on_monday());
  const auto data = parse_json(report_data(report));
  ASSERT_TRUE(data);
  const auto& networks = *data->find("networks")->get_if<JsonArray>();
  const auto metro = std::ranges::find_if(
      networks, [](const Json& one) { return *one.find("id")->get_if<std::string>() == "m"; });
  ASSERT_NE(metro, networks.end());
  const auto& layers = *metro->find("layers")->get_if<JsonArray>();
  ASSERT_EQ(layers.size(), 1U) << "both riders pay the same: one grid";
  // 0 -> 0, 300 -> 450, refused, 300 -> 300, 400, 500, 7; nine cells of one byte.
  EXPECT_EQ(layers[0].find("prices")->text(),
            "[[0,0],[300,450],[-600,-600],[300,300],[400,400],[500,500],[7,7]]");
  EXPECT_EQ(*layers[0].find("cells")->get_if<std::string>(),
            base64(std::string_view{"\0\1\2\3\0\4\5\4\6", 9}));
}

TEST(ProofText, Base64AndPlainText) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(plain_text("a\x1B[2J\n人"), "a?[2J?人");
  EXPECT_EQ(plain_text("\xFF\xC0\x80"), "???");
  EXPECT_EQ(plain_text("\xE2\x80\xAE"
                       "evil"),
            "???evil");
  EXPECT_EQ(plain_text("\xE4\xBA"), "??");
}

TEST(Moments, OfAFridayAreOnItAndOnTheSaturdayAfter) {
  const auto friday = moments_of({day("2026-01-02")});
  ASSERT_EQ(friday.size(), 5U);
  EXPECT_EQ(minute_text(friday.front().at), "2026-01-02 06:30");
  EXPECT_EQ(minute_text(friday.back().at), "2026-01-03 11:00");
  const auto sunday = moments_of({day("2026-01-04")});
  EXPECT_EQ(minute_text(sunday.front().at), "2026-01-04 11:00");
  EXPECT_EQ(minute_text(sunday.back().at), "2026-01-05 21:30");
  EXPECT_EQ(moments_of({day("2026-01-05"), day("2026-01-06")}).size(), 9U) << "one weekend";
  const DayCalendar calendar{
      .holidays = {day("2026-01-01").get(), day("2026-01-02").get(), day("2026-02-17").get()},
      .working_days = {day("2026-01-04").get(), day("2026-02-14").get()}};
  std::vector<std::string> told;
  for (const Moment& moment : moments_of({day("2026-01-01")}, calendar))
    told.push_back(minute_text(moment.at) + " " + moment.name_en);
  EXPECT_EQ(told, (std::vector<std::string>{
                      "2026-01-01 08:00 holiday, morning", "2026-01-01 11:00 holiday, midday",
                      "2026-01-03 11:00 weekend", "2026-01-04 06:30 working day, early",
                      "2026-01-04 08:00 working day, peak", "2026-01-04 11:00 working day, midday",
                      "2026-01-04 21:30 working day, late"}));
}

TEST(Riders, AreReadByName) {
  EXPECT_EQ(parse_riders("adult,senior")->size(), 2U);
  EXPECT_EQ(parse_riders("all")->size(), 8U);
  EXPECT_EQ(paying_riders().size(), 6U);
  EXPECT_NE(parse_riders("adult,wizard").error().message().find("\"wizard\" is not a rider"),
            std::string::npos);
  EXPECT_FALSE(parse_riders(""));
}

TEST(DiffBooks, AFareThatChangesOnHolidaysOnlyIsSeen) {
  BookModel before = testing_books::small_model(), after = testing_books::small_model();
  for (BookModel* const model : {&before, &after}) {
    model->calendar.holidays = {day("2026-10-01").get()};
    model->timeframes = {
        {.name = "off",
         .spans = {{.days = WeekSpan::kByCalendar | WeekSpan::kNotWorking, .to = 1440}}}};
  }
  after.networks[0].versions[0].classes = {
      {.name = "all@off", .timeframe = 0, .tariff = FlatTariff{Fen{100}}}};
  before.networks[0].versions[0].classes = after.networks[0].versions[0].classes;
  // Saturdays and Sundays as before; the holiday alone is dearer.
  after.calendar.holidays.clear();
  const auto [old_model, new_model, report] = compare(before, after);
  ASSERT_EQ(report.changes_found, 1U) << diff_text(report, 20);
  EXPECT_EQ(report.changes[0].difference(), 100);
  const auto& moments = report.networks[report.changes[0].network].moments;
  EXPECT_EQ(minute_text(moments[report.changes[0].whom.at(0).moments.at(0)].at),
            "2026-10-01 08:00");
}

}  // namespace
}  // namespace tidegate::fare
