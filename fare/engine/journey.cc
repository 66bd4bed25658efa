// SPDX-License-Identifier: Apache-2.0
// carry_on: the medium after a tap.
#include "fare/engine/journey.h"

#include <algorithm>

namespace tidegate::fare {
namespace {

constexpr std::size_t kHistoryMax = 10;

// Types of EF 1E trip records.
constexpr Byte kTripEntry = 3, kTripExit = 4, kTripSingle = 6, kTripMakeUp = 8;

/// Real money first, then the issuer's loan.
void pay(Medium& medium, Fen fen) {
  const Fen lent = std::max(Fen{}, fen - medium.balance);
  medium.balance -= fen - lent;
  medium.overdraft_left -= lent;
  medium.overdraft_used += lent;
}

}  // namespace

void carry_on(const Book& book, Medium& medium, const TapContext& context, const Tap& tap,
              const Decision& decision) {
  if (!decision.accepted()) return;
  const auto here = book.stop_on_card(context.network, context.stop);
  const CardCode where = here ? here->code : CardCode{};
  const bool in = tap.kind == TapKind::entry || tap.kind == TapKind::board;
  const bool opened = decision.opens_journey;
  const bool rail = tap.kind == TapKind::entry || tap.kind == TapKind::exit;
  std::optional<OpenJourney>& open = rail ? medium.open : medium.open_bus;
  if (opened)
    open = OpenJourney{.where = where, .at = tap.at, .told = decision.max_fare};
  else if (!in || decision.charges.size() > 1)  // what comes first closes what was open
    open.reset();
  pay(medium, decision.total());
  if (medium.kind == MediumKind::qr) return;  // a code carries neither state nor trips
  // Record 2702 has no room for it.
  if (rail || (in && !opened)) medium.state = decision.state_after;
  const Byte type = opened ? kTripEntry : in ? kTripSingle : kTripExit;
  for (const Charge& charge : decision.charges) {
    const bool last = &charge == &decision.charges.back();
    medium.history.insert(medium.history.begin(),
                          HistoryTrip{.type = last ? type : kTripMakeUp,
                                      .industry = here ? here->industry : Byte{0},
                                      .where = where,
                                      .amount = charge.amount,
                                      .at = tap.at});
  }
  if (medium.history.size() > kHistoryMax) medium.history.resize(kHistoryMax);
}

}  // namespace tidegate::fare
