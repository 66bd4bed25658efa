// SPDX-License-Identifier: Apache-2.0
// Rules between rides and journey policies made of seeded random numbers, as TOML text. Cases that
// docs/fare-limits.md lists are not made.
#pragma once

#include <functional>

#include "tests/fare/random_book.h"

namespace tidegate::fare::naive {

/// Writes a table of a header and rows; its file's name.
using WriteTable = std::function<std::string(const std::string&, const std::string&)>;

/// Adds windows to `book.minutes`.
[[nodiscard]] std::string rules_between_rides(RandomBook& book, Random& random,
                                              const WriteTable& table);
/// Writes a table of ways between the stops of a network; the line that names it.
using WriteSegments = std::function<std::string(const RandomBook::Network&)>;
/// Of a network whose fares are at most `maximum`.
[[nodiscard]] std::string journey_policy(RandomBook& book, const RandomBook::Network& network,
                                         int maximum, Random& random,
                                         const WriteSegments& segments);

}  // namespace tidegate::fare::naive
