// SPDX-License-Identifier: Apache-2.0
// What a feed says of changes between rides: joined legs as interchanges, and transfers between leg
// groups as transfers between networks.
#pragma once

#include "fare/authoring/gtfs/book_plan.h"

namespace tidegate::fare::gtfs {

/// Adds interchanges to the plan; what a book cannot say is named. Without `minutes` (a book needs
/// a limit, GTFS has none) a join outside of gates is a loss.
void plan_interchanges(const Feed& feed, std::optional<int> minutes, BookPlan& plan,
                       Report& report);

/// Adds transfers to the plan; what a book cannot say is named.
void plan_transfers(const Feed& feed, BookPlan& plan, Report& report);

}  // namespace tidegate::fare::gtfs
