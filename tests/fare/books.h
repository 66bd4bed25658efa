// SPDX-License-Identifier: Apache-2.0
// Small books and folders for the fare tests.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "fare/engine/book.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare::testing_books {

inline constexpr std::array<Byte, 8> kShanghai{0x12, 0x00, 0x29, 0x00, 0xFF, 0xFF, 0xFF, 0xFF};
inline constexpr std::array<Byte, 8> kSuzhou{0x11, 0x42, 0x30, 0x50, 0xFF, 0xFF, 0xFF, 0xFF};

inline Timestamp at(std::string_view iso) {
  return parse_iso8601(iso).value();
}
inline ServiceDay day(std::string_view text) {
  return parse_date(text).value();
}

inline Stop stop(const std::string& code, std::uint16_t number, std::uint16_t line,
                 std::uint16_t station) {
  return {.code = code,
          .number = number,
          .name_zh = "站" + code,
          .name_en = "Stop " + code,
          .card = {line, station},
          .line = static_cast<Byte>(line)};
}

/// Metro "m" with stops a, b, c (a to c: no fare), ferry "f" at 200 fen, metro "z" of another city.
inline BookModel small_model() {
  constexpr std::uint32_t x = MatrixTariff::kNoFare;
  Network metro{.id = "m",
                .code = 1,
                .name_zh = "地铁",
                .name_en = "Metro",
                .city = 0x2900,
                .acquirer = kShanghai,
                .industry = 1,
                .operator_code = 0x0102,
                .rollover_minutes = 120,
                .minimum_balance = Fen{250},
                .stops = {stop("a", 1, 1, 0x11), stop("b", 2, 1, 0x12), stop("c", 3, 2, 0x13)}};
  metro.stops[1].also.push_back({9, 0x99});
  metro.versions.push_back(
      {day("2026-01-01"), MatrixTariff{{0, 300, x, 300, 0, 400, 500, 400, 7}}});
  metro.versions.push_back(
      {day("2026-12-01"), MatrixTariff{{0, 310, x, 310, 0, 410, 510, 410, 7}}});
  Network ferry{.id = "f",
                .code = 2,
                .name_zh = "轮渡",
                .name_en = "Ferry",
                .city = 0x2900,
                .acquirer = kShanghai,
                .industry = 9,
                .stops = {stop("p", 1, 0x90, 1)},
                .versions = {{day("2026-01-01"), FlatTariff{Fen{200}}}}};
  Network other{.id = "z",
                .code = 3,
                .name_zh = "苏州",
                .name_en = "Suzhou",
                .city = 0x3050,
                .acquirer = kSuzhou,
                .industry = 1,
                .stops = {stop("s", 1, 1, 0x11)},
                .versions = {{day("2026-01-01"), MatrixTariff{{200}}}}};
  GoldenTap in{.context = {.network = NetworkId{"m"}, .stop = StopCode{"a"}},
               .tap = {.kind = TapKind::entry, .at = at("2026-11-02T08:00:00+08:00")}};
  GoldenTap out{.context = {.network = NetworkId{"m"}, .stop = StopCode{"b"}},
                .tap = {.kind = TapKind::exit, .at = at("2026-11-02T08:30:00+08:00")},
                .expected_fen = Fen{300}};
  GoldenTap again{.context = {.network = NetworkId{"m"}, .stop = StopCode{"b"}},
                  .tap = {.kind = TapKind::exit, .at = at("2026-11-02T08:31:00+08:00")},
                  .expected_refusal = RefusalCode::not_entered};
  GoldenJourney golden{.id = "g1", .medium = {.balance = Fen{1000}}, .taps = {in, out, again}};
  golden.medium.state = CardState{.serial = 41};
  return {.name = "Small",
          .number = 7,
          .valid_from = day("2026-01-01"),
          .networks = {ferry, metro, other},
          .golden = {golden}};
}

/// small_model() with riders, timeframes and classes on metro "m": pensioners have prices of their
/// own from a and b in the peak and ride free otherwise, students with a code pay 100 fen.
inline BookModel classed_model() {
  constexpr std::uint32_t x = MatrixTariff::kNoFare;
  BookModel out = small_model();
  constexpr RiderCategory pensioner{32};
  out.riders = {
      {.number = pensioner, .name = "pensioner", .name_zh = "老人", .name_en = "Pensioner"},
      {.number = RiderCategory{255}, .name = "guide", .name_zh = "导", .name_en = "Guide"}};
  out.timeframes = {{.name = "peak", .spans = {{0x1F, 420, 540}, {0x1F, 1020, 1140}}},
                    {.name = "sunday", .spans = {{0x40, 0, 1440}}}};
  TariffVersion& version = out.networks[1].versions[0];
  version.classes = {{.name = "pensioner@peak",
                      .riders = {pensioner},
                      .timeframe = 0,
                      .tariff = MatrixTariff{{1, 150, x, 140, 1, x, x, x, x}, "half"}},
                     {.name = "pensioner", .riders = {pensioner}, .tariff = FlatTariff{Fen{0}}},
                     {.name = "student/qr",
                      .riders = {RiderCategory::student, RiderCategory::child},
                      .media = {MediumKind::qr},
                      .tariff = FlatTariff{Fen{100}}},
                     {.name = "all@sunday", .timeframe = 1, .tariff = FlatTariff{Fen{250}}}};
  out.networks[0].versions[0].classes = {
      {.name = "pensioner", .riders = {pensioner}, .tariff = FlatTariff{Fen{50}}}};
  return out;
}

inline std::shared_ptr<const Book> load(const BookModel& model) {
  auto book = Book::load(encode_book(model));
  EXPECT_TRUE(book) << book.error().message();
  return book.value();
}

/// A folder that goes away with the test.
class TempDir {
 public:
  TempDir() {
    std::string pattern = ::testing::TempDir() + "/tidegate-fare-XXXXXX";
    const char* const made = ::mkdtemp(pattern.data());
    EXPECT_NE(made, nullptr);
    path_ = pattern;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream{path_ / name, std::ios::binary} << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace tidegate::fare::testing_books
