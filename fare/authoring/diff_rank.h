// SPDX-License-Identifier: Apache-2.0
// What is made of the priced rides of a diff: counts, and the worst changes in order.
#pragma once

#include "fare/authoring/diff.h"

namespace tidegate::fare {

/// Fills the counts of report and networks.
void count_changes(DiffReport& report);
/// Fills changes_found and at most `limit` of `changes`, priced again for their traces.
void rank_changes(const DiffBook& before, const DiffBook& after, std::size_t limit,
                  DiffReport& report);

}  // namespace tidegate::fare
