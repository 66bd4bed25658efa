// SPDX-License-Identifier: Apache-2.0
// Looks up what rules about days and modes will ask for.
#include "fare/engine/lookups.h"

#include <algorithm>

#include "fare/engine/book_data.h"
#include "fare/engine/journey_rules.h"

namespace tidegate::fare {

ServiceDay service_day_of(const Book& book, const NetworkId& network, Timestamp at) {
  const Network* const found = BookData::of(book).network(network);
  return found != nullptr ? service_day(*found, at) : ServiceCalendar{}.day_of(at);
}

bool newest_first(const ModeInterval& a, const ModeInterval& b) noexcept {
  if (a.network != b.network) return a.network.view() < b.network.view();
  return a.from > b.from;
}

ModeHistory mode_history(const Book& book, const Medium& medium, TapKind kind,
                         std::span<const ModeInterval> notices) {
  ModeHistory out;
  const bool by_rail = kind == TapKind::entry || kind == TapKind::exit;
  const auto& open = by_rail ? medium.open : medium.open_bus;
  if (!open || notices.empty()) return out;
  const auto place = open_place(BookData::of(book), *open);
  if (!place) return out;
  const Network& network = *place.network;
  const std::string_view stop = network.stops[place.stop].code;
  const ServiceDay began_on = service_day(network, open->at);
  for (const ModeInterval& one :
       std::ranges::equal_range(notices, std::string_view{network.id}, {},
                                [](const ModeInterval& notice) { return notice.network.view(); })) {
    if (one.until <= open->at) continue;
    const bool of_station = one.stop.empty() || one.stop.view() == stop;
    const bool forgives_time = one.modes.has(Modes::kTimeFree) && of_station;
    const bool forgives_journey = (one.modes.bits & network.policy.forgiven_modes.bits) != 0 &&
                                  service_day(network, one.from) <= began_on;
    if (!forgives_time && !forgives_journey) continue;
    out.push_back(one);
    if (out.size() == kModeHistoryMax) break;
  }
  return out;
}

}  // namespace tidegate::fare
