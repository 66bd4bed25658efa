// SPDX-License-Identifier: Apache-2.0
// Accumulators of the card state: serial, spending of the month and of the day, the last leg.
#include "fare/engine/next_state.h"

#include "fare/engine/card_calendar.h"

namespace tidegate::fare {

CardState next_state(const TapFacts& facts) {
  CardState out = facts.medium.state.value_or(CardState{});
  ++out.serial;
  return saturated(out);
}

CardState next_state(const TapFacts& facts, Fen spent) {
  const auto& before = facts.medium.state;
  CardState out = next_state(facts);
  const ServiceDay today = service_day(*facts.network, facts.tap.at);
  // A clock that may be wrong does not start a new month or day on a card that has one.
  const bool may_turn = facts.tap.clock_trusted || !before || before->month == 0;
  if (may_turn && out.month != card_month(today)) {
    out.month = card_month(today);
    out.month_spent = Fen{0};
  }
  if (may_turn && out.day != card_day(today)) {
    out.day = card_day(today);
    out.day_spent = Fen{0};
    out.day_zones = 0;
  }
  out.month_spent += spent;
  out.day_spent += spent;
  out.leg_end = card_minute(facts.tap.at);
  out.leg_network = facts.network->code;
  return saturated(out);
}

CardState next_state_of_missed(const TapFacts& facts, Fen missed) {
  CardState out = next_state(facts, missed);
  const CardState before = facts.medium.state.value_or(CardState{});
  out.leg_end = before.leg_end;
  out.leg_network = before.leg_network;
  return out;
}

}  // namespace tidegate::fare
