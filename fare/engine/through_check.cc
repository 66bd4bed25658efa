// SPDX-License-Identifier: Apache-2.0
// Checks the rules that lead from network to network, and that rules between rides can be told
// apart across them.
#include <string>
#include <string_view>

#include "fare/engine/check_parts.h"

namespace tidegate::fare::check {
namespace {

Status check_through(const BookModel& model, const ThroughRule& rule, const std::string& where) {
  if (!is_id(rule.name)) return bad(where, "name must be 1 to 64 letters, digits, - _ .");
  if (std::ranges::find(model.networks, rule.name, &Network::id) != model.networks.end())
    return bad(where, "its name is a network's");
  if (rule.a >= model.networks.size() || rule.b >= model.networks.size() || rule.a == rule.b)
    return bad(where, "does not join two networks of the book");
  if (!is_day(rule.effective_from))
    return bad(where, "effective_from is not between 1970 and 2099");
  if (!is_set(rule.media) || !are_media(rule.media))
    return bad(where, "media are not sorted, there twice, or do not exist");
  const std::size_t in_a = model.networks[rule.a].stops.size(),
                    in_b = model.networks[rule.b].stops.size();
  if (rule.borders.empty() == rule.versions.empty())
    return bad(where, "has either borders or a tariff");
  if (rule.borders.size() > kBordersMax || !is_set(rule.borders))
    return bad(where, "borders are not sorted, there twice, or more than 16");
  for (const Border& border : rule.borders)
    if (border.a >= in_a || border.b >= in_b) return bad(where, "a border's stop does not exist");
  if (rule.versions.empty()) return {};
  for (const TariffVersion& version : rule.versions)
    if (version.companions || version.repeat || !version.charge_at.empty())
      return bad(where, "who rides along, repeats and charge_at are the networks' own");
  return tariff_versions(model, rule.name, rule.versions, in_a + in_b, where);
}

bool has(const NetworkSet& networks, std::uint16_t network) {
  return std::ranges::find(networks, network) != networks.end();
}

/// The entry writes the number of a transfer, and the exit in the other network reads it.
Status check_transfer_numbers(const BookModel& model, const ThroughRule& rule,
                              const std::string& where) {
  for (const TransferRule& one : model.between.transfers)
    for (const TransferRule& other : model.between.transfers)
      if (&one != &other && one.number == other.number && has(one.to, rule.a) &&
          has(other.to, rule.b))
        return bad(where, "joins networks where transfer " + one.name + " and transfer " +
                              other.name + " have the same number");
  return {};
}

/// One fare over two networks has no shares: a rule that lowers it is a rule of both.
Status check_one_fare(const BookModel& model, const ThroughRule& rule, const std::string& where) {
  const auto check = [&](std::string_view kind, const auto& rules, auto networks) -> Status {
    for (const auto& one : rules)
      if (has(one.*networks, rule.a) != has(one.*networks, rule.b))
        return bad(where, "is one fare over two networks, of which " + std::string{kind} + " " +
                              one.name + " names one only");
    return {};
  };
  const BetweenRides& between = model.between;
  if (auto ok = check("transfer", between.transfers, &TransferRule::to); !ok) return ok;
  if (auto ok = check("pass", between.passes, &PassRule::networks); !ok) return ok;
  if (auto ok = check("cumulative", between.cumulative, &CumulativeRule::networks); !ok) return ok;
  if (auto ok = check("cap", between.caps, &CapRule::networks); !ok) return ok;
  for (const CapRule& cap : between.caps)
    if (!cap.by_zones.empty() && has(cap.networks, rule.a))
      return bad(where, "is one fare over two networks, and cap " + cap.name +
                            " goes by zones: a ride of one fare has those of its end only");
  return {};
}

}  // namespace

Status through_rules(const BookModel& model) {
  if (model.through.size() > kThroughMax) return bad("book", "has more than 256 through rules");
  for (std::size_t i = 0; i < model.through.size(); ++i) {
    const ThroughRule& rule = model.through[i];
    const std::string where = "through " + rule.name;
    if (auto ok = check_through(model, rule, where); !ok) return ok;
    if (auto ok = check_transfer_numbers(model, rule, where); !ok) return ok;
    if (rule.versions.empty()) continue;
    if (auto ok = check_one_fare(model, rule, where); !ok) return ok;
    if (i > 0 && model.through[i - 1].name >= rule.name)
      return bad(where, "rules are not sorted, or the name is there twice");
  }
  return {};
}

}  // namespace tidegate::fare::check
