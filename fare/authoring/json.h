// SPDX-License-Identifier: Apache-2.0
// A small strict JSON reader and writer for journeys: whole numbers only, no duplicate keys,
// limited depth. Objects keep the order of their members.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tidegate::fare {

class Json;
using JsonArray = std::vector<Json>;
using JsonObject = std::vector<std::pair<std::string, Json>>;

class Json {
 public:
  Json() = default;  ///< null
  // Implicit on purpose: {"fen", 300} reads as what it is.
  Json(bool value) : value_{value} {}                           // NOLINT
  Json(std::int64_t value) : value_{value} {}                   // NOLINT
  Json(std::string value) : value_{std::move(value)} {}         // NOLINT
  Json(std::string_view value) : value_{std::string{value}} {}  // NOLINT
  Json(const char* value) : value_{std::string{value}} {}       // NOLINT
  Json(JsonArray value) : value_{std::move(value)} {}           // NOLINT
  Json(JsonObject value) : value_{std::move(value)} {}          // NOLINT

  [[nodiscard]] bool is_null() const noexcept { return value_.index() == 0; }
  /// nullptr: another type.
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept {
    return std::get_if<T>(&value_);
  }
  /// Member of an object; nullptr: not an object, or no such member.
  [[nodiscard]] const Json* find(std::string_view key) const noexcept;

  /// One line, no blanks.
  [[nodiscard]] std::string text() const;

 private:
  std::variant<std::monostate, bool, std::int64_t, std::string, JsonArray, JsonObject> value_;
};

inline constexpr int kJsonDepthMax = 32;

/// Exactly one value. Errc::invalid names the column (from 1). Numbers with a fraction or exponent,
/// and those beyond 64 bits, are refused.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

}  // namespace tidegate::fare
