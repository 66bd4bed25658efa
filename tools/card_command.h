// SPDX-License-Identifier: Apache-2.0
// `tidegate card …`: what each subcommand does, free of the command line. Each returns the exit
// code and has said on stderr why it is not 0.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace tidegate::tools {

struct CardReport {
  std::filesystem::path issuers, places;  ///< empty: the shipped ones
  bool reveal = false;
};
/// `dump`: a file, or "-" for standard input.
[[nodiscard]] int card_decode(const std::string& dump, const CardReport& report);

struct CardRead {
  std::string reader;            ///< libnfc connstring, or the number of an aisle of `config`
  std::filesystem::path config;  ///< box.toml
  std::chrono::seconds wait{10};
  bool dump = false;  ///< print the exchange itself, as `card decode` reads it
};
[[nodiscard]] int card_read(const CardRead& options, const CardReport& report);

}  // namespace tidegate::tools
