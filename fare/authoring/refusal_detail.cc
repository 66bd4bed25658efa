// SPDX-License-Identifier: Apache-2.0
// Looks for what a book does not know.
#include "fare/authoring/refusal_detail.h"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <string>
#include <vector>

#include "fare/authoring/journey_json.h"
#include "fare/authoring/reasons.h"

namespace tidegate::fare {
namespace {

/// What there is: names that look alike, or the first few.
Bilingual there_is(std::string_view name, const std::vector<std::string>& known,
                   const Bilingual& what) {
  constexpr std::size_t kShown = 8;
  auto names = near_names(name, known);
  const bool near = !names.empty();
  if (!near) std::ranges::copy(known | std::views::take(kShown), std::back_inserter(names));
  std::string list;
  for (const std::string& one : names) list.append(list.empty() ? "" : ", ").append(one);
  if (!near && known.size() > kShown) list += " … (" + std::to_string(known.size()) + ")";
  if (near) return {",可能是 " + list, "; did you mean " + list + "?"};
  return {",有" + what.zh + ":" + list, "; it has the " + what.en + " " + list};
}

Bilingual unknown_network(const BookModel& model, const std::string& id) {
  std::vector<std::string> known;
  for (const Network& network : model.networks) known.push_back(network.id);
  const Bilingual there = there_is(id, known, {"线网", known.size() == 1 ? "network" : "networks"});
  return {"票价表没有线网 \"" + id + "\"" + there.zh,
          "network \"" + id + "\" is not in the book" + there.en};
}

Bilingual unknown_stop(const BookModel& model, const Network& network, const std::string& code) {
  std::vector<std::string> known;
  for (const Stop& stop : network.stops) {
    if (stop.name_zh == code || stop.name_en == code)
      return {"\"" + code + "\" 是站名,编码是 " + stop.code,
              "\"" + code + "\" is the name of stop " + stop.code + " of " + network.id +
                  ": journeys name codes"};
    known.push_back(stop.code);
  }
  for (const Network& other : model.networks)
    for (const Stop& stop : other.stops)
      if (stop.code == code)
        return {"\"" + code + "\" 是线网 " + other.id + " 的车站,不在 " + network.id,
                "\"" + code + "\" is a stop of " + other.id + ", not of " + network.id};
  const Bilingual there = there_is(code, known, {"车站", "stops"});
  return {"线网 " + network.id + " 没有车站 \"" + code + "\"" + there.zh,
          "\"" + code + "\" is not a stop of " + network.id + there.en};
}

ServiceDay day_of(const Network& network, Timestamp at) {
  ServiceCalendar calendar;
  calendar.rollover = std::chrono::minutes{network.rollover_minutes};
  return calendar.day_of(at);
}

const TariffVersion* version_of(const Network& network, Timestamp at) {
  const ServiceDay day = day_of(network, at);
  const TariffVersion* out = nullptr;
  for (const TariffVersion& version : network.versions)
    if (version.effective_from <= day) out = &version;
  return out;
}

std::optional<Bilingual> unknown_item(const Network& network, const TariffVersion& version,
                                      ItemClass item) {
  if (item == ItemClass::person) return std::nullopt;
  std::vector<std::string> known{std::string{item_name(ItemClass::person)}};
  for (const FareClass& one : version.classes) {
    if (std::ranges::find(one.items, item) != one.items.end()) return std::nullopt;
    for (const ItemClass other : one.items)
      if (std::ranges::find(known, item_name(other)) == known.end())
        known.emplace_back(item_name(other));
  }
  const std::string name{item_name(item)};
  const Bilingual there = there_is("", known, {"物品", known.size() == 1 ? "item" : "items"});
  return Bilingual{"线网 " + network.id + " 没有 " + name + " 的票价" + there.zh,
                   network.id + " has no price with item " + name + there.en};
}

/// The stop of this network where the open journey began.
const Stop* begun_at(const Network& network, const Medium& medium) {
  if (!medium.open) return nullptr;
  for (const Stop& stop : network.stops) {
    const auto is_here = [&](StationBytes code) {
      return card_code(network, code, 0).station == medium.open->where.station;
    };
    if (is_here(stop.card) || std::ranges::any_of(stop.also, is_here)) return &stop;
  }
  return nullptr;
}

Bilingual no_cell(const BookModel& model, const Network& network, const TariffVersion& version,
                  const Medium& medium, const TapContext& context, const Tap& tap) {
  const std::string day = version.effective_from.text(), here = context.stop.get(),
                    rider{rider_name(model.riders, medium.rider)};
  if (context.count == 0) return {"人数 count 为 0", "count is 0: nobody rides"};
  if (context.children > 0 || context.companions > 0)
    return {"该票价版本(" + day + ")没有随行人员的规则,或人数超限",
            "the tariff from " + day + " has no [companions] for them, or they are too many"};
  const bool in = tap.kind == TapKind::entry || tap.kind == TapKind::board;
  const Stop* const from = in ? nullptr : begun_at(network, medium);
  const std::string pair = from != nullptr ? from->code + " → " + here : here;
  return {
      "自 " + day + " 起的票价表中," + rider + " 在 " + network.id + " 的 " + pair + " 没有票价",
      "the tariff of " + network.id + " from " + day + " has no fare for " + rider +
          (from != nullptr ? " from " + from->code + " to "
           : in            ? " from "
                           : " to ") +
          here};
}

}  // namespace

std::optional<Bilingual> unknown_place(const BookModel& model, const TapContext& context) {
  const auto network = std::ranges::find(model.networks, context.network.get(), &Network::id);
  if (network == model.networks.end()) return unknown_network(model, context.network.get());
  if (!std::ranges::binary_search(network->stops, context.stop.get(), {}, &Stop::code))
    return unknown_stop(model, *network, context.stop.get());
  return std::nullopt;
}

std::optional<Bilingual> refusal_detail(const BookModel& model, const Medium& medium,
                                        const TapContext& context, const Tap& tap,
                                        const Decision& decision) {
  if (!decision.refusal) return std::nullopt;
  if (auto unknown = unknown_place(model, context)) return unknown;
  const auto network = std::ranges::find(model.networks, context.network.get(), &Network::id);
  if (*decision.refusal != RefusalCode::no_fare) return std::nullopt;
  const TariffVersion* version = version_of(*network, medium.open ? medium.open->at : tap.at);
  if (version == nullptr) version = version_of(*network, tap.at);
  if (version == nullptr) {
    const std::string day = day_of(*network, tap.at).text(),
                      first = network->versions.front().effective_from.text();
    return Bilingual{day + " 早于线网 " + network->id + " 的第一个票价版本 " + first,
                     day + " is before the first tariff of " + network->id + ", " + first};
  }
  if (const auto item = unknown_item(*network, *version, context.item)) return item;
  return no_cell(model, *network, *version, medium, context, tap);
}

}  // namespace tidegate::fare
