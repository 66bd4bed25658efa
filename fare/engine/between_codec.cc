// SPDX-License-Identifier: Apache-2.0
// Writes and reads the rules between rides of a fare book.
#include "fare/engine/between_codec.h"

#include <algorithm>
#include <type_traits>

namespace tidegate::fare::codec {
namespace {

using Numbers = flatbuffers::Vector<std::uint16_t>;

std::uint8_t wire(Rounding rounding) {
  return std::to_underlying(rounding);
}

Offset<Numbers> put_words(Builder& out, const std::vector<std::uint16_t>& values) {
  return values.empty() ? Offset<Numbers>{} : out.CreateVector(values);
}

Offset<fb::RuleScope> put(Builder& out, const RuleScope& scope) {
  const auto riders = put_numbers(out, scope.riders), media = put_numbers(out, scope.media);
  const auto issuers = put_words(out, scope.issuers);
  return fb::CreateRuleScope(out, riders, media, issuers, day_number(scope.from),
                             day_number(scope.until));
}

Offset<fb::TransferRule> put(Builder& out, const TransferRule& r) {
  const auto name = out.CreateString(r.name);
  const auto scope = put(out, r.scope);
  const auto from = out.CreateVector(r.from), to = out.CreateVector(r.to);
  return fb::CreateTransferRule(out, name, r.number, scope, from, to, r.window_minutes,
                                std::to_underlying(r.measured), r.from_first_leg,
                                std::to_underlying(r.effect), r.value, wire(r.rounding), r.unit,
                                r.max_transfers, r.same_line);
}

Offset<fb::InterchangeRule> put(Builder& out, const InterchangeRule& r) {
  std::vector<fb::StopPair> pairs;
  for (const auto& [a, b] : r.pairs) pairs.emplace_back(a, b);
  const auto name = out.CreateString(r.name);
  const auto scope = put(out, r.scope);
  const auto all = out.CreateVectorOfStructs(pairs);
  return fb::CreateInterchangeRule(out, name, scope, r.network, r.minutes, all, r.max_links);
}

Offset<fb::CapRule> put(Builder& out, const CapRule& r) {
  std::vector<fb::ZoneCap> caps;
  for (const auto& [zones, fen] : r.by_zones) caps.emplace_back(zones, fen32(fen));
  std::vector<fb::StopZone> stops;
  for (const auto& [network, stop, zone] : r.zones_of) stops.emplace_back(network, stop, zone);
  const auto name = out.CreateString(r.name);
  const auto scope = put(out, r.scope);
  const auto networks = out.CreateVector(r.networks);
  const auto by_zones = caps.empty() ? 0 : out.CreateVectorOfStructs(caps);
  const auto zones_of = stops.empty() ? 0 : out.CreateVectorOfStructs(stops);
  return fb::CreateCapRule(out, name, r.account, scope, networks, std::to_underlying(r.period),
                           fen32(r.fen), by_zones, zones_of);
}

Offset<fb::CumulativeRule> put(Builder& out, const CumulativeRule& r) {
  std::vector<fb::SpendingTier> tiers;
  for (const auto& [above, percent] : r.tiers) tiers.emplace_back(fen32(above), percent);
  const auto name = out.CreateString(r.name);
  const auto scope = put(out, r.scope);
  const auto networks = out.CreateVector(r.networks);
  const auto all = out.CreateVectorOfStructs(tiers);
  return fb::CreateCumulativeRule(out, name, r.account, scope, networks, r.reaches, all,
                                  wire(r.rounding), r.unit);
}

Offset<fb::PassRule> put(Builder& out, const PassRule& r) {
  const auto name = out.CreateString(r.name);
  const auto scope = put(out, r.scope);
  const auto networks = out.CreateVector(r.networks);
  return fb::CreatePassRule(out, name, r.product, scope, networks, r.days);
}

template <class Rule>
auto put_rules(Builder& out, const std::vector<Rule>& rules) {
  std::vector<decltype(put(out, rules.front()))> offsets;
  for (const Rule& rule : rules) offsets.push_back(put(out, rule));
  return put_list(out, offsets);
}

// Vectors may be shared by many rules: at most one value more than `max` is copied, too many for
// check_book().
std::vector<std::uint16_t> words(const Numbers* in, std::size_t max) {
  if (in == nullptr) return {};
  const auto count = std::min(in->size(), static_cast<std::uint32_t>(max + 1));
  return {in->begin(), in->begin() + count};
}
template <class Out, class In, class Get>
std::vector<Out> values(const flatbuffers::Vector<const In*>* in, std::size_t max, Get get) {
  std::vector<Out> out;
  if (in == nullptr) return out;
  for (const In* one : *in) {
    if (out.size() > max) break;
    out.push_back(get(*one));
  }
  return out;
}

RuleScope get(const fb::RuleScope& in) {
  return {.riders = get_numbers<RiderCategory>(in.riders(), kClassRidersMax),
          .media = get_numbers<MediumKind>(in.media(), kClassMediaMax),
          .issuers = words(in.issuers(), kRuleIssuersMax),
          .from = day_from(in.from()),
          .until = day_from(in.until())};
}

TransferRule get(const fb::TransferRule& in) {
  return {.name = text(in.name()),
          .number = in.number(),
          .scope = get(*in.scope()),
          .from = words(in.from(), kNetworksMax),
          .to = words(in.to(), kNetworksMax),
          .window_minutes = in.window_minutes(),
          .measured = static_cast<TransferRule::Measured>(in.measured()),
          .from_first_leg = in.from_first_leg(),
          .effect = static_cast<TransferRule::Effect>(in.effect()),
          .value = in.value(),
          .rounding = static_cast<Rounding>(in.rounding()),
          .unit = in.unit(),
          .max_transfers = in.max_transfers(),
          .same_line = in.same_line()};
}

InterchangeRule get(const fb::InterchangeRule& in) {
  return {.name = text(in.name()),
          .scope = get(*in.scope()),
          .network = in.network(),
          .minutes = in.minutes(),
          .pairs = values<InterchangeRule::Pair>(
              in.pairs(), kRulePairsMax,
              [](const fb::StopPair& pair) { return InterchangeRule::Pair{pair.a(), pair.b()}; }),
          .max_links = in.max_links()};
}

CapRule get(const fb::CapRule& in) {
  return {.name = text(in.name()),
          .account = in.account(),
          .scope = get(*in.scope()),
          .networks = words(in.networks(), kNetworksMax),
          .period = static_cast<Period>(in.period()),
          .fen = Fen{in.fen()},
          .by_zones = values<CapRule::ZoneCap>(
              in.by_zones(), kRuleTiersMax,
              [](const fb::ZoneCap& cap) { return CapRule::ZoneCap{cap.zones(), Fen{cap.fen()}}; }),
          .zones_of =
              values<CapRule::StopZone>(in.zones_of(), kRuleZonesMax, [](const fb::StopZone& stop) {
                return CapRule::StopZone{stop.network(), stop.stop(), stop.zone()};
              })};
}

CumulativeRule get(const fb::CumulativeRule& in) {
  return {.name = text(in.name()),
          .account = in.account(),
          .scope = get(*in.scope()),
          .networks = words(in.networks(), kNetworksMax),
          .reaches = in.reaches(),
          .tiers = values<CumulativeRule::Tier>(in.tiers(), kRuleTiersMax,
                                                [](const fb::SpendingTier& tier) {
                                                  return CumulativeRule::Tier{Fen{tier.above()},
                                                                              tier.percent_off()};
                                                }),
          .rounding = static_cast<Rounding>(in.rounding()),
          .unit = in.unit()};
}

PassRule get(const fb::PassRule& in) {
  return {.name = text(in.name()),
          .product = in.product(),
          .scope = get(*in.scope()),
          .networks = words(in.networks(), kNetworksMax),
          .days = in.days()};
}

template <class Rule, class Table>
Status get_rules(const flatbuffers::Vector<Offset<Table>>* in, std::vector<Rule>& out) {
  if (in == nullptr) return {};
  if (in->size() > kBetweenRulesMax)
    return fail(Errc::invalid, "too many rules of one kind between rides");
  for (const Table* rule : *in) out.push_back(get(*rule));
  return {};
}

}  // namespace

Offset<fb::BetweenRides> put_between(Builder& out, const BetweenRides& rules) {
  if (rules.empty()) return {};
  const auto transfers = put_rules(out, rules.transfers);
  const auto interchanges = put_rules(out, rules.interchanges);
  const auto caps = put_rules(out, rules.caps);
  const auto cumulative = put_rules(out, rules.cumulative);
  const auto passes = put_rules(out, rules.passes);
  return fb::CreateBetweenRides(out, transfers, interchanges, caps, cumulative, passes);
}

Result<BetweenRides> get_between(const fb::BetweenRides* in) {
  BetweenRides out;
  if (in == nullptr) return out;
  if (auto ok = get_rules(in->transfers(), out.transfers); !ok) return fail(std::move(ok.error()));
  if (auto ok = get_rules(in->interchanges(), out.interchanges); !ok)
    return fail(std::move(ok.error()));
  if (auto ok = get_rules(in->caps(), out.caps); !ok) return fail(std::move(ok.error()));
  if (auto ok = get_rules(in->cumulative(), out.cumulative); !ok)
    return fail(std::move(ok.error()));
  if (auto ok = get_rules(in->passes(), out.passes); !ok) return fail(std::move(ok.error()));
  return out;
}

}  // namespace tidegate::fare::codec
