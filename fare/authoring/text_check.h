// SPDX-License-Identifier: Apache-2.0
// Whether bytes are the text that a source is written in, and if not, what they are instead: a
// spreadsheet saves GBK, UTF-16, other separators; a server that is out of order sends a web page.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tidegate::fare {

/// Takes the byte order mark of UTF-8 off.
[[nodiscard]] std::string_view without_mark(std::string_view text) noexcept;

/// Errc::invalid "stops.csv:2: is not UTF-8 …": a web page, a workbook, another encoding.
[[nodiscard]] Status check_text(std::string_view name, std::string_view text);

/// What separates cells instead of commas, by a header that was split at commas: "semicolons".
[[nodiscard]] std::optional<std::string_view> other_separator(
    const std::vector<std::string>& header) noexcept;

}  // namespace tidegate::fare
