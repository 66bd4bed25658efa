// SPDX-License-Identifier: Apache-2.0
// carry_on: the medium after a tap.
#include "fare/engine/journey.h"

#include <algorithm>

#include "fare/engine/book_data.h"

namespace tidegate::fare {
namespace {

constexpr std::size_t kHistoryMax = 10;

// Types of EF 1E trip records.
constexpr Byte kTripEntry = 3, kTripExit = 4, kTripSingle = 6, kTripMakeUp = 8;

/// A flat boarding is a whole ride; every other one leaves a journey open.
bool opens(const BookData& book, const TapContext& context, const Tap& tap) {
  if (tap.kind == TapKind::entry) return true;
  if (tap.kind != TapKind::board) return false;
  const Network* const network = book.network(context.network);
  if (network == nullptr) return false;
  const TariffVersion* const version = version_on(*network, service_day(*network, tap.at));
  return version != nullptr && !std::holds_alternative<FlatTariff>(version->tariff);
}

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
  const bool opened = opens(BookData::of(book), context, tap);
  if (opened)
    medium.open = OpenJourney{.where = where, .at = tap.at};
  else if (!in || decision.charges.size() > 1)  // what comes first closes what was open
    medium.open.reset();
  pay(medium, decision.total());
  if (medium.kind == MediumKind::qr) return;  // a code carries neither state nor trips
  const bool by_rail = tap.kind == TapKind::entry || tap.kind == TapKind::exit;
  // Record 2702 has no room for it.
  if (by_rail || (in && !opened)) medium.state = decision.state_after;
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
