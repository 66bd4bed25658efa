// SPDX-License-Identifier: Apache-2.0
// Writes the journey policy of a network as sentences.
#include "fare/authoring/journey_json.h"
#include "fare/authoring/rule_lines.h"

namespace tidegate::fare {
namespace {

Bilingual yuan(const char* zh, const char* en, Fen fen) {
  return {zh + fen.yuan() + " 元", en + fen.yuan() + " yuan"};
}

Bilingual limit_line(const JourneyPolicy& policy) {
  Bilingual out{"乘车时限:", "time limit: "};
  for (const LimitBand& limit : policy.limits) {
    const std::string minutes = std::to_string(limit.minutes), metres = std::to_string(limit.to_m);
    const bool first = &limit == &policy.limits.front();
    out.zh.append(first ? "" : ",");
    if (limit.to > Fen{}) out.zh.append(limit.to.yuan()).append(" 元以内 ");
    if (limit.to_m > 0) out.zh.append("最短里程 ").append(metres).append(" 米以内 ");
    out.zh.append(minutes).append(" 分钟");
    out.en.append(first ? "" : ", ").append(minutes).append(" minutes");
    if (limit.to > Fen{}) out.en.append(" up to a fare of ").append(limit.to.yuan() + " yuan");
    if (limit.to_m > 0) out.en.append(" up to a way of ").append(metres).append(" m");
  }
  return out;
}

Bilingual overstay_text(const JourneyPolicy& policy) {
  switch (policy.overstay) {
    case Overstay::none: return {"只付票价", "the fare alone"};
    case Overstay::exit_maximum:
      return {"付到本站的最高票价", "the highest fare of a ride that ends there"};
    case Overstay::network_maximum: return {"付线网最高票价", "the network's highest fare"};
    case Overstay::minimum_fare: return {"加付最低票价", "the lowest fare on top"};
    case Overstay::added: return yuan("加付 ", "on top ", policy.overstay_fen);
  }
  return {};
}

Bilingual same_station_text(const JourneyPolicy& policy) {
  switch (policy.same_station) {
    case SameStation::tariff: return {"按票价表", "as the tariff says"};
    case SameStation::minimum_fare: return {"付最低票价", "the lowest fare"};
    case SameStation::fixed: return yuan("付 ", "", policy.same_station_fen);
    case SameStation::refused: return {"不放行,人工处理", "refused, staff settle it"};
  }
  return {};
}

Bilingual unseen_text(Unseen rule, Fen fixed) {
  switch (rule) {
    case Unseen::refused: return {"不放行,人工处理", "refused, staff settle it"};
    case Unseen::station_maximum:
      return {"付该站的最高票价", "the highest fare from (or to) the station that is known"};
    case Unseen::network_maximum: return {"付线网最高票价", "the network's highest fare"};
    case Unseen::fixed: return yuan("付 ", "", fixed);
  }
  return {};
}

}  // namespace

std::vector<Bilingual> policy_lines(const Network& network) {
  const JourneyPolicy &policy = network.policy, plain;
  std::vector<Bilingual> out;
  if (policy == plain) return out;
  const auto add = [&out](const char* zh, const char* en, const Bilingual& text) {
    out.push_back({zh + text.zh, en + text.en});
  };
  if (policy.maximum > Fen{}) add("", "", yuan("最高单程票价 ", "highest fare ", policy.maximum));
  if (policy.minimum > Fen{}) add("", "", yuan("最低单程票价 ", "lowest fare ", policy.minimum));
  if (!policy.limits.empty()) {
    out.push_back(limit_line(policy));
    add("超时:", "longer: ", overstay_text(policy));
  }
  if (policy.same_station != plain.same_station)
    add("同站进出:", "left where one entered: ", same_station_text(policy));
  if (policy.same_station_free_minutes > 0) {
    const std::string minutes = std::to_string(policy.same_station_free_minutes);
    out.push_back({"同站进出 " + minutes + " 分钟内免费",
                   "left where one entered within " + minutes + " minutes: free"});
  }
  add("无进站记录:", "exit without entry: ", unseen_text(policy.no_entry, policy.no_entry_fen));
  add("上次未出站:", "journey left open: ", unseen_text(policy.no_exit, policy.no_exit_fen));
  if (policy.collected_in == CollectedIn::city)
    out.push_back({"未完成行程由全市各线网收取", "it is collected by every network of the city"});
  if (policy.open_elsewhere == OpenElsewhere::overwritten)
    out.push_back({"外地未完成行程被覆盖", "a journey open elsewhere is overwritten"});
  if (policy.complete_certain)
    out.push_back({"可确定的缺失刷卡自动补全", "a missing tap that is certain is filled in"});
  if (!policy.completions.empty()) {
    const std::string count = std::to_string(policy.completions.size());
    out.push_back({"自动补全规则 " + count + " 条", count + " completions"});
  }
  if (policy.forgiven_days == 0) {
    out.push_back({"车站模式不免除未完成行程", "no station mode forgives an open journey"});
  } else {
    const std::string days = std::to_string(policy.forgiven_days),
                      modes = mode_names(policy.forgiven_modes);
    out.push_back({"模式 " + modes + " 后 " + days + " 日内免除未完成行程",
                   "open journeys are forgiven for " + days + " days after " + modes});
  }
  return out;
}

}  // namespace tidegate::fare
