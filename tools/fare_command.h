// SPDX-License-Identifier: Apache-2.0
// `tidegate fare …`: what each subcommand does, free of the command line. Each returns the exit
// code and has said on stderr why it is not 0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/envelope/envelope.h"

namespace tidegate::tools {

struct FareCompile {
  std::filesystem::path dir;
  std::filesystem::path out;
  std::filesystem::path key;  ///< empty (test realm only): a key made for this one book
  Realm realm = Realm::test;
  std::optional<std::uint64_t> number;
};

[[nodiscard]] int fare_keygen(const std::filesystem::path& out);
[[nodiscard]] int fare_compile(const FareCompile& options);
[[nodiscard]] int fare_show(const std::filesystem::path& book, bool json);
/// `input`: a file of JSON lines, or "-" for standard input.
[[nodiscard]] int fare_price(const std::filesystem::path& book, const std::string& input);

}  // namespace tidegate::tools
