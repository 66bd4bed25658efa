// SPDX-License-Identifier: Apache-2.0
// Sums of the day and of the week or month: which ride counts to them, and when they begin anew.
#include "fare/engine/spending.h"

#include "fare/engine/card_calendar.h"

namespace tidegate::fare {

void turn_sums(const RideSums& sums, ServiceDay today, bool clock_trusted, CardState& state) {
  if (!sums.any) return;
  const std::uint8_t weeks = sums.weeks ? 1 : 0;
  if (state.account != sums.account || state.weeks != weeks) {
    state.account = sums.account;
    state.weeks = weeks;
    state.month = state.day = 0;
    state.month_spent = state.day_spent = Fen{0};
    state.day_zones = 0;
  }
  // A clock that may be wrong does not start a new month or day on a card that has one.
  const bool may_turn = clock_trusted || state.month == 0;
  if (!may_turn) return;
  const std::uint16_t period = weeks != 0 ? card_week(today) : card_month(today);
  if (state.month != period) {
    state.month = period;
    state.month_spent = Fen{0};
  }
  if (state.day == card_day(today)) return;
  state.day = card_day(today);
  state.day_spent = Fen{0};
  state.day_zones = 0;
}

}  // namespace tidegate::fare
