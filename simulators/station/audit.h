// SPDX-License-Identifier: Apache-2.0
// After the last passenger: holds purses, ledgers and expectations against each other.
#pragma once

#include <deque>

#include "simulators/station/account.h"
#include "simulators/station/station.h"

namespace tidegate::sim {

/// Fills money, stages, ledger and complaints of `report`, and writes what money_check.py needs
/// into the run's folder. Errc of an unreadable ledger.
[[nodiscard]] Status audit(const SiteFiles& site, const std::deque<Passenger>& passengers,
                           const TerminalNo& foreign_terminal, StationReport& report);

/// Cards with an intent that their box has no outcome of, and the number of that box. Those who
/// never come back are left out.
[[nodiscard]] std::vector<std::pair<unsigned, unsigned>> open_at_home(
    const SiteAccount& account, const std::deque<Passenger>& passengers);

}  // namespace tidegate::sim
