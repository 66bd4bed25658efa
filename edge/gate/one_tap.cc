// SPDX-License-Identifier: Apache-2.0
// The steps of one tap, in the order they happen.
#include "edge/gate/one_tap.h"

#include <algorithm>
#include <utility>

#include "edge/gate/check.h"
#include "edge/gate/journey_records.h"
#include "edge/gate/unopened.h"

namespace tidegate::edge {
namespace {

using fare::RefusalCode;
using fare::TapKind;

/// The newest trips of 1E, which transfers are judged by.
constexpr std::size_t kTripsRead = 1;
/// Where an aisle leads both ways, an old debit says nothing about where the passenger stands now.
constexpr std::chrono::minutes kBothWaysWindow{3};

LocalTime later(const LocalTime& time, std::chrono::seconds by) {
  const auto at = from_local(time);
  ASSERT(at.has_value());  // it came from a clock or a decoder
  return to_local(*at + by);
}

bool coming_in(TapKind kind) {
  return kind == TapKind::entry || kind == TapKind::board;
}

}  // namespace

OneTap::OneTap(const Services& services, const AisleConfig& aisle, nfc::Sam& sam, FieldCard& card)
    : services_{services},
      aisle_{aisle},
      sam_{sam},
      card_{card},
      settings_{.apdu_timeout = services.config.apdu_timeout, .trips = kTripsRead},
      stages_{services.clock} {}

TapReport OneTap::run() {
  kind_ = aisle_.direction == AisleDirection::exit ? TapKind::exit : TapKind::entry;
  TapReport report = attempt(true);
  report.card = handle_;
  report.kind = kind_;
  report.stages = stages_.times();
  return report;
}

TapReport OneTap::attempt(bool first) {
  if (auto ended = identify()) return first ? *ended : try_again(ended->detail);
  if (auto ended = recover(first)) return *ended;
  if (auto ended = resume(first)) return *ended;
  kind_ = kind_here();

  const Timestamp now = services_.clock.now();
  const fare::Modes modes = services_.modes.get();
  const auto problem = check(
      image_,
      {.kind = kind_, .modes = modes, .now = to_local(now), .city = services_.book.here.code.city});
  stages_.lap(&StageTimes::check);
  if (problem) return refused(*problem, "check");

  const fare::Medium medium = nfc::to_medium(image_);
  const fare::Tap tap{.kind = kind_, .at = now, .modes = modes};
  const fare::Decision decision = fare::price(*services_.book.book, medium, context(), tap);
  stages_.lap(&StageTimes::price);
  if (!decision.accepted()) return refused(*decision.refusal, "price");
  return charge(medium, tap, decision, first);
}

std::optional<TapReport> OneTap::identify() {
  auto image = nfc::identify(card_, settings_);
  stages_.lap(&StageTimes::identify);
  if (!image) return refused(image.error().code, image.error().detail);
  image_ = std::move(*image);
  const CardHandle handle = services_.sealer.handle(image_.info.number);
  if (handle_ && *handle_ != handle) return try_again("another card answered the reselect");
  if (!handle_) {
    if (!services_.cards.take(handle)) return try_again("this card is being dealt with elsewhere");
    sealed_ = services_.sealer.seal(image_.info.number);
  }
  handle_ = handle;
  return std::nullopt;
}

std::optional<TapReport> OneTap::recover(bool first) {
  auto open = services_.ledger.unconfirmed(*handle_);
  if (!open) return refused(RefusalCode::ledger_unavailable, open.error().message());
  if (open->empty()) return std::nullopt;
  const auto recovered = edge::recover(card_, image_, settings_, std::move(*open));
  stages_.lap(&StageTimes::identify);
  if (!recovered) return try_again(recovered.error().detail);

  const Recovered* paid = standing(*recovered, image_);
  if (paid != nullptr && opens_here(paid->intent())) return prove(*paid, *recovered, first);
  for (const Recovered& item : *recovered)
    services_.committer.post(stamp(outcome_of(item)), Commit::must_land);
  return std::nullopt;
}

std::optional<TapReport> OneTap::resume(bool first) {
  const auto paid =
      unopened_debit(services_.ledger, *handle_, services_.first_of_run, services_.clock.now());
  // What cannot be looked up is no reason to refuse: the tap goes on as any other.
  if (!paid || !*paid) return std::nullopt;
  const std::vector<Recovered> one{**paid};
  if (standing(one, image_) == nullptr || !opens_here(one.front().intent())) return std::nullopt;
  // Nothing is left to be settled: the proof alone decides.
  return prove(one.front(), {}, first);
}

/// The card says that it has paid, but a log can be forged: a purchase of 0 fen with a right MAC2
/// cannot. Only with it the barrier opens and the earlier debit counts as confirmed.
TapReport OneTap::prove(const Recovered& paid, const std::vector<Recovered>& all, bool first) {
  kind_ = paid.intent().tap.kind;
  DebitPlan proof;
  proof.intent = paid.intent();
  proof.intent.purpose = Purpose::proof;
  proof.intent.charge_index = 0;
  proof.intent.amount = Fen{};
  proof.intent.balance_before = image_.balance;
  proof.intent.sealed = *sealed_;
  proof.rail = image_.rail;
  proof.proves = paid.intent().counter;
  // Never the second of an earlier debit: the log is read by terminal, amount and time.
  proof.intent.card_time = std::max(to_local(services_.clock.now()),
                                    later(paid.intent().card_time, std::chrono::seconds{1}));
  for (const Recovered& item : all) {
    proof.intent.card_time =
        std::max(proof.intent.card_time, later(item.intent().card_time, std::chrono::seconds{1}));
  }
  for (const Recovered& item : all) {
    Entry outcome = stamp(outcome_of(item));
    if (item.judgement.result == OutcomeResult::debited) {
      proof.with_outcome.push_back(std::move(outcome));
    } else {
      services_.committer.post(std::move(outcome), Commit::must_land);
    }
  }

  Debit debit{services_, aisle_.number, sam_, stages_};
  const DebitEnd end = debit.run(card_, image_, std::move(proof));
  switch (end.kind) {
    case DebitEnd::Kind::debited: {
      TapReport report = opened(paid.intent().amount, image_.balance, end.outcome);
      report.recovered = true;
      return report;
    }
    case DebitEnd::Kind::refused:
      // The earlier debit stays unconfirmed: the next sight of this card tries again.
      if (end.code == RefusalCode::card_torn) return try_again(end.detail);
      return refused(end.code, end.detail);
    case DebitEnd::Kind::contradicted:
    case DebitEnd::Kind::suspect:
      // What this card says of itself is worth nothing: the clearing house decides.
      for (Recovered item : all) {
        if (item.judgement.result != OutcomeResult::debited) continue;
        item.judgement.result = OutcomeResult::unknown;
        services_.committer.post(stamp(outcome_of(item)), Commit::must_land);
      }
      return refused(end.kind == DebitEnd::Kind::suspect ? RefusalCode::suspect : end.code,
                     end.detail);
    case DebitEnd::Kind::unconfirmed: break;
  }
  return after_unknown(first, end.detail);
}

TapReport OneTap::charge(const fare::Medium& medium, const fare::Tap& tap,
                         const fare::Decision& decision, bool first) {
  Debit debit{services_, aisle_.number, sam_, stages_};
  DebitEnd end;
  for (std::size_t i = 0; i < std::max<std::size_t>(decision.charges.size(), 1); ++i) {
    DebitPlan next = plan(medium, tap, decision, i);
    const nfc::RailRecord written = next.rail;
    end = debit.run(card_, image_, std::move(next));
    if (end.kind == DebitEnd::Kind::refused || end.kind == DebitEnd::Kind::contradicted)
      return refused(end.code, end.detail);
    if (end.kind == DebitEnd::Kind::suspect) return refused(RefusalCode::suspect, end.detail);
    if (end.kind == DebitEnd::Kind::unconfirmed) return after_unknown(first, end.detail);
    image_.rail = written;
    image_.balance = end.balance_after;
  }
  return opened(decision.total(), end.balance_after, end.outcome);
}

DebitPlan OneTap::plan(const fare::Medium& medium, const fare::Tap& tap,
                       const fare::Decision& decision, std::size_t index) const {
  const bool last = index + 1 >= decision.charges.size();
  DebitPlan out;
  Intent& intent = out.intent;
  intent.card = *handle_;
  intent.sealed = *sealed_;
  intent.issuer_factor = image_.info.issuer;
  intent.charge_index = static_cast<std::uint8_t>(index);
  intent.purpose = last ? Purpose::fare : Purpose::missed_alighting;
  intent.balance_before = image_.balance;
  intent.amount = decision.charges.empty() ? Fen{} : decision.charges[index].amount;
  // Two debits of one card never bear the same second.
  intent.card_time = later(to_local(tap.at), std::chrono::seconds{index});
  intent.medium = medium;
  intent.context = context();
  intent.tap = tap;
  intent.decision = decision;
  intent.book_hash = services_.book.hash;
  intent.book_number = services_.book.number;
  intent.engine_version = fare::kEngineVersion;

  const WritePlace place{services_.book.here, sam_.terminal(), intent.card_time};
  const JourneyRecords records =
      last ? tap_records(image_.rail, tap.kind, decision, place, intent.amount, image_.balance)
           : missed_alighting_records(image_.rail, place, intent.amount, image_.balance);
  out.rail = records.rail;
  out.trip = records.trip;
  return out;
}

TapReport OneTap::after_unknown(bool first, const std::string& detail) {
  stages_.lap(&StageTimes::debit);
  if (!first) return try_again(detail);
  if (auto back = card_.reselect(); !back)
    return try_again(detail + "; reselect: " + back.error().message());
  return attempt(false);
}

TapKind OneTap::kind_here() const {
  const bool vehicle = services_.config.kind == fare::BoxKind::vehicle;
  const TapKind in = vehicle ? TapKind::board : TapKind::entry;
  const TapKind out = vehicle ? TapKind::alight : TapKind::exit;
  switch (aisle_.direction) {
    case AisleDirection::entry: return in;
    case AisleDirection::exit: return out;
    case AisleDirection::both: break;
  }
  return image_.rail.inside() ? out : in;
}

bool OneTap::opens_here(const Intent& intent) const {
  const TapKind kind = intent.tap.kind;
  if (coming_in(kind) && services_.modes.get().has(fare::Modes::kClosed)) return false;
  switch (aisle_.direction) {
    case AisleDirection::entry: return coming_in(kind);
    case AisleDirection::exit: return !coming_in(kind);
    case AisleDirection::both: break;
  }
  const Timestamp now = services_.clock.now();
  return now >= intent.tap.at && now - intent.tap.at < kBothWaysWindow;
}

fare::TapContext OneTap::context() const {
  fare::TapContext out;
  out.box_kind = services_.config.kind;
  out.network = services_.config.network;
  out.stop = services_.config.stop;
  return out;
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
