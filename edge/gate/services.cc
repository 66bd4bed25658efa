// SPDX-License-Identifier: Apache-2.0
// Stamps entries.
#include "edge/gate/services.h"

namespace tidegate::edge {

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
