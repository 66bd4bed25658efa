// SPDX-License-Identifier: Apache-2.0
// Small GTFS feeds for the tests: written to a folder, imported, compiled and priced.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "fare/authoring/compile.h"
#include "fare/authoring/gtfs/import.h"
#include "fare/engine/journey.h"
#include "tests/fare/books.h"

namespace tidegate::fare::testing_gtfs {

using testing_books::at;
using testing_books::TempDir;

/// File name → content.
using Files = std::map<std::string, std::string>;

inline void write(const TempDir& dir, const Files& files) {
  for (const auto& [name, text] : files) dir.write(name, text);
}

inline Result<gtfs::ImportedBook> import(const Files& feed,
                                         const gtfs::ImportOptions& options = {}) {
  const TempDir dir;
  write(dir, feed);
  return gtfs::import_feed(dir.path(), options);
}

/// What is wrong with a feed.
inline std::string problem(const Files& feed) {
  const auto book = import(feed);
  return book ? "imported" : book.error().message();
}

/// The book that the source folder of an import makes.
inline std::shared_ptr<const Book> compile(const gtfs::TextFiles& files) {
  const TempDir dir;
  for (const auto& [name, text] : files) dir.write(name, text);
  auto payload = compile_book(dir.path());
  EXPECT_TRUE(payload) << payload.error().message() << "\n" << files.at("book.toml");
  return Book::load(*std::move(payload)).value();
}

/// A ride, what it is paid with and when it begins.
struct Ride {
  std::string network, from, to;
  std::string begins = "2026-11-02T12:00:00+08:00";  ///< a Monday
  RiderCategory rider = RiderCategory::adult;
  MediumKind medium = MediumKind::t_union;
};

/// Fen of a ride from entry to exit, -1 where it has no fare. On networks that are paid when
/// boarding the two taps together.
inline std::int64_t fen(const Book& book, const Ride& ride, bool board = false) {
  Medium medium{.kind = ride.medium, .rider = ride.rider, .balance = Fen{kFenMax}};
  const TapContext from{.network = NetworkId{ride.network}, .stop = StopCode{ride.from}};
  const TapContext to{.network = NetworkId{ride.network}, .stop = StopCode{ride.to}};
  const Tap in{.kind = board ? TapKind::board : TapKind::entry, .at = at(ride.begins)};
  const Decision entered = price(book, medium, from, in);
  if (!entered.accepted()) return -1;
  carry_on(book, medium, from, in, entered);
  if (board) return entered.total().count();
  const Decision left =
      price(book, medium, to, {.kind = TapKind::exit, .at = in.at + std::chrono::minutes{30}});
  return left.accepted() ? (entered.total() + left.total()).count() : -1;
}

/// All losses (or notes) that contain `part`.
inline std::size_t count_with(const std::vector<gtfs::Remark>& remarks, std::string_view part) {
  return static_cast<std::size_t>(std::ranges::count_if(remarks, [&](const gtfs::Remark& remark) {
    return (remark.place.text() + ": " + remark.text).contains(part);
  }));
}

}  // namespace tidegate::fare::testing_gtfs
