// SPDX-License-Identifier: Apache-2.0
// Small tables under a lock each.
#include "edge/gate/run_memory.h"

#include <algorithm>

#include "base/assert.h"

namespace tidegate::edge {

bool CardsInHand::take(const CardHandle& card) {
  const std::lock_guard lock{mutex_};
  return cards_.insert(card).second;
}

void CardsInHand::give_back(const CardHandle& card) {
  const std::lock_guard lock{mutex_};
  cards_.erase(card);
}

void Passages::note(SequenceNo outcome, bool passed) {
  if (outcome == SequenceNo{}) return;
  const std::lock_guard lock{mutex_};
  passed_[outcome] |= passed;
  if (passed_.size() > kKept) passed_.erase(passed_.begin());
}

std::optional<bool> Passages::of(SequenceNo outcome) const {
  const std::lock_guard lock{mutex_};
  const auto found = passed_.find(outcome);
  if (found == passed_.end()) return std::nullopt;
  return found->second;
}

CardTimes::Given CardTimes::give(const TerminalNo& terminal, const CardHandle& card,
                                 const LocalTime& wanted) {
  const std::lock_guard lock{mutex_};
  Row& row = rows_.try_emplace(terminal, Row{floor_, {}}).first->second;
  Given given{wanted};
  while (!row.given.emplace(given.time, card).second)
    given.time = later(given.time, std::chrono::seconds{1});
  given.new_for_certain = given.time > row.forgotten;
  if (row.given.size() > kKept) {
    row.forgotten = std::max(row.forgotten, row.given.begin()->first);
    row.given.erase(row.given.begin());
  }
  return given;
}

void OwnTerminals::add(const TerminalNo& terminal) {
  const std::lock_guard lock{mutex_};
  terminals_.insert(terminal);
}

bool OwnTerminals::has(const TerminalNo& terminal) const {
  const std::lock_guard lock{mutex_};
  return terminals_.contains(terminal);
}

LocalTime later(const LocalTime& time, std::chrono::seconds by) {
  const auto at = from_local(time);
  ASSERT(at.has_value());  // it came from a clock or a decoder
  return to_local(*at + by);
}

}  // namespace tidegate::edge
