// SPDX-License-Identifier: Apache-2.0
// The debits of one tap: what each takes, writes and settles, and at which second.
#include <algorithm>
#include <utility>

#include "edge/gate/journey_records.h"
#include "edge/gate/one_tap.h"

namespace tidegate::edge {
namespace {

using fare::RefusalCode;
using fare::TapKind;

/// Earlier intents that one debit settles: their outcomes are one append.
constexpr std::size_t kSettledAtOnce = 64;

}  // namespace

DebitPlan OneTap::proof_plan(Intent like) {
  DebitPlan proof;
  proof.records = unchanged_records(image_, like);
  const LocalTime after = later(like.card_time, std::chrono::seconds{1});
  proof.intent = std::move(like);
  proof.intent.purpose = Purpose::proof;
  proof.intent.charge_index = 0;
  proof.intent.amount = Fen{};
  proof.intent.balance_before = image_.balance;
  proof.intent.sealed = *sealed_;
  proof.intent.card_time = card_time(std::max(to_local(services_.clock.now()), after));
  proof.settles = settling();
  return proof;
}

DebitEnd OneTap::debit(DebitPlan plan) {
  return Debit{services_, aisle_.number, sam_, stages_}.run(card_, image_, settings_,
                                                            std::move(plan));
}

std::vector<Recovered> OneTap::settling(const Recovered* without) const {
  std::vector<Recovered> out;
  // Those that matter first: whoever shows a card's number can leave intents that took nothing.
  for (const bool debited : {true, false}) {
    for (const Recovered& item : pending_) {
      if ((item.judgement.result == OutcomeResult::debited) != debited || &item == without)
        continue;
      if (out.size() < kSettledAtOnce) out.push_back(item);
    }
  }
  return out;
}

LocalTime OneTap::card_time(const LocalTime& wanted) {
  const CardTimes::Given given = services_.memory.times.give(sam_.terminal(), *handle_, wanted);
  std::vector<nfc::LogRecord> log;
  if (!given.new_for_certain) {
    // The clock has been at this second before: the card's newest debits tell.
    if (auto read = nfc::read_log(card_, settings_)) log = std::move(*read);
  }
  const auto taken = [&](const LocalTime& time) {
    return std::ranges::any_of(log,
                               [&](const nfc::LogRecord& record) {
                                 return record.terminal == sam_.terminal() &&
                                        record.at == bcd_time(time);
                               }) ||
           std::ranges::any_of(pending_, [&](const Recovered& item) {
             return item.intent().terminal == sam_.terminal() && item.intent().card_time == time;
           });
  };
  LocalTime time = given.time;
  while (taken(time)) time = later(time, std::chrono::seconds{1});
  return time;
}

Intent OneTap::intent_of(fare::Medium medium, const fare::Tap& tap, fare::Decision decision) const {
  Intent intent;
  intent.card = *handle_;
  intent.sealed = *sealed_;
  intent.issuer_factor = image_.info.issuer;
  intent.balance_before = image_.balance;
  intent.card_time = to_local(tap.at);
  intent.medium = std::move(medium);
  intent.context = context_here(services_.config);
  intent.tap = tap;
  intent.decision = std::move(decision);
  intent.book_hash = services_.book.hash;
  intent.book_number = services_.book.number;
  intent.engine_version = fare::kEngineVersion;
  return intent;
}

TapReport OneTap::charge(const fare::Medium& medium, const fare::Tap& tap,
                         const fare::Decision& decision, bool first) {
  DebitEnd end;
  for (std::size_t i = 0; i < std::max<std::size_t>(decision.charges.size(), 1); ++i) {
    DebitPlan next = plan(medium, tap, decision, i);
    const JourneyRecords written = next.records;
    if (written.bus && image_.bus && image_.bus->lock != 0)
      return refuse(RefusalCode::record_locked, "record 2702");
    const Fen lent = std::max(Fen{}, next.intent.amount - image_.balance);
    end = debit(std::move(next));
    if (end.kind == DebitEnd::Kind::refused) return refused(end.code, end.detail);
    if (end.kind == DebitEnd::Kind::suspect) return refused(RefusalCode::suspect, end.detail);
    if (end.kind == DebitEnd::Kind::unconfirmed) return after_unknown(first, end.detail);
    pending_.clear();  // settled with this debit
    if (written.rail) image_.rail = *written.rail;
    if (written.bus) image_.bus = written.bus;
    image_.balance = end.balance_after;
    image_.overdraft_left -= lent;
    image_.overdraft_used += lent;
  }
  return opened(decision.total(), end.balance_after, end.outcome);
}

DebitPlan OneTap::plan(const fare::Medium& medium, const fare::Tap& tap,
                       const fare::Decision& decision, std::size_t index) {
  const bool last = index + 1 >= decision.charges.size();
  DebitPlan out;
  Intent& intent = out.intent;
  intent = intent_of(medium, tap, decision);
  intent.charge_index = static_cast<std::uint8_t>(index);
  intent.purpose = last ? Purpose::fare : Purpose::missed_alighting;
  intent.amount = decision.charges.empty() ? Fen{} : decision.charges[index].amount;
  intent.card_time = card_time(to_local(tap.at));
  out.settles = settling();

  const BoxConfig& config = services_.config;
  const WritePlace place{services_.book.here, sam_.terminal(), intent.card_time,
                         config.vehicle.number, config.vehicle.down};
  const bool flat = tap.kind == TapKind::board && !decision.opens_journey;
  if (!last) {
    out.records = missed_alighting_records(image_, by_bus(), place, intent.amount);
  } else if (!flat || config.flat_purchase == FlatPurchase::capp) {
    out.records = tap_records(image_, tap.kind, decision, place, intent.amount);
  }
  return out;
}

}  // namespace tidegate::edge
