// SPDX-License-Identifier: Apache-2.0
// Measures commits and debits, and says when the next commit may begin.
#include "edge/gate/outcome_wait.h"

#include <algorithm>
#include <variant>

namespace tidegate::edge {
namespace {

/// A card that was taken away never has an outcome: only so many are remembered.
constexpr std::size_t kDebits = 64;

}  // namespace

// The estimate of RFC 6298, section 2: a mean and its deviation, four of which are allowed for.
void OutcomeWait::submitted(const Entry& entry, SteadyTime now) {
  const auto* outcome = std::get_if<Outcome>(&entry.body);
  if (outcome == nullptr) return;
  const auto debit = std::ranges::find(debits_, outcome->intent, &Debit::intent);
  if (debit == debits_.end()) return;
  // Slower than a commit is as good as never; how much slower (the card came back) says nothing.
  const Span took = std::min(std::chrono::floor<Span>(now - debit->landed), commit_);
  debits_.erase(debit);
  if (debit_ == Span{}) {
    debit_ = took;
    deviation_ = took / 2;
    return;
  }
  deviation_ += (std::chrono::abs(took - debit_) - deviation_) / 4;
  debit_ += (took - debit_) / 8;
}

void OutcomeWait::landed(const Entry& entry, SequenceNo at, SteadyTime now, Span commit) {
  if (!std::holds_alternative<Intent>(entry.body)) return;
  commit_ = commit_ == Span{} ? commit : commit_ + (commit - commit_) / 8;
  debits_.push_back({at, now});
  if (debits_.size() > kDebits) debits_.pop_front();
}

SteadyTime OutcomeWait::until(SteadyTime now) const {
  if (debits_.empty() || debit_ == Span{} || patience() > commit_ / 2) return SteadyTime::min();
  const SteadyTime end = debits_.back().landed + patience();
  return end > now ? end : SteadyTime::min();
}

}  // namespace tidegate::edge
