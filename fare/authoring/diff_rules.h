// SPDX-License-Identifier: Apache-2.0
// What two fare books say differently that a single ride of one person does not show: rules between
// rides, policies, company, through rules, the calendar.
#pragma once

#include <string>
#include <vector>

#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// One line for each, to be proved by journeys; names are plain_text().
[[nodiscard]] std::vector<std::string> changed_rules(const BookModel& before,
                                                     const BookModel& after);

}  // namespace tidegate::fare
