// SPDX-License-Identifier: Apache-2.0
// Writes transfers: a rule for each pair of leg groups, with the price of the second ride as
// product.
#include "fare/authoring/gtfs/export_transfers.h"

#include <algorithm>

#include "fare/authoring/gtfs/text.h"

namespace tidegate::fare::gtfs {
namespace {

using Effect = fare::TransferRule::Effect;
using Measured = fare::TransferRule::Measured;

constexpr std::uint32_t kNoFare = ExportPrices::kNoFare;

bool is_plain(const fare::TransferRule& rule) {
  return rule.effect == Effect::free && rule.scope.riders.empty() && rule.scope.media.empty();
}

/// A leg group with what its rides cost.
struct LegGroup {
  std::string id;
  PayerFares fares;
};

class TransferExport {
 public:
  TransferExport(const BookModel& model, const Payers& payers,
                 const std::set<std::string>& by_price, Products& products, Report& report)
      : model_{model}, payers_{payers}, products_{products}, report_{report} {
    for (const auto& [key, ids] : Products::Known{products.known()})
      for (const std::string& id : ids)
        groups_[key.first].push_back({by_price.contains(key.first) ? id : key.first, key.second});
    for (auto& [network, groups] : groups_)
      if (!by_price.contains(network)) groups.resize(1);
  }

  std::string text() {
    for (const fare::TransferRule& rule : model_.between.transfers) add(rule);
    return std::move(out_);
  }

 private:
  void lose(const fare::TransferRule& rule, const std::string& what) {
    report_.lose({}, "transfer " + rule.name + ": " + what);
  }

  void name_losses(const fare::TransferRule& rule) {
    if (!rule.scope.issuers.empty()) lose(rule, "only for cards of some cities");
    if (rule.scope.from != ServiceDay{} || rule.scope.until != ServiceDay{})
      lose(rule, "only between two days");
    if (!rule.same_line) lose(rule, "not between rides of one line");
    if (!rule.from_first_leg && rule.max_transfers != 1)
      lose(rule, "the window begins anew with each ride; that of GTFS with the first");
    if (rule.max_transfers > 0 && (rule.from != rule.to || rule.from.size() > 1))
      lose(rule, "max_transfers counts over all its networks; GTFS counts within a leg group");
  }

  void add(const fare::TransferRule& rule) {
    name_losses(rule);
    for (const std::uint16_t from : rule.from)
      for (const std::uint16_t to : rule.to) {
        // Of several rules for the same networks the first is taken.
        if (!done_.emplace(from, to).second) {
          lose(rule, "from " + model_.networks[from].id + " to " + model_.networks[to].id +
                         " another rule is written");
          continue;
        }
        for (const LegGroup& first : groups_[model_.networks[from].id])
          for (const LegGroup& second : groups_[model_.networks[to].id])
            add_row(rule, first, second);
      }
  }

  void add_row(const fare::TransferRule& rule, const LegGroup& first, const LegGroup& second) {
    std::string product;
    if (!is_plain(rule)) {
      const auto& ids = products_.of("transfer", charged(rule, first.fares, second.fares));
      if (ids.size() != 1) return lose(rule, "for riders where adults have no fare");
      product = ids.front();
    }
    constexpr const char* kType[] = {"2", "1", "3"};
    const std::string count =
        first.id != second.id
            ? ""
            : std::to_string(rule.max_transfers > 0 ? int{rule.max_transfers} : -1);
    out_ += csv_row({first.id, second.id, count, std::to_string(rule.window_minutes * 60),
                     kType[static_cast<std::size_t>(rule.measured)], "0", product});
  }

  /// What the second ride costs each payer.
  [[nodiscard]] PayerFares charged(const fare::TransferRule& rule, const PayerFares& first,
                                   const PayerFares& second) const {
    const std::size_t media = std::max<std::size_t>(1, payers_.media.size());
    PayerFares out = second;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const RiderCategory rider = payers_.riders[i / media];
      const auto& scope = rule.scope;
      const bool holds =
          (scope.riders.empty() || std::ranges::binary_search(scope.riders, rider)) &&
          (scope.media.empty() ||
           (!payers_.media.empty() &&
            std::ranges::binary_search(scope.media, payers_.media[i % media])));
      if (!holds || second[i] == kNoFare) continue;
      const Fen full{second[i]}, paid{first[i] == kNoFare ? 0 : first[i]};
      Fen left;
      if (rule.effect == Effect::amount_off) left = std::max(Fen{}, full - Fen{rule.value});
      if (rule.effect == Effect::up_to_difference) left = std::max(Fen{}, full - paid);
      if (rule.effect == Effect::percent_off)
        left = std::min(
            full, full.scaled({100 - std::int64_t{rule.value}, 100}, rule.rounding, rule.unit));
      out[i] = static_cast<std::uint32_t>(left.count());
    }
    return out;
  }

  const BookModel& model_;
  const Payers& payers_;
  Products& products_;
  Report& report_;
  std::map<std::string, std::vector<LegGroup>> groups_;  ///< of each network
  std::set<std::pair<std::uint16_t, std::uint16_t>> done_;
  std::string out_;
};

}  // namespace

std::set<std::string> networks_by_price(const BookModel& model) {
  std::set<std::string> out;
  for (const fare::TransferRule& rule : model.between.transfers)
    if (!is_plain(rule))
      for (const auto* networks : {&rule.from, &rule.to})
        for (const std::uint16_t network : *networks) out.insert(model.networks[network].id);
  return out;
}

void export_transfers(const BookModel& model, const Payers& payers,
                      const std::set<std::string>& by_price, Products& products, TextFiles& files,
                      Report& report) {
  if (model.between.transfers.empty()) return;
  files["fare_transfer_rules.txt"] =
      "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,"
      "fare_transfer_type,fare_product_id\n" +
      TransferExport{model, payers, by_price, products, report}.text();
}

}  // namespace tidegate::fare::gtfs
