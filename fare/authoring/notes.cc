// SPDX-License-Identifier: Apache-2.0
// Looks a book through for slips.
#include "fare/authoring/notes.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "fare/authoring/proof_text.h"

namespace tidegate::fare {
namespace {

using Notes = std::vector<std::string>;

constexpr std::uint32_t kNoFare = MatrixTariff::kNoFare;

void note_gaps(const Network& network, const TariffVersion& version, const std::string& where,
               Notes& out) {
  const auto* const matrix = std::get_if<MatrixTariff>(&version.tariff);
  if (matrix == nullptr) return;
  const std::size_t n = network.stops.size();
  std::size_t gaps = 0;
  std::string first;
  for (std::size_t i = 0; i < n * n; ++i) {
    if (i / n == i % n || matrix->cells[i] != kNoFare) continue;
    if (gaps++ == 0) first = network.stops[i / n].code + " to " + network.stops[i % n].code;
  }
  if (gaps > 0)
    out.push_back(where + ": " + std::to_string(gaps) + " of " + std::to_string(n * (n - 1)) +
                  " pairs of stops have no fare, the first is " + first +
                  "; an exit there is refused");
}

/// The lowest fare that is not free, and the highest.
std::pair<std::uint32_t, std::uint32_t> range_of(const Tariff& tariff) {
  if (const auto* const flat = std::get_if<FlatTariff>(&tariff)) {
    const auto fen = static_cast<std::uint32_t>(flat->fen.count());
    return {fen, fen};
  }
  std::uint32_t lowest = kNoFare, highest = 0;
  for (const std::uint32_t cell : std::get<MatrixTariff>(tariff).cells) {
    if (cell == kNoFare) continue;
    if (cell > 0) lowest = std::min(lowest, cell);
    highest = std::max(highest, cell);
  }
  return {lowest, highest};
}

/// Yuan where fen were meant, and fen where yuan were.
void note_amounts(const Tariff& tariff, const std::string& where, Notes& out) {
  constexpr std::uint32_t kLeast = 10, kMost = 50'000;
  const auto [lowest, highest] = range_of(tariff);
  if (lowest > 0 && lowest < kLeast)
    out.push_back(where + ": a fare is " + Fen{lowest}.yuan() +
                  " yuan: amounts are fen, 3 yuan is 300");
  if (highest > kMost)
    out.push_back(where + ": a fare is " + Fen{highest}.yuan() +
                  " yuan: amounts are fen, 3 yuan is 300");
}

bool has_every_fare(const Tariff& tariff) {
  const auto* const matrix = std::get_if<MatrixTariff>(&tariff);
  return matrix == nullptr || std::ranges::find(matrix->cells, kNoFare) == matrix->cells.end();
}

template <class T>
bool covers(const std::vector<T>& wide, const std::vector<T>& narrow) {
  return wide.empty() || (!narrow.empty() && std::ranges::includes(wide, narrow));
}

/// A version whose day was mistyped is one like this, as is the tariff before a reform.
void note_past(const BookModel& model, const Network& network, Notes& out) {
  for (std::size_t i = 1; i < network.versions.size(); ++i) {
    const ServiceDay next = network.versions[i].effective_from;
    if (next <= model.valid_from)
      out.push_back("network " + network.id + ", tariff from " +
                    network.versions[i - 1].effective_from.text() + ": the one from " +
                    next.text() + " counts when the book begins (" + model.valid_from.text() +
                    "), so this one is for rides that began before");
  }
}

/// Whoever has `later` has `earlier`, which is looked at first.
bool hides(const FareClass& earlier, const FareClass& later) {
  const std::vector<ItemClass> person{ItemClass::person};
  const auto& wide = earlier.items.empty() ? person : earlier.items;
  const auto& narrow = later.items.empty() ? person : later.items;
  const bool any_city = earlier.issuers.empty() && !earlier.other_issuers;
  return covers(earlier.riders, later.riders) &&
         (!earlier.timeframe ||
          (earlier.timeframe == later.timeframe && earlier.judged == later.judged)) &&
         covers(earlier.media, later.media) && std::ranges::includes(wide, narrow) &&
         (any_city ||
          (earlier.issuers == later.issuers && earlier.other_issuers == later.other_issuers)) &&
         has_every_fare(earlier.tariff);
}

void note_classes(const TariffVersion& version, const std::string& where, Notes& out) {
  const auto& classes = version.classes;
  for (auto later = classes.begin(); later != classes.end(); ++later) {
    const auto earlier = std::find_if(classes.begin(), later,
                                      [&](const FareClass& one) { return hides(one, *later); });
    if (earlier != later)
      out.push_back(where + ": class " + plain_text(later->name) + " never counts: class " +
                    plain_text(earlier->name) + " stands before it and fits wherever it does");
  }
}

/// Every version of every tariff.
template <class Visit>
void each_version(const BookModel& model, Visit visit) {
  for (const Network& network : model.networks)
    for (const TariffVersion& version : network.versions) visit(version);
  for (const ThroughRule& rule : model.through)
    for (const TariffVersion& version : rule.versions) visit(version);
}

template <class Visit>
void each_scope(const BetweenRides& rules, Visit visit) {
  const auto all = [&](const auto& some) {
    for (const auto& rule : some) visit(rule.scope);
  };
  all(rules.transfers);
  all(rules.interchanges);
  all(rules.caps);
  all(rules.cumulative);
  all(rules.passes);
}

void note_unused(const BookModel& model, Notes& out) {
  std::set<RiderCategory> riders;
  std::set<std::uint16_t> frames;
  each_version(model, [&](const TariffVersion& version) {
    for (const FareClass& one : version.classes) {
      riders.insert(one.riders.begin(), one.riders.end());
      if (one.timeframe) frames.insert(*one.timeframe);
    }
    if (version.companions)
      riders.insert({version.companions->child, version.companions->companion});
  });
  each_scope(model.between, [&](const RuleScope& scope) {
    riders.insert(scope.riders.begin(), scope.riders.end());
  });
  for (const Rider& rider : model.riders)
    if (!riders.contains(rider.number))
      out.push_back("rider " + plain_text(rider.name) +
                    ": no class and no rule names it, so it pays what everybody pays");
  for (std::size_t i = 0; i < model.timeframes.size(); ++i)
    if (!frames.contains(static_cast<std::uint16_t>(i)))
      out.push_back("timeframe " + plain_text(model.timeframes[i].name) + ": no class names it");
}

/// `work` and `off` are Monday to Friday in years that the calendar does not reach.
void note_calendar(const BookModel& model, Notes& out) {
  const bool needed = std::ranges::any_of(model.timeframes, [](const Timeframe& frame) {
    return std::ranges::any_of(frame.spans, &WeekSpan::by_calendar);
  });
  if (!needed) return;
  const auto year_of = [](std::chrono::sys_days day) {
    return static_cast<int>(std::chrono::year_month_day{day}.year());
  };
  int last = year_of(model.valid_from.get());
  each_version(model, [&](const TariffVersion& version) {
    last = std::max(last, year_of(version.effective_from.get()));
  });
  int reached = std::numeric_limits<int>::min();
  for (const auto* const days : {&model.calendar.holidays, &model.calendar.working_days})
    if (!days->empty()) reached = std::max(reached, year_of(days->back()));
  for (const std::chrono::sys_days day : model.calendar.working_days)
    if (std::chrono::weekday{day}.iso_encoding() <= 5)
      out.push_back("calendar: working_days " + ServiceDay{day}.text() +
                    " is no Saturday or Sunday: it is a working day anyway");
  if (model.calendar.empty())
    out.emplace_back("calendar: there is none, so \"work\" is Monday to Friday, on holidays too");
  else if (reached < last)
    out.push_back("calendar: it ends in " + std::to_string(reached) + ", but tariffs begin in " +
                  std::to_string(last) +
                  ": from then on \"work\" is Monday to Friday, on holidays too");
}

/// docs/fare-limits.md.
void note_forgotten_legs(const BookModel& model, Notes& out) {
  for (const TransferRule& rule : model.between.transfers) {
    std::string asks;
    if (rule.from_first_leg) asks = "when its chain began";
    if (rule.measured == TransferRule::Measured::begin_to_begin) asks = "when it began";
    if (rule.effect == TransferRule::Effect::up_to_difference)
      asks += asks.empty() ? "what it cost" : " and what it cost";
    const auto forgets = std::ranges::find_if(
        rule.from, [&](std::uint16_t network) { return is_staged(model.networks[network]); });
    if (asks.empty() || forgets == rule.from.end()) continue;
    out.push_back("transfer " + plain_text(rule.name) + ": after a ride of " +
                  model.networks[*forgets].id +
                  ", where the fare depends on the way, a card does not know " + asks);
  }
}

}  // namespace

std::vector<std::string> notes_on(const BookModel& model) {
  Notes out;
  for (const Network& network : model.networks) {
    note_past(model, network, out);
    for (const TariffVersion& version : network.versions) {
      const std::string where =
          "network " + network.id + ", tariff from " + version.effective_from.text();
      note_gaps(network, version, where, out);
      note_amounts(version.tariff, where, out);
      for (const FareClass& one : version.classes)
        note_amounts(one.tariff, where + ", class " + plain_text(one.name), out);
      note_classes(version, where, out);
    }
  }
  note_unused(model, out);
  note_calendar(model, out);
  note_forgotten_legs(model, out);
  return out;
}

}  // namespace tidegate::fare
