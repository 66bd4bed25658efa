// SPDX-License-Identifier: Apache-2.0
// Judges unconfirmed intents by EF 18 and fetches the TAC of a debit that took place.
#include "edge/gate/recovery.h"

#include <algorithm>

#include "nfc/purse/apdu.h"

namespace tidegate::edge {
namespace {

/// Loads and unloads have a counter of their own; overdraft updates move no purse money.
bool counts_as_purchase(const nfc::LogRecord& record) {
  return record.type == 0x04 || record.type == 0x05 || record.type == 0x06 || record.type == 0x09;
}

bool same_debit(const nfc::LogRecord& record, const Intent& intent) {
  return record.type == intent.type && record.terminal == intent.terminal &&
         record.amount == intent.amount && record.at == intent.card_time;
}

/// The log's newest purchase is this debit, and record 2701 is not what it wrote.
bool contradicts(const nfc::CardImage& image, const Recovered& item,
                 std::span<const nfc::LogRecord> log) {
  if (item.judgement.result != OutcomeResult::debited) return false;
  const auto newest = std::ranges::find_if(log, counts_as_purchase);
  if (newest == log.end() || !same_debit(*newest, item.intent())) return false;
  return !std::ranges::equal(nfc::encode_rail_record(image.rail), item.intent().journey_record);
}

constexpr Judgement kDebited{OutcomeResult::debited, OutcomeEvidence::card_log};
constexpr Judgement kNotDebited{OutcomeResult::not_debited, OutcomeEvidence::card_log};
constexpr Judgement kOverrun{OutcomeResult::unknown, OutcomeEvidence::log_overrun};

std::optional<nfc::DebitAnswer> fetch_proof(nfc::CardChannel& card,
                                            const nfc::FlowSettings& settings,
                                            const Intent& intent) {
  const CardCounter after{static_cast<std::uint16_t>(intent.counter.get() + 1U)};
  const auto bytes = card.transceive(
      nfc::get_proof(static_cast<nfc::PurchaseType>(intent.type), after), settings.apdu_timeout);
  if (!bytes) return std::nullopt;
  const auto response = nfc::split_response(*bytes);
  if (!response || !response->ok()) return std::nullopt;
  const auto proof = nfc::decode_proof(response->data);
  if (!proof) return std::nullopt;
  return *proof;
}

}  // namespace

Judgement judge(const Intent& intent, std::span<const nfc::LogRecord> log,
                bool counter_logged_before) {
  const std::uint16_t before = intent.counter.get();
  const auto after = static_cast<std::uint16_t>(before + 1U);
  const std::uint16_t wanted = counter_logged_before ? before : after;

  const nfc::LogRecord* newest = nullptr;
  bool taken_by_another = false;
  for (const nfc::LogRecord& record : log) {
    if (!counts_as_purchase(record)) continue;
    if (newest == nullptr) newest = &record;
    // Terminal, second, amount and one of the two counters cannot agree by chance (two debits of
    // one card are never given the same second): this holds for either way of logging.
    const bool either = record.counter == before || record.counter == after;
    if (either && same_debit(record, intent)) return kDebited;
    if (record.counter == wanted) taken_by_another = true;
  }
  if (taken_by_another) return kNotDebited;
  const bool complete = log.size() < nfc::kLogRecords;
  if (newest == nullptr) return complete ? kNotDebited : kOverrun;
  // How far the card has gone since, as a signed distance on the ring of 65,536.
  const auto distance =
      static_cast<std::int16_t>(static_cast<std::uint16_t>(newest->counter - wanted));
  if (distance < 0) return kNotDebited;  // the card has not come to that number
  return kOverrun;
}

nfc::FlowResult<std::vector<Recovered>> recover(nfc::CardChannel& card, const nfc::CardImage& image,
                                                const nfc::FlowSettings& settings,
                                                std::vector<Unconfirmed> open) {
  const auto log = nfc::read_log(card, settings);
  if (!log && log.error().channel_failed) return std::unexpected{log.error()};
  std::vector<Recovered> out;
  for (Unconfirmed& unconfirmed : open) {
    Recovered item{std::move(unconfirmed), {}, std::nullopt};
    if (log) item.judgement = judge(item.intent(), *log, false);
    if (log && contradicts(image, item, *log)) item.judgement.result = OutcomeResult::unknown;
    if (item.judgement.result == OutcomeResult::debited)
      item.proof = fetch_proof(card, settings, item.intent());
    out.push_back(std::move(item));
  }
  return out;
}

Outcome outcome_of(const Recovered& recovered) {
  const Intent& intent = recovered.intent();
  Outcome out;
  out.intent = recovered.unconfirmed.sequence;
  out.result = recovered.judgement.result;
  out.evidence = recovered.judgement.evidence;
  out.card = intent.card;
  out.amount = intent.amount;
  out.terminal = intent.terminal;
  out.sam_txn = intent.sam_txn;
  const bool moved = out.result == OutcomeResult::debited;
  out.counter = CardCounter{static_cast<std::uint16_t>(intent.counter.get() + (moved ? 1U : 0U))};
  if (recovered.proof) {
    out.mac2 = recovered.proof->mac2;
    out.tac = recovered.proof->tac;
  }
  return out;
}

const Recovered* standing(std::span<const Recovered> recovered, const nfc::CardImage& image) {
  const auto now = nfc::encode_rail_record(image.rail);
  const Recovered* found = nullptr;
  for (const Recovered& item : recovered) {
    const bool debited = item.judgement.result == OutcomeResult::debited;
    // Its own charge, or the proof of one: a proof that was torn too leaves the same record.
    if (debited && item.intent().purpose != Purpose::missed_alighting &&
        std::ranges::equal(item.intent().journey_record, now))
      if (found == nullptr || item.intent().purpose == Purpose::fare) found = &item;
  }
  return found;
}

}  // namespace tidegate::edge
