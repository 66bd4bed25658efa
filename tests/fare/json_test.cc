// SPDX-License-Identifier: Apache-2.0
// The strict JSON reader: what it takes, what it refuses and where.
#include "fare/authoring/json.h"

#include <gtest/gtest.h>

namespace tidegate::fare {
namespace {

std::string round_trip(std::string_view text) {
  const auto json = parse_json(text);
  return json ? json->text() : "error: " + json.error().message();
}

TEST(Json, writes_what_it_read) {
  EXPECT_EQ(round_trip(R"( {"a" : [1, -2,0 ], "b":{"c":true,"d":false,"e":null},"z":""} )"),
            R"({"a":[1,-2,0],"b":{"c":true,"d":false,"e":null},"z":""})");
  EXPECT_EQ(round_trip("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(round_trip("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(round_trip("[]"), "[]");
  EXPECT_EQ(round_trip("{}"), "{}");
}

TEST(Json, reads_escapes_and_utf8) {
  EXPECT_EQ(*parse_json(R"("\u4eba\n\"\\\/\ud83d\ude80é")")->get_if<std::string>(), "人\n\"\\/🚀é");
  EXPECT_EQ(round_trip(R"("\u0001\t")"), R"("\u0001\u0009")");
}

TEST(Json, finds_members) {
  const auto json = parse_json(R"({"fen":300,"kind":"exit"})");
  ASSERT_TRUE(json);
  EXPECT_EQ(*json->find("fen")->get_if<std::int64_t>(), 300);
  EXPECT_EQ(json->find("nothing"), nullptr);
  EXPECT_EQ(json->find("fen")->find("x"), nullptr);
}

TEST(Json, refuses_what_is_not_strict) {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "[",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{\"a\" 1}",
                                      "01",
                                      "-",
                                      "+1",
                                      "1.0",
                                      "1e3",
                                      "9223372036854775808",
                                      "tru",
                                      "nul",
                                      "\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\ud800\"",
                                      "\"\\udc00\"",
                                      "\"\\ud800\\u0041\"",
                                      "\"a\nb\"",
                                      "1 2",
                                      "{} x",
                                      "{\"a\":1,\"a\":2}",
                                      "'a'",
                                      "\"\xC0\xAF\"",
                                      "\"\xE0\x80\x80\"",
                                      "\"\xED\xA0\x80\"",
                                      "\"\xF5\x80\x80\x80\"",
                                      "\"\xE4\xBA",
                                      "NaN",
                                      "[1 2]",
                                      "//x",
                                      "\"\\"})
    EXPECT_FALSE(parse_json(text)) << text;
}

TEST(Json, names_the_column) {
  EXPECT_EQ(
      round_trip(R"({"a":1.5})"),
      "error: column 6: only whole numbers are allowed: amounts are fen, so 1.50 yuan is 150");
  EXPECT_EQ(round_trip("[1,,2]"), "error: column 4: a value was expected");
}

TEST(Json, depth_is_limited) {
  EXPECT_TRUE(parse_json(std::string(30, '[') + std::string(30, ']')));
  EXPECT_FALSE(parse_json(std::string(40, '[') + std::string(40, ']')));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
}

}  // namespace
}  // namespace tidegate::fare
