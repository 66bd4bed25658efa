// SPDX-License-Identifier: Apache-2.0
// CSV tables → the plain data of a signed list. Which table a file is, its header says; the
// documents of the formats list the headers.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "nfc/tables/denylist.h"
#include "nfc/tables/issuer_list.h"
#include "nfc/tables/places.h"
#include "tools/csv_rows.h"

namespace tidegate::tools {

/// What an import left out without refusing the file.
struct ImportNotes {
  std::size_t repeated = 0;  ///< rows that say again what another has said
  std::size_t nameless = 0;  ///< rows with neither issuer nor name
};

/// Name and number are left to the caller. Errc::invalid: the first ten reasons, a line each.
[[nodiscard]] Result<nfc::IssuerListModel> import_issuers(
    const std::vector<std::filesystem::path>& files, ImportNotes& notes);
[[nodiscard]] Result<nfc::PlacesModel> import_places(
    const std::vector<std::filesystem::path>& files, ImportNotes& notes);

/// 19 digits.
[[nodiscard]] std::optional<CardNumber> card_number_from_text(std::string_view text);

/// Cards by number, turned into handles while they are read; no message has a number.
[[nodiscard]] Result<std::vector<nfc::DenyRow>> import_denylist(
    const std::vector<std::filesystem::path>& files, const crypto::Key16& list_key,
    ImportNotes& notes);

}  // namespace tidegate::tools
