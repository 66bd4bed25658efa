// SPDX-License-Identifier: Apache-2.0
// Transfers of a feed.
#include "fare/authoring/gtfs/transfers.h"

#include <algorithm>
#include <string>
#include <utility>

namespace tidegate::fare::gtfs {
namespace {

constexpr std::uint32_t kNoFare = NetworkPrices::kNoFare;
// Limits of a book.
constexpr std::int64_t kWindowMax = 24 * 60;
constexpr std::int64_t kCountMax = 15;
constexpr std::size_t kRulesMax = 15;

/// What the second of two rides costs under a rule: fares of the first and the second, and the
/// amount of the transfer's product (reference, fare_transfer_type).
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
    sane_ = sane_ && charged >= 0 && charged <= second;
    if (charged == 0) {
      least_off_ = std::max(least_off_, second);
    } else {
      amount_known_ = amount_known_ && (!off_ || *off_ == second - charged);
      off_ = second - charged;
    }
  }

  [[nodiscard]] bool none() const noexcept { return seen_ && none_; }
  [[nodiscard]] bool can_be(TransferEffect effect) const noexcept {
    if (!seen_ || !sane_) return false;
    if (effect == TransferEffect::free) return free_;
    if (effect == TransferEffect::up_to_difference) return difference_;
    return amount_known_ && off_ && *off_ >= least_off_;
  }
  [[nodiscard]] std::int64_t off() const noexcept { return off_.value_or(0); }

 private:
  bool seen_ = false, free_ = true, none_ = true, difference_ = true, amount_known_ = true,
       sane_ = true;
  std::optional<std::int64_t> off_;
  std::int64_t least_off_ = 0;
};

/// Transfers from all groups of one network to all of another, which must be alike.
struct NetworkPair {
  const PlannedNetwork* from = nullptr;
  const PlannedNetwork* to = nullptr;
  std::set<std::size_t> rules;  ///< of Feed::transfers
  std::string problem;          ///< why it cannot be said
  Effects effects;
  std::optional<std::int64_t> count;
};

class Transfers {
 public:
  Transfers(const Feed& feed, BookPlan& plan, Report& report)
      : feed_{feed}, plan_{plan}, report_{report}, is_told_(feed.transfers.size()) {
    for (const TransferRule& rule : feed.transfers) {
      listed_from_.insert(rule.from_group);
      listed_to_.insert(rule.to_group);
    }
  }

  void plan() {
    for (const PlannedNetwork& from : plan_.networks)
      for (const PlannedNetwork& to : plan_.networks)
        if (NetworkPair pair = look_at(from, to); !pair.rules.empty())
          pairs_.push_back(std::move(pair));
    // A difference to the dearer fare is also a free transfer between equal fares: where the one
    // explains a pair and the other another, the one that explains both is taken.
    const bool difference = std::ranges::any_of(pairs_, [](const NetworkPair& pair) {
      return pair.problem.empty() && !pair.effects.can_be(TransferEffect::free) &&
             pair.effects.can_be(TransferEffect::up_to_difference);
    });
    for (const NetworkPair& pair : pairs_) add(pair, difference);
    merge();
    for (const PlannedTransfer& one : plan_.transfers)
      report_.taken.push_back("transfers from " + list(one.from) + " to " + list(one.to) +
                              " within " + std::to_string(one.window_minutes) + " minutes");
    for (std::size_t i = 0; i < is_told_.size(); ++i)
      if (!is_told_[i])
        report_.note(feed_.transfers[i].place, name_of(i) + " concern no ride of the book");
  }

 private:
  static std::string list(const Ids& ids) {
    std::string out;
    for (const std::string& id : ids) out.append(out.empty() ? "" : ", ").append(id);
    return out;
  }
  [[nodiscard]] std::string name_of(std::size_t rule) const {
    const TransferRule& one = feed_.transfers[rule];
    return "transfers from " + (one.from_group.empty() ? "other groups" : one.from_group) + " to " +
           (one.to_group.empty() ? "other groups" : one.to_group);
  }
  void lose(const NetworkPair& pair, const std::string& why) {
    for (const std::size_t rule : pair.rules)
      report_.lose(feed_.transfers[rule].place,
                   name_of(rule) + ", " + pair.from->id + " to " + pair.to->id + ": " + why);
  }

  /// Exact groups first, then an empty field for groups that its column does not list (reference,
  /// fare_transfer_rules.txt, steps 3 and 4). A leg without a group takes no part.
  [[nodiscard]] std::vector<std::size_t> rules_of(const std::string& from,
                                                  const std::string& to) const {
    std::vector<std::size_t> out;
    if (from.empty() || to.empty()) return out;
    const std::string want_from = listed_from_.contains(from) ? from : "";
    const std::string want_to = listed_to_.contains(to) ? to : "";
    for (std::size_t i = 0; i < feed_.transfers.size(); ++i)
      if (feed_.transfers[i].from_group == want_from && feed_.transfers[i].to_group == want_to)
        out.push_back(i);
    return out;
  }

  NetworkPair look_at(const PlannedNetwork& from, const PlannedNetwork& to) {
    NetworkPair out{
        .from = &from, .to = &to, .rules = {}, .problem = {}, .effects = {}, .count = {}};
    for (const auto& [from_group, from_fares] : from.leg_groups)
      for (const auto& [to_group, to_fares] : to.leg_groups) {
        const auto rules = rules_of(from_group, to_group);
        out.rules.insert(rules.begin(), rules.end());
        for (const std::size_t rule : rules) is_told_[rule] = true;
        if (rules.empty()) out.problem = "not every ride between these networks has such a rule";
        if (rules.size() > 1) out.problem = "several rules for the same groups";
        if (rules.size() != 1) continue;
        look_at_terms(feed_.transfers[rules.front()], out);
        compare(feed_.transfers[rules.front()], from_fares, to_fares, out.effects);
      }
    return out;
  }

  /// The part of the rules that must be alike.
  void look_at_terms(const TransferRule& rule, NetworkPair& pair) const {
    const TransferRule& first = feed_.transfers[*pair.rules.begin()];
    if (rule.duration_limit != first.duration_limit || rule.duration_type != first.duration_type)
      pair.problem = "the limits of these networks' groups differ";
    if (!rule.count) return;
    if (pair.count && *pair.count != *rule.count)
      pair.problem = "the counts of these networks' groups differ";
    pair.count = rule.count;
  }

  /// Every fare of the first ride with every fare of the second, by rider and medium.
  void compare(const TransferRule& rule, const std::set<NetworkPrices::Table>& from,
               const std::set<NetworkPrices::Table>& to, Effects& effects) const {
    for (const NetworkPrices::Table& first : from)
      for (const NetworkPrices::Table& second : to)
        for (std::size_t payer = 0; payer < first.size(); ++payer) {
          if (first[payer] == kNoFare || second[payer] == kNoFare) continue;
          const std::optional<std::int64_t> transfer =
              rule.product.empty() ? 0 : plan_.products.at(rule.product)[payer];
          // Without a price for this payer the rule does not help them.
          effects.see(first[payer], second[payer],
                      transfer ? second_ride(rule.type, first[payer], second[payer], *transfer)
                               : std::int64_t{second[payer]});
        }
  }

  /// Why a pair cannot be said; empty: it can.
  [[nodiscard]] std::string obstacle(const NetworkPair& pair) const {
    const TransferRule& rule = feed_.transfers[*pair.rules.begin()];
    if (!pair.problem.empty()) return pair.problem;
    const bool known = pair.effects.can_be(TransferEffect::free) ||
                       pair.effects.can_be(TransferEffect::up_to_difference) ||
                       pair.effects.can_be(TransferEffect::amount_off);
    if (!known)
      return "the second ride costs neither 0, nor the difference to the dearer fare, nor a fixed "
             "amount less than its own fare";
    if (rule.duration_limit && rule.duration_type == 0)
      return "duration_limit_type 0: a book does not measure from a begin to an end";
    if (pair.count.value_or(-1) > 0 && (pair.from->leg_groups.size() > 1 && pair.from == pair.to))
      return "transfer_count holds within a leg group, that of a book for all rides of a network";
    return {};
  }

  void add(const NetworkPair& pair, bool difference) {
    const TransferRule& rule = feed_.transfers[*pair.rules.begin()];
    if (pair.problem.empty() && pair.effects.none())
      return report_.note(rule.place, name_of(*pair.rules.begin()) + " change no price");
    if (const std::string why = obstacle(pair); !why.empty()) return lose(pair, why);
    PlannedTransfer out{
        .from = {pair.from->id}, .to = {pair.to->id}, .measured = {}, .place = rule.place};
    const bool can_differ = pair.effects.can_be(TransferEffect::up_to_difference);
    if (can_differ && (difference || !pair.effects.can_be(TransferEffect::free))) {
      out.effect = TransferEffect::up_to_difference;
    } else if (!pair.effects.can_be(TransferEffect::free)) {
      out.effect = TransferEffect::amount_off;
      out.value = pair.effects.off();
    }
    constexpr const char* kMeasured[] = {"begin-to-begin", "begin-to-begin", "end-to-begin",
                                         "end-to-end"};
    out.measured = kMeasured[rule.duration_type];
    const std::int64_t seconds = rule.duration_limit.value_or(kWindowMax * 60 + 1);
    out.window_minutes = static_cast<int>(std::clamp<std::int64_t>(seconds / 60, 1, kWindowMax));
    if (seconds != out.window_minutes * 60)
      lose(pair, "a window is whole minutes, at most 1440; " + std::to_string(out.window_minutes) +
                     " are taken");
    out.count = std::max<std::int64_t>(0, pair.count.value_or(0));
    if (out.count > kCountMax) {
      lose(pair, "a card counts to 15 transfers, which are taken");
      out.count = kCountMax;
    }
    plan_.transfers.push_back(std::move(out));
  }

  static bool same_terms(const PlannedTransfer& a, const PlannedTransfer& b) {
    return a.window_minutes == b.window_minutes && a.measured == b.measured && a.count == b.count &&
           a.effect == b.effect && a.value == b.value;
  }

  /// Rules into one network become one, then those from the same networks.
  void merge() {
    std::vector<PlannedTransfer> by_to, out;
    const auto into = [](std::vector<PlannedTransfer>& all, const PlannedTransfer& one,
                         auto alike) {
      const auto at = std::ranges::find_if(all, [&](const PlannedTransfer& other) {
        return same_terms(other, one) && alike(other);
      });
      if (at == all.end()) return all.push_back(one);
      at->from.insert(one.from.begin(), one.from.end());
      at->to.insert(one.to.begin(), one.to.end());
    };
    for (const PlannedTransfer& one : plan_.transfers)
      into(by_to, one, [&](const PlannedTransfer& other) { return other.to == one.to; });
    for (const PlannedTransfer& one : by_to)
      into(out, one, [&](const PlannedTransfer& other) { return other.from == one.from; });
    plan_.transfers.clear();
    for (const PlannedTransfer& one : out) {
      const bool begins = one.measured == "begin-to-begin";
      const bool clashes = !out.empty() && begins != (out.front().measured == "begin-to-begin");
      if (plan_.transfers.size() == kRulesMax || clashes)
        report_.lose(one.place,
                     "transfers from " + list(one.from) + " to " + list(one.to) +
                         (clashes ? ": a card keeps the begin or the end of a ride, not both"
                                  : ": a card tells 15 transfer rules apart"));
      else
        plan_.transfers.push_back(one);
    }
  }

  const Feed& feed_;
  BookPlan& plan_;
  Report& report_;
  Ids listed_from_, listed_to_;
  std::vector<bool> is_told_;  ///< of each rule: in the book, or named
  std::vector<NetworkPair> pairs_;
};

/// Boarded and alighted from: what a rule counts there has no room on a card (is_staged()).
bool is_staged(const PlannedNetwork& network) {
  const bool boarded =
      network.industry == "bus" || network.industry == "coach" || network.industry == "ferry";
  return boarded && !network.is_flat;
}

void leave_out_counted(BookPlan& plan, Report& report) {
  std::erase_if(plan.transfers, [&](const PlannedTransfer& one) {
    if (one.count == 0) return false;
    const auto concerned =
        std::ranges::find_if(plan.networks, [&one](const PlannedNetwork& network) {
          return is_staged(network) &&
                 (one.from.contains(network.id) || one.to.contains(network.id));
        });
    if (concerned == plan.networks.end()) return false;
    report.lose(one.place, "transfer_count " + std::to_string(one.count) + ": the fare of " +
                               concerned->id +
                               " depends on where one alights, and a card counts nothing there");
    return true;
  });
}

}  // namespace

void plan_transfers(const Feed& feed, BookPlan& plan, Report& report) {
  Transfers{feed, plan, report}.plan();
  leave_out_counted(plan, report);
}

}  // namespace tidegate::fare::gtfs
