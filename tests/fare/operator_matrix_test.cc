// SPDX-License-Identifier: Apache-2.0
// Operators' own origin-destination fares, compiled into a book: every row must come out again. The
// figures are not part of the source tree; without them the test is skipped.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

#include "base/posix/fd.h"
#include "fare/authoring/compile.h"
#include "fare/engine/book.h"
#include "fare/engine/journey.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

using testing_books::at;
using testing_books::TempDir;

struct Row {
  std::string from, to;
  Fen fen;
};

std::filesystem::path figures() {
  const char* const given = std::getenv("TIDEGATE_SHARED");
  const auto data = given != nullptr
                        ? std::filesystem::path{given}
                        : std::filesystem::path{TIDEGATE_SOURCE_DIR} / ".." / "shared" / "data";
  return data / "yrd_metro_fares";
}

std::vector<Row> read_rows(const std::filesystem::path& file) {
  std::vector<Row> out;
  const auto bytes = posix::read_file(file, 16UL << 20U);
  EXPECT_TRUE(bytes) << bytes.error().message();
  std::istringstream in{std::string{as_text(bytes.value())}};
  std::string line;
  std::getline(in, line);  // header
  while (std::getline(in, line)) {
    std::istringstream cells{line};
    Row row;
    std::string yuan;
    std::getline(cells, row.from, ',');
    std::getline(cells, row.to, ',');
    std::getline(cells, yuan, ',');
    row.fen = Fen{std::stol(yuan) * 100};
    out.push_back(row);
  }
  return out;
}

constexpr std::string_view kBook = R"([book]
name = "Operator's fares"
number = 1
valid_from = 2026-01-01
[[network]]
id = "metro"
code = 1
name_zh = "地铁"
name_en = "Metro"
city = "2900"
acquirer = "12002900FFFFFFFF"
industry = "metro"
operator = "0001"
tariff = { kind = "matrix", csv = "od.csv", symmetric = true }
)";

/// One network whose stops are those of the rows, numbered as they come.
void write_source(const TempDir& dir, const std::vector<Row>& rows) {
  std::map<std::string, int> stops;
  std::ostringstream fares, table;
  fares << "from,to,fen\n";
  for (const Row& row : rows) {
    stops.try_emplace(row.from, 0);
    stops.try_emplace(row.to, 0);
    fares << row.from << ',' << row.to << ',' << row.fen.count() << '\n';
  }
  table << "network,code,number,name_zh,name_en,card_line,card_station,line\n";
  int number = 0;
  for (const auto& [code, unused] : stops) {
    char station[8];
    std::snprintf(station, sizeof station, "%04X", static_cast<unsigned>(++number) & 0xFFFFU);
    table << "metro," << code << ',' << number << ',' << code << ',' << code << ",0001," << station
          << ",1\n";
  }
  dir.write("book.toml", kBook);
  dir.write("stops.csv", table.str());
  dir.write("od.csv", fares.str());
}

void reproduces_every_row(const std::string& file, std::size_t least_rows) {
  const auto path = figures() / file;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    GTEST_SKIP() << "operator figures are not here: " << path.string();
  const auto rows = read_rows(path);
  ASSERT_GE(rows.size(), least_rows);
  const TempDir dir;
  write_source(dir, rows);
  auto payload = compile_book(dir.path());
  ASSERT_TRUE(payload) << payload.error().message();
  const auto book = Book::load(*std::move(payload));
  ASSERT_TRUE(book) << book.error().message();
  const Tap in{.kind = TapKind::entry, .at = at("2026-11-02T08:00:00+08:00")};
  const Tap out{.kind = TapKind::exit, .at = at("2026-11-02T09:00:00+08:00")};
  std::size_t wrong = 0;
  for (const Row& row : rows) {
    Medium medium{.balance = Fen{10'000}};
    const TapContext from{.network = NetworkId{"metro"}, .stop = StopCode{row.from}};
    const TapContext to{.network = NetworkId{"metro"}, .stop = StopCode{row.to}};
    const Decision entered = price(**book, medium, from, in);
    carry_on(**book, medium, from, in, entered);
    const Decision left = price(**book, medium, to, out);
    if (!left.accepted() || left.total() != row.fen || entered.max_fare < row.fen) ++wrong;
  }
  EXPECT_EQ(wrong, 0U) << "of " << rows.size();
}

TEST(OperatorMatrix, shanghai) {
  reproduces_every_row("shanghai_od.csv", 1'600);
}
TEST(OperatorMatrix, suzhou) {
  reproduces_every_row("suzhou_od.csv", 4'600);
}

}  // namespace
}  // namespace tidegate::fare
