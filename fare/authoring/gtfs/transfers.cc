// SPDX-License-Identifier: Apache-2.0
// Joins and transfers of a feed.
#include "fare/authoring/gtfs/transfers.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace tidegate::fare::gtfs {
namespace {

using Effect = PlannedTransfer::Effect;

constexpr std::uint32_t kNoFare = NetworkPrices::kNoFare;
/// The longest window of a book; GTFS may leave it open.
constexpr std::int64_t kWindowMax = 24 * 60;

const PlannedNetwork* network_of(const BookPlan& plan, const std::string& feed_id) {
  const auto at = std::ranges::find(plan.networks, feed_id, &PlannedNetwork::feed_id);
  return at != plan.networks.end() ? &*at : nullptr;
}

void name_join(const JoinRule& join, const BookPlan& plan, Report& report) {
  if (join.from_network != join.to_network)
    return report.lose(join.place, "joins legs of two networks; a ride is priced in one");
  if (!join.from_stop.empty())
    return report.lose(join.place, "joins legs between " + join.from_stop + " and " + join.to_stop +
                                       ": passengers pass the gates there");
  const PlannedNetwork* const network = network_of(plan, join.from_network);
  if (network != nullptr && !network->is_flat) {
    report.note(join.place, "network " + network->id +
                                " has gates: a ride from entry to exit is one, "
                                "whatever the changes");
    return;
  }
  report.lose(join.place, "network " + join.from_network + " charges at each boarding");
}

/// What the second of two rides costs under a rule: fares of the first and the second, and of the
/// product of the transfer.
std::int64_t second_ride(int type, std::int64_t first, std::int64_t second, std::int64_t transfer) {
  if (type == 0) return transfer;
  if (type == 1) return transfer + second;
  return transfer - first;
}

/// Effects that explain every pair of fares seen so far.
class Effects {
 public:
  void see(std::int64_t first, std::int64_t second, std::int64_t charged) {
    seen_ = true;
    free_ = free_ && charged == 0;
    none_ = none_ && charged == second;
    difference_ = difference_ && charged == std::max<std::int64_t>(0, second - first);
    if (charged > 0) {
      amount_known_ = amount_known_ && (!off_ || *off_ == second - charged);
      off_ = second - charged;
    } else if (charged == 0) {
      least_off_ = std::max(least_off_, second);
    }
    sane_ = sane_ && charged >= 0 && charged <= second;
  }

  /// nullopt: none does.
  [[nodiscard]] std::optional<std::pair<Effect, std::int64_t>> effect() const {
    if (!seen_ || !sane_ || none_) return std::nullopt;
    if (free_) return std::pair{Effect::free, std::int64_t{0}};
    if (difference_) return std::pair{Effect::up_to_difference, std::int64_t{0}};
    if (amount_known_ && off_ && *off_ >= least_off_) return std::pair{Effect::amount_off, *off_};
    return std::nullopt;
  }
  [[nodiscard]] bool has_none() const noexcept { return seen_ && none_; }

 private:
  bool seen_ = false, free_ = true, none_ = true, difference_ = true, amount_known_ = true,
       sane_ = true;
  std::optional<std::int64_t> off_;
  std::int64_t least_off_ = 0;
};

class Transfers {
 public:
  Transfers(const Feed& feed, BookPlan& plan, Report& report)
      : feed_{feed}, plan_{plan}, report_{report}, told_(feed.transfers.size()) {
    for (const TransferRule& rule : feed.transfers) {
      listed_from_.insert(rule.from_group);
      listed_to_.insert(rule.to_group);
    }
  }

  void plan() {
    for (const PlannedNetwork& from : plan_.networks)
      for (const PlannedNetwork& to : plan_.networks) add(from, to);
    for (std::size_t i = 0; i < told_.size(); ++i)
      if (!told_[i]) lose(i, "concerns no ride of the book");
  }

 private:
  [[nodiscard]] static std::string groups_of(const TransferRule& rule) {
    return "transfers from " + (rule.from_group.empty() ? "any group" : rule.from_group) + " to " +
           (rule.to_group.empty() ? "any group" : rule.to_group);
  }
  void lose(std::size_t index, const std::string& why) {
    if (std::exchange(told_[index], 2) == 2) return;
    report_.lose(feed_.transfers[index].place, groups_of(feed_.transfers[index]) + ": " + why);
  }

  /// Exact groups first, then an empty field for groups that its column does not list (reference,
  /// fare_transfer_rules.txt, steps 3 and 4).
  [[nodiscard]] std::vector<std::size_t> rules_of(const std::string& from,
                                                  const std::string& to) const {
    const std::string want_from = listed_from_.contains(from) ? from : "";
    const std::string want_to = listed_to_.contains(to) ? to : "";
    std::vector<std::size_t> out;
    if (from.empty() || to.empty()) return out;  // a rule without a group takes no part
    for (std::size_t i = 0; i < feed_.transfers.size(); ++i)
      if (feed_.transfers[i].from_group == want_from && feed_.transfers[i].to_group == want_to)
        out.push_back(i);
    return out;
  }

  /// The part of a rule that must be alike for all groups of two networks.
  [[nodiscard]] static auto terms(const TransferRule& rule) {
    return std::tuple{rule.duration_limit.value_or(0), rule.duration_type};
  }

  void add(const PlannedNetwork& from, const PlannedNetwork& to) {
    std::set<std::size_t> used;
    std::string problem;
    Effects effects;
    std::int64_t count = -1;
    bool same_group = false;
    for (const auto& [from_group, from_fares] : from.leg_groups)
      for (const auto& [to_group, to_fares] : to.leg_groups) {
        const auto rules = rules_of(from_group, to_group);
        used.insert(rules.begin(), rules.end());
        if (rules.empty())
          problem = "not every ride of " + from.id + " to " + to.id + " has a rule";
        if (rules.size() > 1) problem = "several rules for the same groups";
        if (rules.size() != 1) continue;
        const TransferRule& rule = feed_.transfers[rules.front()];
        if (rule.count) {
          if (same_group && count != *rule.count) problem = "counts differ between groups";
          count = *rule.count;
          same_group = true;
        }
        if (terms(rule) != terms(feed_.transfers[*used.begin()]))
          problem = "limits differ between groups of the same networks";
        compare(rule, from_fares, to_fares, effects);
      }
    if (used.empty()) return;
    if (problem.empty()) problem = finish(from, to, *used.begin(), effects, count, same_group);
    for (const std::size_t rule : used)
      if (problem.empty())
        told_[rule] = std::max<char>(told_[rule], 1);
      else
        lose(rule, problem);
  }

  /// Every fare of the first ride with every fare of the second, by rider and medium.
  void compare(const TransferRule& rule, const std::set<NetworkPrices::Table>& from,
               const std::set<NetworkPrices::Table>& to, Effects& effects) const {
    for (const NetworkPrices::Table& first : from)
      for (const NetworkPrices::Table& second : to)
        for (std::size_t payer = 0; payer < first.size(); ++payer) {
          if (first[payer] == kNoFare || second[payer] == kNoFare) continue;
          const auto transfer =
              rule.product.empty() ? std::int64_t{0} : plan_.products.at(rule.product)[payer];
          // Without a price for this payer the rule does not help them.
          const std::int64_t charged =
              transfer ? second_ride(rule.type, first[payer], second[payer], *transfer)
                       : second[payer];
          effects.see(first[payer], second[payer], charged);
        }
  }

  /// Empty: the transfer is planned, or there is nothing to plan.
  std::string finish(const PlannedNetwork& from, const PlannedNetwork& to, std::size_t index,
                     const Effects& effects, std::int64_t count, bool same_group) {
    const TransferRule& rule = feed_.transfers[index];
    if (effects.has_none()) {
      report_.note(rule.place, groups_of(rule) + ": changes no price");
      return {};
    }
    const auto effect = effects.effect();
    if (!effect)
      return "the price of the second ride is neither 0, nor what is left to the dearer fare, nor "
             "a "
             "fixed amount less than its own";
    if (rule.duration_limit && rule.duration_type == 0)
      return "duration_limit_type 0: a book does not measure from a departure to an arrival";
    PlannedTransfer out{.from = from.id, .to = to.id, .count = count, .effect = effect->first};
    out.value = effect->second;
    out.place = rule.place;
    out.from_first = same_group;
    out.from_begin = rule.duration_type == 1;
    out.to_end = rule.duration_type == 3;
    const std::int64_t seconds = rule.duration_limit.value_or(kWindowMax * 60);
    out.window_minutes = static_cast<int>(std::min(seconds / 60, kWindowMax));
    if (!rule.duration_limit || seconds > kWindowMax * 60)
      report_.lose(rule.place, groups_of(rule) + ": a window of a book is at most " +
                                   std::to_string(kWindowMax) + " minutes, which is taken");
    else if (seconds % 60 != 0)
      report_.lose(rule.place, groups_of(rule) + ": windows are whole minutes; " +
                                   std::to_string(out.window_minutes) + " are taken");
    plan_.transfers.push_back(out);
    return {};
  }

  const Feed& feed_;
  BookPlan& plan_;
  Report& report_;
  Ids listed_from_, listed_to_;
  std::vector<char> told_;  ///< of each rule: 1 in the book, 2 named as a loss
};

}  // namespace

/// One line that says what a transfer is, for the report.
std::string transfer_text(const PlannedTransfer& one) {
  std::string out = "from " + one.from + " to " + one.to + " within " +
                    std::to_string(one.window_minutes) + " minutes: ";
  switch (one.effect) {
    case Effect::free: return out + "free";
    case Effect::up_to_difference: return out + "the difference to the dearer fare";
    case Effect::amount_off: break;
  }
  return out + std::to_string(one.value) + " fen off";
}

void plan_transfers(const Feed& feed, BookPlan& plan, Report& report) {
  for (const JoinRule& join : feed.joins) name_join(join, plan, report);
  Transfers{feed, plan, report}.plan();
}

}  // namespace tidegate::fare::gtfs
