// SPDX-License-Identifier: Apache-2.0
// Prices a book's networks and holds the results against the invariants.
#include "fare/authoring/proof_invariants.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fare/authoring/proof_text.h"
#include "fare/authoring/reasons.h"

namespace tidegate::fare {
namespace {

const Network* find_network(const BookModel& model, const std::string& id) {
  const auto at = std::ranges::find(model.networks, id, &Network::id);
  return at != model.networks.end() ? &*at : nullptr;
}

/// What one network's rides cost, for every rider and moment.
struct Priced {
  const Network& network;
  bool by_boarding = false;
  std::vector<StopCode> stops;
  std::span<const Rider> own_riders;  ///< of the book
  std::vector<RiderCategory> riders;
  std::vector<Moment> moments;
  std::vector<std::vector<Outcome>> grids;  ///< [rider * moments + moment]

  [[nodiscard]] std::size_t columns() const noexcept { return by_boarding ? 1 : stops.size(); }
  [[nodiscard]] Outcome at(std::size_t grid, std::size_t from, std::size_t to) const {
    return grids[grid][from * columns() + (by_boarding ? 0 : to)];
  }
  [[nodiscard]] std::uint64_t rides() const noexcept {
    return std::uint64_t{stops.size()} * columns() * riders.size() * moments.size();
  }
  [[nodiscard]] std::string stop_text(std::size_t i) const {
    const Stop& stop = network.stops[i];
    return plain_text(stop.name_zh) + " / " + plain_text(stop.name_en) + " (" + stop.code + ")";
  }
  /// "A → B, adult, 2026-11-02 08:00"
  [[nodiscard]] std::string place(std::size_t grid, std::size_t from, std::size_t to) const {
    return stop_text(from) + (by_boarding ? "" : " → " + stop_text(to)) + ", " +
           std::string{rider_title(own_riders, riders[grid / moments.size()]).en} + ", " +
           minute_text(moments[grid % moments.size()].at);
  }
};

std::vector<Moment> moments_for(const Invariants& invariants, const BookModel& model,
                                const Network& network) {
  std::vector<Moment> out;
  for (const Timestamp at : invariants.at) out.push_back({.at = at});
  if (!out.empty()) return out;
  std::set<ServiceDay> days{model.valid_from};
  for (const TariffVersion& version : network.versions)
    if (version.effective_from > model.valid_from) days.insert(version.effective_from);
  return moments_of({days.begin(), days.end()}, calendar_that_counts(model));
}

Priced plan(const Book& book, const BookModel& model, const Network& network,
            const Invariants& invariants) {
  Priced out{.network = network,
             .own_riders = model.riders,
             .riders = invariants.riders,
             .moments = moments_for(invariants, model, network)};
  // Who pays less than an adult is held against the adult, asked for or not.
  if (std::ranges::find(out.riders, RiderCategory::adult) == out.riders.end())
    out.riders.insert(out.riders.begin(), RiderCategory::adult);
  for (const Stop& stop : network.stops) out.stops.emplace_back(stop.code);
  out.by_boarding = std::ranges::all_of(out.moments, [&](const Moment& moment) {
    return boarding_is_the_ride(book, NetworkId{network.id}, out.stops.front(), moment.at);
  });
  return out;
}

void price_all(const Book& book, Priced& priced,
               const std::function<void(std::uint64_t)>& rides_done) {
  const std::size_t columns = priced.columns();
  for (const RiderCategory rider : priced.riders) {
    for (const Moment& moment : priced.moments) {
      const std::uint64_t earlier =
          std::uint64_t{priced.grids.size()} * priced.stops.size() * columns;
      std::vector<Outcome> grid(priced.stops.size() * columns);
      for_each_row(
          priced.stops.size(),
          [&](std::size_t row) {
            const Ride ride{.network = NetworkId{priced.network.id},
                            .from = priced.stops[row],
                            .to = {},
                            .rider = rider,
                            .at = moment.at,
                            .by_boarding = priced.by_boarding};
            price_row(book, ride, priced.stops, std::span{grid}.subspan(row * columns, columns));
          },
          [&](std::size_t rows) { rides_done(earlier + std::uint64_t{rows} * columns); });
      priced.grids.push_back(std::move(grid));
    }
  }
}

/// Counts what is held against one invariant, and keeps the first places that break it.
class Verdict {
 public:
  Verdict(const Priced& priced, std::string name, std::string value)
      : priced_{priced},
        out_{.network = priced.network.id, .name = std::move(name), .value = std::move(value)},
        broken_(priced.stops.size() * priced.stops.size()) {}

  /// `why` is made only for a place that is told.
  template <class Why>
  void hold(bool holds, std::size_t grid, std::size_t from, std::size_t to, Why why) {
    ++out_.checked;
    if (holds) return;
    ++out_.broken;
    const std::size_t pair = from * priced_.stops.size() + to;
    if (broken_[pair]++ > 0) return;
    ++out_.broken_pairs;
    if (out_.places.size() == kPlacesTold) return;
    out_.places.push_back(priced_.place(grid, from, to) + ": " + why());
    told_.push_back(pair);
  }
  /// Holds each pair against `holds(outcome, from, to)`; what is refused is left out.
  template <class Holds>
  void each_fare(Holds holds) {
    for (std::size_t grid = 0; grid < priced_.grids.size(); ++grid)
      for (std::size_t from = 0; from < priced_.stops.size(); ++from)
        for (std::size_t to = 0; to < priced_.columns(); ++to) {
          const Outcome outcome = priced_.at(grid, from, to);
          if (outcome.accepted())
            hold(holds(outcome.fen(), from, to), grid, from, to,
                 [&] { return outcome_text(outcome); });
        }
  }
  [[nodiscard]] InvariantResult take() && {
    for (std::size_t i = 0; i < told_.size(); ++i)
      if (const std::uint32_t others = broken_[told_[i]] - 1; others > 0)
        out_.places[i] += " (and for " + std::to_string(others) + " other riders or times)";
    return std::move(out_);
  }

 private:
  const Priced& priced_;
  InvariantResult out_;
  std::vector<std::uint32_t> broken_;  ///< by pair: how many times
  std::vector<std::size_t> told_;      ///< the pair of each place
};

InvariantResult check_symmetric(const Priced& priced) {
  Verdict verdict{priced, "symmetric", ""};
  for (std::size_t grid = 0; grid < priced.grids.size(); ++grid)
    for (std::size_t from = 0; from < priced.columns(); ++from)
      for (std::size_t to = from + 1; to < priced.columns(); ++to) {
        const Outcome there = priced.at(grid, from, to), back = priced.at(grid, to, from);
        verdict.hold(there == back, grid, from, to,
                     [&] { return outcome_text(there) + ", the way back " + outcome_text(back); });
      }
  return std::move(verdict).take();
}

InvariantResult check_adult(const Priced& priced) {
  Verdict verdict{priced, "never_dearer_than_adult", ""};
  const auto adult = static_cast<std::size_t>(
      std::ranges::find(priced.riders, RiderCategory::adult) - priced.riders.begin());
  const std::size_t moments = priced.moments.size();
  for (std::size_t grid = 0; grid < priced.grids.size(); ++grid) {
    if (grid / moments == adult) continue;
    for (std::size_t from = 0; from < priced.stops.size(); ++from)
      for (std::size_t to = 0; to < priced.columns(); ++to) {
        const Outcome theirs = priced.at(grid, from, to);
        const Outcome of_adult = priced.at(adult * moments + grid % moments, from, to);
        const bool holds = of_adult.accepted()
                               ? theirs.accepted() && theirs.fen() <= of_adult.fen()
                               : true;  // a ride that adults cannot make is not dearer
        verdict.hold(holds, grid, from, to,
                     [&] { return outcome_text(theirs) + ", an adult " + outcome_text(of_adult); });
      }
  }
  return std::move(verdict).take();
}

Result<InvariantResult> check_monotone(const Priced& priced,
                                       const std::vector<StopSequence>& sequences) {
  Verdict verdict{priced, "monotone", std::to_string(sequences.size()) + " sequences"};
  for (const StopSequence& sequence : sequences) {
    std::vector<std::size_t> stops;
    for (std::size_t i = 0; i < sequence.stops.size(); ++i) {
      const StopCode& code = sequence.stops[i];
      const auto at = std::ranges::find(priced.stops, code);
      if (at == priced.stops.end()) {
        std::vector<std::string> known;
        for (const Stop& stop : priced.network.stops) known.push_back(stop.code);
        return fail(Errc::not_found, sequence.places[i] + ": column stop: " +
                                         plain_text(code.get()) + " is not a stop of network " +
                                         priced.network.id + did_you_mean(code.get(), known));
      }
      stops.push_back(static_cast<std::size_t>(at - priced.stops.begin()));
    }
    for (std::size_t grid = 0; grid < priced.grids.size(); ++grid) {
      Outcome highest;
      for (std::size_t i = 1; i < stops.size(); ++i) {
        const Outcome here = priced.at(grid, stops.front(), stops[i]);
        verdict.hold(here.accepted() && here.fen() >= highest.fen(), grid, stops.front(), stops[i],
                     [&] {
                       return outcome_text(here) + ", after " + outcome_text(highest) +
                              " nearer in sequence " + plain_text(sequence.name);
                     });
        if (here.accepted()) highest = std::max(highest, here);
      }
    }
  }
  return std::move(verdict).take();
}

/// A bound that every fare is held against.
template <class Holds>
InvariantResult check_bound(const Priced& priced, std::string name, Fen bound, Holds holds) {
  Verdict verdict{priced, std::move(name), std::to_string(bound.count())};
  verdict.each_fare(holds);
  return std::move(verdict).take();
}

InvariantResult check_same_station(const Priced& priced, Fen wanted) {
  Verdict verdict{priced, "same_station_fen", std::to_string(wanted.count())};
  for (std::size_t grid = 0; grid < priced.grids.size(); ++grid)
    for (std::size_t stop = 0; stop < priced.stops.size(); ++stop) {
      const Outcome outcome = priced.at(grid, stop, stop);
      verdict.hold(outcome == Outcome::fare(wanted), grid, stop, stop,
                   [&] { return outcome_text(outcome); });
    }
  return std::move(verdict).take();
}

Status check_network(const Priced& priced, const NetworkInvariants& declared,
                     std::vector<InvariantResult>& out) {
  if (declared.symmetric) out.push_back(check_symmetric(priced));
  if (const auto most = declared.maximum)
    out.push_back(check_bound(priced, "maximum_fen", *most,
                              [most](Fen fen, auto, auto) { return fen <= *most; }));
  if (const auto least = declared.minimum)
    out.push_back(
        check_bound(priced, "minimum_fen", *least, [&](Fen fen, std::size_t from, std::size_t to) {
          return fen >= *least || (from == to && !priced.by_boarding);
        }));
  if (const auto unit = declared.multiple_of)
    out.push_back(check_bound(priced, "multiple_of_fen", *unit, [unit](Fen fen, auto, auto) {
      return fen.count() % unit->count() == 0;
    }));
  if (declared.same_station) out.push_back(check_same_station(priced, *declared.same_station));
  if (!declared.monotone.empty()) {
    auto result = check_monotone(priced, declared.monotone);
    if (!result) return fail(std::move(result.error()));
    out.push_back(*std::move(result));
  }
  if (declared.never_dearer_than_adult) out.push_back(check_adult(priced));
  return {};
}

}  // namespace

std::size_t InvariantReport::broken() const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(results, [](const InvariantResult& one) { return one.broken > 0; }));
}

Result<InvariantReport> check_invariants(const Book& book, const BookModel& model,
                                         const Invariants& invariants, const Progress& progress) {
  InvariantReport out;
  std::vector<Priced> all;
  for (const NetworkInvariants& declared : invariants.networks) {
    const Network* const network = find_network(model, declared.network);
    if (network == nullptr) {
      std::vector<std::string> known;
      for (const Network& one : model.networks) known.push_back(one.id);
      return fail(Errc::not_found, declared.place + ": network " + plain_text(declared.network) +
                                       " is not in the book" +
                                       did_you_mean(declared.network, known));
    }
    all.push_back(plan(book, model, *network, invariants));
    out.rides_priced += all.back().rides();
  }
  std::uint64_t earlier = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    price_all(book, all[i], [&](std::uint64_t rides) {
      if (progress) progress(earlier + rides, out.rides_priced);
    });
    earlier += all[i].rides();
    if (auto ok = check_network(all[i], invariants.networks[i], out.results); !ok)
      return fail(std::move(ok.error()));
    all[i].grids = {};
  }
  return out;
}

}  // namespace tidegate::fare
