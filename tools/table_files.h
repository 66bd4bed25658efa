// SPDX-License-Identifier: Apache-2.0
// Opens the signed lists for the commands, and knows the ones that are shipped.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "nfc/tables/denylist.h"
#include "nfc/tables/issuer_list.h"
#include "nfc/tables/places.h"
#include "tools/signed_file.h"

namespace tidegate::tools {

/// With `trust` its signature must be right; without, only structure and hash.
[[nodiscard]] Result<std::shared_ptr<const nfc::IssuerList>> open_issuers(
    const std::filesystem::path& file, const std::string& trust);
[[nodiscard]] Result<std::shared_ptr<const nfc::Places>> open_places(
    const std::filesystem::path& file, const std::string& trust);
[[nodiscard]] Result<std::shared_ptr<const nfc::Denylist>> open_denylist(
    const std::filesystem::path& file, const std::string& trust);

/// share/tidegate beside the folder that this program runs from.
[[nodiscard]] std::filesystem::path shipped_tables();

/// What names issuers and places in a report; either may be absent.
struct Tables {
  std::shared_ptr<const nfc::IssuerList> issuers;
  std::shared_ptr<const nfc::Places> places;
};
/// The named files; where none is named, the shipped one if it is there.
[[nodiscard]] Result<Tables> open_tables(const std::filesystem::path& issuers,
                                         const std::filesystem::path& places);

}  // namespace tidegate::tools
