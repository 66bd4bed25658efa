// SPDX-License-Identifier: Apache-2.0
// Writes rules between rides, over borders, and classes as sentences.
#include "fare/authoring/rule_lines.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "fare/authoring/journey_json.h"
#include "fare/authoring/proof_rides.h"
#include "fare/authoring/proof_text.h"
#include "fare/authoring/rule_words.h"
#include "fare/authoring/timeframe_text.h"

namespace tidegate::fare {
namespace {

Bilingual networks_text(const BookModel& model, const NetworkSet& set) {
  std::vector<Bilingual> names;
  for (const std::uint16_t network : set)
    names.push_back(
        {plain_text(model.networks[network].name_zh), plain_text(model.networks[network].name_en)});
  return listed(names);
}

std::string city_text(std::uint16_t city) {
  char digits[8];
  std::snprintf(digits, sizeof digits, "%04x", unsigned{city});
  return digits;
}

Bilingual issuers_text(const std::vector<std::uint16_t>& cities, bool others) {
  std::string list;
  for (const std::uint16_t city : cities)
    list.append(list.empty() ? "" : ", ").append(city_text(city));
  if (others) return {"除 " + list + " 以外城市的卡", "cards of all cities but " + list};
  return {list + " 的卡", "cards of " + list};
}

Bilingual riders_text(const BookModel& model, const std::vector<RiderCategory>& riders) {
  std::vector<Bilingual> names;
  for (const RiderCategory rider : riders) {
    const RiderName name = rider_title(model.riders, rider);
    names.push_back({plain_text(name.zh), plain_text(name.en)});
  }
  return listed(names);
}

Bilingual media_text(const std::vector<MediumKind>& media) {
  std::vector<Bilingual> names;
  for (const MediumKind medium : media) names.push_back(medium_text(medium));
  return listed(names);
}

/// "; student; T-Union card; cards of 2900; from 2026-01-01"
Bilingual scope_text(const BookModel& model, const RuleScope& scope) {
  Bilingual out;
  const auto add = [&out](const Bilingual& text) {
    out.zh += ";" + text.zh;
    out.en += "; " + text.en;
  };
  if (!scope.riders.empty()) add(riders_text(model, scope.riders));
  if (!scope.media.empty()) add(media_text(scope.media));
  if (!scope.issuers.empty()) add(issuers_text(scope.issuers, false));
  if (scope.from != ServiceDay{}) add({scope.from.text() + " 起", "from " + scope.from.text()});
  if (scope.until != ServiceDay{}) add({"至 " + scope.until.text(), "until " + scope.until.text()});
  return out;
}

Bilingual headed(const char* zh, const char* en, const std::string& name, const Bilingual& text,
                 const Bilingual& scope) {
  const std::string plain = plain_text(name);
  return {std::string{zh} + " " + plain + ":" + text.zh + scope.zh,
          std::string{en} + " " + plain + ": " + text.en + scope.en};
}

Bilingual measured_text(TransferRule::Measured measured) {
  switch (measured) {
    case TransferRule::Measured::end_to_begin: return {"自上程结束至本程开始", "end to begin"};
    case TransferRule::Measured::begin_to_begin: return {"自上程开始至本程开始", "begin to begin"};
    case TransferRule::Measured::end_to_end: return {"自上程结束至本程结束", "end to end"};
  }
  return {};
}

Bilingual effect_text(const TransferRule& rule) {
  const Fen fen{rule.value};
  switch (rule.effect) {
    case TransferRule::Effect::amount_off:
      return {"减 " + fen.yuan() + " 元", fen.yuan() + " yuan off"};
    case TransferRule::Effect::percent_off:
      return {"减 " + std::to_string(rule.value) + " %", std::to_string(rule.value) + " % off"};
    case TransferRule::Effect::free: return {"免费", "free"};
    case TransferRule::Effect::up_to_difference:
      return {"只付超出之前最高一程的部分", "only what is above the dearest leg before"};
  }
  return {};
}

Bilingual period_text(Period period) {
  switch (period) {
    case Period::day: return {"每运营日", "a service day"};
    case Period::week: return {"每周(周一至周日)", "a week (Monday to Sunday)"};
    case Period::month: return {"每自然月", "a calendar month"};
  }
  return {};
}

std::string zones_text(std::uint8_t zones) {
  std::string out;
  for (unsigned zone = 0; zone < 8; ++zone)
    if ((zones >> zone & 1U) != 0)
      out.append(out.empty() ? "" : "+").append(std::to_string(zone + 1));
  return out;
}

}  // namespace

Bilingual class_line(const BookModel& model, const FareClass& one) {
  std::vector<Bilingual> parts;
  if (!one.riders.empty()) parts.push_back(riders_text(model, one.riders));
  if (one.timeframe) {
    const Timeframe& frame = model.timeframes[*one.timeframe];
    const std::string spans = plain_text(frame.name) + " (" + week_spans_text(frame.spans) + ")";
    const bool by_exit = one.judged == JudgedBy::exit;
    parts.push_back(
        {(by_exit ? "出站时段 " : "时段 ") + spans, (by_exit ? "leaving in " : "in ") + spans});
  }
  if (!one.media.empty()) parts.push_back(media_text(one.media));
  if (!one.issuers.empty()) parts.push_back(issuers_text(one.issuers, one.other_issuers));
  std::string items;
  for (const ItemClass item : one.items)
    items.append(items.empty() ? "" : ", ").append(item_name(item));
  if (!items.empty()) parts.push_back({"携带 " + items, "with " + items});
  if (parts.empty()) parts.push_back({"所有人", "everybody"});
  return listed(parts);
}

std::vector<Bilingual> version_lines(const BookModel& model, const Network& network,
                                     const TariffVersion& version) {
  std::vector<Bilingual> out;
  std::string stops;
  for (const std::uint16_t stop : version.charge_at)
    stops.append(stops.empty() ? "" : ", ").append(network.stops[stop].code);
  if (!stops.empty()) out.push_back({"只在 " + stops + " 收费", "charged at " + stops + " alone"});
  if (const auto& rule = version.companions) {
    const Bilingual child = riders_text(model, {rule->child}),
                    other = riders_text(model, {rule->companion});
    const std::string free = std::to_string(rule->free_children),
                      most = std::to_string(rule->max_companions);
    out.push_back({"每人免费携带儿童 " + free + " 名,其余按" + child.zh + ";同行人至多 " + most +
                       " 名,按" + other.zh,
                   "each person takes " + free + " children free, others pay as " + child.en +
                       "; at most " + most + " companions, who pay as " + other.en});
  }
  if (const auto& rule = version.repeat) {
    const std::string most = std::to_string(rule->max),
                      within = std::to_string(rule->within_seconds),
                      gap = std::to_string(rule->gap_seconds);
    out.push_back({within + " 秒内同卡再刷为另一人,至多 " + most + " 人;" + gap + " 秒内视为重复",
                   "the same card again within " + within + " s is another person, at most " +
                       most + " in all; within " + gap + " s the same tap"});
  }
  return out;
}

Bilingual through_line(const BookModel& model, const ThroughRule& rule) {
  const Network &a = model.networks[rule.a], &b = model.networks[rule.b];
  std::string borders;
  for (const Border& border : rule.borders)
    borders.append(borders.empty() ? "" : ", ")
        .append(a.stops[border.a].code + " – " + b.stops[border.b].code);
  Bilingual text{plain_text(a.name_zh) + " 与 " + plain_text(b.name_zh) + ":",
                 plain_text(a.name_en) + " and " + plain_text(b.name_en) + ": "};
  if (rule.versions.empty()) {
    text.zh += "两网票价相加,经 " + borders;
    text.en += "both fares added, over " + borders;
  } else {
    text.zh += "统一票价";
    text.en += "one tariff over both";
  }
  text.zh += ";" + rule.effective_from.text() + " 起";
  text.en += "; from " + rule.effective_from.text();
  if (!rule.media.empty()) {
    const Bilingual media = media_text(rule.media);
    text.zh += ";" + media.zh;
    text.en += "; " + media.en;
  }
  return headed("贯通", "through", rule.name, text, {});
}

Bilingual rule_line(const BookModel& model, const TransferRule& rule) {
  const Bilingual from = networks_text(model, rule.from), to = networks_text(model, rule.to),
                  measured = measured_text(rule.measured), effect = effect_text(rule);
  const std::string minutes = std::to_string(rule.window_minutes),
                    most = std::to_string(rule.max_transfers);
  Bilingual text{from.zh + " → " + to.zh + "," + minutes + " 分钟内(" + measured.zh +
                     (rule.from_first_leg ? ",自第一程起算" : "") + "),本程" + effect.zh,
                 from.en + " → " + to.en + " within " + minutes + " minutes (" + measured.en +
                     (rule.from_first_leg ? ", from the first leg" : "") + "): " + effect.en};
  if (rule.max_transfers > 0) {
    text.zh += ",连续至多 " + most + " 次";
    text.en += ", at most " + most + " in a chain";
  }
  if (!rule.same_line) {
    text.zh += ",同线除外";
    text.en += ", not on the same line";
  }
  return headed("换乘", "transfer", rule.name, text, scope_text(model, rule.scope));
}

Bilingual rule_line(const BookModel& model, const InterchangeRule& rule) {
  const Network& network = model.networks[rule.network];
  std::string pairs;
  for (const auto& pair : rule.pairs)
    pairs.append(pairs.empty() ? "" : ", ")
        .append(network.stops[pair.a].code)
        .append(" – ")
        .append(network.stops[pair.b].code);
  const std::string minutes = std::to_string(rule.minutes), links = std::to_string(rule.max_links);
  return headed("站外换乘", "interchange", rule.name,
                {plain_text(network.name_zh) + "," + minutes + " 分钟内连续计费,至多 " + links +
                     " 次:" + pairs,
                 plain_text(network.name_en) + ", one fare goes on within " + minutes +
                     " minutes, at most " + links + " times: " + pairs},
                scope_text(model, rule.scope));
}

Bilingual rule_line(const BookModel& model, const CapRule& rule) {
  const Bilingual where = networks_text(model, rule.networks), period = period_text(rule.period);
  std::string zh = rule.fen.yuan() + " 元", en = rule.fen.yuan() + " yuan";
  if (!rule.by_zones.empty()) zh = en = "";
  for (const CapRule::ZoneCap& one : rule.by_zones) {
    zh +=
        (zh.empty() ? "" : ",") + ("区段 " + zones_text(one.zones)) + " " + one.fen.yuan() + " 元";
    en += (en.empty() ? "" : ", ") + ("zones " + zones_text(one.zones)) + " " + one.fen.yuan() +
          " yuan";
  }
  return headed(
      "封顶", "cap", rule.name,
      {where.zh + "," + period.zh + "至多 " + zh, where.en + ", at most " + en + " " + period.en},
      scope_text(model, rule.scope));
}

Bilingual rule_line(const BookModel& model, const CumulativeRule& rule) {
  const Bilingual where = networks_text(model, rule.networks);
  Bilingual text{where.zh + ",每自然月累计",
                 where.en + ", by what was spent in the calendar month"};
  for (const CumulativeRule::Tier& tier : rule.tiers) {
    const std::string off = std::to_string(tier.percent_off) + " %";
    text.zh += (rule.reaches ? ",满 " : ",超过 ") + tier.above.yuan() + " 元后减 " + off;
    text.en +=
        (rule.reaches ? ", from " : ", above ") + tier.above.yuan() + " yuan " + off + " off";
  }
  return headed("累计优惠", "cumulative", rule.name, text, scope_text(model, rule.scope));
}

Bilingual rule_line(const BookModel& model, const PassRule& rule) {
  const Bilingual where = networks_text(model, rule.networks);
  const std::string product = std::to_string(rule.product);
  return headed("定期计次票", "pass", rule.name,
                {where.zh + ",产品 " + product + (rule.days ? ",按日" : ",按次"),
                 where.en + ", product " + product + (rule.days ? ", by days" : ", by rides")},
                scope_text(model, rule.scope));
}

std::vector<Bilingual> between_lines(const BookModel& model, std::uint16_t network) {
  std::vector<Bilingual> out;
  const auto has = [network](const NetworkSet& set) {
    return std::ranges::binary_search(set, network);
  };
  const BetweenRides& rules = model.between;
  for (const TransferRule& rule : rules.transfers)
    if (has(rule.from) || has(rule.to)) out.push_back(rule_line(model, rule));
  for (const InterchangeRule& rule : rules.interchanges)
    if (rule.network == network) out.push_back(rule_line(model, rule));
  const auto add = [&](const auto& some) {
    for (const auto& rule : some)
      if (has(rule.networks)) out.push_back(rule_line(model, rule));
  };
  add(rules.caps);
  add(rules.cumulative);
  add(rules.passes);
  return out;
}

}  // namespace tidegate::fare
