// SPDX-License-Identifier: Apache-2.0
#include "simulators/pn532/field.h"

#include <algorithm>

namespace tidegate::sim::pn532 {

void Field::put(Card& card, std::optional<Tear> tear) {
  ASSERT(!has(card));
  stays_.push_back(Stay{.id = ++last_id_, .card = &card, .tear = tear});
  exchanges_ = 0;
}

bool Field::take(const Card& card) {
  const auto stay = std::find_if(stays_.begin(), stays_.end(),
                                 [&card](const Stay& s) { return s.card == &card; });
  if (stay == stays_.end()) return false;
  stay->card->power_off();
  stays_.erase(stay);
  return true;
}

bool Field::has(const Card& card) const {
  return std::any_of(stays_.begin(), stays_.end(),
                     [&card](const Stay& s) { return s.card == &card; });
}

void Field::switch_on(SteadyTime now) {
  if (on_) return;
  on_ = true;
  if (off_since_ && now - *off_since_ < off_min_) return;
  for (Stay& stay : stays_) {
    stay.card->power_off();
    stay.state = CardState::idle;
  }
}

void Field::switch_off(SteadyTime now) {
  if (on_) off_since_ = now;
  on_ = false;
}

void Field::power_cut() {
  on_ = false;
  off_since_.reset();
  for (Stay& stay : stays_) {
    stay.card->power_off();
    stay.state = CardState::idle;
  }
}

Stay* Field::find(std::uint64_t stay) {
  const auto found =
      std::find_if(stays_.begin(), stays_.end(), [stay](const Stay& s) { return s.id == stay; });
  return found == stays_.end() ? nullptr : &*found;
}

Stay* Field::activate(const std::optional<Bytes>& uid) {
  if (!on_) return nullptr;
  Stay* found = nullptr;
  for (Stay& stay : stays_) {
    if (stay.state == CardState::active) {
      stay.state = CardState::idle;  // an unexpected REQA: back to idle, without an answer
    } else if (!found && stay.state == CardState::idle && (!uid || stay.card->uid() == *uid)) {
      found = &stay;
    }
  }
  if (found) found->state = CardState::active;
  return found;
}

std::vector<std::array<Byte, 2>> Field::request(bool wakes_halted) {
  std::vector<std::array<Byte, 2>> out;
  if (!on_) return out;
  for (Stay& stay : stays_) {
    if (stay.state == CardState::active) {
      stay.state = CardState::idle;
    } else if (stay.state == CardState::idle || (wakes_halted && stay.state == CardState::halted)) {
      out.push_back(stay.card->atqa());  // whatever but a SELECT follows sends it back
    }
  }
  return out;
}

void Field::start_protocol(Stay& stay) {
  stay.state = CardState::protocol;
  stay.block = 1;
  note("selected", stay);
}

void Field::halt(Stay& stay) {
  stay.card->power_off();
  stay.state = CardState::halted;
}

std::optional<Bytes> Field::exchange(std::uint64_t id, ByteView command) {
  Stay* stay = find(id);
  if (!stay || !on_ || stay->state != CardState::protocol) return std::nullopt;
  const unsigned number = ++stay->exchanges;
  if (stay->id == last_id_) exchanges_ = number;
  const bool torn = stay->tear && stay->tear->exchange == number;
  if (torn && !stay->tear->after_card) {
    lose(id);
    return std::nullopt;
  }
  Bytes response = stay->card->transceive(command);
  stay->block ^= 1U;
  if (torn) {
    lose(id);
    return std::nullopt;
  }
  if (response.empty()) return std::nullopt;
  return response;
}

void Field::lose(std::uint64_t id) {
  Stay* stay = find(id);
  ASSERT(stay);
  note("torn exchange=" + std::to_string(stay->exchanges) +
           (stay->tear->after_card ? " after-card" : " before-card"),
       *stay);
  stay->card->power_off();
  std::erase_if(stays_, [id](const Stay& s) { return s.id == id; });
}

void Field::note(const std::string& what, const Stay& stay) {
  events_.push_back(what + " uid=" + to_hex(stay.card->uid()));
}

}  // namespace tidegate::sim::pn532
