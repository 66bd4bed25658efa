// SPDX-License-Identifier: Apache-2.0
// Says where and when: for prices and entries.
#include "edge/gate/services.h"

#include "fare/engine/lookups.h"

namespace tidegate::edge {

fare::TapContext context_here(const BoxConfig& config) {
  fare::TapContext out;
  out.box_kind = config.kind;
  out.network = config.network;
  out.stop = config.stop;
  if (config.kind != fare::BoxKind::station) {
    out.vehicle = config.vehicle.number;
    out.direction = config.vehicle.down ? "down" : "up";
  }
  return out;
}

fare::Tap tap_now(const Services& services, fare::TapKind kind) {
  return {.kind = kind,
          .at = services.clock.now(),
          .modes = services.modes.get(),
          .clock_trusted = services.clock.trust().trusted};
}

fare::ModeHistory earlier_modes(const Services& services, const CardLists& lists,
                                fare::TapKind kind, const fare::Medium& medium) {
  const auto& notices = lists.mode_notices;
  if (!notices) return {};
  return fare::mode_history(*services.book.book, medium, kind, notices->all());
}

std::optional<ServiceDay> today_here(const Services& services) {
  if (!services.clock.trust().trusted) return std::nullopt;
  return fare::service_day_of(*services.book.book, services.config.network, services.clock.now());
}

EntryHead entry_head(const Clock& clock, AisleNo aisle, fare::Modes modes) {
  EntryHead head;
  head.at = clock.now();
  head.monotonic_us = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::microseconds>(clock.steady().time_since_epoch()).count());
  head.clock = clock.trust();
  head.service_day = ServiceCalendar{}.day_of(head.at);
  head.aisle = aisle;
  head.modes = modes;
  return head;
}

}  // namespace tidegate::edge
