// SPDX-License-Identifier: Apache-2.0
// What two fare books say differently that a single ride of one person does not show: rules between
// rides, policies, company, through rules, the calendar.
#pragma once

#include <vector>

#include "fare/engine/book_model.h"
#include "fare/engine/rule_text.h"

namespace tidegate::fare {

/// A rule that is not as it was: which, and what it said and says, a sentence a line. Names are
/// plain_text().
struct RuleChange {
  Bilingual what;  ///< "cap day: changed"
  std::vector<Bilingual> before, after;
};

/// To be proved by journeys.
[[nodiscard]] std::vector<RuleChange> changed_rules(const BookModel& before,
                                                    const BookModel& after);

}  // namespace tidegate::fare
