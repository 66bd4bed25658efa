// SPDX-License-Identifier: Apache-2.0
// What a feed says of changes between rides: joined legs, and transfers between leg groups as
// transfers between networks.
#pragma once

#include "fare/authoring/gtfs/book_plan.h"

namespace tidegate::fare::gtfs {

/// Adds transfers to the plan; what a book cannot say is named.
void plan_transfers(const Feed& feed, BookPlan& plan, Report& report);

/// "from bus to rail within 90 minutes: free"
[[nodiscard]] std::string transfer_text(const PlannedTransfer& one);

}  // namespace tidegate::fare::gtfs
