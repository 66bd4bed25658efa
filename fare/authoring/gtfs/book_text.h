// SPDX-License-Identifier: Apache-2.0
// Writes a planned book as a source folder: book.toml, stops.csv and tables.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/time.h"
#include "fare/authoring/gtfs/book_plan.h"

namespace tidegate::fare::gtfs {

/// What a book needs and GTFS does not have.
struct BookIdentity {
  std::string name;
  std::uint64_t number = 1;
  ServiceDay valid_from;
  std::string city = "0000", acquirer = "FFFFFFFFFFFFFFFF", operator_code = "0000";
  int interchange_minutes = 0;  ///< of planned interchanges
};

/// File name → content.
using TextFiles = std::map<std::string, std::string, std::less<>>;

[[nodiscard]] TextFiles book_text(const BookPlan& plan, const BookIdentity& identity);

}  // namespace tidegate::fare::gtfs
