// SPDX-License-Identifier: Apache-2.0
// A card as the naive side sees it: all rides it ever made, not what fits on it. naive_gate.cc
// takes its taps; the other parts answer one question each, from the text of the book.
#pragma once

#include "tests/fare/naive_book.h"

namespace tidegate::fare::naive {

struct Tap {
  std::string kind;  ///< "entry", "exit"; "board": where the price is flat
  Spot where;
  Moment at;
  std::int64_t persons = 1, children = 0, companions = 0;
  bool clock_trusted = true;
  std::string mode;  ///< of the station; empty: none

  [[nodiscard]] std::int64_t all() const { return persons + children + companions; }
  [[nodiscard]] bool time_counts() const { return clock_trusted && mode != "time-free"; }
};

/// Charges in the order they are taken, or why there are none.
struct Answer {
  std::vector<std::int64_t> charges;
  std::string reason;
  friend bool operator==(const Answer&, const Answer&) = default;
};

/// What the tap that begins a ride finds of the ride before.
struct Beginning {
  bool goes_on = false;  ///< an interchange: one fare
  const Transfer* transfer = nullptr;
};

/// A ride that is over.
struct Ride {
  Spot to;
  Moment begun;  ///< its first part, where it went on
  Moment ended;
  bool by_gates = false;  ///< entry and exit; else one tap
  const Transfer* transfer = nullptr;
  Moment chain_begun, chain_ended;  ///< of the first leg of its chain of transfers
  std::string origin;               ///< where its fare began; empty: none goes on from it
  /// What a ride that goes on, or pays the difference, has paid: of the last network's share.
  std::int64_t covered = 0;
  std::int64_t links = 0;  ///< how often that fare went on
  bool used_pass = false;  ///< one of its rides is for the last share
};

/// Transfers one after the other by one rule, with the one that the open ride is.
struct Chain {
  const Transfer* rule = nullptr;
  std::int64_t transfers = 0;
};

struct Spent {
  std::string network;
  std::int64_t day = 0;  ///< service day
  std::int64_t fen = 0;
  std::set<int> zones;
};

struct Open {
  Spot where;
  Moment at;
  Beginning found;
  Chain chain_before;               ///< the entry
  std::int64_t covered_before = 0;  ///< of the last ride
};

struct Card {
  std::string rider, medium;
  std::string issuer;  ///< its city; empty: it does not say
  std::int64_t balance = 0;
  std::optional<Open> open;
  std::vector<Ride> rides;
  Chain chain;
  bool newest_is_ride = false;  ///< the newest trip record is of the last ride
  std::vector<Spent> spent;
  bool has_all_sums = false;      ///< as the clearing house sees it; else those of one account
  std::int64_t pass_product = 0;  ///< 0: none
  std::int64_t pass_left = 0;     ///< rides, or the last service day
};

/// One tap: what it costs, and the card afterwards.
[[nodiscard]] Answer take(const Book& book, Card& card, const Tap& tap);

/// What one network gets of a ride, of one person.
struct Share {
  std::string network;
  std::string from, to;  ///< stops; `from` empty: one fare over two networks
  std::int64_t fen = 0;
};
using Shares = std::vector<Share>;

/// A ride by tariff that ends, or is paid when boarding.
struct PricedRide {
  Spot from, to;  ///< of the taps
  Moment begun, ended;
  Beginning found;
  Shares shares;
  bool by_gates = false;
  bool clock_trusted = true;
};

// naive_transfer.cc
[[nodiscard]] bool holds(const Scope& scope, const Card& card, std::int64_t begun_day);
/// An entry, or a boarding at one price. What it does not go on with is gone, whether its exit is
/// ever seen or not.
[[nodiscard]] Beginning begin_ride(const Book& book, Card& card, const Spot& where, Moment at);
/// What the holder pays for it by all the rules between rides; the card remembers the ride.
[[nodiscard]] std::int64_t settle_ride(const Book& book, Card& card, const PricedRide& ride);
/// A ride whose charge no tariff says. `open`: absent where nobody saw it begin.
void end_ride(Card& card, const Tap& tap, const std::optional<Open>& open);
/// A visit: nothing was charged, and it was no ride. All is as before, but for what a transfer that
/// the entry began took the place of.
void forget_ride(Card& card, const std::optional<Open>& open);

// naive_caps.cc
/// What is left to pay of `fen` for this share. `ridden`: shares of the ride that are settled.
[[nodiscard]] std::int64_t after_discounts(const Book& book, const Card& card,
                                           const PricedRide& ride, const Share& share,
                                           std::size_t ridden, std::int64_t fen);
void spend(const Book& book, Card& card, const PricedRide& ride, const Share& share,
           std::int64_t fen);
/// A card has the sums of one account: whether those of the share can be found beside those of the
/// network where the ride ends.
[[nodiscard]] bool finds_its_sums(const Book& book, const Card& card, const Share& share,
                                  const Share& last);
/// What no tariff says, for a ride in `network`.
void spend_unpriced(const Book& book, Card& card, const std::string& network, const Tap& tap,
                    std::int64_t fen);

// naive_policy.cc
/// Fare of one person; nullopt: none.
[[nodiscard]] std::optional<std::int64_t> fare_in(const Book& book, const Card& card,
                                                  const Network& network, Moment begun,
                                                  const std::string& from, const std::string& to);
struct ExitRule {
  bool is_refused = false;
  std::optional<std::int64_t> fen;  ///< of each person, instead of the fare
  bool is_overstayed = false;       ///< a penalty is due
};
[[nodiscard]] ExitRule exit_rule(const Book& book, const Card& card, const Tap& tap);
/// For the person whose card it is, beside `base`; nullopt: there is no amount to begin with.
[[nodiscard]] std::optional<std::int64_t> penalty(const Book& book, const Card& card,
                                                  const Tap& tap,
                                                  const std::optional<std::int64_t>& base);
/// Where no order is asked for: the open journey is not the one that ends here.
[[nodiscard]] bool is_another_ride(const Book& book, const Card& card, const Tap& tap);
[[nodiscard]] std::optional<std::int64_t> exit_without_entry(const Book& book, const Card& card,
                                                             const Tap& tap);
struct LeftOpen {
  bool is_refused = false;
  std::int64_t fen = 0;  ///< for a ride in the network where it was left open
};
[[nodiscard]] LeftOpen left_open(const Book& book, const Card& card, const Tap& tap);

// naive_through.cc
[[nodiscard]] bool are_joined(const Book& book, const Card& card, const std::string& last);
/// Of the open journey to a stop of another network; empty: there is no fare.
[[nodiscard]] Shares through_shares(const Book& book, const Card& card, const Spot& from,
                                    Moment begun, const Spot& to);
[[nodiscard]] std::optional<std::int64_t> through_fare(const Book& book, const Card& card,
                                                       const Spot& from, Moment begun,
                                                       const Spot& to);

}  // namespace tidegate::fare::naive
