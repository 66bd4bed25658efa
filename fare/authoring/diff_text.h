// SPDX-License-Identifier: Apache-2.0
// A diff of two books as text for a terminal and as JSON.
#pragma once

#include <string>

#include "fare/authoring/diff.h"
#include "fare/authoring/json.h"

namespace tidegate::fare {

/// Lines for people; at most `limit` changes.
[[nodiscard]] std::string diff_text(const DiffReport& report, std::size_t limit);
/// One object; field names are a contract (docs/fare-proof.md). At most `limit` changes.
[[nodiscard]] Json diff_json(const DiffReport& report, std::size_t limit);

/// "+2.00", "-0.50": of a change where both books have a fare; else empty.
[[nodiscard]] std::string difference_text(const PriceChange& change);
/// "every rider, always", or "student, senior: 2026-11-02 08:00; adult: always".
[[nodiscard]] std::string whom_text(const PriceChange& change, const DiffReport& report);

}  // namespace tidegate::fare
