// SPDX-License-Identifier: Apache-2.0
// What people read instead of the names of rules and places in a trace, in Chinese and English.
#pragma once

#include <string>
#include <string_view>

#include "fare/engine/book.h"
#include "fare/engine/types.h"

namespace tidegate::fare {

struct Bilingual {
  std::string zh;
  std::string en;
  friend bool operator==(const Bilingual&, const Bilingual&) = default;
};

struct RuleText {
  Bilingual text;
  /// Every part is in the catalogue or declared by the book; else it is shown as it is.
  bool known = true;
};

/// "shanghai-metro/od/student@peak": 上海地铁:站间票价,学生,时段 peak. `book` gives the names of
/// networks and riders; nullptr: networks are shown by their ids.
[[nodiscard]] RuleText rule_text(const Book* book, std::string_view rule);

/// "上海地铁 人民广场"; what the book does not know is shown as it is.
[[nodiscard]] Bilingual place_text(const Book* book, const NetworkId& network,
                                   const StopCode& stop);
/// The place of an open journey; both empty: the book does not know the card's code.
[[nodiscard]] Bilingual place_text(const Book* book, const OpenJourney& open);

[[nodiscard]] Bilingual rider_text(const Book* book, RiderCategory rider);
[[nodiscard]] Bilingual medium_text(MediumKind kind);
[[nodiscard]] Bilingual tap_text(TapKind kind);

}  // namespace tidegate::fare
