// SPDX-License-Identifier: Apache-2.0
// The one thread that appends to the ledger: it takes what all aisles have handed in and commits it
// in one durable transaction. Aisles wait for their own entries only.
//
// When a commit fails, urgent entries fail (their taps are refused before any money moves),
// outcomes (must_land) and those that ride along stay in memory and are tried again twice a second,
// and healthy() is false until an append succeeds: aisles take no new card meanwhile.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "edge/ledger/ledger.h"

namespace tidegate::edge {

enum class Commit : std::uint8_t {
  ride_along,  ///< with the next commit, at the latest after a second
  urgent,      ///< at once; fails when the commit fails
  must_land,   ///< at once; tried again until it is on disk
};

class Committer {
 public:
  struct Options {
    std::chrono::milliseconds ride_along_max{1000};
    std::chrono::milliseconds probe_every{500};
    std::size_t riders_max = 4096;  ///< kept in memory while the ledger fails
  };
  /// `probe` makes the entry that asks a failed ledger whether it works again.
  Committer(Ledger& ledger, std::function<Entry()> probe, Options options);
  /// Commits what is left, once, and ends the thread.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  struct Slot;
  using Ticket = std::shared_ptr<Slot>;

  [[nodiscard]] Ticket submit(Entry entry, Commit commit);
  /// All in one append, in this order, all of one kind; the ticket is the last one's.
  [[nodiscard]] Ticket submit_together(std::vector<Entry> entries, Commit commit);
  /// For entries nobody waits for.
  void post(Entry entry, Commit commit) { static_cast<void>(submit(std::move(entry), commit)); }
  /// Errc::timeout: not on disk yet, and it may land later.
  [[nodiscard]] Result<SequenceNo> wait(const Ticket& ticket, SteadyTime deadline);
  /// The caller goes on without this entry. If it has landed or still lands, `follow_up` makes the
  /// entry that must land behind it (an intent's outcome).
  void abandon(const Ticket& ticket, std::function<Entry(SequenceNo)> follow_up);

  [[nodiscard]] bool healthy() const;

 private:
  using Batch = std::vector<Ticket>;
  void run();
  /// What the next append shall hold; empty: nothing is due.
  [[nodiscard]] Batch take_batch();
  [[nodiscard]] std::optional<SteadyTime> due() const;
  void commit(const Batch& batch);
  void commit_one_by_one(const Batch& batch);
  void landed(const Ticket& ticket, SequenceNo sequence);
  void failed(const Batch& batch, const Error& error);
  void fail_slot(const Ticket& ticket, const Error& error);
  void keep_for_later(const Batch& batch);

  Ledger& ledger_;
  std::function<Entry()> probe_;
  Options options_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  std::deque<Ticket> queue_;
  bool healthy_ = true;
  bool stopping_ = false;
  SteadyTime next_probe_{};
  std::thread thread_;
};

}  // namespace tidegate::edge
