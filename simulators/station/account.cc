// SPDX-License-Identifier: Apache-2.0
// Reads the ledgers of all boxes card by card.
#include "simulators/station/account.h"

#include <algorithm>

namespace tidegate::sim {

namespace {

/// As the box makes it, but by this program's own hand.
[[nodiscard]] CardHandle handle_of(const crypto::Key32& key, const CardImageData& image) {
  const Hash256 mac = crypto::hmac_sha256(key, ByteView{image.ef15}.subspan(10, 10));
  return CardHandle{to_array<16>(ByteView{mac}.first(16))};
}

class BoxReader {
 public:
  BoxReader(SiteAccount& account, const BoxFiles& box, const std::deque<Passenger>& passengers)
      : account_{account}, box_{box} {
    for (const Passenger& passenger : passengers) {
      owners_[handle_of(box.handle_key, passenger.before)] = passenger.number;
    }
  }

  [[nodiscard]] Result<BoxAccount> read() {
    BoxAccount out;
    const Status done =
        edge::read_ledger(box_.ledger, SequenceNo{0}, [&](const edge::StoredEntry& stored) {
          out.head = stored.sequence.get();
          note(stored, out);
          return true;
        });
    if (!done) return fail(Error{done.error()}, "reading the ledger " + box_.ledger.string());
    return out;
  }

 private:
  void note(const edge::StoredEntry& stored, BoxAccount& out) {
    const edge::EntryBody& body = stored.entry.body;
    if (const auto* intent = std::get_if<edge::Intent>(&body)) {
      CardClaims* card = card_of(intent->card, stored.sequence);
      if (card == nullptr) return;
      places_[stored.sequence] = {card, card->claims.size()};
      card->claims.push_back(
          {.box = box_.number,
           .intent = stored.sequence,
           .amount = intent->amount,
           .after = CardCounter{static_cast<std::uint16_t>(intent->counter.get() + 1U)},
           .terminal = intent->terminal,
           .card_time = intent->card_time,
           .result = std::nullopt});
    } else if (const auto* outcome = std::get_if<edge::Outcome>(&body)) {
      if (outcome->result == edge::OutcomeResult::suspect) ++out.suspect;
      if (Claim* claim = claim_of(outcome->intent, stored.sequence)) {
        claim->result = outcome->result;
        if (claim->debited()) claim->after = outcome->counter;
      }
    } else if (const auto* voided = std::get_if<edge::Void>(&body)) {
      if (Claim* claim = claim_of(voided->intent, stored.sequence)) claim->voided = true;
    } else if (const auto* sighting = std::get_if<edge::Sighting>(&body)) {
      CardClaims* card = card_of(sighting->card, stored.sequence);
      // Without a line of the card's log it names no counter.
      if (card != nullptr && !sighting->log_record.empty())
        card->sightings.push_back({sighting->terminal, sighting->counter});
    }
  }

  [[nodiscard]] CardClaims* card_of(const CardHandle& handle, SequenceNo at) {
    const auto owner = owners_.find(handle);
    if (owner != owners_.end()) return &account_.cards[owner->second];
    account_.complaints.push_back("entry " + std::to_string(at.get()) + " of box " +
                                  std::to_string(box_.number) + " is of a card that was not there");
    return nullptr;
  }

  [[nodiscard]] Claim* claim_of(SequenceNo intent, SequenceNo at) {
    const auto place = places_.find(intent);
    if (place != places_.end()) return &place->second.first->claims[place->second.second];
    account_.complaints.push_back("entry " + std::to_string(at.get()) + " of box " +
                                  std::to_string(box_.number) +
                                  " settles an intent that is not there");
    return nullptr;
  }

  SiteAccount& account_;
  const BoxFiles& box_;
  std::map<CardHandle, unsigned> owners_;
  std::map<SequenceNo, std::pair<CardClaims*, std::size_t>> places_;
};

}  // namespace

Result<SiteAccount> read_site(const SiteFiles& site, const std::deque<Passenger>& passengers) {
  SiteAccount out;
  for (const BoxFiles& box : site.boxes) {
    auto account = BoxReader{out, box, passengers}.read();
    if (!account) return fail(std::move(account.error()));
    out.boxes.push_back(*account);
  }
  return out;
}

}  // namespace tidegate::sim
