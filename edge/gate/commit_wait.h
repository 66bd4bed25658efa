// SPDX-License-Identifier: Apache-2.0
// When the next commit had best begin: a flush that several taps share costs each of them less, and
// the disk too. Three things are worth a moment:
//
// - An intent is handed in while its card is still being written to. Until that is done its tap
//   does not miss it, so it need not have a commit of its own: it can ride with another tap's.
// - A tap that has gone on to its debit is about to hand in its outcome, and one that misses a
//   commit stands still for all of it and then for its own.
// - Between two commits the disk gets a pause of a third of one while other taps are under way; of
//   a sixth where all of them have handed in theirs, and only somebody new could share it.
//
// All times are measured, none is configured. A tap that has come to where it needs its entry waits
// for others half a commit at most, which is next to nothing where flushes are quick. Where no
// other tap is under way nothing waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/time.h"
#include "edge/ledger/entry.h"

namespace tidegate::edge {

class CommitWait {
 public:
  using Span = std::chrono::microseconds;
  enum class Company : std::uint8_t {
    none,      ///< one card at most is being served
    all_here,  ///< several are, and all of their taps have handed something in
    coming,    ///< some of them have not
  };
  [[nodiscard]] static Company company(std::ptrdiff_t serving, std::ptrdiff_t handed_in);

  /// An entry has been handed in.
  void submitted(const Entry& entry, SteadyTime now);
  /// How long after it was handed in an entry can be left alone whose tap gives the card so many
  /// commands before it waits.
  [[nodiscard]] Span slack(unsigned commands) const;
  /// So long these commands took; all of them were answered.
  void gave(unsigned commands, SteadyTime::duration took);
  /// A commit has ended that took so long.
  void ended(SteadyTime now, Span commit);
  /// The tap of an intent that is on disk goes on to its debit.
  void debits(SequenceNo intent, SteadyTime now);

  /// When the next commit begins, for entries of which the first is due at `due`.
  [[nodiscard]] SteadyTime begin(SteadyTime due, SteadyTime now, Company company) const;

 private:
  /// A mean and its deviation, as RFC 6298, section 2, has them. No sample counts for much more
  /// than twice the mean: a card that comes back, a reader or a disk that hangs once is forgotten
  /// soon.
  class Measured {
   public:
    void add(Span sample);
    [[nodiscard]] bool known() const noexcept { return mean_ != Span{}; }
    [[nodiscard]] Span mean() const noexcept { return mean_; }
    /// Nearly always it takes no longer, and no less.
    [[nodiscard]] Span most() const noexcept { return mean_ + 4 * deviation_; }
    [[nodiscard]] Span least() const noexcept { return mean_ - 4 * deviation_; }

   private:
    Span mean_{}, deviation_{};
  };
  struct Begun {
    SequenceNo intent;
    SteadyTime at{};
  };

  [[nodiscard]] Span pause(Company company) const;
  /// So long at most a tap that has come to wait waits for others.
  [[nodiscard]] Span patience() const { return commit_.mean() / 2; }

  std::deque<Begun> debits_;  ///< whose outcome has not come, oldest first
  SteadyTime last_end_{};
  Measured commit_, debit_, command_;
};

}  // namespace tidegate::edge
