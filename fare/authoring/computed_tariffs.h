// SPDX-License-Identifier: Apache-2.0
// Tariffs that are computed when the book is made: by distance, by kilometre, by zones, and a
// percentage of another tariff. Each becomes a matrix of fen. Only for the compiler.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "fare/authoring/toml_reader.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// Each reads the keys of its kind (docs/formats/fare-book.md) from `in`.
[[nodiscard]] Result<MatrixTariff> read_distance_tariff(const std::filesystem::path& dir,
                                                        TomlReader& in,
                                                        const std::vector<Stop>& stops);
[[nodiscard]] Result<MatrixTariff> read_per_km_tariff(const std::filesystem::path& dir,
                                                      TomlReader& in,
                                                      const std::vector<Stop>& stops);
[[nodiscard]] Result<MatrixTariff> read_zones_tariff(const std::filesystem::path& dir,
                                                     TomlReader& in,
                                                     const std::vector<Stop>& stops);
/// Keys percent, rounding, unit_fen, floor_fen of a class.
[[nodiscard]] Result<Tariff> read_percentage(TomlReader& in, const Tariff& base);

}  // namespace tidegate::fare
