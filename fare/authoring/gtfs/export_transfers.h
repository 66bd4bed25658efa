// SPDX-License-Identifier: Apache-2.0
// Transfers of a book as fare_transfer_rules.txt.
#pragma once

#include <set>
#include <string>

#include "fare/authoring/gtfs/book_text.h"
#include "fare/authoring/gtfs/export_products.h"
#include "fare/authoring/gtfs/report.h"

namespace tidegate::fare::gtfs {

/// Networks in transfers whose price depends on the rides' own: their leg groups are their
/// products, one for each price; the leg group of another network is the network.
[[nodiscard]] std::set<std::string> networks_by_price(const BookModel& model);

/// Adds the file, and products for what a second ride costs. What GTFS cannot say is a loss.
void export_transfers(const BookModel& model, const Payers& payers,
                      const std::set<std::string>& by_price, Products& products, TextFiles& files,
                      Report& report);

}  // namespace tidegate::fare::gtfs
