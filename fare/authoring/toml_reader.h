// SPDX-License-Identifier: Apache-2.0
// Reads one TOML table strictly: typed keys, unknown keys are errors, every message has file and
// line.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "base/bytes.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "fare/authoring/reasons.h"

namespace tidegate::fare {

/// The first thing that is wrong with each key is kept; callers read everything and ask status()
/// once.
class TomlReader {
 public:
  TomlReader(std::string file, const toml::table& table,
             const std::vector<std::string_view>& known);

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
  [[nodiscard]] std::string text(std::string_view key,
                                 const std::optional<std::string>& otherwise = {});
  [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t min, std::int64_t max,
                                    std::optional<std::int64_t> otherwise = {});
  [[nodiscard]] bool flag(std::string_view key, bool otherwise);
  /// An array of strings; none: empty.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);
  /// An array of numbers from 0 to 255, sorted, each once; none: empty.
  [[nodiscard]] std::vector<Byte> bytes(std::string_view key);
  /// An array of city codes such as "2900", sorted, each once; none: empty.
  [[nodiscard]] std::vector<std::uint16_t> cities(std::string_view key);
  /// An array of days and of ranges "2026-10-01/2026-10-07", sorted; none: empty.
  [[nodiscard]] std::vector<std::chrono::sys_days> days(std::string_view key);
  /// An array of tables; none: empty. They live as long as the table that was given.
  [[nodiscard]] std::vector<const toml::table*> tables(std::string_view key);
  /// up, down, half-up or half-even.
  [[nodiscard]] Rounding rounding(std::string_view key);
  /// "2026-11-01" as a string or as a TOML date.
  [[nodiscard]] ServiceDay date(std::string_view key, std::optional<ServiceDay> otherwise = {});
  /// Minutes of "02:00".
  [[nodiscard]] std::uint16_t time_of_day(std::string_view key, std::string otherwise);
  /// Name of a file that is in `dir`; empty: told that it is not.
  [[nodiscard]] std::string file_in(const std::filesystem::path& dir, std::string_view key);
  template <std::size_t N>
  [[nodiscard]] std::array<Byte, N> hex(std::string_view key) {
    const auto bytes = array_from_hex<N>(text(key));
    if (!bytes) bad(key, std::to_string(2 * N) + " hex digits were expected");
    return bytes ? *bytes : std::array<Byte, N>{};
  }

  void bad(std::string_view key, std::string_view what);
  /// A line for each key that is wrong.
  [[nodiscard]] Status status() const { return reasons_.status(); }
  /// "book.toml:12" of a key, or of the table when it has no such key.
  [[nodiscard]] std::string place(std::string_view key = {}) const;
  /// "book.toml:14" of an element of an array, or of the array.
  [[nodiscard]] std::string place(std::string_view key, std::size_t element) const;

 private:
  [[nodiscard]] const toml::node* need(std::string_view key, bool required);

  std::string file_;
  const toml::table& table_;
  Reasons reasons_;
  std::set<std::string, std::less<>> told_;  ///< keys
};

}  // namespace tidegate::fare
