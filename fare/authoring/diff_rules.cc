// SPDX-License-Identifier: Apache-2.0
// Compares rules as they are written, part by part.
#include "fare/authoring/diff_rules.h"

#include <algorithm>

#include "fare/authoring/proof_text.h"

namespace tidegate::fare {
namespace {

/// Names of rules that are in one list only, or not alike in both.
template <class Rule>
void compare(const std::string& kind, const std::vector<Rule>& before,
             const std::vector<Rule>& after, std::vector<std::string>& out) {
  const auto find = [](const std::vector<Rule>& rules, const std::string& name) {
    return std::ranges::find(rules, name, &Rule::name);
  };
  for (const Rule& rule : before) {
    const auto other = find(after, rule.name);
    if (other == after.end())
      out.push_back(kind + " " + plain_text(rule.name) + ": gone");
    else if (*other != rule)
      out.push_back(kind + " " + plain_text(rule.name) + ": changed");
  }
  for (const Rule& rule : after)
    if (find(before, rule.name) == before.end())
      out.push_back(kind + " " + plain_text(rule.name) + ": new");
}

/// Of a version, what pairs are not priced with: media, cities, things, company.
struct Unpriced {
  std::vector<FareClass> classes;
  std::vector<std::uint16_t> charge_at;
  std::optional<CompanionRule> companions;
  std::optional<RepeatRule> repeat;
  friend bool operator==(const Unpriced&, const Unpriced&) = default;
};
std::vector<Unpriced> unpriced(const Network& network) {
  std::vector<Unpriced> out;
  for (const TariffVersion& version : network.versions) {
    Unpriced& one = out.emplace_back();
    std::ranges::copy_if(version.classes, std::back_inserter(one.classes), [](const FareClass& c) {
      return !c.items.empty() || !c.issuers.empty() || !c.media.empty();
    });
    one.charge_at = version.charge_at;
    one.companions = version.companions;
    one.repeat = version.repeat;
  }
  return out;
}

void compare_network(const Network& before, const Network& after, std::vector<std::string>& out) {
  const std::string whose = "network " + plain_text(after.id) + ": ";
  if (before.policy != after.policy) out.push_back(whose + "policy for journeys that go wrong");
  if (before.minimum_balance != after.minimum_balance)
    out.push_back(whose + "balance asked for at entry");
  if (before.rollover_minutes != after.rollover_minutes)
    out.push_back(whose + "turn of the service day");
  if (unpriced(before) != unpriced(after))
    out.push_back(whose + "classes by medium, city of the card or what is carried; company");
}

}  // namespace

std::vector<std::string> changed_rules(const BookModel& before, const BookModel& after) {
  std::vector<std::string> out;
  for (const Network& network : after.networks) {
    const auto other = std::ranges::find(before.networks, network.id, &Network::id);
    if (other != before.networks.end()) compare_network(*other, network, out);
  }
  const BetweenRides &a = before.between, &b = after.between;
  compare("transfer", a.transfers, b.transfers, out);
  compare("interchange", a.interchanges, b.interchanges, out);
  compare("cap", a.caps, b.caps, out);
  compare("cumulative", a.cumulative, b.cumulative, out);
  compare("pass", a.passes, b.passes, out);
  compare("through", before.through, after.through, out);
  if (before.calendar != after.calendar) out.emplace_back("calendar");
  return out;
}

}  // namespace tidegate::fare
