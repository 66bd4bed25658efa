// SPDX-License-Identifier: Apache-2.0
// The tariffs of a network in book.toml: versions, kinds, classes. Only for the compiler.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "base/result.h"
#include "fare/authoring/source.h"
#include "fare/authoring/toml_reader.h"

namespace tidegate::fare {

/// What a tariff is for: a network, or two that are joined.
struct TariffScope {
  std::string owner;                        ///< for messages: "network m"
  const std::vector<Stop>& stops;           ///< sorted by code
  std::vector<std::uint16_t> local_cities;  ///< whose cards are local, sorted
};

/// `tariff = {…}` for one version, or [[network.tariff]] for several; sorted.
[[nodiscard]] Result<std::vector<TariffVersion>> read_versions(const Source& source,
                                                               const toml::table& table,
                                                               const TariffScope& scope);

/// The keys of every kind of tariff, and `own`.
[[nodiscard]] std::vector<std::string_view> keys_of_all(std::vector<std::string_view> own);
/// Of the keys of every kind, only `allowed`.
void no_other_keys(TomlReader& in, const std::vector<std::string_view>& allowed,
                   const std::string& whose);
/// One tariff; `in` knows the keys of every kind.
[[nodiscard]] Result<Tariff> read_tariff(const std::filesystem::path& dir, TomlReader& in,
                                         const std::vector<Stop>& stops);

}  // namespace tidegate::fare
