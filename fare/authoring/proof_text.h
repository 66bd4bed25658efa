// SPDX-License-Identifier: Apache-2.0
// Small texts that every proof shows: what a ride costs, by which rules, when. Names in a book are
// not trusted: plain_text() stands between them and a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fare/authoring/proof_rides.h"

namespace tidegate::fare {

/// Control characters, marks that turn the direction of text, and what is not UTF-8 become "?".
[[nodiscard]] std::string plain_text(std::string_view text);
/// "3.00" or "refused (no_fare)".
[[nodiscard]] std::string outcome_text(Outcome outcome);
/// Rule names of a trace, joined by " + "; "-" when there are none.
[[nodiscard]] std::string rules_text(const std::vector<TraceStep>& trace);
/// "2026-11-02 08:00"
[[nodiscard]] std::string minute_text(Timestamp at);

}  // namespace tidegate::fare
