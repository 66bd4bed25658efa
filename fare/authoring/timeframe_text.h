// SPDX-License-Identifier: Apache-2.0
// Hours of the week as text, in the manner of opening hours: "Mo-Fr 05:00-09:30,15:00-19:00".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// Days (Mo Tu We Th Fr Sa Su, ranges with -, lists with a comma; or work, off by the book's
/// calendar; none: every day), a blank, hours
/// from-to with a comma between them; rules end with a semicolon. From is inside, to is not and may
/// be 24:00. Errc::invalid names the part that was not understood. Overlaps are check_book()'s.
[[nodiscard]] Result<std::vector<WeekSpan>> parse_week_spans(std::string_view text);

/// The same in one line, each span with its days: "Mo-Fr 05:00-09:30; Sa 10:00-12:00".
[[nodiscard]] std::string week_spans_text(const std::vector<WeekSpan>& spans);

}  // namespace tidegate::fare
