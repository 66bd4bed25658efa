// SPDX-License-Identifier: Apache-2.0
// Fare books of the sizes that the benchmark asks for, made of seeded random numbers.
#pragma once

#include <cstdint>

#include "fare/engine/book_model.h"

namespace tidegate::bench {

/// 0 an adult, then the other built-in riders, then those that matrix_book() declares.
[[nodiscard]] fare::RiderCategory bench_rider(std::size_t index);
/// One flat network "flat".
[[nodiscard]] fare::BookModel flat_book();
/// One network "metro" of `stops` stops s0000 … with a matrix and `classes` classes of riders
/// beside it, each with a matrix of its own.
[[nodiscard]] fare::BookModel matrix_book(std::size_t stops, std::size_t classes);
/// matrix_book() with rules between rides: interchange, transfer, cumulative discount, day cap.
[[nodiscard]] fare::BookModel rules_book(std::size_t stops, std::size_t classes);
/// "metro" as in matrix_book(), "rail" joined to it at a border, a flat "bus"; transfer, cumulative
/// discount and day cap over all three.
[[nodiscard]] fare::BookModel journey_book(std::size_t stops, std::size_t classes);
/// 17 metro systems with 2,500 stations, four classes each, and 2,000 bus lines: a flat fare on
/// most, 30 stops and a matrix on every tenth.
[[nodiscard]] fare::BookModel region_book();

}  // namespace tidegate::bench
