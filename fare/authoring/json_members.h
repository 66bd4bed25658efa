// SPDX-License-Identifier: Apache-2.0
// Reads the members of one JSON object strictly: typed, unknown fields are errors. Only for the
// readers of journeys.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "fare/authoring/json.h"
#include "fare/authoring/reasons.h"

namespace tidegate::fare {

/// Reads the members of one object. The first thing that is wrong is kept, later reads do nothing:
/// callers read everything and ask once.
class Members {
 public:
  Members(const Json& json, std::string where, std::span<const std::string_view> known)
      : object_{json.get_if<JsonObject>()}, where_{std::move(where)} {
    if (object_ == nullptr) {
      bad("", "an object was expected");
      return;
    }
    for (const auto& [key, value] : *object_)
      if (std::ranges::find(known, key) == known.end()) {
        const std::vector<std::string> names{known.begin(), known.end()};
        bad(key, "field is not known" + did_you_mean(key, names));
      }
  }

  [[nodiscard]] const Json* find(std::string_view key) const noexcept {
    if (error_ || object_ == nullptr) return nullptr;
    for (const auto& [name, value] : *object_)
      if (name == key) return &value;
    return nullptr;
  }
  [[nodiscard]] const Json* need(std::string_view key) {
    const Json* const found = find(key);
    if (found == nullptr) bad(key, "field is missing");
    return found;
  }
  [[nodiscard]] std::string text(std::string_view key,
                                 const std::optional<std::string>& otherwise = {}) {
    const Json* const found = otherwise ? find(key) : need(key);
    if (found == nullptr) return otherwise.value_or("");
    const auto* const value = found->get_if<std::string>();
    if (value == nullptr) bad(key, "a string was expected");
    return value != nullptr ? *value : "";
  }
  [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t max,
                                    std::int64_t otherwise) {
    const Json* const found = find(key);
    if (found == nullptr) return otherwise;
    const auto* const value = found->get_if<std::int64_t>();
    if (value != nullptr && *value >= 0 && *value <= max) return *value;
    bad(key, "a whole number from 0 to " + std::to_string(max) + " was expected");
    return otherwise;
  }
  [[nodiscard]] bool flag(std::string_view key, bool otherwise) {
    const Json* const found = find(key);
    if (found == nullptr) return otherwise;
    const auto* const value = found->get_if<bool>();
    if (value == nullptr) bad(key, "true or false was expected");
    return value != nullptr ? *value : otherwise;
  }
  /// The value of a name in quotes; `parse` returns an optional, `values` are told where it is
  /// none.
  template <class Parse>
  [[nodiscard]] auto named(std::string_view key, const std::optional<std::string>& otherwise,
                           std::string_view values, Parse parse) {
    using T = typename decltype(parse(std::string_view{}))::value_type;
    const std::string name = text(key, otherwise);
    if (failed()) return T{};
    const auto value = parse(std::string_view{name});
    if (!value) bad(key, std::string{values} + " was expected, not \"" + name + "\"");
    return value.value_or(T{});
  }
  template <std::size_t N>
  [[nodiscard]] std::array<Byte, N> hex(std::string_view key, std::string otherwise) {
    const std::string digits = text(key, std::move(otherwise));
    const auto bytes = array_from_hex<N>(digits);
    if (!bytes) bad(key, std::to_string(2 * N) + " hex digits were expected");
    return bytes ? *bytes : std::array<Byte, N>{};
  }
  [[nodiscard]] Timestamp time(std::string_view key) {
    const std::string value = text(key);
    if (failed()) return {};
    const auto at = parse_iso8601(value);
    if (!at) bad(key, "a time such as 2026-11-02T08:00:00+08:00 was expected");
    return at ? *at : Timestamp{};
  }

  void bad(std::string_view key, std::string_view what) {
    if (error_) return;
    const std::string place =
        where_.empty() || key.empty() ? where_ + std::string{key} : where_ + "." + std::string{key};
    error_ = Error{Errc::invalid, (place.empty() ? "" : place + ": ") + std::string{what}};
  }
  void bad(Error error) {
    if (!error_) error_ = std::move(error);
  }
  [[nodiscard]] bool failed() const noexcept { return error_.has_value(); }
  [[nodiscard]] Status status() const {
    if (error_) return std::unexpected<Error>{*error_};
    return {};
  }

 private:
  const JsonObject* object_;
  std::string where_;
  std::optional<Error> error_;
};

}  // namespace tidegate::fare
