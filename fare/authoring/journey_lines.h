// SPDX-License-Identifier: Apache-2.0
// Files of journeys: one JSON object a line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fare/authoring/journey_json.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// A line without its end, blanks behind it and, in line 1, a byte order mark.
[[nodiscard]] std::string_view journey_line(std::string_view line, std::size_t number) noexcept;

struct JourneyLine {
  GoldenJourney journey;
  std::size_t line = 0;  ///< from 1
};

/// Every journey of a text; empty lines are skipped. Errc::invalid: a line for each that is wrong,
/// with the name of the file.
[[nodiscard]] Result<std::vector<JourneyLine>> parse_journeys(const std::string& name,
                                                              std::string_view text, JourneyUse use,
                                                              std::span<const Rider> riders);

}  // namespace tidegate::fare
