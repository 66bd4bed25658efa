// SPDX-License-Identifier: Apache-2.0
// docs/formats/journeys.md is true: its tables are the fields that the reader knows, its example is
// what the demonstration book answers.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "base/posix/fd.h"
#include "fare/authoring/compile.h"
#include "fare/authoring/journey_json.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

std::string page() {
  const auto path = std::filesystem::path{TIDEGATE_SOURCE_DIR} / "docs" / "formats" / "journeys.md";
  const auto bytes = posix::read_file(path, 1UL << 20U);
  EXPECT_TRUE(bytes);
  return bytes ? std::string{as_text(*bytes)} : "";
}

using Names = std::set<std::string>;

/// The first column of the tables below a heading.
Names documented(const std::string& heading) {
  Names out;
  std::istringstream in{page()};
  bool here = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) here = line == "## " + heading;
    if (here && line.starts_with("| `")) out.insert(line.substr(3, line.find('`', 3) - 3));
  }
  return out;
}
Names known(std::span<const std::string_view> fields) {
  return {fields.begin(), fields.end()};
}

/// The n-th block of JSON.
std::string example(int n) {
  const std::string text = page();
  std::size_t at = 0;
  for (; n >= 0; --n) at = text.find("```json\n", at) + 8;
  return text.substr(at, text.find('\n', at) - at);
}

TEST(JourneysPage, documents_every_field_and_no_other) {
  const JourneyFields& fields = journey_fields();
  EXPECT_EQ(documented("A journey"), known(fields.journey));
  EXPECT_EQ(documented("A tap"), known(fields.golden_tap));
  EXPECT_EQ(documented("A trip of the history"), known(fields.trip));
  EXPECT_EQ(documented("A mode of the mode history"), known(fields.mode_interval));
  EXPECT_EQ(documented("The state"), known(fields.state));
  EXPECT_EQ(fields.golden_tap.size(), fields.tap.size() + 2);
}

TEST(JourneysPage, its_example_is_answered_as_it_says) {
  const auto payload =
      compile_book(std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tariffs" / "demo");
  ASSERT_TRUE(payload);
  const BookModel model = decode_book(*payload).value();
  const auto journey = parse_journey(example(0), JourneyUse::price, model.riders);
  ASSERT_TRUE(journey) << journey.error().message();
  const Json answer = price_journey(*Book::load(*payload).value(), *journey, &model);
  EXPECT_EQ(answer.text(), example(1));
  const Names documented_answer = documented("The answer");
  for (const auto& [name, value] : *answer.get_if<JsonObject>())
    EXPECT_TRUE(documented_answer.contains(name)) << name;
  for (const Json& tap : *answer.find("taps")->get_if<JsonArray>())
    for (const auto& [name, value] : *tap.get_if<JsonObject>())
      EXPECT_TRUE(documented_answer.contains(name)) << name;
}

}  // namespace
}  // namespace tidegate::fare
