// SPDX-License-Identifier: Apache-2.0
// A price for people: what was charged and why, or why not, in Chinese and English.
#pragma once

#include <string>
#include <string_view>

#include "fare/engine/book.h"
#include "fare/engine/book_model.h"
#include "fare/engine/rule_text.h"
#include "fare/engine/types.h"
#include "tools/fare_book_file.h"

namespace tidegate::tools {

/// "进站 / entry"
[[nodiscard]] std::string both(const fare::Bilingual& text);

/// A line for each step of each charge, its amount in front, and their sum where there are several;
/// or the texts of the refusal. `book` may be nullptr.
[[nodiscard]] std::string decision_text(const fare::Book* book, const fare::Decision& decision,
                                        fare::TapKind kind, std::string_view indent);

/// A whole journey, priced tap by tap.
[[nodiscard]] std::string journey_text(const FareBookFile& file,
                                       const fare::GoldenJourney& journey);

/// Names come from outside: nothing in them may move the cursor of a terminal. Lines stay.
[[nodiscard]] std::string printable_lines(std::string text);

}  // namespace tidegate::tools
