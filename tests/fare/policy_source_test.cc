// SPDX-License-Identifier: Apache-2.0
// [network.policy]: from TOML to a book and back, what is refused, and golden journeys that walk
// through missed taps.
#include <gtest/gtest.h>

#include "fare/authoring/compile.h"
#include "fare/authoring/journey_json.h"
#include "fare/engine/fare_book_generated.h"
#include "tests/fare/policy_books.h"

namespace tidegate::fare {
namespace {

using testing_books::network;
using testing_books::policy_model;
using testing_books::TempDir;

constexpr std::string_view kBook = R"([book]
name = "Test"
number = 3
valid_from = "2026-01-01"

[[network]]
id = "m"
code = 1
name_zh = "地铁"
name_en = "Metro"
city = "2900"
acquirer = "12002900FFFFFFFF"
industry = "metro"
operator = "0001"
tariff = { kind = "matrix", csv = "od.csv", symmetric = true }
[network.policy]
)";
constexpr std::string_view kStops =
    "network,code,number,name_zh,name_en,card_line,card_station,line\n"
    "m,a,7,甲,A,0001,0011,1\n"
    "m,b,9,乙,B,0001,0012,1\n";

Result<Bytes> compile(std::string_view policy, std::string_view golden = "") {
  const TempDir dir;
  dir.write("book.toml", std::string{kBook} + std::string{policy});
  dir.write("stops.csv", kStops);
  dir.write("od.csv", "from,to,fen\na,b,300\n");
  dir.write("ways.csv", "from,to,metres\na,b,6000\n");
  dir.write("golden.jsonl", golden);
  return compile_book(dir.path());
}
std::string error_of(std::string_view policy, std::string_view golden = "") {
  const auto payload = compile(policy, golden);
  return payload ? "compiled" : payload.error().message();
}

TEST(PolicySource, every_key_comes_through) {
  const auto payload = compile(R"(maximum_fen = 900
minimum_fen = 200
time_limits = [{ to_fen = 300, minutes = 90 }, { minutes = 180 }]
overstay = "added"
overstay_fen = 100
same_station = "fixed"
same_station_fen = 150
same_station_free_minutes = 20
no_entry = "network-maximum"
no_exit = "fixed"
no_exit_fen = 250
collected_in = "city"
open_elsewhere = "overwritten"
complete_certain = true
completions = [{ next = "m/b", exit = "a", minutes = 15 }]
forgiven_modes = ["emergency", "train-failure"]
forgiven_days = 3
)");
  ASSERT_TRUE(payload) << payload.error().message();
  const JourneyPolicy expected{.limits = {{Fen{300}, 90}, {Fen{}, 180}},
                               .overstay = Overstay::added,
                               .overstay_fen = Fen{100},
                               .same_station = SameStation::fixed,
                               .same_station_fen = Fen{150},
                               .same_station_free_minutes = 20,
                               .no_entry = Unseen::network_maximum,
                               .no_entry_fen = {},
                               .no_exit = Unseen::fixed,
                               .no_exit_fen = Fen{250},
                               .collected_in = CollectedIn::city,
                               .open_elsewhere = OpenElsewhere::overwritten,
                               .complete_certain = true,
                               .completions = {{1, 9, 7, 15}},
                               .maximum = Fen{900},
                               .minimum = Fen{200},
                               .forgiven_modes = {Modes::kEmergency | Modes::kTrainFailure},
                               .forgiven_days = 3};
  const auto model = decode_book(*payload);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->networks[0].policy, expected);
  EXPECT_EQ(encode_book(*model), *payload);
  EXPECT_EQ(fb::GetFareBook(payload->data())->needs_engine(), 3);
}

TEST(PolicySource, limits_by_distance_become_one_for_each_pair_of_stops) {
  const auto limit_of = [](std::string_view to_m) {
    const auto payload = compile("time_limits = [{ to_m = " + std::string{to_m} +
                                 ", minutes = 60 }, { minutes = 120 }]\nsegments = \"ways.csv\"\n");
    EXPECT_TRUE(payload) << payload.error().message();
    const auto model = decode_book(*payload);
    EXPECT_EQ(encode_book(*model), *payload);
    EXPECT_EQ(fb::GetFareBook(payload->data())->needs_engine(), 3);
    EXPECT_EQ(model->networks[0].policy.limits[0].to_m, std::stoul(std::string{to_m}));
    return model->networks[0].policy.limit_of;
  };
  EXPECT_EQ(limit_of("6000"), (std::vector<std::uint8_t>{0, 0, 0, 0}));
  EXPECT_EQ(limit_of("5999"), (std::vector<std::uint8_t>{0, 1, 1, 0})) << "where one came in: 0 m";
}

TEST(PolicySource, a_pair_without_a_way_has_the_longest_limit) {
  const TempDir dir;
  dir.write("book.toml", std::string{kBook} +
                             "time_limits = [{ to_m = 9000, minutes = 60 }, { minutes = 120 }]\n"
                             "segments = \"ways.csv\"\n");
  dir.write("stops.csv", std::string{kStops} + "m,c,10,丙,C,0001,0013,1\n");
  dir.write("od.csv", "from,to,fen\na,b,300\n");
  dir.write("ways.csv", "from,to,metres\na,b,6000\n");
  const auto payload = compile_book(dir.path());
  ASSERT_TRUE(payload) << payload.error().message();
  EXPECT_EQ(decode_book(*payload)->networks[0].policy.limit_of,
            (std::vector<std::uint8_t>{0, 0, 1, 0, 0, 1, 1, 1, 0}));
}

TEST(PolicySource, that_says_nothing_is_no_policy) {
  const auto payload = compile("");
  ASSERT_TRUE(payload) << payload.error().message();
  EXPECT_EQ(fb::GetFareBook(payload->data())->needs_engine(), 0);
  EXPECT_EQ(fb::GetFareBook(payload->data())->networks()->Get(0)->policy(), nullptr);
}

TEST(PolicySource, errors_say_where_and_what_was_expected) {
  EXPECT_EQ(error_of("overstay = \"always\"\n"),
            "book.toml:17: overstay: one of none, exit-maximum, network-maximum, minimum-fare, "
            "added was expected, not \"always\"");
  EXPECT_EQ(error_of("limit = 3\n"), "book.toml:17: limit: key is not known");
  EXPECT_EQ(error_of("time_limit_minutes = 0\n"),
            "book.toml:17: time_limit_minutes: a whole number from 1 to 10080 was expected");
  EXPECT_EQ(error_of("time_limit_minutes = 3\ntime_limits = [{ minutes = 3 }]\n"),
            "book.toml:18: time_limits: time_limit_minutes already says the limit");
  EXPECT_EQ(error_of("time_limits = [{ to = 3, minutes = 3 }]\n"),
            "book.toml:17: to: key is not known; did you mean to_m?");
  EXPECT_EQ(error_of("time_limits = [{ to_m = 3, minutes = 3 }, { minutes = 4 }]\n"),
            "book.toml:17: time_limits: to_m needs segments, the table of the ways between stops");
  EXPECT_EQ(error_of("time_limit_minutes = 3\nsegments = \"ways.csv\"\n"),
            "book.toml:18: segments: stands with time_limits that go by to_m");
  EXPECT_EQ(error_of("time_limits = [{ to_m = 3, minutes = 3 }, { to_fen = 4, minutes = 4 }]\n"),
            "book.toml:17: to_m: limits go by to_fen or by to_m, not by both");
  EXPECT_EQ(error_of("time_limits = [{ to_m = 3, minutes = 3 }, { minutes = 4 }]\n"
                     "segments = \"od.csv\"\n"),
            "od.csv:1: column metres is missing\nod.csv:1: column fen is not known");
  EXPECT_EQ(error_of("forgiven_modes = [\"fire\"]\n"),
            "book.toml:17: forgiven_modes: \"fire\" is not a mode");
  EXPECT_EQ(error_of("completions = [{ next = \"q/b\", exit = \"a\", minutes = 15 }]\n"),
            "book.toml:17: next: network and stop of this book were expected, such as metro/0101");
  EXPECT_EQ(error_of("completions = [{ next = \"m/b\", exit = \"q\", minutes = 15 }]\n"),
            "book.toml:17: exit: a stop of network m was expected");
  EXPECT_EQ(error_of("completions = 3\n"),
            "book.toml:17: completions: an array of tables was expected");
}

TEST(PolicySource, what_contradicts_itself_or_the_tables_is_refused) {
  const std::string where = "book.toml:16: network m, policy: ";
  EXPECT_EQ(error_of("maximum_fen = 299\n"),
            "book.toml:15: network m, tariff 1: a fare of 300 fen is above maximum_fen");
  EXPECT_EQ(error_of("maximum_fen = 300\nminimum_fen = 301\n"),
            where + "minimum_fen is above maximum_fen");
  EXPECT_EQ(error_of("overstay = \"exit-maximum\"\nmaximum_fen = 300\n"),
            where + "overstay needs a time limit");
  EXPECT_EQ(error_of("overstay = \"exit-maximum\"\ntime_limit_minutes = 180\n"),
            where + "needs maximum_fen, the highest single fare: no rule here takes more");
  EXPECT_EQ(error_of("same_station = \"minimum-fare\"\nmaximum_fen = 300\n"),
            where + "needs minimum_fen, the lowest single fare");
  EXPECT_EQ(error_of("no_exit = \"fixed\"\nno_exit_fen = 301\nmaximum_fen = 300\n"),
            where + "no_exit_fen is above maximum_fen");
  EXPECT_EQ(error_of("no_entry_fen = 100\nmaximum_fen = 300\n"),
            where + "no_entry_fen belongs to no rule");
  EXPECT_EQ(error_of("time_limits = [{ to_fen = 3, minutes = 9 }, { minutes = 9 }]\n"),
            where + "time limits do not grow with the fare");
  EXPECT_EQ(error_of("time_limits = [{ to_fen = 3, minutes = 9 }]\n"),
            where + "the last time limit has no end");
  EXPECT_EQ(error_of("time_limits = [{ minutes = 9 }, { minutes = 12 }]\n"),
            where + "a time limit has no fare up to which it counts");
}

TEST(PolicySource, limits_by_distance_grow_and_the_last_has_no_end) {
  const auto limits = [](const std::string& text) {
    return error_of("time_limits = " + text + "\nsegments = \"ways.csv\"\n");
  };
  const std::string where = "book.toml:16: network m, policy: ";
  EXPECT_EQ(limits("[{ to_m = 9, minutes = 9 }, { to_m = 9, minutes = 12 }, { minutes = 15 }]"),
            where + "time limits do not grow with the distance");
  EXPECT_EQ(limits("[{ to_m = 9, minutes = 9 }]"), where + "the last time limit has no end");
  EXPECT_EQ(limits("[{ to_m = 9, minutes = 9 }, { minutes = 12 }, { minutes = 15 }]"),
            where + "a time limit has no distance up to which it counts");
}

TEST(PolicySource, numbers_that_no_rule_has_are_refused_in_a_book_of_bytes) {
  const auto refused = [](auto change) {
    BookModel model = policy_model();
    change(network(model, "m").policy);
    return !check_book(model).has_value() && !Book::load(encode_book(model)).has_value();
  };
  EXPECT_TRUE(refused([](auto& p) { p.overstay = Overstay{5}; }));
  EXPECT_TRUE(refused([](auto& p) { p.same_station = SameStation{4}; }));
  EXPECT_TRUE(refused([](auto& p) { p.no_entry = Unseen{4}; }));
  EXPECT_TRUE(refused([](auto& p) { p.no_exit = Unseen{4}; }));
  EXPECT_TRUE(refused([](auto& p) { p.collected_in = CollectedIn{2}; }));
  EXPECT_TRUE(refused([](auto& p) { p.open_elsewhere = OpenElsewhere{2}; }));
  EXPECT_TRUE(refused([](auto& p) { p.forgiven_modes.bits = 128; }));
  EXPECT_TRUE(refused([](auto& p) { p.limits = {{Fen{}, 0}}; }));
  EXPECT_TRUE(refused([](auto& p) { p.limits.assign(33, {Fen{}, 1}); }));
  const std::vector<LimitBand> two{{Fen{}, 60, 900}, {Fen{}, 90}};
  const std::vector<std::uint8_t> pairs(16, 1);
  EXPECT_FALSE(refused([&](auto& p) { p.limits = two, p.limit_of = pairs; }));
  EXPECT_TRUE(refused([&](auto& p) { p.limits = two, p.limit_of = {1}; }));
  EXPECT_TRUE(refused([&](auto& p) { p.limits = two, p.limit_of.assign(16, 2); }));
  EXPECT_TRUE(refused([&](auto& p) { p.limits = two; })) << "metres, but of no pair";
  EXPECT_TRUE(refused([&](auto& p) { p.limit_of = pairs; })) << "no limit is there";
  EXPECT_TRUE(refused([](auto& p) { p.completions = {{9, 1, 1, 5}}; }));
  EXPECT_TRUE(refused([](auto& p) { p.completions = {{1, 1, 99, 5}}; }));
  EXPECT_TRUE(refused([](auto& p) { p.completions = {{1, 1, 1, 0}}; }));
  EXPECT_TRUE(refused([](auto& p) { p.completions.assign(1'001, {1, 1, 1, 5}); }));
  EXPECT_FALSE(refused([](auto& p) { p.completions = {{1, 1, 1, 5}}; }));
}

constexpr std::string_view kMissed =
    R"({"id":"missed","balance_fen":1000,"overdraft_fen":800,"taps":[)"
    R"({"at":"2026-11-02T08:00:00+08:00","network":"m","stop":"a","kind":"entry"},)"
    R"({"at":"2026-11-02T09:00:00+08:00","network":"m","stop":"b","kind":"entry","fen":300},)"
    R"({"at":"2026-11-09T09:00:00+08:00","network":"m","stop":"b","kind":"entry",)"
    R"("mode_history":[{"network":"m","stop":"a","mode":"emergency",)"
    R"("from":"2026-11-02T09:30:00+08:00","until":"2026-11-02T10:00:00+08:00"}]},)"
    R"({"at":"2026-11-09T09:20:00+08:00","network":"m","stop":"a","kind":"exit","fen":300},)"
    R"({"at":"2026-11-09T09:30:00+08:00","network":"m","stop":"a","kind":"exit","fen":300},)"
    R"({"at":"2026-11-09T09:40:00+08:00","network":"m","stop":"a","kind":"exit","fen":300},)"
    R"({"at":"2026-11-09T09:50:00+08:00","network":"m","stop":"a","kind":"entry",)"
    R"("reason":"insufficient_balance"}]})";

TEST(PolicySource, golden_journeys_walk_through_missed_taps) {
  constexpr std::string_view kPolicy =
      "no_exit = \"station-maximum\"\nno_entry = \"station-maximum\"\n";
  EXPECT_EQ(error_of(kPolicy, kMissed), "compiled");
  std::string other{kMissed};
  for (const std::string_view time : {"2026-11-02T09:30", "2026-11-02T10:00"})
    other.replace(other.find(time), 10, "2026-11-01");
  EXPECT_EQ(error_of(kPolicy, other),
            "golden.jsonl:1: golden journey missed, tap 3: computed 300 fen, expected 0 fen");
  std::string unknown{kMissed};
  unknown.replace(unknown.find("\"mode\""), 6, "\"Mode\"");
  EXPECT_EQ(error_of(kPolicy, unknown),
            "golden.jsonl:1: mode_history[0].Mode: field is not known; did you mean mode?");
}

TEST(PolicySource, the_sample_book_shows_each_rule) {
  const auto payload =
      compile_book(std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tariffs/journeys", {});
  ASSERT_TRUE(payload) << payload.error().message();
  EXPECT_GE(decode_book(*payload)->golden.size(), 24U);
}

TEST(PolicySource, golden_journeys_keep_their_mode_history) {
  const auto journey = parse_journey(kMissed, JourneyUse::golden);
  ASSERT_TRUE(journey) << journey.error().message();
  BookModel model = policy_model();
  network(model, "m").policy.no_exit = Unseen::station_maximum;
  model.golden = {*journey};
  const auto back = decode_book(encode_book(model));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, model);
  const auto bad = [&](auto change) {
    BookModel other = model;
    change(other.golden[0].taps[2].tap.history[0]);
    return !check_book(other).has_value();
  };
  EXPECT_FALSE(bad([](ModeInterval&) {}));
  EXPECT_TRUE(bad([](ModeInterval& one) { one.modes.bits = 128; }));
  EXPECT_TRUE(bad([](ModeInterval& one) { one.network = ""; }));
  EXPECT_TRUE(bad([](ModeInterval& one) { one.until = one.from; }));
}

}  // namespace
}  // namespace tidegate::fare
