// SPDX-License-Identifier: Apache-2.0
// stops.csv: the stops of every network. Only for the compiler.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "fare/authoring/source.h"

namespace tidegate::fare {

[[nodiscard]] Result<StopsByNetwork> read_stops(const std::filesystem::path& dir);

}  // namespace tidegate::fare
