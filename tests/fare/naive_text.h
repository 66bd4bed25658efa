// SPDX-License-Identifier: Apache-2.0
// What the naive side reads TOML and CSV text with, and how it rounds. Throws on what it cannot
// read: it is a test's own text.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::fare::naive {

using Row = std::map<std::string, std::string>;
using Table = std::vector<Row>;

[[nodiscard]] std::vector<std::string> split(const std::string& text, char by);
[[nodiscard]] std::string slurp(const std::filesystem::path& path);
[[nodiscard]] Table read_csv(const std::filesystem::path& path);

[[nodiscard]] std::int64_t number(const toml::table& in, std::string_view key,
                                  std::int64_t otherwise);
[[nodiscard]] std::set<std::string> texts(const toml::table& in, std::string_view key);
/// Days since 1970.
[[nodiscard]] std::int64_t day_of(const toml::table& in, std::string_view key);

/// `amount` × `numerator` ÷ `denominator`, as a multiple of `unit`.
[[nodiscard]] std::int64_t rounded(std::int64_t amount, std::int64_t numerator,
                                   std::int64_t denominator, const std::string& rounding,
                                   std::int64_t unit);

}  // namespace tidegate::fare::naive
