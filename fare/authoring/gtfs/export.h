// SPDX-License-Identifier: Apache-2.0
// A fare book → the files of Fares V2, as far as GTFS can say it. The mapping: docs/gtfs.md.
#pragma once

#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "fare/authoring/gtfs/book_text.h"
#include "fare/authoring/gtfs/report.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare::gtfs {

struct ExportOptions {
  std::optional<ServiceDay> on;  ///< tariffs of that service day; none: the last of each network
};

struct ExportedFeed {
  TextFiles files;
  Report report;
};

/// `model` has passed check_book(). Errc::not_found: no network has a tariff on that day.
[[nodiscard]] Result<ExportedFeed> export_feed(const BookModel& model,
                                               const ExportOptions& options);

}  // namespace tidegate::fare::gtfs
