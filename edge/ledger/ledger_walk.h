// SPDX-License-Identifier: Apache-2.0
// Verification: the walk over the chain, whole or from the last checkpoint, and the child process
// it runs in. Private to edge/ledger.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "edge/ledger/ledger_codes.h"
#include "edge/ledger/ledger_store.h"

namespace tidegate::edge {

/// What a walk found. Plain memory: it is shared with the child process.
struct WalkReport {
  Epoch epoch;
  SequenceNo first;  ///< 0: nothing was pruned
  SequenceNo head;
  std::uint64_t entries = 0;
  std::uint64_t checkpoints = 0;
  bool damaged = false;
  SequenceNo damaged_at;   ///< the first
  bool resumed = false;    ///< a later checkpoint is intact, and all behind it
  SequenceNo intact_from;  ///< that checkpoint
  bool any_good = false;
  SequenceNo last_good;
  Hash256 last_good_hash{};
  Totals totals;              ///< up to last_good
  std::uint32_t boot = 0;     ///< the highest boot number seen
  std::uint64_t to_redo = 0;  ///< entries behind the head, in the redo record
  std::uint64_t reading = 0;
  std::array<char, 384> what{};
  // How the work ended.
  bool finished = false;
  bool failed = false;
  Errc error = Errc::io;

  void say(std::string_view text) noexcept;
  [[nodiscard]] std::string text() const { return what.data(); }
};

/// Follows the chain entry by entry. After damage it is lost until a checkpoint whose signature is
/// good: that one vouches for hash and totals before it.
class Walk {
 public:
  Walk(WalkReport& report, Epoch epoch, const crypto::Key32& public_key)
      : report_{report}, epoch_{epoch}, public_key_{public_key} {
    report_.epoch = epoch;
  }
  /// Begins at a checkpoint instead of at Genesis: what is before it is taken on its word.
  void begin_at_checkpoint(SequenceNo sequence);
  /// A row of `kept`. All come before begin_at_base().
  void step_kept(const EntryRow& row);
  /// Everything before `first` was pruned. The checkpoints behind it vouch for `base`.
  void begin_at_base(SequenceNo first, const BaseRow& base);
  void step(const EntryRow& row);
  /// Compares what was walked with the row "state".
  void compare_state(const LedgerState& state);
  /// Compares with the other tables. Only for a whole walk without damage.
  [[nodiscard]] Status compare_tables(const Store& store, const lmdb::Txn& txn);
  void damage(SequenceNo at, const std::string& what);

 private:
  void check(SequenceNo sequence, const RawEntry& raw, const Entry& entry);
  bool try_resume(SequenceNo sequence, const RawEntry& raw, const Entry& entry);
  void check_checkpoint(SequenceNo sequence, const Checkpoint& checkpoint);
  void count(SequenceNo sequence, const Entry& entry);
  void close(SequenceNo sequence, SequenceNo intent);
  void undo(SequenceNo sequence, SequenceNo charge);
  [[nodiscard]] Status compare_unconfirmed(const Store& store, const lmdb::Txn& txn);
  [[nodiscard]] Status compare_recent(const Store& store, const lmdb::Txn& txn);
  [[nodiscard]] Status compare_codes(const Store& store, const lmdb::Txn& txn);

  struct Debit {
    SequenceNo outcome;
    Timestamp at{};
  };
  WalkReport& report_;
  Epoch epoch_;
  crypto::Key32 public_key_;
  bool lost_ = false;
  bool whole_ = true;     ///< everything before was seen and good
  bool carries_ = false;  ///< the epoch takes its first totals from the one before
  SequenceNo expected_;
  bool has_genesis_ = false;
  SequenceNo checkpoint_;  ///< the last one
  std::map<SequenceNo, CardHandle> open_;
  std::map<CardHandle, Debit> debits_;
  std::map<SequenceNo, std::optional<CardHandle>> charges_;  ///< and the account of a code
  std::set<CodeKey> codes_;
};

/// The whole ledger.
[[nodiscard]] Status walk_all(const std::filesystem::path& folder, WalkReport& report);
/// From the last checkpoint to the head; `key` is the box's own.
[[nodiscard]] Status walk_tail(const std::filesystem::path& folder, const crypto::Key32& key,
                               WalkReport& report);

/// Runs `work` in a child process. A child that dies is damage at the entry it was reading.
[[nodiscard]] Result<WalkReport> in_child(const std::function<Status(WalkReport&)>& work);

}  // namespace tidegate::edge
