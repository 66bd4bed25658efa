// SPDX-License-Identifier: Apache-2.0
// Measures commits, commands and debits, and says when the next commit begins.
#include "edge/gate/commit_wait.h"

#include <algorithm>
#include <variant>

namespace tidegate::edge {
namespace {

/// A card that was taken away never has an outcome: only so many are remembered.
constexpr std::size_t kDebits = 64;
/// The pause of the disk is this part of a commit, and never longer; half of it where all are here.
constexpr int kPause = 3;
constexpr std::chrono::milliseconds kPauseMax{5};

}  // namespace

void CommitWait::Measured::add(Span sample) {
  if (!known()) {
    mean_ = sample;
    deviation_ = sample / 2;
    return;
  }
  // A little more than twice, or a mean of a few microseconds could never grow.
  sample = std::min(sample, 2 * mean_ + std::chrono::milliseconds{1});
  deviation_ += (std::chrono::abs(sample - mean_) - deviation_) / 4;
  mean_ += (sample - mean_) / 8;
}

void CommitWait::submitted(const Entry& entry, SteadyTime now) {
  const auto* outcome = std::get_if<Outcome>(&entry.body);
  if (outcome == nullptr) return;
  const auto debit = std::ranges::find(debits_, outcome->intent, &Begun::intent);
  if (debit == debits_.end()) return;
  debit_.add(std::chrono::floor<Span>(now - debit->at));
  debits_.erase(debit);
}

CommitWait::Span CommitWait::slack(unsigned commands) const {
  if (!commit_.known()) return Span{};
  return std::max(Span{}, commands * command_.least() - commit_.most() - patience());
}

void CommitWait::gave(unsigned commands, SteadyTime::duration took) {
  command_.add(std::chrono::floor<Span>(took) / commands);
}

void CommitWait::ended(SteadyTime now, Span commit) {
  last_end_ = now;
  commit_.add(commit);
}

void CommitWait::debits(SequenceNo intent, SteadyTime now) {
  debits_.push_back({intent, now});
  if (debits_.size() > kDebits) debits_.pop_front();
}

CommitWait::Company CommitWait::company(std::ptrdiff_t serving, std::ptrdiff_t handed_in) {
  if (serving > handed_in) return Company::coming;
  return serving > 1 ? Company::all_here : Company::none;
}

CommitWait::Span CommitWait::pause(Company company) const {
  const Span whole = std::min<Span>(commit_.mean() / kPause, kPauseMax);
  return company == Company::coming ? whole : whole / 2;
}

SteadyTime CommitWait::begin(SteadyTime due, SteadyTime now, Company company) const {
  if (company == Company::none) return due;
  SteadyTime at = std::max(due, last_end_ + pause(company));
  if (company == Company::all_here) return at;
  // Outcomes of which nobody can say when they come are not waited for.
  if (!debit_.known() || debit_.most() - debit_.mean() > patience()) return at;
  const SteadyTime latest = std::max(due, last_end_) + patience();
  for (const Begun& debit : debits_) {
    const SteadyTime outcome = debit.at + debit_.most();
    if (outcome > now && outcome <= latest) at = std::max(at, outcome);
  }
  return at;
}

}  // namespace tidegate::edge
