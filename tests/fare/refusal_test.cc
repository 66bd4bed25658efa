// SPDX-License-Identifier: Apache-2.0
// The table of refusals: order, texts, and its copy in docs/refusals.md.
#include "fare/engine/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace tidegate::fare {
namespace {

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

TEST(Refusals, numbers_rise_and_names_are_unique) {
  std::set<std::string_view> names;
  std::uint16_t last = 0;
  for (const RefusalText& row : refusal_texts()) {
    const auto number = static_cast<std::uint16_t>(row.code);
    EXPECT_GT(number, last);
    last = number;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(refusal_from_number(number), row.code);
    EXPECT_EQ(refusal_name(row.code), row.name);
  }
  EXPECT_EQ(refusal_texts().size(), 55U);
}

TEST(Refusals, a_number_never_given_is_nothing) {
  EXPECT_FALSE(refusal_from_number(0));
  EXPECT_FALSE(refusal_from_number(101));
  EXPECT_FALSE(refusal_from_number(65'535));
}

TEST(Refusals, passengers_can_read_them) {
  for (const RefusalText& row : refusal_texts()) {
    EXPECT_FALSE(row.zh.empty() || row.en.empty() || row.staff_zh.empty() || row.staff_en.empty())
        << row.name;
    EXPECT_LE(characters(row.zh), 16U) << row.name;
  }
}

TEST(Refusals, what_the_card_itself_refuses_sends_who_is_inside_to_staff) {
  for (const RefusalCode code : {RefusalCode::application_blocked, RefusalCode::record_locked}) {
    const RefusalText& row = refusal_text(code);
    EXPECT_TRUE(row.zh.ends_with("请找工作人员") && row.en.ends_with("ask staff")) << row.name;
    EXPECT_TRUE(row.staff_zh.contains("放行") && row.staff_en.contains("let out")) << row.name;
  }
}

TEST(Refusals, the_document_has_the_same_rows) {
  std::ifstream file{std::filesystem::path{TIDEGATE_SOURCE_DIR} / "docs/refusals.md"};
  ASSERT_TRUE(file);
  std::vector<std::string> in_document;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("| ") && line.contains(" | `")) in_document.push_back(line);
  std::vector<std::string> in_code;
  for (const RefusalText& row : refusal_texts()) {
    std::ostringstream line;
    line << "| " << static_cast<std::uint16_t>(row.code) << " | `" << row.name << "` | " << row.zh
         << " | " << row.en << " | " << row.staff_zh << " | " << row.staff_en << " |";
    in_code.push_back(line.str());
  }
  ASSERT_EQ(in_document.size(), in_code.size());
  for (std::size_t i = 0; i < in_code.size(); ++i) EXPECT_EQ(in_document[i], in_code[i]);
}

}  // namespace
}  // namespace tidegate::fare
