// SPDX-License-Identifier: Apache-2.0
// The worked examples of the format documents are what the code reads and writes.
#include <gtest/gtest.h>

#include "base/posix/fd.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/golden.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

std::string document(const std::string& name) {
  const auto path = std::filesystem::path{TIDEGATE_SOURCE_DIR} / "docs" / "formats" / name;
  const auto bytes = posix::read_file(path, 1UL << 20U);
  EXPECT_TRUE(bytes) << bytes.error().message();
  return std::string{as_text(bytes.value())};
}

/// What stands between `begin` and the next `end`.
std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const auto from = text.find(begin);
  if (from == std::string::npos) return {};
  const auto start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n') c = ' ';
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

TEST(FormatDocuments, fare_book_example) {
  const auto bytes = from_hex(one_line(between(document("fare-book.md"), "```hex\n", "```")));
  ASSERT_TRUE(bytes);
  const auto model = decode_book(*bytes);
  ASSERT_TRUE(model) << model.error().message();
  const BookModel expected{
      .name = "F",
      .number = 1,
      .valid_from = testing_books::day("2026-01-01"),
      .networks = {{.id = "f",
                    .code = 2,
                    .name_zh = "轮渡",
                    .name_en = "Ferry",
                    .city = 0x2900,
                    .acquirer = testing_books::kShanghai,
                    .industry = 9,
                    .operator_code = 1,
                    .stops = {{.code = "p",
                               .number = 1,
                               .name_zh = "码头",
                               .name_en = "Pier",
                               .card = {0x90, 1}}},
                    .versions = {{testing_books::day("2026-01-01"), FlatTariff{Fen{200}}}}}}};
  EXPECT_EQ(*model, expected);
  EXPECT_EQ(to_hex(encode_book(expected)), to_hex(*bytes));
  EXPECT_TRUE(Book::load(*bytes));
}

TEST(FormatDocuments, card_state_example) {
  const auto bytes =
      from_hex(one_line(between(document("card-state.md"), "\n```\n54 47 01", "```")));
  ASSERT_TRUE(bytes);
  Bytes whole{0x54, 0x47, 0x01};
  append(whole, *bytes);
  const auto state = decode_card_state(whole);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->serial, 258);
  EXPECT_EQ(state->month_spent, Fen{12'345});
  EXPECT_EQ(state->pass_left, 45);
  EXPECT_EQ(to_hex(encode_card_state(*state)), to_hex(whole));
}

}  // namespace
}  // namespace tidegate::fare
