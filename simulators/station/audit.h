// SPDX-License-Identifier: Apache-2.0
// After the last passenger: holds purses, ledger and expectations against each other.
#pragma once

#include "simulators/station/station.h"

namespace tidegate::sim {

/// Fills money, stages, ledger and complaints of `report`. Errc of an unreadable ledger.
[[nodiscard]] Status audit(const BoxFiles& files, const std::vector<Passenger>& passengers,
                           StationReport& report);

}  // namespace tidegate::sim
