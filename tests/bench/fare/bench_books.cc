// SPDX-License-Identifier: Apache-2.0
// Random fare books.
#include "tests/bench/fare/bench_books.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>

namespace tidegate::bench {
namespace {

using namespace fare;  // NOLINT(*-using-namespace)

const ServiceDay kFrom{std::chrono::year{2026} / 1 / 1};

std::string padded(std::string prefix, std::size_t number) {
  const std::string digits = std::to_string(number);
  return prefix.append(4 - std::min<std::size_t>(4, digits.size()), '0') + digits;
}

Network network(std::string id, std::uint16_t code, std::size_t stops) {
  Network out{.id = std::move(id),
              .code = code,
              .name_zh = "网",
              .name_en = "Network",
              .city = 0x2900,
              .acquirer = {0x12, 0x00, 0x29, 0x00, 0xFF, 0xFF, 0xFF, 0xFF},
              .industry = 1,
              .stops = {},
              .versions = {}};
  for (std::size_t i = 0; i < stops; ++i)
    out.stops.push_back({.code = padded("s", i),
                         .number = static_cast<std::uint16_t>(i + 1),
                         .name_zh = "站",
                         .name_en = "Stop",
                         .card = {code, static_cast<std::uint16_t>(i + 1)},
                         .line = 1,
                         .also = {}});
  return out;
}

MatrixTariff matrix(std::size_t stops, std::mt19937& random) {
  std::uniform_int_distribution<std::uint32_t> fen{2, 15};
  MatrixTariff out;
  out.cells.resize(stops * stops);
  std::ranges::generate(out.cells, [&] { return fen(random) * 100; });
  return out;
}

std::string rider_label(RiderCategory rider) {
  return std::string{name_of(rider)};
}

TariffVersion version(std::size_t stops, std::size_t classes, std::mt19937& random) {
  TariffVersion out{.effective_from = kFrom, .tariff = matrix(stops, random), .classes = {}};
  for (std::size_t i = 0; i < classes; ++i) {
    const RiderCategory rider = bench_rider(i + 1);
    out.classes.push_back({.name = rider_label(rider),
                           .riders = {rider},
                           .timeframe = std::nullopt,
                           .media = {},
                           .tariff = matrix(stops, random)});
  }
  return out;
}

void add_riders(BookModel& to, std::size_t classes) {
  for (std::size_t i = 8; i <= classes; ++i)
    to.riders.push_back({.number = bench_rider(i),
                         .name = "own-" + std::to_string(i),
                         .name_zh = "人",
                         .name_en = "Rider"});
}

BookModel book(std::string name, std::vector<Network> networks) {
  std::ranges::sort(networks, {}, &Network::id);
  BookModel out;
  out.name = std::move(name);
  out.number = 1;
  out.valid_from = kFrom;
  out.networks = std::move(networks);
  return out;
}

}  // namespace

RiderCategory bench_rider(std::size_t index) {
  return static_cast<RiderCategory>(index < 8 ? index + 1 : index + kOwnRiderMin - 8);
}

BookModel flat_book() {
  Network flat = network("flat", 1, 1);
  flat.versions.push_back({.effective_from = kFrom, .tariff = FlatTariff{Fen{200}}, .classes = {}});
  return book("flat", {std::move(flat)});
}

BookModel matrix_book(std::size_t stops, std::size_t classes) {
  std::mt19937 random{1};
  Network metro = network("metro", 1, stops);
  metro.versions.push_back(version(stops, classes, random));
  BookModel out = book("matrix", {std::move(metro)});
  add_riders(out, classes);
  return out;
}

BookModel rules_book(std::size_t stops, std::size_t classes) {
  BookModel out = matrix_book(stops, classes);
  InterchangeRule walk{.name = "walk", .network = 0, .minutes = 30};
  for (std::uint16_t i = 0; i < 20; ++i)
    walk.pairs.push_back({i, static_cast<std::uint16_t>(i + 100)});
  out.between.interchanges = {walk};
  out.between.transfers = {{.name = "transfer",
                            .number = 1,
                            .scope = {.issuers = {0x2900}},
                            .from = {0},
                            .to = {0},
                            .window_minutes = 120,
                            .effect = TransferRule::Effect::amount_off,
                            .value = 100}};
  out.between.cumulative = {{.name = "month",
                             .scope = {.issuers = {0x2900}},
                             .networks = {0},
                             .tiers = {{Fen{7'000}, 10}, {Fen{20'000}, 20}}}};
  out.between.caps = {{.name = "day",
                       .scope = {.issuers = {0x2900}},
                       .networks = {0},
                       .period = Period::day,
                       .fen = Fen{2'000}}};
  return out;
}

BookModel journey_book(std::size_t stops, std::size_t classes) {
  constexpr std::size_t kRailStops = 120;
  std::mt19937 random{5};
  Network bus = network("bus", 1, 1), metro = network("metro", 2, stops),
          rail = network("rail", 3, kRailStops);
  bus.versions.push_back({.effective_from = kFrom, .tariff = FlatTariff{Fen{200}}, .classes = {}});
  metro.versions.push_back(version(stops, classes, random));
  rail.versions.push_back(version(kRailStops, classes, random));
  BookModel out = book("journey", {std::move(bus), std::move(metro), std::move(rail)});
  add_riders(out, classes);
  const NetworkSet all{0, 1, 2};
  out.through = {{.name = "joined",
                  .a = 1,
                  .b = 2,
                  .effective_from = kFrom,
                  .media = {},
                  .borders = {{7, 3}}}};
  out.between.transfers = {{.name = "transfer",
                            .number = 1,
                            .scope = {.issuers = {0x2900}},
                            .from = all,
                            .to = all,
                            .window_minutes = 120,
                            .effect = TransferRule::Effect::amount_off,
                            .value = 100}};
  out.between.cumulative = {{.name = "month",
                             .scope = {.issuers = {0x2900}},
                             .networks = all,
                             .tiers = {{Fen{7'000}, 10}, {Fen{20'000}, 20}}}};
  out.between.caps = {{.name = "day",
                       .scope = {.issuers = {0x2900}},
                       .networks = all,
                       .period = Period::day,
                       .fen = Fen{2'000}}};
  return out;
}

BookModel region_book() {
  constexpr std::size_t kMetros = 17, kStations = 2'500, kLines = 2'000, kLineStops = 30;
  std::mt19937 random{2};
  std::vector<Network> networks;
  for (std::size_t i = 0; i < kMetros; ++i) {
    const std::size_t stops = kStations / kMetros + (i < kStations % kMetros ? 1 : 0);
    networks.push_back(network(padded("metro-", i), static_cast<std::uint16_t>(i + 1), stops));
    networks.back().versions.push_back(version(stops, 4, random));
  }
  for (std::size_t i = 0; i < kLines; ++i) {
    networks.push_back(network(padded("bus-", i), static_cast<std::uint16_t>(100 + i), kLineStops));
    auto& versions = networks.back().versions;
    if (i % 10 == 0)
      versions.push_back(version(kLineStops, 2, random));
    else
      versions.push_back({.effective_from = kFrom, .tariff = FlatTariff{Fen{200}}, .classes = {}});
  }
  return book("region", std::move(networks));
}

}  // namespace tidegate::bench
