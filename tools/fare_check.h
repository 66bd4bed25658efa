// SPDX-License-Identifier: Apache-2.0
// `tidegate fare check`: is a book sound, and does it keep what its operator declares of it?
#pragma once

#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

namespace tidegate::tools {

struct FareCheck {
  std::filesystem::path book;
  std::string trust;  ///< hex of a public key that must have signed; empty: not looked at
  std::filesystem::path invariants;  ///< empty: none
  bool json = false;
};

[[nodiscard]] int fare_check(const FareCheck& options);

void add_fare_check(CLI::App& fare, int& exit_code);

}  // namespace tidegate::tools
