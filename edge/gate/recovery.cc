// SPDX-License-Identifier: Apache-2.0
// Judges unconfirmed intents by EF 18 and the journey record, and fetches the TAC of a debit that
// was made.
#include "edge/gate/recovery.h"

#include <algorithm>

#include "edge/gate/journey_records.h"
#include "nfc/purse/apdu.h"

namespace tidegate::edge {
namespace {

constexpr Judgement kDebited{OutcomeResult::debited, OutcomeEvidence::card_log};
constexpr Judgement kNotDebited{OutcomeResult::not_debited, OutcomeEvidence::card_log};
constexpr Judgement kUnbelievable{OutcomeResult::unknown, OutcomeEvidence::card_log};
constexpr Judgement kOverrun{OutcomeResult::unknown, OutcomeEvidence::log_overrun};
constexpr Judgement kWritten{OutcomeResult::debited, OutcomeEvidence::journey_record};

/// Loads and unloads have a counter of their own; overdraft updates move no purse money.
bool counts_as_purchase(const nfc::LogRecord& record) {
  return record.type == 0x04 || record.type == 0x05 || record.type == 0x06 || record.type == 0x09;
}

bool same_debit(const nfc::LogRecord& record, const Intent& intent) {
  return record.type == intent.type && record.terminal == intent.terminal &&
         record.amount == intent.amount && record.at == bcd_time(intent.card_time);
}

CardCounter next(CardCounter counter) {
  return CardCounter{static_cast<std::uint16_t>(counter.get() + 1U)};
}

/// A debit that never came and the one behind it have the same counter, and can have planned the
/// same record: only one of them was made. `out` is in the order of the ledger.
void one_debit_a_counter(std::vector<Recovered>& out) {
  for (std::size_t later = out.size(); later-- > 0;) {
    if (out[later].judgement.result != OutcomeResult::debited) continue;
    for (std::size_t i = 0; i < out.size(); ++i)
      if (i != later && out[i].intent().counter == out[later].intent().counter)
        out[i].judgement = kNotDebited;
  }
}

}  // namespace

bool newest_purchase_is(const Intent& intent, std::span<const nfc::LogRecord> log) {
  const auto newest = std::ranges::find_if(log, counts_as_purchase);
  return newest != log.end() && same_debit(*newest, intent);
}

bool is_past(CardCounter now, CardCounter before) noexcept {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(now.get() - before.get())) > 0;
}

bool wrote(const Intent& intent, const nfc::CardImage& image) {
  const ByteView planned{intent.journey_record};
  if (planned.size() < 2) return false;
  if (!is_rail_record(planned))
    return image.bus && std::ranges::equal(nfc::encode_bus_record(*image.bus), planned);
  return std::ranges::equal(nfc::encode_rail_record(image.rail), planned);
}

Judgement judge(const Intent& intent, std::span<const nfc::LogRecord> log) {
  const nfc::LogRecord* newest = nullptr;
  const nfc::LogRecord* oldest = nullptr;
  for (const nfc::LogRecord& record : log) {
    if (!counts_as_purchase(record)) continue;
    if (newest == nullptr) newest = &record;
    oldest = &record;
    // Terminal, second, amount and one of the two counters cannot agree by chance: two debits of
    // one card are never given the same second.
    const CardCounter counter{record.counter};
    const bool either = counter == intent.counter || counter == next(intent.counter);
    if (either && same_debit(record, intent)) return kDebited;
  }
  // Fewer than ten records are all there ever were.
  if (log.size() < nfc::kLogRecords) return kNotDebited;
  if (newest == nullptr) return kOverrun;
  // The log counts without gaps. A debit would stand under the intent's number or the next one:
  // either the card has not come so far, or both numbers are in sight and another's.
  if (!is_past(CardCounter{newest->counter}, intent.counter)) return kNotDebited;
  if (!is_past(CardCounter{oldest->counter}, intent.counter)) return kNotDebited;
  return kOverrun;
}

Judgement judge(const Intent& intent, const std::optional<std::vector<nfc::LogRecord>>& log,
                const nfc::CardImage& image) {
  const Judgement by_log = log ? judge(intent, *log) : kUnbelievable;
  // A proof writes the record anew as it was: what stands there says nothing about it.
  if (intent.purpose == Purpose::proof || intent.journey_record.empty()) return by_log;
  const bool written = wrote(intent, image);
  switch (by_log.result) {
    case OutcomeResult::debited:
      // Somebody may have written another record since, but not without a debit of its own.
      return !written && newest_purchase_is(intent, *log) ? kUnbelievable : by_log;
    case OutcomeResult::not_debited: return written ? kUnbelievable : by_log;
    case OutcomeResult::unknown:
    case OutcomeResult::suspect: break;
  }
  return written ? kWritten : by_log;
}

std::optional<nfc::DebitAnswer> fetch_proof(nfc::CardChannel& card,
                                            const nfc::FlowSettings& settings, Byte type,
                                            CardCounter after) {
  const auto bytes = card.transceive(nfc::get_proof(static_cast<nfc::PurchaseType>(type), after),
                                     settings.apdu_timeout);
  if (!bytes) return std::nullopt;
  const auto response = nfc::split_response(*bytes);
  if (!response || !response->ok()) return std::nullopt;
  const auto proof = nfc::decode_proof(response->data);
  if (!proof) return std::nullopt;
  return *proof;
}

nfc::FlowResult<std::vector<Recovered>> recover(nfc::CardChannel& card, const nfc::CardImage& image,
                                                const nfc::FlowSettings& settings,
                                                std::vector<Unconfirmed> open) {
  std::optional<std::vector<nfc::LogRecord>> log;
  if (auto read = nfc::read_log(card, settings)) {
    log = std::move(*read);
  } else if (read.error().channel_failed) {
    return std::unexpected{read.error()};
  }
  std::vector<Recovered> out;
  Recovered* newest = nullptr;
  out.reserve(open.size());
  for (Unconfirmed& unconfirmed : open) {
    Recovered& item = out.emplace_back(Recovered{std::move(unconfirmed), {}, std::nullopt});
    item.judgement = judge(item.intent(), log, image);
    if (log) item.newest = newest_purchase_is(item.intent(), *log);
  }
  one_debit_a_counter(out);
  for (Recovered& item : out)
    if (item.judgement.result == OutcomeResult::debited) newest = &item;
  // A card keeps the proof of its last purchase only: it is not asked for others.
  if (newest != nullptr)
    newest->proof =
        fetch_proof(card, settings, newest->intent().type, next(newest->intent().counter));
  return out;
}

Outcome outcome_of(const Recovered& recovered, CardCounter proven) {
  const Intent& intent = recovered.intent();
  Judgement judgement = recovered.judgement;
  if (!is_past(proven, intent.counter))
    judgement = {OutcomeResult::not_debited, judgement.result == OutcomeResult::not_debited
                                                 ? judgement.evidence
                                                 : OutcomeEvidence::counter};
  Outcome out;
  out.intent = recovered.unconfirmed.sequence;
  out.result = judgement.result;
  out.evidence = judgement.evidence;
  out.card = intent.card;
  out.amount = intent.amount;
  out.terminal = intent.terminal;
  out.sam_txn = intent.sam_txn;
  const bool moved = out.result == OutcomeResult::debited;
  out.counter = moved ? next(intent.counter) : intent.counter;
  if (moved && recovered.proof) {
    out.mac2 = recovered.proof->mac2;
    out.tac = recovered.proof->tac;
  }
  return out;
}

bool stands(const Recovered& item, const nfc::CardImage& image) {
  const Intent& intent = item.intent();
  const bool flat = intent.journey_record.empty() || (intent.tap.kind == fare::TapKind::board &&
                                                      is_rail_record(intent.journey_record));
  if (!flat) return wrote(intent, image);
  return item.newest.value_or(wrote(intent, image));
}

const Recovered* standing(std::span<const Recovered> recovered, const nfc::CardImage& image) {
  const Recovered* found = nullptr;
  for (const Recovered& item : recovered) {
    const bool debited = item.judgement.result == OutcomeResult::debited;
    // Its own charge, or the proof of one: a proof that was torn too leaves the same record.
    if (debited && item.intent().purpose != Purpose::missed_alighting &&
        item.intent().decision.accepted() && stands(item, image))
      if (found == nullptr || item.intent().purpose == Purpose::fare) found = &item;
  }
  return found;
}

}  // namespace tidegate::edge
