// SPDX-License-Identifier: Apache-2.0
// The account of a simulated day.
#include "simulators/station/audit.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "edge/ledger/ledger.h"

namespace tidegate::sim {

namespace {

/// What the ledger says about one card.
struct CardAccount {
  Fen debited;
  std::uint64_t debits = 0;
};

struct LedgerAccount {
  std::map<CardHandle, CardAccount> cards;
  std::set<SequenceNo> open_intents;
  Fen debited;
  std::uint64_t suspect = 0, unknown = 0;
  std::uint64_t head = 0;
};

constexpr std::array<const char*, 6> kStageNames{"identify", "check", "price",
                                                 "intend",   "debit", "record"};

/// The times of all taps, from the gate's log: an entry cannot hold the time of its own recording.
/// A stage that a tap did not reach is 0 there and left out here.
[[nodiscard]] std::vector<std::pair<std::string, Percentiles>> stage_times(
    const std::filesystem::path& gate_log) {
  std::array<std::vector<std::uint32_t>, kStageNames.size()> values;
  std::ifstream log{gate_log};
  std::string line;
  while (std::getline(log, line)) {
    if (line.find("event=tap ") == std::string::npos) continue;
    for (std::size_t i = 0; i < kStageNames.size(); ++i) {
      const std::string key = std::string{" "} + kStageNames[i] + "_us=";
      const std::size_t at = line.find(key);
      if (at == std::string::npos) continue;
      const auto us = std::strtoul(line.c_str() + at + key.size(), nullptr, 10);
      if (us != 0) values[i].push_back(static_cast<std::uint32_t>(us));
    }
  }
  std::vector<std::pair<std::string, Percentiles>> out;
  for (std::size_t i = 0; i < kStageNames.size(); ++i) {
    out.emplace_back(kStageNames[i], percentiles(std::move(values[i])));
  }
  return out;
}

void note(LedgerAccount& account, const edge::StoredEntry& stored) {
  account.head = stored.sequence.get();
  if (std::holds_alternative<edge::Intent>(stored.entry.body)) {
    account.open_intents.insert(stored.sequence);
  } else if (const auto* outcome = std::get_if<edge::Outcome>(&stored.entry.body)) {
    account.open_intents.erase(outcome->intent);
    if (outcome->result == edge::OutcomeResult::suspect) ++account.suspect;
    if (outcome->result == edge::OutcomeResult::unknown) ++account.unknown;
    if (outcome->result != edge::OutcomeResult::debited) return;
    account.debited += outcome->amount;
    CardAccount& card = account.cards[outcome->card];
    card.debited += outcome->amount;
    ++card.debits;
  } else if (const auto* voided = std::get_if<edge::Void>(&stored.entry.body)) {
    account.open_intents.erase(voided->intent);
  }
}

/// As the box makes it, but by this program's own hand.
[[nodiscard]] CardHandle handle_of(const crypto::Key32& key, const CardImageData& image) {
  const Hash256 mac = crypto::hmac_sha256(key, ByteView{image.ef15}.subspan(10, 10));
  return CardHandle{to_array<16>(ByteView{mac}.first(16))};
}

/// Purse, counter and ledger of one passenger against what the tariff table says.
void compare(const BoxFiles& files, const Passenger& passenger, const CardImageData& after,
             const LedgerAccount& account, StationReport& report) {
  const Fen lost{static_cast<std::int64_t>(passenger.before.balance) -
                 static_cast<std::int64_t>(after.balance)};
  report.purses += lost;
  CardAccount card;
  if (const auto at = account.cards.find(handle_of(files.handle_key, passenger.before));
      at != account.cards.end()) {
    card = at->second;
  }
  const auto steps = static_cast<std::uint16_t>(after.counter - passenger.before.counter);
  const std::string who =
      "passenger " + std::to_string(passenger.number) + " (" + passenger.story + "): ";
  if (lost != card.debited) {
    report.complaints.push_back(who + "the purse lost " + lost.yuan() + ", the ledger says " +
                                card.debited.yuan());
  }
  if (lost != passenger.expected_spending()) {
    report.complaints.push_back(who + "the purse lost " + lost.yuan() + ", the tariff says " +
                                passenger.expected_spending().yuan());
  }
  if (steps != card.debits) {
    report.complaints.push_back(who + "the card counted " + std::to_string(steps) +
                                " debits, the ledger " + std::to_string(card.debits));
  }
}

}  // namespace

Status audit(const BoxFiles& files, const std::vector<Passenger>& passengers,
             StationReport& report) {
  report.ledger_dir = files.ledger;
  LedgerAccount account;
  const Status read = edge::read_ledger(files.ledger, SequenceNo{0}, [&](const auto& stored) {
    note(account, stored);
    return true;
  });
  if (!read) return fail(Error{read.error()}, "reading the ledger");
  const auto verified = edge::verify_ledger(files.ledger);
  if (!verified) return fail(Error{verified.error()}, "verifying the ledger");
  report.verified = !verified->damaged.has_value();
  if (verified->damaged) report.complaints.push_back("the ledger is damaged: " + verified->what);
  report.head = account.head;
  report.ledger = account.debited;
  report.unconfirmed = account.open_intents.size();
  if (account.suspect + account.unknown + report.unconfirmed > 0) {
    report.complaints.push_back(std::to_string(report.unconfirmed) + " unconfirmed, " +
                                std::to_string(account.unknown) + " unknown and " +
                                std::to_string(account.suspect) + " suspect debits are left");
  }
  report.stages_us = stage_times(files.log / "gate.log");
  for (const Passenger& passenger : passengers) {
    const CardImageData after = passenger.card->image();
    if (auto ok = save_card_image(
            files.cards_after / ("card-" + std::to_string(passenger.number) + ".json"), after);
        !ok) {
      return ok;
    }
    compare(files, passenger, after, account, report);
  }
  return {};
}

Percentiles percentiles(std::vector<std::uint32_t> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const auto rank = [&](std::size_t per_thousand) {
    const std::size_t at = (values.size() * per_thousand + 999) / 1000;
    return values[std::max<std::size_t>(at, 1) - 1];
  };
  return {.p50 = rank(500), .p99 = rank(990), .p999 = rank(999)};
}

}  // namespace tidegate::sim
