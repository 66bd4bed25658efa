// SPDX-License-Identifier: Apache-2.0
// The parts that html_report() puts together.
#pragma once

#include <string>
#include <string_view>

#include "fare/authoring/diff.h"

namespace tidegate::fare {

[[nodiscard]] std::string_view report_style() noexcept;
[[nodiscard]] std::string_view report_script() noexcept;
/// Everything that the heat map shows, as JSON that may stand inside a script element.
[[nodiscard]] std::string report_data(const DiffReport& report);
/// The worst changes, and the journeys.
[[nodiscard]] std::string report_changes(const DiffReport& report);
[[nodiscard]] std::string report_journeys(const DiffReport& report);
/// `text` in base64 with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace tidegate::fare
