// SPDX-License-Identifier: Apache-2.0
// An operator's fares computed from its segment lengths: every fare it publishes must come out. The
// figures are not part of the source tree; without them the test is skipped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "base/posix/fd.h"
#include "fare/authoring/compile.h"
#include "fare/authoring/csv.h"
#include "fare/engine/journey.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

using testing_books::at;
using testing_books::TempDir;

std::filesystem::path figures() {
  const char* const given = std::getenv("TIDEGATE_SHARED");
  const auto data = given != nullptr
                        ? std::filesystem::path{given}
                        : std::filesystem::path{TIDEGATE_SOURCE_DIR} / ".." / "shared" / "data";
  return data / "yrd_metro_fares";
}

CsvTable table(const std::string& name, const std::vector<std::string_view>& columns) {
  const auto bytes = posix::read_file(figures() / name, 16UL << 20U);
  EXPECT_TRUE(bytes) << bytes.error().message();
  auto out = CsvTable::parse(name, as_text(bytes.value()), columns);
  EXPECT_TRUE(out) << out.error().message();
  return *std::move(out);
}

/// Metres of "1.468" or "1.33": digits, never a floating-point number.
std::string metres(std::string_view km) {
  const auto point = km.find('.');
  std::string decimals{km.substr(point + 1)};
  EXPECT_LE(decimals.size(), 3U) << km;
  decimals.resize(3, '0');
  return std::to_string(parse_count(km.substr(0, point), 1'000).value() * 1'000 +
                        parse_count(decimals, 999).value());
}

constexpr std::string_view kBook = R"([book]
name = "Operator's distances"
number = 1
valid_from = 2026-01-01
[[network]]
id = "metro"
code = 1
name_zh = "地铁"
name_en = "Metro"
city = "3050"
acquirer = "11423050FFFFFFFF"
industry = "metro"
operator = "0001"
[network.tariff]
kind = "distance"
segments = "segments.csv"
bands = [{ to_m = 6000, fen = 200 },
         { to_m = 16000, every_m = 5000, add_fen = 100 },
         { to_m = 30000, every_m = 7000, add_fen = 100 },
         { every_m = 9000, add_fen = 100 }]
)";

std::shared_ptr<const Book> book_from_segments() {
  const CsvTable segments = table("suzhou_segments.csv", {"line", "from", "to", "km"});
  std::string rows = "from,to,metres,line\n";
  std::set<std::string> stops;
  for (const CsvRow& row : segments.rows()) {
    const std::string from{segments.cell(row, "from")}, to{segments.cell(row, "to")};
    rows += from + ',' + to + ',' + metres(segments.cell(row, "km")) + ',' +
            std::string{segments.cell(row, "line")} + '\n';
    stops.insert(from);
    stops.insert(to);
  }
  std::string list = "network,code,number,name_zh,name_en,card_line,card_station,line\n";
  int number = 0;
  for (const std::string& stop : stops) {
    const std::string n = std::to_string(1'000 + ++number);  // four digits are hex digits too
    list += "metro," + stop + ',' + n + ',' + stop + ',' + stop + ",0001," + n + ",1\n";
  }
  const TempDir dir;
  dir.write("book.toml", kBook);
  dir.write("stops.csv", list);
  dir.write("segments.csv", rows);
  auto payload = compile_book(dir.path());
  EXPECT_TRUE(payload) << payload.error().message();
  return Book::load(*std::move(payload)).value();
}

/// Counts the rows of an operator's table and those that come out with another fare.
struct Agreement {
  std::size_t rows = 0, wrong = 0;
};
Agreement agreement(const Book& book, const std::string& file) {
  const CsvTable rows =
      table(file, {"origin", "destination", "official_fare_yuan", "shortest_path_m",
                   "delta_to_nearest_breakpoint_m", "nearest_breakpoint_m"});
  Agreement out;
  for (const CsvRow& row : rows.rows()) {
    const Fen fen{parse_count(rows.cell(row, "official_fare_yuan"), 1'000).value() * 100};
    const StopCode ends[] = {StopCode{std::string{rows.cell(row, "origin")}},
                             StopCode{std::string{rows.cell(row, "destination")}}};
    for (const bool back : {false, true}) {
      Medium medium{.balance = Fen{10'000}};
      const TapContext from{.network = NetworkId{"metro"}, .stop = ends[back ? 1 : 0]};
      const TapContext to{.network = NetworkId{"metro"}, .stop = ends[back ? 0 : 1]};
      const Tap in{.kind = TapKind::entry, .at = at("2026-11-02T08:00:00+08:00")};
      const Decision entered = price(book, medium, from, in);
      carry_on(book, medium, from, in, entered);
      const Decision left =
          price(book, medium, to, {.kind = TapKind::exit, .at = at("2026-11-02T09:00:00+08:00")});
      const bool right = left.accepted() && left.total() == fen && entered.max_fare >= fen &&
                         left.charges[0].trace[0].rule == "metro/distance";
      if (!right) ++out.wrong;
    }
    ++out.rows;
  }
  return out;
}

TEST(OperatorDistance, suzhou) {
  std::error_code ignored;
  if (!std::filesystem::exists(figures() / "suzhou_segments.csv", ignored))
    GTEST_SKIP() << "operator figures are not here: " << figures().string();
  const auto book = book_from_segments();
  const Agreement all = agreement(*book, "suzhou_od.csv");
  EXPECT_EQ(all.rows, 4'680U);
  EXPECT_EQ(all.wrong, 0U);
  // Within metres of a breakpoint, one of them exactly on it.
  const Agreement edges = agreement(*book, "suzhou_boundary_cases.csv");
  EXPECT_EQ(edges.rows, 60U);
  EXPECT_EQ(edges.wrong, 0U);
}

}  // namespace
}  // namespace tidegate::fare
