// SPDX-License-Identifier: Apache-2.0
// Reads the rules between rides of book.toml: [[transfer]], [[interchange]], [[cap]],
// [[cumulative]] and [[pass]].
#pragma once

#include <filesystem>

#include <toml++/toml.h>

#include "base/result.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// The book's networks and riders are there already. Values are check_book()'s to judge.
[[nodiscard]] Result<BetweenRides> read_between_rides(const std::filesystem::path& dir,
                                                      const toml::table& root,
                                                      const BookModel& model);

}  // namespace tidegate::fare
