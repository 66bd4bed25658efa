// SPDX-License-Identifier: Apache-2.0
// What a fare decision costs, beside a plain array lookup in the same run, and what it takes to get
// a region's fare book ready. scripts/bench.sh runs it and writes docs/measured.md.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/openssl/crypto.h"
#include "fare/engine/book.h"
#include "fare/engine/book_codec.h"
#include "tests/bench/fare/bench_books.h"
#include "tests/bench/percentiles.h"

namespace tidegate::bench {
namespace {

using namespace fare;  // NOLINT(*-using-namespace)

constexpr std::size_t kStops = 420, kClasses = 8;  // and the tariff for everybody: 9
constexpr std::size_t kCacheBytes = 64UL << 20U;   // more than any cache of the machines meant

struct Sizes {
  std::size_t warm = 2'000'000, cold = 400, loads = 20;
};

void row(const char* what, const Distribution& d) {
  std::printf("| %-46s | %8lld | %8lld | %8lld |\n", what, static_cast<long long>(d.p50),
              static_cast<long long>(d.p99), static_cast<long long>(d.p999));
}

/// Fills every cache with something else.
class Broom {
 public:
  Broom() : bytes_(kCacheBytes) {}
  void sweep() {
    for (std::size_t i = 0; i < bytes_.size(); i += 64) ++bytes_[i];
    keep(bytes_);
  }

 private:
  std::vector<char> bytes_;
};

std::shared_ptr<const Book> load(const BookModel& model) {
  auto book = Book::load(encode_book(model));
  if (!book) std::fprintf(stderr, "%s\n", book.error().message().c_str());
  ASSERT(book);
  return *book;
}

/// A passenger, ready for a tap that is the same for all: what is kept for each shall not drive the
/// book out of the caches.
struct Ready {
  Medium medium;
  TapContext context;
};

Timestamp morning() {
  return parse_iso8601("2026-11-02T08:00:00+08:00").value();
}

/// Exits after random rides in `model`'s first network.
std::vector<Ready> exits(const BookModel& model, std::size_t count, std::size_t classes) {
  const Network& network = model.networks.front();
  std::mt19937 random{3};
  std::uniform_int_distribution<std::size_t> stop{0, network.stops.size() - 1};
  std::uniform_int_distribution<std::size_t> rider{0, classes};
  std::vector<Ready> out(count);
  for (Ready& one : out) {
    const Stop& from = network.stops[stop(random)];
    one.medium.rider = bench_rider(rider(random));
    one.medium.balance = Fen{10'000};
    one.medium.state = CardState{};
    one.medium.open =
        OpenJourney{.where = card_code(network, from.card, from.line), .at = morning()};
    one.context.network = NetworkId{network.id};
    one.context.stop = StopCode{network.stops[stop(random)].code};
  }
  return out;
}

/// Such exits of passengers who came from another ride and have travelled all day and month.
std::vector<Ready> later_exits(const BookModel& model, std::size_t count, std::size_t classes) {
  std::vector<Ready> out = exits(model, count, classes);
  for (Ready& one : out) {
    one.medium.issuer = {0x02, 0x00, 0x29, 0x00};
    one.medium.state = CardState{.month = 82,
                                 .month_spent = Fen{9'000},
                                 .day = 2'497,
                                 .day_spent = Fen{1'900},
                                 .leg_end = 3'596'100,
                                 .transfers = 1,
                                 .transfer_group = 1,
                                 .leg_network = 1};
  }
  return out;
}

std::vector<Ready> boardings(const BookModel& model) {
  const Network& network = model.networks.front();
  Ready one;
  one.medium.balance = Fen{10'000};
  one.context.network = NetworkId{network.id};
  one.context.stop = StopCode{network.stops.front().code};
  return {one};
}

std::vector<Ready> entries(const BookModel& model, std::size_t count, std::size_t classes) {
  std::vector<Ready> out = exits(model, count, classes);
  for (Ready& one : out) one.medium.open.reset();
  return out;
}

Tap tap_at(TapKind kind, int minutes) {
  return {.kind = kind, .at = morning() + std::chrono::minutes{minutes}};
}
using LegTaps = std::array<Tap, 3>;
LegTaps leg_taps() {
  return {tap_at(TapKind::exit, 40), tap_at(TapKind::board, 50), tap_at(TapKind::exit, 90)};
}

/// Four legs of one passenger: metro and rail, which are one joined ride, bus, metro.
struct FourLegs {
  Medium medium;
  std::array<TapContext, 3> places;
  OpenJourney first, second;  ///< where the metro was entered

  /// The decision at one of the taps, with what the passenger carries from those before.
  [[nodiscard]] Decision decide(const Book& book, const LegTaps& taps, std::size_t tap) {
    if (tap != 1) medium.open = tap == 0 ? first : second;
    return price(book, medium, places[tap], taps[tap]);
  }
  Fen take(const Decision& decision) {
    ASSERT(decision.accepted());
    medium.state = decision.state_after;
    medium.open.reset();
    return decision.total();
  }
  /// What is charged on the way.
  Fen charged(const Book& book, const LegTaps& taps) {
    Fen sum;
    for (std::size_t tap = 0; tap < taps.size(); ++tap) sum += take(decide(book, taps, tap));
    return sum;
  }
};

/// What of four legs differs between passengers, in few bytes: stops of metro, rail and metro.
struct Passenger {
  RiderCategory rider{};
  std::uint16_t from = 0, to = 0, again_from = 0, again_to = 0;
};

std::vector<Passenger> passengers(const BookModel& model, std::size_t count, std::size_t classes) {
  std::mt19937 random{6};
  const auto any = [&](const Network& network) {
    std::uniform_int_distribution<std::size_t> stop{0, network.stops.size() - 1};
    return static_cast<std::uint16_t>(stop(random));
  };
  const Network &metro = model.networks[1], &rail = model.networks[2];
  std::uniform_int_distribution<std::size_t> rider{0, classes};
  std::vector<Passenger> out(count);
  for (Passenger& one : out)
    one = {bench_rider(rider(random)), any(metro), any(rail), any(metro), any(metro)};
  return out;
}

FourLegs journey(const BookModel& model) {
  FourLegs out;
  out.medium.balance = Fen{10'000};
  out.medium.issuer = {0x02, 0x00, 0x29, 0x00};
  out.first.at = morning();
  out.second.at = morning() + std::chrono::minutes{70};
  constexpr std::array<std::size_t, 3> kRailBusMetro{2, 0, 1};
  for (std::size_t i = 0; i < kRailBusMetro.size(); ++i) {
    const Network& network = model.networks[kRailBusMetro[i]];
    out.places[i].network = NetworkId{network.id};
    out.places[i].stop = StopCode{network.stops.front().code};
  }
  return out;
}

void begin(FourLegs& journey, const BookModel& model, const Passenger& who) {
  const Network &metro = model.networks[1], &rail = model.networks[2];
  const auto code = [&metro](std::size_t stop) {
    return card_code(metro, metro.stops[stop].card, metro.stops[stop].line);
  };
  journey.medium.rider = who.rider;
  journey.medium.state = CardState{.month = 82, .month_spent = Fen{9'000}, .day = 2'497};
  journey.medium.open.reset();
  journey.first.where = code(who.from);
  journey.places[0].stop = StopCode{rail.stops[who.to].code};
  journey.second.where = code(who.again_from);
  journey.places[2].stop = StopCode{metro.stops[who.again_to].code};
}

/// All decisions of a journey together, and the last of them by itself.
void whole_journeys(const char* what, const BookModel& model,
                    const std::vector<Passenger>& passengers, const Sizes& sizes) {
  const auto book = load(model);
  const LegTaps taps = leg_taps();
  FourLegs now = journey(model);
  const auto come = [&](std::size_t i) { begin(now, model, passengers[i % passengers.size()]); };
  row(what, measure(sizes.warm / 4, come, [&](std::size_t) { keep(now.charged(*book, taps)); }));
  const auto arrive = [&](std::size_t i) {
    come(i);
    for (std::size_t tap = 0; tap < 2; ++tap) keep(now.take(now.decide(*book, taps, tap)));
  };
  row("the last of these three decisions alone",
      measure(sizes.warm / 4, arrive, [&](std::size_t) { keep(now.decide(*book, taps, 2)); }));
  const Tap entry = tap_at(TapKind::entry, 0);
  row("the entry of such a journey", measure(sizes.warm / 4, come, [&](std::size_t) {
        keep(price(*book, now.medium, now.places[2], entry));
      }));
}

void decisions(const char* what, const BookModel& model, const Tap& tap,
               const std::vector<Ready>& passengers, const Sizes& sizes) {
  const auto book = load(model);
  // In a gate the tap has just been made from what the card said: its values are warm, the book's
  // cells are where the passengers before left them.
  Ready now;
  const auto read = [&](std::size_t i) { now = passengers[i % passengers.size()]; };
  const auto decide = [&](std::size_t) { keep(price(*book, now.medium, now.context, tap)); };
  for (std::size_t i = 0; i < passengers.size(); ++i) {
    read(i);
    decide(i);
  }
  row(what, measure(sizes.warm, read, decide));
  Broom broom;
  const std::string cold = std::string{what} + ", cold";
  const auto sweep = [&](std::size_t i) {
    read(i);
    broom.sweep();
  };
  row(cold.c_str(), measure(sizes.cold, sweep, decide));
}

void array_lookup(const Sizes& sizes) {
  std::mt19937 random{4};
  std::vector<std::uint32_t> cells((kClasses + 1) * kStops * kStops, 300);
  std::uniform_int_distribution<std::size_t> any{0, cells.size() - 1};
  std::vector<std::size_t> where(4096);
  for (std::size_t& one : where) one = any(random);
  const auto look = [&](std::size_t i) { keep(std::uint32_t{cells[where[i % where.size()]]}); };
  row("an empty call", measure(sizes.warm, [](std::size_t) {}, [](std::size_t) {}));
  row("limit: a cell of a plain array", measure(sizes.warm, [](std::size_t) {}, look));
  Broom broom;
  row("limit: a cell of a plain array, cold",
      measure(sizes.cold, [&](std::size_t) { broom.sweep(); }, look));
}

/// Resident bytes of this process.
std::size_t resident() {
  std::size_t all = 0, pages = 0;
  std::ifstream{"/proc/self/statm"} >> all >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void region(const Sizes& sizes) {
  const Bytes payload = encode_book(region_book());
  std::vector<std::int64_t> hash, ready;
  std::size_t memory = 0;
  for (std::size_t i = 0; i < sizes.loads; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    keep(crypto::sha256({payload}));
    const auto hashed = std::chrono::steady_clock::now();
    Bytes copy = payload;
    const std::size_t before = resident();
    const auto from = std::chrono::steady_clock::now();
    const auto book = Book::load(std::move(copy));
    ready.push_back((std::chrono::steady_clock::now() - from).count() / 1000);
    hash.push_back((hashed - begin).count() / 1000);
    ASSERT(book);
    if (i == 0) memory = resident() - before;
  }
  const Distribution h = distribution_of(hash), r = distribution_of(ready);
  std::printf("\n| region's book | |\n|---|---:|\n");
  std::printf("| bytes of the file | %zu |\n", payload.size());
  std::printf("| limit: SHA-256 of the file, median | %lld µs |\n", static_cast<long long>(h.p50));
  std::printf("| verify, check and index, median of %zu | %lld µs |\n", sizes.loads,
              static_cast<long long>(r.p50));
  std::printf("| the slowest of them | %lld µs |\n", static_cast<long long>(ready.back()));
  std::printf("| resident memory it adds | %zu KiB |\n", memory / 1024);
}

int run(const Sizes& sizes) {
  std::printf(
      "Every call is timed by itself, so each figure holds the cost of an empty call too. A\n"
      "region's book has 17 metro systems with 2,500 stations and 2,000 bus lines. *Cold* means\n"
      "that 64 MiB of other memory were written since the last decision; else the same 4,096\n"
      "passengers, each with a class and stops of his own, come again. The four legs are three\n"
      "decisions in one timed call, each with its own look-ups: the exit of a joined ride of two\n"
      "legs, the boarding of a bus, the exit of a ride after it. Entries are not in the sum: they\n"
      "take no fare, and stand in rows of their own.\n");
  region(sizes);
  std::printf("\n| decision, ns | p50 | p99 | p99.9 |\n|---|---:|---:|---:|\n");
  array_lookup(sizes);
  const Tap entry = tap_at(TapKind::entry, 0), exit = tap_at(TapKind::exit, 25);
  const BookModel flat = flat_book();
  decisions("flat fare, boarding", flat, tap_at(TapKind::board, 0), boardings(flat), sizes);
  const BookModel small = matrix_book(120, 0);
  decisions("120 stops by distance, exit", small, exit, exits(small, 4096, 0), sizes);
  const BookModel large = matrix_book(kStops, kClasses);
  decisions("420 x 420 x 9 classes, exit", large, exit, exits(large, 4096, kClasses), sizes);
  decisions("420 x 420 x 9 classes, entry", large, entry, entries(large, 4096, kClasses), sizes);
  const BookModel rules = rules_book(kStops, kClasses);
  decisions("the same with transfer, discount and cap", rules, exit,
            later_exits(rules, 4096, kClasses), sizes);
  const BookModel region = journey_book(kStops, kClasses);
  whole_journeys("four legs, joined, transfer, discount and cap", region,
                 passengers(region, 4096, kClasses), sizes);
  return 0;
}

}  // namespace
}  // namespace tidegate::bench

int main(int argc, char** argv) {
  tidegate::bench::Sizes sizes;
  const std::string_view option = argc > 1 ? argv[1] : "";
  if (option == "--quick") {
    sizes = {.warm = 5'000, .cold = 5, .loads = 1};
  } else if (argc > 1) {
    std::printf("tidegate-bench-fare [--quick]\nNanoseconds of fare decisions, as a table.\n");
    return option == "--help" ? 0 : 2;
  }
  return tidegate::bench::run(sizes);
}
