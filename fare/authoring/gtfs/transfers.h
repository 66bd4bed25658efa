// SPDX-License-Identifier: Apache-2.0
// What a feed says of changes between rides: joined legs and transfers.
#pragma once

#include "fare/authoring/gtfs/book_plan.h"

namespace tidegate::fare::gtfs {

/// Names joins and transfers that the book does not say.
void name_transfers(const Feed& feed, const BookPlan& plan, Report& report);

}  // namespace tidegate::fare::gtfs
