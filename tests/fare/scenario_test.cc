// SPDX-License-Identifier: Apache-2.0
// Every scenario of tests/fare/scenarios is a test of its own; and the runner itself is tried on
// tables that are wrong.
#include "tests/fare/scenario_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "fare/engine/rule_text.h"
#include "tests/fare/books.h"

namespace tidegate::fare::scenarios {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::shared_ptr<const File> file;
  std::size_t scenario = 0;
  std::string error;  ///< of a file that cannot be read
  std::string name;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name;
}

/// GoogleTest takes letters, digits and _.
std::string test_name(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      out += c;
    else if (!out.ends_with('_'))
      out += '_';
  }
  return out;
}

std::vector<Case> all_cases() {
  std::vector<fs::path> paths;
  for (const auto& entry :
       fs::directory_iterator{fs::path{TIDEGATE_SOURCE_DIR} / "tests/fare/scenarios"})
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<Case> out;
  std::set<std::string> names;
  for (const fs::path& path : paths) {
    std::ostringstream text;
    text << std::ifstream{path, std::ios::binary}.rdbuf();
    const std::string stem = test_name(path.stem().string());
    auto file = parse_file("tests/fare/scenarios/" + path.filename().string(), text.str());
    if (!file) {
      out.push_back({nullptr, 0, file.error().message(), stem});
      continue;
    }
    const auto shared = std::make_shared<const File>(*std::move(file));
    for (std::size_t i = 0; i < shared->scenarios.size(); ++i) {
      const Scenario& one = shared->scenarios[i];
      std::string name = stem + "__" + test_name(one.title);
      if (!names.insert(name).second) name += "_line_" + std::to_string(one.line);
      out.push_back({shared, i, "", name});
    }
  }
  return out;
}

/// Compiles each book once.
Books books_of(const File& file, const fs::path& scratch) {
  return [&file, scratch, made = std::map<std::string, std::shared_ptr<const Book>>{}](
             const std::string& which) mutable -> Result<std::shared_ptr<const Book>> {
    auto& slot = made[which];
    if (slot == nullptr) {
      auto book = compile(file, which, scratch);
      if (!book) return fail(std::move(book.error()));
      slot = *std::move(book);
    }
    return slot;
  };
}

class Scenarios : public ::testing::TestWithParam<Case> {};

TEST_P(Scenarios, costs_what_the_table_says) {
  const Case& one = GetParam();
  ASSERT_NE(one.file, nullptr) << one.error;
  const testing_books::TempDir scratch;
  // Whatever a table charges can be told to passenger and staff, and adds up.
  const Seen explained = [](const Book& book, const Decision& decision) {
    for (const Charge& charge : decision.charges) {
      Fen sum;
      for (const TraceStep& step : charge.trace) {
        sum += step.fen;
        EXPECT_TRUE(rule_text(&book, step.rule).known) << step.rule.view() << " has no text";
      }
      EXPECT_EQ(sum, charge.amount);
    }
  };
  const auto met = walk(*one.file, one.file->scenarios[one.scenario],
                        books_of(*one.file, scratch.path()), explained);
  EXPECT_TRUE(met) << met.error().message();
}

INSTANTIATE_TEST_SUITE_P(Fare, Scenarios, ::testing::ValuesIn(all_cases()),
                         [](const auto& one) { return one.param.name; });

constexpr std::string_view kBook = R"(book: inline
--- book.toml
[book]
name = "Ferry"
number = 1
valid_from = 2026-01-01
[[network]]
id = "f"
code = 2
name_zh = "轮渡"
name_en = "Ferry"
city = "2900"
acquirer = "12002900FFFFFFFF"
industry = "ferry"
operator = "0001"
tariff = { kind = "flat", fen = 200 }
--- stops.csv
network,code,number,name_zh,name_en,card_line,card_station,line
f,p,1,码头,Pier,0090,0001,0
---
== One
)";

/// What the runner says of a table with these lines.
std::string said_of(std::string_view lines) {
  const auto file = parse_file("t.txt", std::string{kBook} + std::string{lines});
  if (!file) return file.error().message();
  const testing_books::TempDir scratch;
  const auto met = walk(*file, file->scenarios.front(), books_of(*file, scratch.path()));
  return met ? "met" : met.error().message();
}

TEST(ScenarioRunner, tells_a_tap_that_costs_something_else) {
  EXPECT_EQ(said_of("2026-11-02 08:00:00 f/p board => 2.00 by f/flat"), "met");
  EXPECT_EQ(said_of("2026-11-02 08:00:00 f/p board => 3.00"),
            "t.txt:22: 2026-11-02 08:00:00 f/p board => 3.00\n"
            "  expected as the line says\n"
            "  got      2.00 by f/flat 2.00");
  EXPECT_EQ(said_of("2026-11-02 08:00:00 f/p board => refused no_fare"),
            "t.txt:22: 2026-11-02 08:00:00 f/p board => refused no_fare\n"
            "  expected as the line says\n"
            "  got      2.00 by f/flat 2.00");
}

TEST(ScenarioRunner, tells_another_trace_balance_or_state) {
  constexpr std::string_view kTap = "2026-11-02 08:00:00 f/p board => 2.00";
  const auto got = [kTap](std::string_view rest) {
    const std::string said =
        said_of("card: adult, balance 5.00\n" + std::string{kTap} + std::string{rest});
    return said.substr(std::min(said.size(), said.find("\n")));
  };
  EXPECT_EQ(got(", leaves 3.00, keeps day_spent 200, by f/flat 2.00"), "");
  EXPECT_EQ(got(" by f/od"), "\n  expected as the line says\n  got      2.00 by f/flat 2.00");
  EXPECT_EQ(got(" by f/flat 1.00"),
            "\n  expected as the line says\n  got      2.00 by f/flat 2.00");
  EXPECT_EQ(got(" by f/flat, f/cap"),
            "\n  expected as the line says\n  got      2.00 by f/flat 2.00");
  EXPECT_EQ(got(", leaves 3.01"), "\n  expected leaves 3.01\n  got      leaves 3.00");
  EXPECT_EQ(got(" keeps day_spent 0"),
            "\n  expected keeps day_spent 0\n  got      keeps day_spent 200");
}

TEST(ScenarioRunner, names_what_it_cannot_read) {
  const auto said = [](std::string_view line) {
    const std::string text = said_of(line);
    return text.substr(std::min(text.size(), text.rfind("\n  ") + 3));
  };
  EXPECT_EQ(said("2026-11-02 08:00 f/p board => 2.00"),
            "a date and time such as 2026-11-02 08:00:00 was expected, not \"2026-11-02 08:00\"");
  EXPECT_EQ(said("2026-11-02 08:00:00 f/q board => 2.00"), "the book has no stop f/q");
  EXPECT_EQ(said("2026-11-02 08:00:00 f/p bord => 2.00"),
            "entry, exit, board or alight was expected, not \"bord\"");
  EXPECT_EQ(said("2026-11-02 08:00:00 f/p board => 2"), "an amount such as 4.00 was expected");
  EXPECT_EQ(said("2026-11-02 08:00:00 f/p board twice => 2.00"),
            "\"twice\" is not a word of a tap");
  EXPECT_EQ(said("2026-11-02 08:00:00 f/p board => refused because"),
            "\"because\" is not a reason of docs/refusals.md");
  EXPECT_EQ(said("card: duke"), "\"duke\" is neither a rider nor a word of a card");
  EXPECT_EQ(said("state: wealth 3"), "state.wealth: field is not known");
  EXPECT_EQ(said("colour: red"), "\"colour:\" is not known");
}

TEST(ScenarioRunner, refuses_a_file_without_a_book) {
  EXPECT_EQ(parse_file("t.txt", "# nothing\n").error().message(),
            "t.txt: the line \"book:\" is missing");
  EXPECT_EQ(parse_file("t.txt", "book: inline\n--- book.toml\n").error().message(),
            "t.txt: the last section never ends (---)");
}

}  // namespace
}  // namespace tidegate::fare::scenarios
