// SPDX-License-Identifier: Apache-2.0
// Walks box.toml and keeps the first thing that is wrong with it. For edge/config alone.
#pragma once

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tidegate::edge {

/// Walks a parsed file; the first thing that is wrong is kept and everything after it is ignored,
/// so that the calls below read as a list of what the file holds.
class ConfigReader {
 public:
  ConfigReader(std::filesystem::path file, const toml::table& root)
      : file_{std::move(file)}, root_{root} {}

  [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
  [[nodiscard]] const toml::table& root() const noexcept { return root_; }

  void wrong(std::size_t line, std::string_view key, std::string_view expected) {
    if (error_) return;
    error_.emplace(Errc::invalid, file_.string() + ":" + std::to_string(line) + ": " +
                                      std::string{key} + ": expected " + std::string{expected});
  }

  void only(const toml::table& table, std::string_view prefix,
            std::initializer_list<std::string_view> allowed) {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(allowed, key.str()) != allowed.end()) continue;
      std::string expected = "one of";
      const char* separator = " ";
      for (std::string_view name : allowed) {
        expected += separator + std::string{name};
        separator = ", ";
      }
      wrong(key.source().begin.line, std::string{prefix} + std::string{key.str()},
            expected + " (the key is unknown)");
    }
  }

  [[nodiscard]] const toml::table& section(const char* name) {
    static const toml::table kEmpty;
    const toml::node* node = root_.get(name);
    if (node == nullptr) {
      wrong(1, name, "a section [" + std::string{name} + "]");
      return kEmpty;
    }
    const toml::table* table = node->as_table();
    if (table != nullptr) return *table;
    wrong(line_of(*node), name, "a section [" + std::string{name} + "]");
    return kEmpty;
  }

  [[nodiscard]] std::string text(const toml::table& table, std::string_view prefix,
                                 const char* key) {
    const std::string full = std::string{prefix} + key;
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      wrong(line_of(table), full, "a text (the key is missing)");
      return {};
    }
    const auto value = node->value_exact<std::string>();
    if (value && !value->empty()) return *value;
    wrong(line_of(*node), full, "a text that is not empty");
    return {};
  }

  /// `fallback` nullopt: the key must be there.
  [[nodiscard]] std::int64_t number(const toml::table& table, std::string_view prefix,
                                    const char* key, std::int64_t lowest, std::int64_t highest,
                                    std::optional<std::int64_t> fallback = std::nullopt) {
    const std::string full = std::string{prefix} + key;
    const std::string expected =
        "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest);
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      if (!fallback) wrong(line_of(table), full, expected + " (the key is missing)");
      return fallback.value_or(lowest);
    }
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= lowest && *value <= highest) return *value;
    wrong(line_of(*node), full, expected);
    return lowest;
  }

  [[nodiscard]] std::filesystem::path path(const toml::table& table, std::string_view prefix,
                                           const char* key) {
    const std::filesystem::path given = text(table, prefix, key);
    return (file_.parent_path() / given).lexically_normal();
  }

  [[nodiscard]] static std::size_t line_of(const toml::node& node) {
    return std::max<std::size_t>(node.source().begin.line, 1);
  }

 private:
  std::filesystem::path file_;
  const toml::table& root_;
  std::optional<Error> error_;
};

}  // namespace tidegate::edge
