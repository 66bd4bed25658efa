// SPDX-License-Identifier: Apache-2.0
// A ledger that fails, hangs or is full when told, and what tests of such ledgers need.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "edge/ledger/ledger.h"

namespace tidegate::edge::gate_fixture {

inline SteadyTime soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds{30};
}

inline Entry note(const std::string& act) {
  return {{}, Maintenance{"test", act}};
}

/// How often a text has a part.
inline std::size_t count(const std::string& text, const std::string& what) {
  std::size_t times = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++times;
  return times;
}

/// What the log says from here on.
class LogOf {
 public:
  LogOf() { testing::internal::CaptureStderr(); }
  ~LogOf() {
    if (!taken_) testing::internal::GetCapturedStderr();
  }
  LogOf(const LogOf&) = delete;
  LogOf& operator=(const LogOf&) = delete;
  std::string take() {
    taken_ = true;
    return testing::internal::GetCapturedStderr();
  }

 private:
  bool taken_ = false;
};

/// A ledger that passes on to a real one, and fails or waits when told.
class FaultyLedger final : public Ledger {
 public:
  explicit FaultyLedger(std::unique_ptr<Ledger> real) : real_{std::move(real)} {}
  Result<std::vector<SequenceNo>> append(std::span<const Entry> entries) override {
    std::unique_lock lock{mutex_};
    waiting_ = held_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    sizes_.push_back(entries.size());
    if (failing_) return fail(Errc::full, "no room");
    auto done = real_->append(entries);
    if (lie_once_) {
      lie_once_ = false;
      return fail(Errc::io, "seemed to fail");
    }
    return done;
  }
  Result<bool> prepare() override { return real_->prepare(); }
  Result<Pruning> prune(const PruneOrder& order) override {
    {
      const std::lock_guard lock{mutex_};
      if (failing_) return fail(Errc::full, "no room");
    }
    return real_->prune(order);
  }
  std::chrono::microseconds last_flush() const override {
    return flush_ ? *flush_ : real_->last_flush();
  }
  Result<std::vector<Unconfirmed>> unconfirmed(const CardHandle& card) const override {
    return real_->unconfirmed(card);
  }
  Result<std::size_t> unconfirmed_count() const override { return real_->unconfirmed_count(); }
  Result<std::optional<RecentDebit>> recent_debit(const CardHandle& card) const override {
    return real_->recent_debit(card);
  }
  Result<CodeMemory> code_memory(const CardHandle& account, Timestamp made,
                                 Timestamp now) const override {
    return real_->code_memory(account, made, now);
  }
  Status read(SequenceNo from, const std::function<bool(const StoredEntry&)>& each) const override {
    return real_->read(from, each);
  }
  Result<RawSlice> read_raw(SequenceNo from, std::size_t bytes) const override {
    return real_->read_raw(from, bytes);
  }
  Result<LedgerBase> base() const override { return real_->base(); }
  Result<LedgerUse> use() const override {
    const std::lock_guard lock{mutex_};
    if (used_percent_) return LedgerUse{*used_percent_, 100};
    return real_->use();
  }
  LedgerHead head() const override { return real_->head(); }
  Totals totals() const override { return real_->totals(); }
  std::uint32_t next_boot_number() const override { return real_->next_boot_number(); }

  void set_failing(bool on) {
    const std::lock_guard lock{mutex_};
    failing_ = on;
  }
  /// nullopt: as full as it is.
  void set_used_percent(std::optional<unsigned> percent) {
    const std::lock_guard lock{mutex_};
    used_percent_ = percent;
  }
  /// What an append says that the disk took. Before a committer has the ledger.
  void set_flush(std::chrono::microseconds flush) { flush_ = flush; }
  void lie_once() {
    const std::lock_guard lock{mutex_};
    lie_once_ = true;
  }
  /// Appends wait from now on.
  void hold() {
    const std::lock_guard lock{mutex_};
    held_ = true;
    waiting_ = false;
  }
  void wait_until_an_append_waits() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return waiting_; });
  }
  void let_go() {
    const std::lock_guard lock{mutex_};
    held_ = false;
    changed_.notify_all();
  }
  std::vector<std::size_t> taken_sizes() {
    const std::lock_guard lock{mutex_};
    return sizes_;
  }

 private:
  std::unique_ptr<Ledger> real_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> sizes_;
  std::optional<unsigned> used_percent_;
  std::optional<std::chrono::microseconds> flush_;
  bool failing_ = false, held_ = false, waiting_ = false, lie_once_ = false;
};

}  // namespace tidegate::edge::gate_fixture
