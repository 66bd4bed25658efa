// SPDX-License-Identifier: Apache-2.0
// Brings the signed lists into use, at the start and while the gate runs: verified, proven, copied
// into accepted/. The last good one of each stays until the next has proven itself.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "edge/config/box_config.h"
#include "edge/gate/card_lists.h"
#include "edge/ledger/entry.h"

namespace tidegate::edge {

struct ActiveLists {
  CardLists lists;
  std::vector<ListActivation> activations;  ///< for the ledger
};

class ListShelf;

/// One thread's.
class ListStore {
 public:
  /// When a file that could not be read, or kept, is tried again though it has not changed.
  static constexpr std::chrono::minutes kRetryAfter{1};

  /// `config` must outlive it.
  ListStore(const BoxConfig& config, const BoxKeys& keys,
            std::chrono::milliseconds retry_after = kRetryAfter);
  ~ListStore();
  ListStore(const ListStore&) = delete;
  ListStore& operator=(const ListStore&) = delete;

  /// Proves the configured files without changing anything.
  [[nodiscard]] Result<ActiveLists> examine();
  /// Each good new file, else the last good one. An error: a file is configured and there is
  /// neither.
  [[nodiscard]] Result<ActiveLists> activate();
  /// Looks at files that were put since the last look, after activate(). Each that is good takes
  /// its place in `lists`; one that is not is an alarm. Returns what is new.
  [[nodiscard]] std::vector<ListActivation> renew(CardLists& lists);
  /// A list that nobody renews any more says less every day: an alarm; the box goes on with it.
  void tell_ages() const;

 private:
  [[nodiscard]] Status has_list_key() const;

  const BoxConfig& config_;
  std::optional<crypto::Key16> list_key_;
  std::vector<std::unique_ptr<ListShelf>> shelves_;  ///< of the lists that are configured
};

}  // namespace tidegate::edge
