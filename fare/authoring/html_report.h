// SPDX-License-Identifier: Apache-2.0
// A diff of two books as one HTML file for a person: tiles, a heat map of station pairs, the worst
// changes, stops and journeys, in Chinese and English. It loads nothing and runs no script but its
// own; every text from a book is escaped.
#pragma once

#include <string>
#include <string_view>

#include "fare/authoring/diff.h"

namespace tidegate::fare {

[[nodiscard]] std::string html_report(const DiffReport& report);

/// For text and for values in double quotes.
[[nodiscard]] std::string html_escaped(std::string_view text);

}  // namespace tidegate::fare
