// SPDX-License-Identifier: Apache-2.0
// The account at the end: ledger against purses, card by card, and in sum.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/openssl/crypto.h"
#include "edge/ledger/ledger.h"
#include "tests/e2e/line_faults_box.h"

namespace tidegate::e2e {

namespace {

constexpr std::chrono::seconds kStopPatience{120};

/// What the ledger says about one card.
struct CardAccount {
  Fen debited;
  unsigned debits = 0;
  unsigned unsure = 0;  ///< unknown, suspect, or without an outcome
};

}  // namespace

struct LineBox::Account {
  std::map<CardHandle, CardAccount> cards;
  std::map<SequenceNo, CardHandle> open_intents;
  Fen debited;

  void note(const edge::StoredEntry& stored) {
    if (const auto* intent = std::get_if<edge::Intent>(&stored.entry.body)) {
      open_intents[stored.sequence] = intent->card;
    } else if (const auto* voided = std::get_if<edge::Void>(&stored.entry.body)) {
      open_intents.erase(voided->intent);
    } else if (const auto* outcome = std::get_if<edge::Outcome>(&stored.entry.body)) {
      open_intents.erase(outcome->intent);
      CardAccount& card = cards[outcome->card];
      if (outcome->result == edge::OutcomeResult::debited) {
        card.debited += outcome->amount;
        debited += outcome->amount;
        ++card.debits;
      } else if (outcome->result != edge::OutcomeResult::not_debited) {
        ++card.unsure;
      }
    }
  }
};

LineBox::Account LineBox::read_account(std::vector<std::string>& complaints) const {
  Account account;
  const Status read =
      edge::read_ledger(files_.ledger, SequenceNo{0}, [&](const edge::StoredEntry& stored) {
        account.note(stored);
        return true;
      });
  if (!read) complaints.push_back("reading the ledger: " + read.error().message());
  for (const auto& [sequence, card] : account.open_intents) ++account.cards[card].unsure;
  const auto report = edge::verify_ledger(files_.ledger);
  if (!report) {
    complaints.push_back("verifying the ledger: " + report.error().message());
  } else if (report->damaged) {
    complaints.push_back("the ledger is damaged: " + report->what);
  } else if (report->totals.debited_fen != account.debited) {
    complaints.push_back("the ledger's totals say " + report->totals.debited_fen.yuan() +
                         ", its outcomes " + account.debited.yuan());
  }
  return account;
}

CardHandle LineBox::handle_of(const Rider& rider) const {
  const Hash256 mac =
      crypto::hmac_sha256(files_.handle_key, ByteView{rider.before.ef15}.subspan(10, 10));
  return CardHandle{to_array<16>(ByteView{mac}.first(16))};
}

unsigned LineBox::recorded(edge::OutcomeResult result, const Rider& rider) const {
  const CardHandle card = handle_of(rider);
  unsigned times = 0;
  const Status read =
      edge::read_ledger(files_.ledger, SequenceNo{0}, [&](const edge::StoredEntry& stored) {
        const auto* outcome = std::get_if<edge::Outcome>(&stored.entry.body);
        if (outcome != nullptr && outcome->card == card && outcome->result == result) ++times;
        return true;
      });
  EXPECT_TRUE(read.has_value()) << read.error().message();
  return times;
}

unsigned LineBox::recorded_passages() const {
  unsigned times = 0;
  const Status read =
      edge::read_ledger(files_.ledger, SequenceNo{0}, [&](const edge::StoredEntry& stored) {
        if (std::holds_alternative<edge::Passage>(stored.entry.body)) ++times;
        return true;
      });
  EXPECT_TRUE(read.has_value()) << read.error().message();
  return times;
}

void LineBox::compare(const Rider& rider, const Account& account,
                      std::vector<std::string>& complaints) const {
  const auto found = account.cards.find(handle_of(rider));
  const CardAccount card = found == account.cards.end() ? CardAccount{} : found->second;
  const auto counted = static_cast<std::uint16_t>(rider.image().counter - rider.before.counter);
  const auto complain = [&](const std::string& what) {
    complaints.push_back(rider.story + ": " + what);
  };
  const bool lies = !rider.lie.empty();
  const auto money = lies ? sim::hostile_money(rider.lie) : sim::HostileMoney::honest;
  if (money == sim::HostileMoney::silent) return;  // what such a purse lost, nobody can know
  if (money == sim::HostileMoney::honest && rider.spent() != card.debited)
    complain("the purse lost " + rider.spent().yuan() + ", the ledger says " + card.debited.yuan());
  if (money == sim::HostileMoney::proof_wrong && card.debits != 0)
    complain("a debit without proof counts as made");
  if (money == sim::HostileMoney::never_9000 && (card.debits != 0 || rider.spent() != Fen{}))
    complain("a debit that never was counts as made");
  if (lies) return;
  if (rider.passages != rider.visits)
    complain("passed " + std::to_string(rider.passages) + " times");
  if (rider.spent() != rider.fare)
    complain("the purse lost " + rider.spent().yuan() + ", the fare is " + rider.fare.yuan());
  if (counted != card.debits)
    complain("the card counted " + std::to_string(counted) + " debits, the ledger " +
             std::to_string(card.debits));
  if (card.unsure != 0) complain(std::to_string(card.unsure) + " debits are not settled");
}

std::vector<std::string> LineBox::close() {
  std::vector<std::string> complaints = daemons_->stop(kStopPatience);
  if (options_.gate_may_fail) std::erase(complaints, "gate: exit status 1");
  gate_.reset();
  readers_.clear();
  const Account account = read_account(complaints);
  for (const auto& rider : riders_) compare(*rider, account, complaints);
  std::error_code ignored;
  if (complaints.empty()) std::filesystem::remove_all(files_.dir, ignored);
  if (files_.run.parent_path() != files_.dir) std::filesystem::remove_all(files_.run, ignored);
  return complaints;
}

}  // namespace tidegate::e2e
