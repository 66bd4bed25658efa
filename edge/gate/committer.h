// SPDX-License-Identifier: Apache-2.0
// The one thread that appends to the ledger: it takes what all aisles have handed in and commits it
// in one durable transaction. Aisles wait for their own entries only. A commit begins as soon as an
// entry asks for one, or a moment later when others had best share it (commit_wait.h).
//
// When a commit fails, urgent entries fail (their taps are refused before any money moves),
// outcomes (must_land) and those that ride along stay in memory and are tried again twice a second,
// and healthy() is false until an append succeeds: aisles take no new card meanwhile. The same
// while an append hangs, and when the ledger is full but for the reserve that outcomes have.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "edge/gate/commit_wait.h"
#include "edge/gate/ledger_call.h"
#include "edge/gate/ledger_space.h"
#include "edge/ledger/ledger.h"

namespace tidegate::edge {

enum class Commit : std::uint8_t {
  ride_along,  ///< with the next commit, at the latest after a second
  urgent,      ///< with the next commit that can be; fails when the commit fails
  must_land,   ///< the same; tried again until it is on disk
};

class Committer {
 public:
  struct Options {
    std::chrono::milliseconds ride_along_max{1000};
    std::chrono::milliseconds probe_every{500};
    std::size_t riders_max = 4096;          ///< kept in memory while the ledger fails
    std::chrono::milliseconds stall{2000};  ///< an append that takes longer hangs
    /// Small steps of work for quiet moments, on the committer's thread: they come when nobody is
    /// served and nobody has asked for a commit for a while; between two commits once
    /// LedgerSpace::hurry(). Returns how long the next step can wait.
    std::function<std::chrono::milliseconds()> quiet_work = {};
    std::chrono::milliseconds quiet_for{1000};
  };
  /// `probe` makes the entry that asks a failed ledger whether it works again.
  Committer(Ledger& ledger, std::function<Entry()> probe, Options options);
  /// Commits what is left, once, and ends the thread.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// As long as it lives, a card or code is being served.
  class Serving {
   public:
    explicit Serving(Committer& committer) : committer_{committer} { ++committer_.serving_; }
    ~Serving();
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;

   private:
    Committer& committer_;
  };

  struct Slot;
  using Ticket = std::shared_ptr<Slot>;

  [[nodiscard]] Ticket submit(Entry entry, Commit commit);
  /// An urgent entry that its tap does not need before so many commands were given to the card.
  [[nodiscard]] Ticket submit_ahead(Entry entry, unsigned commands);
  /// All of them were given. A wait() before that needs the entry too, and measures nothing.
  void given(const Ticket& ticket);
  /// The entry is not needed any more. True: no commit has it or will have it.
  [[nodiscard]] bool withdraw(const Ticket& ticket);
  /// All in one append, in this order, all of one kind; the ticket is the last one's.
  [[nodiscard]] Ticket submit_together(std::vector<Entry> entries, Commit commit);
  /// For entries nobody waits for.
  void post(Entry entry, Commit commit) { static_cast<void>(submit(std::move(entry), commit)); }
  /// Errc::timeout: not on disk yet, and it may land later. So it is with any other error of an
  /// entry that must land: its append has failed once, and will be tried again.
  [[nodiscard]] Result<SequenceNo> wait(const Ticket& ticket, SteadyTime deadline);
  struct DiskTime {
    std::chrono::microseconds flush{};  ///< of the commit that the entry landed with; 0: it has not
    SteadyTime free_at{};               ///< when the ledger was through with what was before it
  };
  [[nodiscard]] DiskTime disk_time(const Ticket& ticket) const;
  /// The caller goes on without this entry. If it has landed or still lands, `follow_up` makes the
  /// entry that must land behind it (an intent's outcome).
  void abandon(const Ticket& ticket, std::function<Entry(SequenceNo)> follow_up);

  /// May a card be taken? Aisles ask several times a second, so it also tells the log of a stall.
  [[nodiscard]] bool healthy() const;

 private:
  using Batch = std::vector<Ticket>;
  /// The entries are moved from. The ticket is the last one's.
  [[nodiscard]] Ticket hand_in(std::span<Entry> entries, Commit commit, unsigned commands);
  void run();
  /// What the next append shall hold; empty: nothing is due but quiet work.
  [[nodiscard]] Batch take_batch();
  [[nodiscard]] Ticket enqueue(Entry entry, Commit commit, unsigned commands);  ///< under the lock
  void need_now(Slot& slot);                                                    ///< under the lock
  [[nodiscard]] CommitWait::Company company() const;                            ///< under the lock
  [[nodiscard]] std::optional<SteadyTime> due(SteadyTime now) const;
  [[nodiscard]] std::optional<SteadyTime> quiet_due() const;
  void work_quietly();
  [[nodiscard]] Result<std::vector<SequenceNo>> append(std::span<const Entry> entries);
  void commit(const Batch& batch);
  void commit_one_by_one(const Batch& batch);
  void landed(const Ticket& ticket, SequenceNo sequence);
  void failed(const Batch& batch, const Error& error);
  void fail_slot(const Ticket& ticket, const Error& error);
  void keep_for_later(const Batch& batch);
  void look_at_space();

  Ledger& ledger_;
  std::function<Entry()> probe_;
  Options options_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  std::deque<Ticket> queue_;
  CommitWait commit_wait_;
  bool healthy_ = true;  ///< the last append succeeded
  LedgerSpace space_;
  LedgerCall call_;
  std::atomic<int> serving_{0};
  SteadyTime busy_{};  ///< the last time anybody was
  SteadyTime next_quiet_{};
  bool stopping_ = false;
  SteadyTime next_probe_{};
  std::thread thread_;
};

}  // namespace tidegate::edge
