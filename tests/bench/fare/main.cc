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

/// A tap with its medium, ready to be priced.
struct Ready {
  Medium medium;
  TapContext context;
  Tap tap;
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
    one.tap = {.kind = TapKind::exit, .at = morning() + std::chrono::minutes{25}};
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
  one.tap = {.kind = TapKind::board, .at = morning()};
  return {one};
}

std::vector<Ready> entries(const BookModel& model, std::size_t count, std::size_t classes) {
  std::vector<Ready> out = exits(model, count, classes);
  for (Ready& one : out) {
    one.medium.open.reset();
    one.tap = {.kind = TapKind::entry, .at = morning()};
  }
  return out;
}

/// Four legs of one passenger: metro and rail, which are one joined ride, bus, metro.
struct FourLegs {
  Medium medium;
  std::array<TapContext, 3> places;
  std::array<Tap, 3> taps;
  OpenJourney first, second;  ///< where the metro was entered

  /// The decision at one of the taps, with what the passenger carries from those before.
  [[nodiscard]] Decision decide(const Book& book, std::size_t tap) {
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
  Fen charged(const Book& book) {
    Fen sum;
    for (std::size_t tap = 0; tap < taps.size(); ++tap) sum += take(decide(book, tap));
    return sum;
  }
};

std::vector<FourLegs> journeys(const BookModel& model, std::size_t count, std::size_t classes) {
  const Network &bus = model.networks[0], &metro = model.networks[1], &rail = model.networks[2];
  std::mt19937 random{6};
  const auto any = [&](const Network& network) -> const Stop& {
    return network
        .stops[std::uniform_int_distribution<std::size_t>{0, network.stops.size() - 1}(random)];
  };
  std::uniform_int_distribution<std::size_t> rider{0, classes};
  std::vector<FourLegs> out(count);
  for (FourLegs& one : out) {
    one.medium.rider = bench_rider(rider(random));
    one.medium.balance = Fen{10'000};
    one.medium.issuer = {0x02, 0x00, 0x29, 0x00};
    one.medium.state = CardState{.month = 82, .month_spent = Fen{9'000}, .day = 2'497};
    const auto minute = [](int minutes) { return morning() + std::chrono::minutes{minutes}; };
    const auto open = [&](int at) {
      const Stop& from = any(metro);
      return OpenJourney{.where = card_code(metro, from.card, from.line), .at = minute(at)};
    };
    one.first = open(0);
    one.second = open(70);
    const std::array<const Network*, 3> networks{&rail, &bus, &metro};
    for (std::size_t i = 0; i < networks.size(); ++i) {
      one.places[i].network = NetworkId{networks[i]->id};
      one.places[i].stop = StopCode{any(*networks[i]).code};
    }
    one.taps = {Tap{.kind = TapKind::exit, .at = minute(40)},
                Tap{.kind = TapKind::board, .at = minute(50)},
                Tap{.kind = TapKind::exit, .at = minute(90)}};
  }
  return out;
}

/// All decisions of a journey together, and the last of them by itself.
void whole_journeys(const char* what, const BookModel& model, const std::vector<FourLegs>& journeys,
                    const Sizes& sizes) {
  const auto book = load(model);
  FourLegs now;
  const auto begin = [&](std::size_t i) { now = journeys[i % journeys.size()]; };
  row(what, measure(sizes.warm / 4, begin, [&](std::size_t) { keep(now.charged(*book)); }));
  const auto arrive = [&](std::size_t i) {
    begin(i);
    for (std::size_t tap = 0; tap < 2; ++tap) keep(now.take(now.decide(*book, tap)));
  };
  row("the last of these three decisions alone",
      measure(sizes.warm / 4, arrive, [&](std::size_t) { keep(now.decide(*book, 2)); }));
}

void decisions(const char* what, const BookModel& model, const std::vector<Ready>& taps,
               const Sizes& sizes) {
  const auto book = load(model);
  // In a gate the tap has just been made from what the card said: its values are warm, the book's
  // cells are where the passengers before left them.
  Ready now;
  const auto read = [&](std::size_t i) { now = taps[i % taps.size()]; };
  const auto decide = [&](std::size_t) { keep(price(*book, now.medium, now.context, now.tap)); };
  for (std::size_t i = 0; i < taps.size(); ++i) {
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
      "that 64 MiB of other memory were written since the last decision. The four legs are three\n"
      "decisions in one timed call, each with its own look-ups: the exit of a joined ride of two\n"
      "legs, the boarding of a bus, the exit of a ride after it. Entries are not in the sum: they\n"
      "take no fare, and stand in rows of their own.\n");
  region(sizes);
  std::printf("\n| decision, ns | p50 | p99 | p99.9 |\n|---|---:|---:|---:|\n");
  array_lookup(sizes);
  const BookModel flat = flat_book();
  decisions("flat fare, boarding", flat, boardings(flat), sizes);
  const BookModel small = matrix_book(120, 0);
  decisions("120 stops by distance, exit", small, exits(small, 4096, 0), sizes);
  const BookModel large = matrix_book(kStops, kClasses);
  decisions("420 x 420 x 9 classes, exit", large, exits(large, 4096, kClasses), sizes);
  decisions("420 x 420 x 9 classes, entry", large, entries(large, 4096, kClasses), sizes);
  const BookModel rules = rules_book(kStops, kClasses);
  decisions("the same with transfer, discount and cap", rules, later_exits(rules, 4096, kClasses),
            sizes);
  const BookModel region = journey_book(kStops, kClasses);
  whole_journeys("four legs, joined, transfer, discount and cap", region,
                 journeys(region, 4096, kClasses), sizes);
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
