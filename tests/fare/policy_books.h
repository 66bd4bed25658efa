// SPDX-License-Identifier: Apache-2.0
// A book for journeys that go wrong, and a passenger who walks through it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "fare/engine/book.h"
#include "fare/engine/journey.h"
#include "tests/fare/books.h"

namespace tidegate::fare::testing_books {

/// Metro "m" (stops a b c s, full fares 300 to 700), staged bus "k" of the same city (k1 to k3,
/// fares only ahead: 100, 250), ferry "f" (flat 200) there too, staged bus "w" and metro "z" of
/// another city.
inline BookModel policy_model() {
  constexpr std::uint32_t x = MatrixTariff::kNoFare;
  const ServiceDay from = day("2026-01-01");
  Network metro{.id = "m",
                .code = 1,
                .name_zh = "地铁",
                .name_en = "Metro",
                .city = 0x2900,
                .acquirer = kShanghai,
                .industry = 1,
                .rollover_minutes = 120,
                .stops = {stop("a", 1, 1, 0x11), stop("b", 2, 1, 0x12), stop("c", 3, 1, 0x13),
                          stop("s", 4, 1, 0x14)},
                .versions = {{from, MatrixTariff{{0, 300, 500, 400,  //
                                                  300, 0, 400, 600,  //
                                                  500, 400, x, 700,  //
                                                  400, 600, 700, 0}}}}};
  metro.versions[0].classes = {{.name = "senior",
                                .riders = {RiderCategory::senior},
                                .tariff = MatrixTariff{{0, 150, 250, 200,  //
                                                        150, 0, 200, 300,  //
                                                        250, 200, x, 350,  //
                                                        200, 300, 350, 0},
                                                       "half"}}};
  Network bus{.id = "k",
              .code = 2,
              .name_zh = "公交",
              .name_en = "Bus",
              .city = 0x2900,
              .acquirer = kShanghai,
              .industry = 2,
              .stops = {stop("k1", 1, 0x50, 1), stop("k2", 2, 0x50, 2), stop("k3", 3, 0x50, 3)},
              .versions = {{from, MatrixTariff{{x, 100, 250, x, x, 100, x, x, x}, "zones"}}}};
  Network ferry{.id = "f",
                .code = 3,
                .name_zh = "轮渡",
                .name_en = "Ferry",
                .city = 0x2900,
                .acquirer = kShanghai,
                .industry = 9,
                .stops = {stop("p", 1, 0x90, 1)},
                .versions = {{from, FlatTariff{Fen{200}}}}};
  Network other_bus{.id = "w",
                    .code = 4,
                    .name_zh = "苏州公交",
                    .name_en = "Suzhou Bus",
                    .city = 0x3050,
                    .acquirer = kSuzhou,
                    .industry = 2,
                    .stops = {stop("w1", 1, 0x60, 1), stop("w2", 2, 0x60, 2)},
                    .versions = {{from, MatrixTariff{{x, 200, x, x}}}}};
  Network other_metro{.id = "z",
                      .code = 5,
                      .name_zh = "苏州地铁",
                      .name_en = "Suzhou Metro",
                      .city = 0x3050,
                      .acquirer = kSuzhou,
                      .industry = 1,
                      .stops = {stop("y", 1, 1, 0x11), stop("z", 2, 1, 0x12)},
                      .versions = {{from, MatrixTariff{{x, 200, 300, x}}}}};
  return {.name = "Policies",
          .number = 1,
          .valid_from = from,
          .networks = {ferry, bus, metro, other_bus, other_metro}};
}

inline Network& network(BookModel& model, std::string_view id) {
  return *std::ranges::find(model.networks, id, &Network::id);
}

/// policy_model() whose metro has a time limit of 180 minutes.
inline BookModel limited(Overstay overstay, Fen added = {}) {
  BookModel model = policy_model();
  JourneyPolicy& policy = network(model, "m").policy;
  policy.limits = {{Fen{}, 180}};
  policy.overstay = overstay;
  policy.overstay_fen = added;
  policy.maximum = Fen{900};
  policy.minimum = Fen{200};
  return model;
}

/// One passenger; each tap is priced and, when it is accepted, written to the card.
class Passenger {
 public:
  explicit Passenger(const BookModel& model) : book{load(model)} {}

  Decision tap(TapKind kind, const std::string& network, const std::string& stop,
               std::string_view when, std::uint16_t modes = 0, const ModeHistory& history = {}) {
    return take({.kind = kind, .at = at(when), .modes = {modes}, .history = history}, network,
                stop);
  }
  Decision take(const Tap& tap, const std::string& network, const std::string& stop) {
    const TapContext where{.network = NetworkId{network}, .stop = StopCode{stop}};
    const Decision out = price(*book, medium, where, tap);
    for (const Charge& charge : out.charges) {
      Fen sum;
      for (const TraceStep& step : charge.trace) sum += step.fen;
      EXPECT_EQ(sum, charge.amount) << "the trace adds up to the charge";
    }
    EXPECT_EQ(out.state_after, saturated(out.state_after));
    carry_on(*book, medium, where, tap, out);
    return out;
  }
  Decision entry(const std::string& stop, std::string_view when, const ModeHistory& history = {}) {
    return tap(TapKind::entry, "m", stop, when, 0, history);
  }
  Decision exit(const std::string& stop, std::string_view when, std::uint16_t modes = 0,
                const ModeHistory& history = {}) {
    return tap(TapKind::exit, "m", stop, when, modes, history);
  }

  std::shared_ptr<const Book> book;
  Medium medium{.balance = Fen{10'000}};
};

/// "300 m/od + 400 m/overstay, 0": the charges of a tap as a tariff officer writes them; or the
/// reason of its refusal.
inline std::string told(const Decision& decision) {
  if (decision.refusal) return std::string{refusal_name(*decision.refusal)};
  std::string out;
  for (const Charge& charge : decision.charges) {
    if (&charge != decision.charges.begin()) out += ", ";
    if (charge.trace.empty()) out += std::to_string(charge.amount.count());
    for (const TraceStep& step : charge.trace) {
      if (&step != charge.trace.begin()) out += " + ";
      out += std::to_string(step.fen.count()) + " " + std::string{step.rule.view()};
    }
  }
  return out;
}

inline ModeInterval interval(std::string_view network, std::string_view stop, std::uint16_t modes,
                             std::string_view from, std::string_view until) {
  return {network, stop, Modes{modes}, at(from), at(until)};
}

}  // namespace tidegate::fare::testing_books
