// SPDX-License-Identifier: Apache-2.0
// What somebody reads who writes a book and slips: several reasons in one go, both places of an
// overlap, what a file is that is no table, and notes about what may be meant.
#include <gtest/gtest.h>

#include "fare/authoring/notes.h"
#include "fare/authoring/reasons.h"
#include "fare/authoring/refusal_detail.h"
#include "tests/fare/written_book.h"

namespace tidegate::fare {
namespace {

using namespace written_book;  // NOLINT(*-using-namespace)

/// Metro "m" with stops a, b, c, `tariff` below [[network]] and `before` before it.
Files files(const std::string& tariff, const std::string& before = {}) {
  return {{"book.toml", std::string{kBookHead} + before + network("m", 1, "2900") + tariff},
          {"stops.csv", std::string{kStopsHead} + stop_row("m", "a", 1) + stop_row("m", "b", 2) +
                            stop_row("m", "c", 3)},
          {"od.csv", "from,to,fen\na,b,300\nb,a,300\n"}};
}
constexpr const char* kMatrix = "tariff = { kind = \"matrix\", csv = \"od.csv\" }\n";

TEST(SourceMistakes, several_reasons_are_told_in_one_run) {
  Files some = files(kMatrix);
  some["book.toml"].replace(some["book.toml"].find("number = 1"), 10, "nubmer = 0");
  some["book.toml"] += "[[rider]]\nnumber = 3\nname = \"x\"\nname_zh = \"x\"\nname_en = \"x\"\n";
  some["stops.csv"] += "m,d,0,x,X,0001,9,1\n";
  EXPECT_EQ(
      error_of(some),
      "book.toml:3: nubmer: key is not known; did you mean number?\n"
      "stops.csv:5: column card_station: 4 hex digits were expected, not \"9\" (a spreadsheet "
      "drops zeros in front: make the column text)\n"
      "stops.csv:5: column number: a whole number from 1 to 65535 was expected\n"
      "book.toml:16: number: a whole number from 32 to 255 was expected");
}

TEST(SourceMistakes, wrong_rules_between_rides_are_told_in_one_run) {
  Files some = files(kMatrix,
                     "[[transfer]]\nname = \"t\"\nnumber = 99\nfrom = [\"m\",\n\"mm\"]\n"
                     "to = [\"m\"]\nwindow_minutes = 60\nmeasured = \"end\"\neffect = \"free\"\n"
                     "[[interchange]]\nname = \"i\"\nnetwork = \"m\"\nminutes = 30\n"
                     "pairs = [\"a/b\",\n\"a/x\",\n\"y/b\"]\n"
                     "[[cap]]\nname = \"day\"\nnetworks = [\"m\"]\nperiod = \"day\"\n"
                     "zones = \"zones.csv\"\nby_zones = [{ zones = \"9\", fen = 500 }]\n"
                     "[[pass]]\nname = \"p\"\nproduct = 5\nnetworks = [\"m\"]\n");
  some["zones.csv"] = "network,stop,zone\nm,a,0\nq,a,1\nm,x,2\n";
  EXPECT_EQ(error_of(some),
            "book.toml:7: number: a whole number from 1 to 15 was expected\n"
            "book.toml:12: measured: one of end-to-begin, begin-to-begin, end-to-end was expected\n"
            "book.toml:9: from: \"mm\" is not a network of this book, or was named before; did you "
            "mean m?\n"
            "book.toml:19: pairs: two stops of m such as 0111/0245 were expected, not \"a/x\"\n"
            "book.toml:20: pairs: two stops of m such as 0111/0245 were expected, not \"y/b\"\n"
            "book.toml:26: zones: zones from 1 to 8 such as 1+2 were expected\n"
            "zones.csv:2: column zone: a whole number from 1 to 8 was expected\n"
            "zones.csv:3: column network: a network of this cap was expected\n"
            "zones.csv:4: column stop: \"x\" is not a stop of this network in stops.csv\n"
            "book.toml:27: counts: key is missing");
}

TEST(SourceMistakes, after_the_first_ten_comes_how_many_more) {
  Files some = files(kMatrix);
  for (int i = 0; i < 14; ++i) some["od.csv"] += "a,x" + std::to_string(i) + ",3\n";
  const std::string error = error_of(some);
  EXPECT_TRUE(error.starts_with("od.csv:4: column to: \"x0\" is not a stop")) << error;
  EXPECT_TRUE(error.ends_with("\nand 4 more")) << error;
  EXPECT_EQ(std::ranges::count(error, '\n'), 10);
}

TEST(SourceMistakes, a_table_of_which_every_row_is_wrong_is_not_read_to_its_end) {
  Files some = files(kMatrix);
  for (int i = 0; i < 20'000; ++i) some["od.csv"] += "x" + std::to_string(i) + ",b,3\n";
  const std::string error = error_of(some);
  EXPECT_TRUE(error.ends_with("\nand 990 or more")) << error;
}

TEST(SourceMistakes, what_is_no_text_of_ours_is_told_as_what_it_is) {
  const auto stops = [](const std::string& text) {
    Files some = files(kMatrix);
    some["stops.csv"] = text;
    return error_of(some);
  };
  EXPECT_EQ(stops("<!DOCTYPE html>\n<html></html>\n"),
            "stops.csv:1: is a web page or XML, no table and no text of ours");
  EXPECT_EQ(stops("PK\x03\x04..."),
            "stops.csv:1: is a workbook or an archive, not text: save the sheet as \"CSV UTF-8\"");
  EXPECT_EQ(stops("\xFF\xFEn"),
            "stops.csv:1: is UTF-16: save it as UTF-8, tables as \"CSV UTF-8\"");
  EXPECT_EQ(stops("network\tcode\n"),
            "stops.csv:1: the cells are separated by tabs: commas were expected");
  EXPECT_EQ(stops("network;code\nm;a\n"),
            "stops.csv:1: the cells are separated by semicolons: commas were expected");
  Files gbk = files(kMatrix);
  gbk["book.toml"] += "# \xB5\xD8\xCC\xFA\n";
  EXPECT_EQ(error_of(gbk),
            "book.toml:15: is not UTF-8, but perhaps GBK, as spreadsheets save Chinese: save it as "
            "UTF-8, tables as \"CSV UTF-8\"");
}

TEST(SourceMistakes, a_byte_order_mark_is_taken_off_every_file) {
  Files some = files(kMatrix);
  some["golden.jsonl"] =
      R"({"id":"g","taps":[{"at":"2026-11-02T08:00:00+08:00","network":"m","stop":"a",)"
      R"("kind":"entry"}]})";
  for (auto& [name, text] : some) text.insert(0, "\xEF\xBB\xBF");
  EXPECT_EQ(error_of(some), "compiled");
}

TEST(SourceMistakes, what_a_spreadsheet_leaves_behind_is_no_mistake) {
  Files some = files(kMatrix);
  std::string& stops = some["stops.csv"];
  for (auto at = stops.find('\n'); at != std::string::npos; at = stops.find('\n', at + 3))
    stops.insert(at, ",,");
  stops += ",,,,,,,,,\n,,,,,,,,,\n";
  some["od.csv"] = "from, to, fen\na , b, 300\n";
  EXPECT_EQ(error_of(some), "compiled");
}

TEST(SourceMistakes, signs_of_a_chinese_keyboard_are_named) {
  Files some = files(kMatrix);
  some["book.toml"].replace(some["book.toml"].find("\"网\""), 5, "“网”");
  EXPECT_EQ(error_of(some),
            "book.toml:8: column 11: Error while parsing value: could not determine value type "
            "(the line has the wide signs “ ”)");
}

/// What is told of book.toml with `text` in place of a key of the network.
std::string told_of(const std::string& key, const std::string& text) {
  Files some = files(kMatrix);
  std::string& book = some["book.toml"];
  const auto at = book.find(key);
  book.replace(at, book.find('\n', at) - at, text);
  return error_of(some);
}

TEST(SourceMistakes, what_is_no_toml_is_told_as_it_should_be) {
  EXPECT_EQ(told_of("valid_from", "valid_from = 2027/1/1"),
            "book.toml:4: column 18: Error while parsing decimal integer: expected digit, saw '/' "
            "(a date is written as 2027-01-01)");
  EXPECT_EQ(told_of("valid_from", "valid_from = 2027年1月1日"),
            "book.toml:4: column 18: Error while parsing decimal integer: expected digit, saw '年' "
            "(a date is written as 2027-01-01)");
  EXPECT_EQ(told_of("code", "code = 1。"),
            "book.toml:7: column 9: Error while parsing decimal integer: expected digit, saw '。' "
            "(the line has the wide signs 。)");
  EXPECT_TRUE(told_of("code", "code = １").ends_with("(the line has the wide signs １)"));
  EXPECT_TRUE(told_of("[[network]]", "【【network】】").ends_with("wide signs 【 】)"));
  EXPECT_TRUE(told_of("[[network]]", "[network]\n[[network]]")
                  .ends_with("(of several, each stands under [[ ]], the first one too)"));
  EXPECT_TRUE(told_of("code", "code = 1\nminimum_balance_fen = 2.00元")
                  .ends_with("(amounts are whole fen: 1.50 yuan is 150)"));
  EXPECT_TRUE(told_of("name_en", "name_en = \"Net").ends_with("(a quote is not closed)"));
}

TEST(SourceMistakes, values_of_another_type_are_told_as_they_should_be) {
  EXPECT_EQ(told_of("city", "city = 2900"), "book.toml:10: city: text in quotes was expected");
  EXPECT_EQ(told_of("city", "city = \"2900\"\nrollover = 02:00:00"),
            "book.toml:11: rollover: a time of day such as \"02:00\" was expected");
  EXPECT_EQ(told_of("city", "city = \"2900\"\nminimum_balance_fen = \"2.00\""),
            "book.toml:11: minimum_balance_fen: a whole number from 0 to 16777215 was expected, "
            "without quotes: fen, so 1.50 yuan is 150");
}

TEST(SourceMistakes, a_file_that_is_not_there_is_told_where_it_is_named) {
  EXPECT_EQ(error_of(files("tariff = { kind = \"matrix\", csv = \"OD.csv\" }\n")),
            "book.toml:14: csv: there is no file OD.csv beside book.toml; did you mean od.csv?");
  EXPECT_EQ(error_of(files("[network.tariff]\nkind = \"matrix\"\ncsv = \"od.csv\"\nclasses = [\n"
                           "{ between = \"inner\", kind = \"flat\", fen = 0 } ]\n")),
            "book.toml:18: between: there is no file inner beside book.toml");
}

TEST(SourceMistakes, a_table_without_its_header_is_told_what_it_should_be) {
  const std::string expected =
      "stops.csv:1: the columns network,code,number,name_zh,name_en,card_line,card_station,line "
      "were expected in the first row";
  Files some = files(kMatrix);
  some["stops.csv"].erase(0, some["stops.csv"].find('\n') + 1);
  EXPECT_EQ(error_of(some), expected);
  some["stops.csv"] = "";
  EXPECT_EQ(error_of(some), expected);
  some = files(kMatrix);
  some["stops.csv"].replace(some["stops.csv"].find("card_station"), 12, "card_staton");
  EXPECT_EQ(error_of(some),
            "stops.csv:1: column card_station is missing\n"
            "stops.csv:1: column card_staton is not known; did you mean card_station?");
}

TEST(SourceMistakes, golden_journeys_name_what_is_there) {
  Files some = files(kMatrix);
  some["golden.jsonl"] =
      R"({"id":"g","taps":[{"at":"2026-11-02T08:00:00+08:00","network":"m","stop":"A",)"
      R"("kind":"entry"},{"at":"2026-11-02T08:30:00+08:00","network":"mm","stop":"a",)"
      R"("kind":"exit"}]})";
  EXPECT_EQ(error_of(some),
            "golden.jsonl:1: \"A\" is not a stop of m; did you mean a?\n"
            "golden.jsonl:1: network \"mm\" is not in the book; did you mean m?");
}

TEST(SourceMistakes, an_overlap_names_both_places) {
  EXPECT_EQ(error_of(files("[[network.tariff]]\nkind = \"flat\"\nfen = 100\n"
                           "[[network.tariff]]\nkind = \"flat\"\nfen = 200\n")),
            "book.toml:17: effective_from: 2026-01-01 is already the first day of the version at "
            "book.toml:14");
  EXPECT_EQ(error_of(files(kMatrix,
                           "[[timeframe]]\nname = \"peak\"\nspans = [\n\"Mo-Fr 07:00-09:00\",\n"
                           "\"Fr-Su 08:30-10:00\",\n]\n")),
            "book.toml:9: spans: \"Fr-Su 08:30-10:00\" overlaps \"Mo-Fr 07:00-09:00\" "
            "(book.toml:8)");
  EXPECT_EQ(error_of(files(kMatrix,
                           "[[timeframe]]\nname = \"peak\"\nspans = [\"07:00-09:00\"]\n"
                           "[[timeframe]]\nname = \"peak\"\nspans = [\"17:00-19:00\"]\n")),
            "book.toml:9: name: peak is there twice, first book.toml:6");
  Files some = files(kMatrix);
  some["book.toml"] += network("m", 2, "2900") + kMatrix;
  EXPECT_EQ(error_of(some), "book.toml:15: network m is there twice, first book.toml:5");
}

TEST(SourceMistakes, a_name_in_place_of_a_code_is_told_its_code) {
  Files some = files(kMatrix);
  some["stops.csv"].replace(some["stops.csv"].find(",a,0001"), 7, ",Alpha,0001");
  some["od.csv"] += "Alpha,b,300\n";
  EXPECT_EQ(error_of(some), "od.csv:4: column from: \"Alpha\" is a name: its code is a");
}

TEST(SourceMistakes, names_that_look_alike_are_found) {
  const std::vector<std::string> known{"east-lake", "east-gate", "airport", "a"};
  EXPECT_EQ(near_names("EastLake", known), (std::vector<std::string>{"east-lake"}));
  EXPECT_EQ(near_names("aiprort", known), (std::vector<std::string>{"airport"}));
  EXPECT_EQ(near_names("airp", known), (std::vector<std::string>{"airport"}));
  EXPECT_TRUE(near_names("market", known).empty());
  EXPECT_TRUE(near_names("", known).empty());
}

std::vector<std::string> notes(const Files& some) {
  const testing_books::TempDir dir;
  for (const auto& [name, text] : some) dir.write(name, text);
  const auto model = read_book_source(dir.path());
  EXPECT_TRUE(model) << model.error().message();
  return model ? notes_on(*model) : std::vector<std::string>{};
}

TEST(Notes, of_pairs_without_a_fare_and_of_yuan_in_place_of_fen) {
  Files some = files(kMatrix);
  some["od.csv"] = "from,to,fen\na,b,3\nb,a,300\n";
  EXPECT_EQ(notes(some),
            (std::vector<std::string>{
                "network m, tariff from 2026-01-01: 4 of 6 pairs of stops have no fare, the first "
                "is a to c; an exit there is refused",
                "network m, tariff from 2026-01-01: a fare is 0.03 yuan: amounts are fen, 3 yuan "
                "is 300"}));
}

TEST(Notes, of_a_tariff_that_is_over_when_the_book_begins) {
  EXPECT_EQ(notes(files("[[network.tariff]]\nkind = \"flat\"\nfen = 200\n"
                        "[[network.tariff]]\neffective_from = 2025-01-01\nkind = \"flat\"\n"
                        "fen = 300\n")),
            (std::vector<std::string>{
                "network m, tariff from 2025-01-01: the one from 2026-01-01 counts when the book "
                "begins (2026-01-01), so this one is for rides that began before"}));
}

TEST(Notes, of_classes_riders_and_timeframes_that_never_count) {
  const std::string declared =
      "[[rider]]\nnumber = 32\nname = \"guide\"\nname_zh = \"x\"\nname_en = \"x\"\n"
      "[[timeframe]]\nname = \"night\"\nspans = [\"00:00-05:00\"]\n"
      "[[timeframe]]\nname = \"peak\"\nspans = [\"07:00-09:00\"]\n";
  EXPECT_EQ(notes(files("tariff = { kind = \"flat\", fen = 200, classes = [\n"
                        "{ riders = [\"senior\", \"child\"], kind = \"flat\", fen = 0 },\n"
                        "{ riders = [\"senior\"], timeframe = \"peak\", kind = \"flat\", fen = 100 "
                        "},\n"
                        "{ riders = [\"student\"], media = [\"qr\"], kind = \"flat\", fen = 0 },\n"
                        "{ riders = [\"student\"], kind = \"flat\", fen = 100 } ] }\n",
                        declared)),
            (std::vector<std::string>{
                "network m, tariff from 2026-01-01: class senior@peak never counts: class "
                "senior+child stands before it and fits wherever it does",
                "rider guide: no class and no rule names it, so it pays what everybody pays",
                "timeframe night: no class names it"}));
}

TEST(Notes, of_a_calendar_that_ends_before_the_book_or_says_nothing) {
  const std::string work = "[[timeframe]]\nname = \"peak\"\nspans = [\"work 07:00-09:00\"]\n";
  const std::string tariff =
      "[[network.tariff]]\nkind = \"flat\"\nfen = 200\n"
      "classes = [{ timeframe = \"peak\", kind = \"flat\", fen = 300 }]\n"
      "[[network.tariff]]\neffective_from = 2027-01-01\nkind = \"flat\"\nfen = 300\n";
  EXPECT_EQ(notes(files(tariff, work)),
            (std::vector<std::string>{
                "calendar: there is none, so \"work\" is Monday to Friday, on holidays too"}));
  EXPECT_EQ(notes(files(tariff, "[calendar]\nholidays = [2026-10-01]\n" + work)),
            (std::vector<std::string>{
                "calendar: it ends in 2026, but tariffs begin in 2027: from then on \"work\" is "
                "Monday to Friday, on holidays too"}));
  EXPECT_TRUE(notes(files(tariff, "[calendar]\nholidays = [2027-10-01]\n" + work)).empty());
  EXPECT_EQ(notes(files(tariff, "[calendar]\nworking_days = [2027-10-10, 2027-10-11]\n" + work)),
            (std::vector<std::string>{"calendar: working_days 2027-10-11 is no Saturday or Sunday: "
                                      "it is a working day anyway"}));
}

TEST(Notes, of_transfers_that_ask_what_no_card_keeps_of_a_bus_by_sections) {
  Files some = files(kMatrix);
  some["stops.csv"] += stop_row("k", "x", 4) + stop_row("k", "y", 5);
  some["k.csv"] = "from,to,fen\nx,y,100\ny,x,100\n";
  some["od.csv"] = "from,to,fen\na,b,300\nb,a,300\na,c,300\nc,a,300\nb,c,300\nc,b,300\n";
  some["book.toml"] += network("k", 2, "2900", "bus") +
                       "tariff = { kind = \"matrix\", csv = \"k.csv\" }\n"
                       "[[transfer]]\nname = \"t\"\nnumber = 1\nfrom = [\"k\"]\nto = [\"m\"]\n"
                       "window_minutes = 60\nmeasured = \"end-to-begin\"\n";
  Files first_leg = some, both = some;
  some["book.toml"] += "effect = \"free\"\n";
  EXPECT_TRUE(notes(some).empty());
  first_leg["book.toml"] += "effect = \"free\"\nwindow_from = \"first-leg\"\n";
  const std::string after =
      "transfer t: after a ride of k, where the fare depends on the way, a card does not know ";
  EXPECT_EQ(notes(first_leg), (std::vector<std::string>{after + "when its chain began"}));
  std::string& book = both["book.toml"];
  book.replace(book.find("end-to-begin"), 12, "begin-to-begin");
  book += "effect = \"up-to-difference\"\n";
  EXPECT_EQ(notes(both), (std::vector<std::string>{after + "when it began and what it cost"}));
}

/// Why a tap of an adult with plenty of money, entered at `from` if that is not empty, has no
/// price.
struct Asked {
  std::string network = "m", stop = "a", at = "2026-11-02 08:00:00", from;
  ItemClass item = ItemClass::person;
};
std::string why(const Asked& asked) {
  const Files some = files(
      "[[network.tariff]]\neffective_from = 2026-06-01\nkind = \"matrix\"\ncsv = \"od.csv\"\n"
      "classes = [{ items = [\"bicycle\"], add_fen = 100 }]\n");
  const auto payload = compile(some);
  EXPECT_TRUE(payload) << payload.error().message();
  const auto model = decode_book(*payload).value();
  const auto book = Book::load(*payload).value();
  Medium medium = Who{}.medium();
  if (!asked.from.empty()) {
    const TapContext from = Place{"m", asked.from}.context();
    const Tap in{.kind = TapKind::entry, .at = local(asked.at)};
    carry_on(*book, medium, from, in, price(*book, medium, from, in));
  }
  const TapContext context = Place{asked.network, asked.stop, asked.item}.context();
  const Tap tap{.kind = asked.from.empty() ? TapKind::entry : TapKind::exit, .at = local(asked.at)};
  const auto detail =
      refusal_detail(model, medium, context, tap, price(*book, medium, context, tap));
  return detail ? detail->en : "nothing";
}

TEST(WhyNoPrice, names_what_is_unknown_and_what_there_is) {
  EXPECT_EQ(why({}), "nothing");
  EXPECT_EQ(why({.network = "mm"}), "network \"mm\" is not in the book; did you mean m?");
  EXPECT_EQ(why({.network = "bus"}), "network \"bus\" is not in the book; it has the network m");
  EXPECT_EQ(why({.stop = "west"}), "\"west\" is not a stop of m; it has the stops a, b, c");
  EXPECT_EQ(why({.stop = "站"}), "\"站\" is the name of stop a of m: journeys name codes");
  EXPECT_EQ(why({.at = "2026-05-31 08:00:00"}),
            "2026-05-31 is before the first tariff of m, 2026-06-01");
  EXPECT_EQ(why({.item = ItemClass::motorcycle}),
            "m has no price with item motorcycle; it has the items person, bicycle");
  EXPECT_EQ(why({.item = ItemClass::bicycle}), "nothing");
  EXPECT_EQ(why({.stop = "c", .from = "a"}),
            "the tariff of m from 2026-06-01 has no fare for adult from a to c");
  EXPECT_EQ(why({.stop = "c"}), "the tariff of m from 2026-06-01 has no fare for adult from c");
}

}  // namespace
}  // namespace tidegate::fare
