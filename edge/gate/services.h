// SPDX-License-Identifier: Apache-2.0
// What every aisle shares: configuration, ledger, committer, sealer, book, clock and modes.
#pragma once

#include <atomic>
#include <optional>

#include "base/time.h"
#include "edge/config/box_config.h"
#include "edge/gate/book_store.h"
#include "edge/gate/card_lists.h"
#include "edge/gate/committer.h"
#include "edge/gate/run_memory.h"
#include "edge/ledger/ledger.h"
#include "edge/ledger/sealer.h"
#include "fare/engine/types.h"

namespace tidegate::edge {

/// The station's modes; any thread.
class ModeSwitch {
 public:
  [[nodiscard]] fare::Modes get() const noexcept { return {bits_.load()}; }
  /// Returns what was before.
  fare::Modes set(std::uint16_t bit, bool on) noexcept {
    return {on ? bits_.fetch_or(bit) : bits_.fetch_and(static_cast<std::uint16_t>(~bit))};
  }

 private:
  std::atomic<std::uint16_t> bits_{0};
};

/// What a tap costs: fare::price, unless a test says otherwise.
using Pricing = fare::Decision (*)(const fare::Book&, const fare::Medium&, const fare::TapContext&,
                                   const fare::Tap&);

struct Services {
  const BoxConfig& config;
  const Clock& clock;
  Ledger& ledger;
  Committer& committer;
  Sealer& sealer;
  const ActiveBook& book;
  const ModeSwitch& modes;
  RunMemory& memory;
  const ListsInForce& lists;
  SequenceNo first_of_run;  ///< the first entry this run wrote; 0: none that counts
  Pricing price = fare::price;
};

/// Where this box stands, for a price.
[[nodiscard]] fare::TapContext context_here(const BoxConfig& config);
/// The service day here; nullopt: the clock cannot be believed.
[[nodiscard]] std::optional<ServiceDay> today_here(const Services& services);
/// A tap at this moment.
[[nodiscard]] fare::Tap tap_now(const Services& services, fare::TapKind kind);
/// What the region knows of earlier modes that can matter to a tap of this kind.
[[nodiscard]] fare::ModeHistory earlier_modes(const Services& services, const CardLists& lists,
                                              fare::TapKind kind, const fare::Medium& medium);
/// Head of an entry written now. `aisle` 0: the box.
[[nodiscard]] EntryHead entry_head(const Clock& clock, AisleNo aisle, fare::Modes modes);

}  // namespace tidegate::edge
