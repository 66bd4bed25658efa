// SPDX-License-Identifier: Apache-2.0
// Reads the source tree for the house rules: which file includes what, and which arrows
// docs/architecture.md allows.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::house {

/// One #include line.
struct Include {
  std::filesystem::path file;  ///< relative to the root
  int line = 0;
  std::string target;  ///< without quotes or brackets
  bool quoted = false;
};

/// What docs/architecture.md allows, from its blocks ```depends and ```libraries.
struct Rules {
  std::map<std::string, std::set<std::string>> depends;    ///< folder → folders it may include
  std::map<std::string, std::set<std::string>> libraries;  ///< include prefix → folders
};

/// Files git would see under `root`: no build folders, no dot folders.
[[nodiscard]] std::vector<std::filesystem::path> source_files(
    const std::filesystem::path& root, const std::set<std::string>& suffixes);
[[nodiscard]] std::string read_text(const std::filesystem::path& file);
[[nodiscard]] std::vector<Include> includes_of(const std::filesystem::path& root);
/// Throws std::runtime_error when the page has no such blocks: the test then fails loudly.
[[nodiscard]] Rules read_rules(std::string_view architecture_page);
/// One sentence for each arrow that is not allowed.
[[nodiscard]] std::vector<std::string> forbidden_arrows(const std::vector<Include>& includes,
                                                        const Rules& rules);

}  // namespace tidegate::house
