// SPDX-License-Identifier: Apache-2.0
// Reads the rules between rides of book.toml: [[transfer]], [[interchange]], [[cap]],
// [[cumulative]] and [[pass]].
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include <toml++/toml.h>

#include "base/result.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// The book's networks and riders are there already. Values are check_book()'s to judge. `alike`:
/// cities whose cards are treated as a network's own.
[[nodiscard]] Result<BetweenRides> read_between_rides(const std::filesystem::path& dir,
                                                      const toml::table& root,
                                                      const BookModel& model,
                                                      std::span<const std::uint16_t> alike);

}  // namespace tidegate::fare
