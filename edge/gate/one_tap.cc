// SPDX-License-Identifier: Apache-2.0
// The steps of one tap, in the order they happen. What its debits are made of is in
// one_tap_debit.cc.
#include "edge/gate/one_tap.h"

#include <algorithm>
#include <utility>

#include "edge/gate/check.h"
#include "edge/gate/journey_records.h"
#include "edge/gate/sighted.h"
#include "edge/gate/unopened.h"
#include "fare/engine/trips_read.h"

namespace tidegate::edge {
namespace {

using fare::RefusalCode;
using fare::TapKind;

/// A card that has not come to its debit after so many of its slowest answers is given up.
constexpr int kAnswersPatience = 10;

bool coming_in(TapKind kind) {
  return kind == TapKind::entry || kind == TapKind::board;
}

nfc::FlowSettings flow_settings(const BoxConfig& config, const fare::Book& book) {
  using Selection = nfc::FlowSettings::Selection;
  return {.apdu_timeout = config.apdu_timeout,
          .trips = fare::trips_read(book, config.network),
          .selection = config.select_by_ppse ? Selection::ppse : Selection::direct,
          .bus = config.kind != fare::BoxKind::station,
          .overdraft = config.overdraft == Overdraft::exit,
          .journey_p1_zero = config.journey_p1 == JourneyP1::zero};
}

}  // namespace

OneTap::OneTap(const Services& services, const AisleConfig& aisle, nfc::Sam& sam, FieldCard& card)
    : services_{services},
      lists_{services.lists.get()},
      aisle_{aisle},
      sam_{sam},
      card_{card, services.clock,
            services.clock.steady() + kAnswersPatience * services.config.apdu_timeout},
      settings_{flow_settings(services.config, *services.book.book)},
      stages_{services.clock} {}

TapReport OneTap::run() {
  kind_ = kind_for(false);
  TapReport report = attempt(true);
  report.card = handle_;
  report.kind = kind_;
  report.stages = stages_.times();
  report.waits = stages_.waits();
  report.waits.commands = card_.commands();
  report.waits.card = std::chrono::floor<std::chrono::microseconds>(card_.answering());
  return report;
}

TapReport OneTap::attempt(bool first) {
  if (auto ended = identify()) return first ? *ended : try_again(ended->detail);
  if (auto ended = recover(first)) return *ended;
  if (auto ended = resume(first)) return *ended;
  if (auto ended = sight(first)) return *ended;
  kind_ = kind_here();

  fare::Tap tap = tap_now(services_, kind_);
  const auto problem = check(image_, {.kind = kind_,
                                      .modes = tap.modes,
                                      .now = to_local(tap.at),
                                      .clock_trusted = tap.clock_trusted,
                                      .city = services_.book.here.code.city,
                                      .by_bus = by_bus(),
                                      .realm = services_.config.realm,
                                      .lists = lists_.get()});
  stages_.lap(&StageTimes::check);
  if (problem) return refuse(problem->code, problem->detail);

  const fare::Medium medium = this->medium();
  tap.history = earlier_modes(services_, *lists_, kind_, medium);
  const fare::Decision decision =
      services_.price(*services_.book.book, medium, context_here(services_.config), tap);
  stages_.lap(&StageTimes::price);
  if (!decision.accepted()) return refuse(*decision.refusal, "price");
  return charge(medium, tap, decision, first);
}

fare::Medium OneTap::medium() const {
  fare::Medium out = nfc::to_medium(image_, settings_);
  lists_->tell(image_, today_here(services_), out);
  return out;
}

std::optional<TapReport> OneTap::identify() {
  auto image = nfc::identify(card_, settings_);
  stages_.lap(&StageTimes::identify);
  if (!image) return refused(image.error().code, image.error().detail);
  image_ = std::move(*image);
  const CardHandle handle = services_.sealer.handle(image_.info.number);
  if (handle_ && *handle_ != handle) return try_again("another card answered the reselect");
  if (!handle_) {
    if (!services_.memory.cards.take(handle))
      return try_again("this card is being dealt with elsewhere");
    sealed_ = services_.sealer.seal(image_.info.number);
  }
  handle_ = handle;
  return std::nullopt;
}

std::optional<TapReport> OneTap::recover(bool first) {
  pending_.clear();
  auto open = services_.ledger.unconfirmed(*handle_);
  if (!open) return refused(RefusalCode::ledger_unavailable, open.error().message());
  if (open->empty()) return std::nullopt;
  auto recovered = edge::recover(card_, image_, settings_, std::move(*open));
  stages_.lap(&StageTimes::identify);
  if (!recovered) return try_again(recovered.error().detail);
  pending_ = std::move(*recovered);

  const Recovered* paid = standing(pending_, image_);
  if (paid == nullptr || !opens_here(paid->intent().tap)) return std::nullopt;
  const Intent intent = paid->intent();
  std::vector<EntryBody> with;
  if (intent.purpose == Purpose::proof) {
    // It may have been for another box's debit: the entry that tells of it went with its outcome.
    auto seen = another_box(intent.tap.at);
    if (!seen) return try_again(seen.error().detail);
    if (*seen) with.emplace_back(std::move((*seen)->entry));
  }
  return prove(intent, &intent, std::move(with), first);
}

std::optional<TapReport> OneTap::resume(bool first) {
  auto paid =
      unopened_debit(services_.ledger, *handle_,
                     {services_.first_of_run, services_.memory.passages}, services_.clock.now());
  // What cannot be looked up is no reason to refuse: the tap goes on as any other.
  if (!paid || !*paid) return std::nullopt;
  const Intent& intent = (*paid)->intent();
  if (by_bus())
    if (const auto log = nfc::read_log(card_, settings_))
      (*paid)->newest = newest_purchase_is(intent, *log);
  if (standing(std::span{&**paid, 1}, image_) == nullptr || !opens_here(intent.tap))
    return std::nullopt;
  return prove(intent, &intent, {}, first);
}

std::optional<TapReport> OneTap::sight(bool first) {
  if (by_bus()) return std::nullopt;  // vehicles and piers are boxes of their own
  fare::Tap tap = tap_now(services_, kind_);
  auto seen = another_box(tap.at);
  if (!seen) return try_again(seen.error().detail);
  if (!*seen) return std::nullopt;
  tap.kind = (*seen)->kind;
  if (!opens_here(tap)) return std::nullopt;
  // This box has opened for it before: its ledger has been asked.
  const auto own = recorded_debit(services_.ledger, *handle_);
  if (!own || (*own && wrote((*own)->debit.intent(), image_))) return std::nullopt;

  fare::Medium medium = this->medium();
  fare::Decision decision;  // nothing is charged, and the card's state stays
  decision.state_after = medium.state.value_or(fare::CardState{});
  std::vector<EntryBody> with;
  with.emplace_back(std::move((*seen)->entry));
  return prove(intent_of(std::move(medium), tap, std::move(decision)), nullptr, std::move(with),
               first);
}

nfc::FlowResult<std::optional<OneTap::Seen>> OneTap::another_box(Timestamp at) {
  const auto sighted = sighted_debit(image_.rail, services_.config.station_terminals, at);
  if (!sighted || services_.memory.terminals.has(sighted->terminal)) return std::nullopt;
  auto entry = read_sighting(card_, settings_, *sighted);
  if (!entry) return std::unexpected{entry.error()};
  entry->card = *handle_;
  entry->sealed = *sealed_;
  entry->opened = true;
  return Seen{sighted->kind, std::move(*entry)};
}

/// The card says that it has paid, but what it says can be forged: a purchase of 0 fen with a right
/// MAC2 cannot. Only with it the barrier opens and earlier debits count as confirmed.
TapReport OneTap::prove(Intent like, const Intent* paid, std::vector<EntryBody> with, bool first) {
  kind_ = like.tap.kind;
  DebitPlan proof = proof_plan(std::move(like));
  proof.with_outcome = std::move(with);
  if (paid != nullptr) proof.proves = paid->counter;
  const DebitEnd end = debit(std::move(proof));
  switch (end.kind) {
    case DebitEnd::Kind::debited: {
      pending_.clear();
      TapReport report =
          opened(paid == nullptr ? Fen{} : paid->amount, image_.balance, end.outcome);
      if (paid == nullptr) report.detail = "another box of the station";
      report.recovered = true;
      return report;
    }
    case DebitEnd::Kind::refused:
      // The earlier debit stays unconfirmed: the next sight of this card tries again.
      if (end.code == RefusalCode::card_torn) return try_again(end.detail);
      return refused(end.code, end.detail);
    case DebitEnd::Kind::suspect: return refused(RefusalCode::suspect, end.detail);
    case DebitEnd::Kind::unconfirmed: break;
  }
  return after_unknown(first, end.detail);
}

TapReport OneTap::refuse(RefusalCode code, std::string detail) {
  // A debit that the card still stands at stays open: an aisle that leads its way opens for it.
  auto settled = settling(standing(pending_, image_));
  if (!settled.empty()) {
    DebitPlan proof =
        proof_plan(intent_of(medium(), tap_now(services_, kind_), fare::refuse(code)));
    proof.settles = std::move(settled);
    // However it ends, the passenger is told the reason; what it leaves open is settled at the next
    // sight of this card.
    static_cast<void>(debit(std::move(proof)));
  }
  return refused(code, std::move(detail));
}

TapReport OneTap::after_unknown(bool first, const std::string& detail) {
  stages_.lap(&StageTimes::debit);
  if (!first) return try_again(detail);
  if (auto back = card_.reselect(); !back)
    return try_again(detail + "; reselect: " + back.error().message());
  return attempt(false);
}

TapKind OneTap::kind_for(bool inside) const {
  const TapKind in = by_bus() ? TapKind::board : TapKind::entry;
  const TapKind out = by_bus() ? TapKind::alight : TapKind::exit;
  switch (aisle_.direction) {
    case AisleDirection::entry: return in;
    case AisleDirection::exit: return out;
    case AisleDirection::both: break;
  }
  return inside ? out : in;
}

TapKind OneTap::kind_here() const {
  return kind_for(by_bus() ? image_.bus && image_.bus->on_board() : image_.rail.inside());
}

/// An aisle for both ways opens the way the debit went: a debit without a passage has let nobody
/// through yet, however long ago it was.
bool OneTap::opens_here(const fare::Tap& tap) const {
  if (coming_in(tap.kind) && services_.modes.get().has(fare::Modes::kClosed)) return false;
  switch (aisle_.direction) {
    case AisleDirection::entry: return coming_in(tap.kind);
    case AisleDirection::exit: return !coming_in(tap.kind);
    case AisleDirection::both: break;
  }
  return true;
}

Entry OneTap::stamp(EntryBody body) const {
  return {entry_head(services_.clock, aisle_.number, services_.modes.get()), std::move(body)};
}

TapReport OneTap::opened(Fen fare, Fen balance, SequenceNo outcome) const {
  TapReport report;
  report.end = TapReport::End::opened;
  report.fare = fare;
  report.balance = balance;
  report.outcome = outcome;
  return report;
}

TapReport OneTap::refused(RefusalCode code, std::string detail) const {
  TapReport report;
  report.refusal = code;
  report.detail = std::move(detail);
  report.balance = image_.balance;
  return report;
}

TapReport OneTap::try_again(std::string detail) const {
  TapReport report = refused(RefusalCode::unconfirmed, std::move(detail));
  report.end = TapReport::End::try_again;
  return report;
}

}  // namespace tidegate::edge
