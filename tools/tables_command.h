// SPDX-License-Identifier: Apache-2.0
// `tidegate tables …`: what each subcommand does, free of the command line. Each returns the exit
// code and has said on stderr why it is not 0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tools/signed_file.h"

namespace tidegate::tools {

struct TablesImport {
  std::vector<std::filesystem::path> files;
  std::filesystem::path out;
  std::string name;
  std::uint64_t number = 1;
  Signing signing;
  std::filesystem::path list_key;  ///< of the lists by list handle
};
[[nodiscard]] int tables_import_issuers(const TablesImport& options);
[[nodiscard]] int tables_import_places(const TablesImport& options);
[[nodiscard]] int tables_import_denylist(const TablesImport& options);

[[nodiscard]] int tables_show(const std::filesystem::path& file, bool json);
[[nodiscard]] int tables_verify(const std::filesystem::path& file, const std::string& trust);

/// Texts as on the card, in hex; empty ones are not asked for.
struct TablesLookup {
  std::filesystem::path file;
  std::string city, line = "0000", station = "0000", terminal, industry = "01";
  std::string issuer, iin, kind;
  std::string number;  ///< of a card, for a list by list handle
  std::filesystem::path list_key;
};
/// 0: found. 1: not in the table.
[[nodiscard]] int tables_lookup(const TablesLookup& options);

}  // namespace tidegate::tools
