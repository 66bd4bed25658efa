// SPDX-License-Identifier: Apache-2.0
// `tidegate fare import-gtfs` and `fare export-gtfs`: what they do, free of the command line, and
// the command line. Each returns the exit code and has said on stderr why it is not 0.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tools/commands.h"

namespace tidegate::tools {

/// What the command line of `fare import-gtfs` says, as texts.
struct FareImportGtfs {
  std::filesystem::path feed;
  std::filesystem::path out;
  bool accept_losses = false;
  bool replace = false;
  std::string name;
  std::uint64_t number = 1;
  std::string valid_from;
  std::string city = "0000", acquirer = "FFFFFFFFFFFFFFFF", operator_code = "0000";
  int interchange_minutes = 0;     ///< 0: none given
  std::vector<std::string> media;  ///< ID=t-union,qr or ID=none
};
/// 1 also where the feed says something that the book does not, unless losses are accepted.
[[nodiscard]] int fare_import_gtfs(const FareImportGtfs& options);

struct FareExportGtfs {
  std::filesystem::path book;
  std::filesystem::path out;
  std::string trust;
  bool accept_losses = false;
  std::string on;
};
[[nodiscard]] int fare_export_gtfs(const FareExportGtfs& options);

void add_fare_gtfs(CLI::App& fare, int& exit_code);

}  // namespace tidegate::tools
