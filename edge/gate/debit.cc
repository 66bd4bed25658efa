// SPDX-License-Identifier: Apache-2.0
// Takes one amount from a card, with the ledger at each side of it.
#include "edge/gate/debit.h"

#include <utility>

#include "base/log.h"

namespace tidegate::edge {
namespace {

using fare::RefusalCode;
using nfc::Purchase;

constexpr std::uint16_t kMacWrong = 0x9302;

DebitEnd refused(RefusalCode code, std::string detail, SequenceNo intent = {}) {
  DebitEnd end;
  end.code = code;
  end.detail = std::move(detail);
  end.intent = intent;
  return end;
}

}  // namespace

Entry Debit::stamp(EntryBody body) const {
  return {entry_head(services_.clock, aisle_, services_.modes.get()), std::move(body)};
}

SteadyTime Debit::deadline() const {
  return std::chrono::steady_clock::now() + services_.config.commit_timeout;
}

Outcome Debit::outcome_body(const Intent& intent, SequenceNo at, OutcomeResult result,
                            OutcomeEvidence evidence) const {
  Outcome out;
  out.intent = at;
  out.result = result;
  out.evidence = evidence;
  out.card = intent.card;
  out.amount = intent.amount;
  out.terminal = intent.terminal;
  out.sam_txn = intent.sam_txn;
  out.counter = intent.counter;
  out.stages = stages_.times();
  return out;
}

void Debit::fill(Intent& intent, const Purchase::Begun& begun, nfc::PurchaseType type,
                 const nfc::CardWrites& writes) const {
  intent.terminal = sam_.terminal();
  intent.sam_txn = begun.sam.txn;
  intent.type = static_cast<Byte>(type);
  intent.key_version = begun.init.key_version;
  intent.algorithm = begun.init.algorithm;
  intent.counter = begun.init.counter;
  intent.random = begun.init.random;
  intent.mac1 = begun.sam.mac1;
  intent.journey_record.clear();
  if (writes.journey) intent.journey_record.assign(writes.journey->begin(), writes.journey->end());
  intent.trip_record.clear();
  if (writes.trip) {
    const auto trip = nfc::encode_trip_record(*writes.trip);
    intent.trip_record.assign(trip.begin(), trip.end());
  }
}

DebitEnd Debit::run(FieldCard& card, const nfc::CardImage& image, const nfc::FlowSettings& settings,
                    DebitPlan plan) {
  const nfc::CardWrites writes = plan.records.writes();
  const auto type =
      writes.journey || writes.trip ? nfc::PurchaseType::capp : nfc::PurchaseType::purchase;
  Purchase purchase{card, sam_, image, settings};
  const auto begun = purchase.begin(plan.intent.amount, plan.intent.card_time, type);
  if (!begun) {
    stages_.lap(&StageTimes::intend);
    return refused(begun.error().code, begun.error().detail);
  }
  if (plan.proves && !is_past(begun->init.counter, *plan.proves))
    return refused(RefusalCode::purse_mismatch, "8050: the counter denies the debit");
  Intent& intent = plan.intent;
  fill(intent, *begun, type, writes);
  // The commit runs meanwhile, together with another tap's where that is soon enough.
  const auto ticket = services_.committer.submit_ahead(stamp(intent), writes.commands());
  const auto staged = purchase.stage(writes);
  if (staged) {
    services_.committer.given(ticket);
  } else if (services_.committer.withdraw(ticket)) {
    stages_.lap(&StageTimes::intend);
    return refused(staged.error().code, staged.error().detail);
  }
  const auto at = stages_.wait(services_.committer, ticket, deadline());
  stages_.lap(&StageTimes::intend);
  if (!at) {
    // If the disk has it after all, the ledger shall say that nothing was sent.
    Outcome never =
        outcome_body(intent, {}, OutcomeResult::not_debited, OutcomeEvidence::never_sent);
    services_.committer.abandon(ticket,
                                [never, head = stamp(never).head](SequenceNo landed) mutable {
                                  never.intent = landed;
                                  return Entry{head, never};
                                });
    return refused(RefusalCode::ledger_unavailable, "intent: " + at.error().message());
  }
  if (!staged) return give_up(intent, *at, staged.error());
  const Purchase::Finished finished = purchase.finish();
  stages_.lap(&StageTimes::debit);
  return record(*at, finished, std::move(plan));
}

DebitEnd Debit::give_up(const Intent& intent, SequenceNo at, const nfc::FlowError& why) {
  const auto ticket = services_.committer.submit(
      stamp(outcome_body(intent, at, OutcomeResult::not_debited, OutcomeEvidence::never_sent)),
      Commit::must_land);
  // So that the same card, a moment later, finds nothing open; a failure changes nothing here.
  static_cast<void>(stages_.wait(services_.committer, ticket, deadline()));
  stages_.lap(&StageTimes::record);
  return refused(why.code, why.detail, at);
}

DebitEnd Debit::record(SequenceNo at, const Purchase::Finished& finished, DebitPlan plan) {
  const Intent& intent = plan.intent;
  DebitEnd end;
  end.intent = at;
  end.counter = intent.counter;
  switch (finished.end) {
    case Purchase::End::unknown:
      end.kind = DebitEnd::Kind::unconfirmed;
      end.detail = "8054: no answer that says anything";
      return end;
    case Purchase::End::not_debited:
      // A refusal has no MAC: whoever sits on the line can make one of an acceptance. The intent
      // stays open, and the card's next right MAC2 settles it.
      end.code = finished.sw == kMacWrong ? RefusalCode::purse_mismatch : RefusalCode::card_torn;
      end.detail = "8054: refused with " +
                   to_hex(std::array<Byte, 2>{static_cast<Byte>(finished.sw >> 8U),
                                              static_cast<Byte>(finished.sw & 0xFFU)});
      return end;
    case Purchase::End::debited: end.kind = DebitEnd::Kind::debited; break;
    case Purchase::End::suspect:
      end.kind = DebitEnd::Kind::suspect;
      end.detail = "8054: 9000 and a wrong MAC2";
      break;
  }
  const bool right = end.kind == DebitEnd::Kind::debited;
  Outcome outcome = outcome_body(
      intent, at, right ? OutcomeResult::debited : OutcomeResult::suspect, OutcomeEvidence::mac2);
  outcome.counter = CardCounter{static_cast<std::uint16_t>(intent.counter.get() + 1U)};
  outcome.mac2 = finished.answer.mac2;
  outcome.tac = finished.answer.tac;
  outcome.sw = finished.sw;
  end.balance_after = balance_after(intent.balance_before, intent.amount);
  // This outcome last: the ticket is its own. One append, so all of it is there or nothing.
  std::vector<Entry> entries;
  if (right) {
    for (const Recovered& item : plan.settles)
      entries.push_back(stamp(outcome_of(item, end.counter)));
    for (EntryBody& body : plan.with_outcome) entries.push_back(stamp(std::move(body)));
  }
  entries.push_back(stamp(outcome));
  const auto ticket = services_.committer.submit_together(std::move(entries), Commit::must_land);
  const auto landed = stages_.wait(services_.committer, ticket, deadline());
  stages_.lap(&StageTimes::record);
  if (landed) {
    end.outcome = *landed;
  } else {
    // The intent is durable and the outcome is kept: a passenger who paid goes through.
    log(Priority::alert, "outcome_late", {{"aisle", aisle_}, {"error", landed.error()}});
  }
  return end;
}

}  // namespace tidegate::edge
