// SPDX-License-Identifier: Apache-2.0
// `tidegate-sim station`: what the command line asks for, apart from the parsing of it.
#pragma once

#include "simulators/station/station.h"

namespace tidegate::sim {

/// Runs the station, prints its lines and the JSON object. Exit code: 0 all is well, 1 not.
[[nodiscard]] int run_station_command(const StationOptions& options, bool json_only);

}  // namespace tidegate::sim
