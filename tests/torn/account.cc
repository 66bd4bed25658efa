// SPDX-License-Identifier: Apache-2.0
// The account of one cell: card, barrier and two ledgers.
#include "tests/torn/account.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "nfc/purse/records.h"
#include "tests/torn/foreign.h"

namespace tidegate::edge::torn {
namespace {

constexpr Fen kFare{300};

class Judge {
 public:
  Judge(const Setting& setting, const CellRun& run, Books::OfCard here, Books::OfCard there)
      : setting_{setting}, run_{run}, here_{std::move(here)}, there_{std::move(there)} {
    const bool entry = setting.direction == AisleDirection::entry;
    for (Books::OfCard* books : {&here_, &there_})
      std::erase_if(books->intents, [&](const Books::Item& item) {
        return entry != (item.intent.tap.kind == fare::TapKind::entry);
      });
    for (const CardDebit& debit : run.who.debits) {
      verdict_.account.purse.add(debit.amount);
      if (debit.journey) ++journeys_;
    }
  }

  Verdict verdict() {
    add_up(here_);
    add_up(there_);
    check_ledgers();
    check_money();
    check_barrier();
    verdict_.account.taps = static_cast<unsigned>(run_.taps.size());
    verdict_.account.opened = run_.opened_at != 0;
    verdict_.account.word = word();
    return std::move(verdict_);
  }

 private:
  void expect(bool holds, std::string what) {
    if (!holds) verdict_.complaints.push_back(std::move(what));
  }

  void add_up(const Books::OfCard& books) {
    Account& sums = verdict_.account;
    for (const Books::Item& item : books.intents) {
      expect(item.outcomes.size() <= 1, "an intent has two outcomes");
      if (item.open()) sums.unconfirmed.add(item.intent.amount);
      if (item.has(OutcomeResult::debited)) sums.debited.add(item.intent.amount);
      if (item.has(OutcomeResult::unknown)) sums.unknown.add(item.intent.amount);
      expect(!item.has(OutcomeResult::suspect), "an outcome is suspect");
    }
    sums.sightings += static_cast<unsigned>(books.sightings.size());
  }

  [[nodiscard]] static bool is(const CardDebit& debit, const Books::Item& item) {
    return item.intent.terminal == debit.terminal && item.intent.sam_txn == debit.txn &&
           item.intent.amount == debit.amount &&
           static_cast<std::uint16_t>(item.intent.counter.get() + 1U) == debit.counter.get();
  }

  /// Debited in a ledger: the purse made it, once. Made by the purse: debited, or listed as open.
  void check_ledgers() {
    std::vector<unsigned> booked(run_.who.debits.size());
    std::vector<bool> listed(run_.who.debits.size());
    for (const Books::OfCard* books : {&here_, &there_}) {
      for (const Books::Item& item : books->intents) {
        bool made = false;
        for (std::size_t i = 0; i < run_.who.debits.size(); ++i) {
          if (!is(run_.who.debits[i], item)) continue;
          if (item.has(OutcomeResult::debited)) ++booked[i];
          if (item.open() || item.has(OutcomeResult::unknown)) listed[i] = true;
          made = true;
        }
        expect(made || !item.has(OutcomeResult::debited), "the purse never made a booked debit");
        expect(!made || !item.has(OutcomeResult::not_debited), "a debit is booked as not debited");
      }
    }
    for (std::size_t i = 0; i < booked.size(); ++i) {
      expect(booked[i] <= 1, "a debit is booked twice");
      expect(booked[i] == 1 || listed[i], "a debit is lost: neither booked nor listed");
    }
  }

  void check_money() {
    const sim::CardImageData card = run_.who.card->image();
    const Fen lost = Fen{std::int64_t{kBalance} - card.balance} - run_.foreign;
    const Account& sums = verdict_.account;
    const Fen once = setting_.direction == AisleDirection::entry ? Fen{} : kFare;
    expect(lost == sums.purse.fen, "the purse lost more than its debits");
    expect(lost == Fen{} || lost == once, "the purse lost " + std::to_string(lost.count()));
    expect(journeys_ <= 1, "the journey was written twice");
    if (run_.opened_at != 0) expect(journeys_ == 1 && lost == once, "opened without its debit");
    expect(sums.debited.fen <= lost, "the ledgers have more than the purse lost");
    expect(lost - sums.debited.fen <= sums.unknown.fen + sums.unconfirmed.fen,
           "money is lost without being listed");
    const auto rail = nfc::decode_rail_record(card.ef1a_2701);
    const bool inside = (setting_.direction == AisleDirection::entry) == (journeys_ == 1);
    expect(rail.has_value() && rail->inside() == inside, "record 2701 has the wrong state");
  }

  void check_barrier() {
    const bool returned = run_.cell.back != Back::never;
    const bool may_stay =
        run_.cell.back == Back::eleven_debits && verdict_.account.unknown.count > 0;
    expect(run_.opened_at != 0 || !returned || may_stay,
           "not through after 3 taps: " + run_.taps.back().detail);
    expect(!run_.opened_again, "opened again for the same passage");
    if (run_.opened_at == 0 || run_.taps.back().killed) return;
    // What opened is in the ledger of the box that opened.
    const Books::OfCard& books = run_.opened_at_other_box ? there_ : here_;
    const SequenceNo by = run_.taps.back().outcome;
    bool found = false;
    for (const Books::Item& item : books.intents)
      found = found || (item.has(OutcomeResult::debited) && item.outcomes.front().first == by);
    for (const auto& [at, sighting] : books.sightings) {
      found = found || at == by;
      expect(sighting.opened && names_a_debit(sighting), "a sighting names no debit of the card");
    }
    expect(found, "opened by something that is not in the ledger");
    expect(!run_.opened_at_other_box || journey_made_by(there_) ||
               std::ranges::any_of(there_.sightings,
                                   [&](const auto& at) { return names_a_debit(at.second); }),
           "opened for another box's debit without a sighting of it");
  }

  [[nodiscard]] bool journey_made_by(const Books::OfCard& books) const {
    return std::ranges::any_of(run_.who.debits, [&](const CardDebit& debit) {
      return debit.journey && std::ranges::any_of(books.intents, [&](const Books::Item& item) {
               return is(debit, item);
             });
    });
  }

  /// By the number 805A was asked with, or that of the log, which some cards count before the
  /// debit.
  [[nodiscard]] bool names_a_debit(const Sighting& sighting) const {
    const bool before = setting_.logs_before && sighting.proof.empty();
    const auto after = static_cast<std::uint16_t>(sighting.counter.get() + (before ? 1U : 0U));
    return std::ranges::any_of(run_.who.debits, [&](const CardDebit& debit) {
      return debit.journey && debit.terminal == sighting.terminal && debit.counter.get() == after;
    });
  }

  [[nodiscard]] std::string word() const {
    const Account& sums = verdict_.account;
    if (run_.opened_at == 1) return run_.taps.back().killed ? "opened, then killed" : "at once";
    std::string out;
    if (run_.opened_at == 0 && run_.cell.back == Back::never) {
      if (sums.purse.count == 0) return sums.unconfirmed.count == 0 ? "nothing" : "not moved";
      out = sums.debited == sums.purse ? "debited" : "unconfirmed";
    } else if (run_.opened_at == 0) {
      out = "refused";
      if (run_.taps.back().refusal)
        out += " " + std::string{fare::refusal_name(*run_.taps.back().refusal)};
    } else if (run_.taps.back().recovered) {
      out = recovered_word();
    } else {
      out = sums.sightings > 0 ? "sighting" : "free retry";
    }
    if (sums.unknown.count > 0) out += ", unknown";
    // The box where it was torn does not know yet that the card has been seen.
    if (run_.opened_at != 0 && sums.unconfirmed.count > 0) out += ", unconfirmed";
    return out;
  }

  /// Whether the debit had been booked before, and only the barrier was missing.
  [[nodiscard]] std::string recovered_word() const {
    if (verdict_.account.sightings > 0) return "sighting";
    for (const Books::Item& item : here_.intents)
      if (item.intent.purpose == Purpose::fare && item.has(OutcomeResult::debited))
        return item.outcomes.front().second.evidence == OutcomeEvidence::mac2 ? "resumed"
                                                                              : "recovered";
    return "recovered";
  }

  const Setting& setting_;
  const CellRun& run_;
  Books::OfCard here_, there_;
  unsigned journeys_ = 0;
  Verdict verdict_;
};

}  // namespace

Books::Books(const BoxSpec& box) : box_{box} {
  if (!std::filesystem::exists(box.ledger())) return;  // no card has come to that box
  const auto report = verify_ledger(box.ledger());
  EXPECT_TRUE(report.has_value()) << report.error().message();
  if (report) {
    EXPECT_FALSE(report->damaged.has_value()) << report->what;
  }
  std::map<SequenceNo, std::pair<CardHandle, std::size_t>> places;
  const auto read = read_ledger(box.ledger(), SequenceNo{0}, [&](const StoredEntry& stored) {
    const EntryBody& body = stored.entry.body;
    if (const auto* intent = std::get_if<Intent>(&body)) {
      OfCard& card = cards_[intent->card];
      places[stored.sequence] = {intent->card, card.intents.size()};
      card.intents.push_back({stored.sequence, *intent, {}});
    } else if (const auto* outcome = std::get_if<Outcome>(&body)) {
      const auto place = places.find(outcome->intent);
      EXPECT_TRUE(place != places.end()) << "an outcome without an intent";
      if (place == places.end()) return true;
      cards_[place->second.first].intents[place->second.second].outcomes.emplace_back(
          stored.sequence, *outcome);
    } else if (const auto* sighting = std::get_if<Sighting>(&body)) {
      cards_[sighting->card].sightings.emplace_back(stored.sequence, *sighting);
    }
    return true;
  });
  EXPECT_TRUE(read.has_value()) << read.error().message();
}

Books::OfCard Books::of(const sim::CardImageData& card) const {
  const auto found = cards_.find(handle_at(box_, card));
  return found == cards_.end() ? OfCard{} : found->second;
}

Verdict judge_cell(const Setting& setting, const CellRun& run, const Books& here,
                   const Books& there) {
  const sim::CardImageData card = run.who.card->image();
  return Judge{setting, run, here.of(card), there.of(card)}.verdict();
}

}  // namespace tidegate::edge::torn
