// SPDX-License-Identifier: Apache-2.0
// Rules of traces in Chinese and English.
#include "fare/engine/rule_text.h"

#include <gtest/gtest.h>

#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

using testing_books::classed_model;
using testing_books::load;

TEST(RuleText, a_fare_of_a_network) {
  const auto book = load(classed_model());
  const RuleText text = rule_text(book.get(), "m/od");
  EXPECT_EQ(text.text, (Bilingual{"地铁:站间票价", "Metro: fare between the two stations"}));
  EXPECT_TRUE(text.known);
  EXPECT_EQ(rule_text(book.get(), "f/flat").text, (Bilingual{"轮渡:单一票价", "Ferry: flat fare"}));
}

TEST(RuleText, a_class_is_told_by_its_riders_time_and_medium) {
  const auto book = load(classed_model());
  EXPECT_EQ(rule_text(book.get(), "m/od/pensioner@peak").text.zh, "地铁:站间票价,老人,时段 peak");
  EXPECT_EQ(rule_text(book.get(), "m/od/pensioner@peak").text.en,
            "Metro: fare between the two stations, Pensioner, in peak");
  EXPECT_EQ(rule_text(book.get(), "m/flat/student+child/qr").text,
            (Bilingual{"地铁:单一票价,学生、儿童,乘车码",
                       "Metro: flat fare, student or child, ride code"}));
  EXPECT_TRUE(rule_text(book.get(), "m/flat/all@sunday").known);
}

TEST(RuleText, a_reduction_between_rides_is_told_with_the_name_of_its_rule) {
  BookModel model = classed_model();
  model.between.caps = {{.name = "day", .networks = {1}, .fen = Fen{1'000}}};
  const auto book = load(model);
  EXPECT_EQ(rule_text(book.get(), "cap/day").text,
            (Bilingual{"封顶优惠:day", "no more than the cap: day"}));
  EXPECT_TRUE(rule_text(book.get(), "cap/day").known);
  EXPECT_FALSE(rule_text(book.get(), "transfer/day").known);
  EXPECT_TRUE(rule_text(nullptr, "transfer/bus-metro").known);
}

TEST(RuleText, a_word_of_the_operators_own_is_shown_as_it_is) {
  const auto book = load(classed_model());
  // The book calls a class's matrix "half".
  const RuleText own = rule_text(book.get(), "m/half/pensioner@peak");
  EXPECT_EQ(own.text.en, "Metro: half, Pensioner, in peak");
  EXPECT_TRUE(own.known);
}

TEST(RuleText, what_nobody_knows_is_shown_as_it_is_and_said_so) {
  const auto book = load(classed_model());
  for (const char* rule : {"m/od/duke", "m/blessing", "blessing", "m/od/pensioner@noon"}) {
    const RuleText text = rule_text(book.get(), rule);
    EXPECT_FALSE(text.known) << rule;
    const std::string last = std::string{rule}.substr(std::string_view{rule}.rfind('/') + 1);
    EXPECT_NE(text.text.zh.find(last), std::string::npos) << text.text.zh;
  }
}

TEST(RuleText, rules_with_names_that_the_book_gives) {
  const auto book = load(classed_model());
  EXPECT_EQ(rule_text(nullptr, "transfer/bus-metro").text,
            (Bilingual{"换乘优惠:bus-metro", "transfer discount: bus-metro"}));
  EXPECT_TRUE(rule_text(nullptr, "transfer/bus-metro").known);
  EXPECT_FALSE(rule_text(book.get(), "transfer/bus-metro").known) << "a book that has no such rule";
  EXPECT_EQ(rule_text(nullptr, "mode/emergency/a").text.en, "mode of a station, emergency, a");
  EXPECT_EQ(rule_text(book.get(), "m/overstay").text.zh, "地铁:超时");
  // A rule over two networks has a name instead of a network.
  EXPECT_EQ(rule_text(book.get(), "huaqiao/distance").text.en, "huaqiao: fare by distance");
  EXPECT_TRUE(rule_text(book.get(), "huaqiao/distance").known);
}

TEST(RuleText, modes) {
  const auto book = load(classed_model());
  for (const char* mode : {"mode/train-failure", "mode/fare-free", "mode/order-free"}) {
    EXPECT_TRUE(rule_text(book.get(), mode).known) << mode;
    EXPECT_TRUE(rule_text(nullptr, mode).known) << mode;
    EXPECT_EQ(rule_text(nullptr, mode).text.en.find('/'), std::string::npos);
  }
}

TEST(RuleText, a_through_rule_and_what_is_said_of_who_rides_along) {
  BookModel model = classed_model();
  model.through = {
      {.name = "delta",
       .a = 1,
       .b = 2,
       .effective_from = model.valid_from,
       .versions = {{model.valid_from, MatrixTariff{std::vector<std::uint32_t>(16)}}}}};
  const auto book = load(model);
  const RuleText text = rule_text(book.get(), "delta/od/student/foreign");
  EXPECT_EQ(text.text.zh, "地铁—苏州:站间票价,学生,外地卡");
  EXPECT_TRUE(text.known);
  for (const char* rule : {"f/charged-elsewhere", "f/free-child", "f/another-person",
                           "f/flat/all/bicycle", "f/flat/all/motorcycle"})
    EXPECT_TRUE(rule_text(book.get(), rule).known) << rule;
}

TEST(RuleText, without_a_book_networks_have_their_ids) {
  EXPECT_EQ(rule_text(nullptr, "shanghai-metro/od/student").text,
            (Bilingual{"shanghai-metro:站间票价,学生",
                       "shanghai-metro: fare between the two stations, student"}));
  EXPECT_EQ(rule_text(nullptr, "student").text, (Bilingual{"学生", "student"}));
}

TEST(RuleText, places_and_people) {
  const auto book = load(classed_model());
  EXPECT_EQ(place_text(book.get(), NetworkId{"m"}, StopCode{"a"}),
            (Bilingual{"地铁 站a", "Metro Stop a"}));
  EXPECT_EQ(place_text(book.get(), NetworkId{"m"}, StopCode{"q"}), (Bilingual{"m/q", "m/q"}));
  EXPECT_EQ(place_text(nullptr, NetworkId{"m"}, StopCode{"a"}), (Bilingual{"m/a", "m/a"}));
  const auto code = book->stop_on_card(NetworkId{"m"}, StopCode{"b"});
  ASSERT_TRUE(code);
  EXPECT_EQ(place_text(book.get(), OpenJourney{.where = code->code}).en, "Metro Stop b");
  EXPECT_EQ(place_text(book.get(), OpenJourney{}).en, "");
  EXPECT_EQ(rider_text(book.get(), RiderCategory{32}).zh, "老人");
  EXPECT_EQ(rider_text(nullptr, RiderCategory{32}).zh, "rider-32");
  EXPECT_EQ(rider_text(nullptr, RiderCategory::disabled).zh, "残疾人");
}

}  // namespace
}  // namespace tidegate::fare
