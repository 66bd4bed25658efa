// SPDX-License-Identifier: Apache-2.0
// Cumulative discounts and caps by the naive reading: sums are added up from every ride of the
// card.
#include <algorithm>
#include <chrono>

#include "tests/fare/naive_card.h"

namespace tidegate::fare::naive {
namespace {

std::optional<std::int64_t> account_of(const Book& book, const std::string& network) {
  for (const Cap& rule : book.rules.caps)
    if (rule.networks.contains(network)) return rule.account;
  for (const Cumulative& rule : book.rules.cumulative)
    if (rule.networks.contains(network)) return rule.account;
  return std::nullopt;
}

bool in_same(const std::string& period, std::int64_t a, std::int64_t b) {
  if (period == "day") return a == b;
  if (period == "week") return (a + 3) / 7 == (b + 3) / 7;  // 1970-01-01 was a Thursday
  const auto month = [](std::int64_t day) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
    return std::pair{date.year(), date.month()};
  };
  return month(a) == month(b);
}

/// The rides of a period that count, newest first: a card has the sums of one account, so they
/// begin anew where another account was ridden in.
std::vector<const Spent*> counted(const Book& book, const Card& card, std::int64_t account,
                                  const std::string& period, std::int64_t today) {
  std::vector<const Spent*> out;
  for (auto one = card.spent.rbegin(); one != card.spent.rend(); ++one) {
    const auto of = account_of(book, one->network);
    if (!of) continue;
    if (*of != account && card.has_all_sums) continue;
    if (*of != account || !in_same(period, one->day, today)) break;
    out.push_back(&*one);
  }
  return out;
}

/// The service day that a tap's spending counts in: a clock that may be wrong begins no new one on
/// a card that has one.
std::int64_t spending_day(const Book& book, const Card& card, const Network& network, Moment at,
                          bool clock_trusted) {
  const std::int64_t day = network.service_day(at);
  const auto account = account_of(book, network.id);
  if (clock_trusted || !account) return day;
  for (auto one = card.spent.rbegin(); one != card.spent.rend(); ++one)
    if (const auto of = account_of(book, one->network);
        of && (*of == *account || !card.has_all_sums))
      return *of == *account ? one->day : day;
  return day;
}

std::int64_t sum(const std::vector<const Spent*>& rides, const Names& networks) {
  std::int64_t out = 0;
  for (const Spent* one : rides)
    if (networks.contains(one->network)) out += one->fen;
  return out;
}

/// Both ends and all that are numbered between.
std::set<int> zones_of(const Book& book, const Share& share) {
  const std::string& network = share.network;
  for (const Cap& rule : book.rules.caps) {
    if (rule.zone_of.empty() || !rule.networks.contains(network)) continue;
    std::set<int> ends;
    for (const std::string& stop : {share.from, share.to})
      if (const auto at = rule.zone_of.find({network, stop}); at != rule.zone_of.end())
        ends.insert(at->second);
    if (ends.empty()) return {};
    for (int zone = *ends.begin(); zone < *ends.rbegin(); ++zone) ends.insert(zone);
    return ends;
  }
  return {};
}

std::optional<std::int64_t> limit_of(const Cap& rule, const std::set<int>& used) {
  if (rule.by_zones.empty()) return rule.fen;
  std::optional<std::int64_t> least;
  for (const auto& [zones, fen] : rule.by_zones)
    if (std::ranges::includes(zones, used)) least = std::min(least.value_or(fen), fen);
  return least;
}

}  // namespace

std::int64_t after_discounts(const Book& book, const Card& card, const PricedRide& ride,
                             const Share& share, std::size_t ridden, std::int64_t fen) {
  const Network& network = book.networks.at(share.network);
  const std::int64_t today = spending_day(book, card, network, ride.ended, ride.clock_trusted);
  const std::int64_t begun = network.service_day(ride.begun);
  for (const Cumulative& rule : book.rules.cumulative) {
    if (!rule.networks.contains(network.id) || !holds(rule.scope, card, begun)) continue;
    // By what was spent before the ride.
    Card before = card;
    before.spent.resize(before.spent.size() - ridden);
    const std::int64_t spent =
        sum(counted(book, before, rule.account, "month", today), rule.networks);
    std::int64_t percent = 0;
    for (const auto& [from, off] : rule.tiers)
      if (spent > from || (rule.reaches && spent == from)) percent = off;
    fen = std::min(fen, rounded(fen, 100 - percent, 100, rule.rounding, rule.unit));
    break;
  }
  std::int64_t least = fen;
  for (const Cap& rule : book.rules.caps) {
    if (!rule.networks.contains(network.id) || !holds(rule.scope, card, begun)) continue;
    std::set<int> used = zones_of(book, share);
    for (const Spent* one : counted(book, card, rule.account, "day", today))
      used.insert(one->zones.begin(), one->zones.end());
    const auto limit = limit_of(rule, used);
    const std::int64_t spent =
        sum(counted(book, card, rule.account, rule.period, today), rule.networks);
    if (limit) least = std::min(least, std::max<std::int64_t>(0, *limit - spent));
  }
  return least;
}

void spend(const Book& book, Card& card, const PricedRide& ride, const Share& share,
           std::int64_t fen) {
  const Network& network = book.networks.at(share.network);
  card.spent.push_back({network.id,
                        spending_day(book, card, network, ride.ended, ride.clock_trusted), fen,
                        zones_of(book, share)});
}

bool finds_its_sums(const Book& book, const Card& card, const Share& share, const Share& last) {
  const auto own = account_of(book, share.network), wanted = account_of(book, last.network);
  if (card.has_all_sums || !own || !wanted || own == wanted) return true;
  for (auto one = card.spent.rbegin(); one != card.spent.rend(); ++one)
    if (const auto of = account_of(book, one->network)) return of != wanted;
  return true;
}

void spend_unpriced(const Book& book, Card& card, const std::string& network, const Tap& tap,
                    std::int64_t fen) {
  card.spent.push_back(
      {network,
       spending_day(book, card, book.networks.at(network), tap.at, tap.clock_trusted),
       fen,
       {}});
}

}  // namespace tidegate::fare::naive
