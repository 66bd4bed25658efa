// SPDX-License-Identifier: Apache-2.0
// A GTFS feed → the source folder of a fare book. The mapping: docs/gtfs.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "fare/authoring/gtfs/book_text.h"
#include "fare/authoring/gtfs/files.h"
#include "fare/authoring/gtfs/leg_prices.h"
#include "fare/authoring/gtfs/report.h"

namespace tidegate::fare::gtfs {

struct ImportOptions {
  std::string name;  ///< of the book; empty: the agency's
  std::uint64_t number = 1;
  std::optional<ServiceDay> valid_from;  ///< none: when the timeframes begin, else 2000-01-01
  std::string city = "0000", acquirer = "FFFFFFFFFFFFFFFF", operator_code = "0000";
  std::optional<int> interchange_minutes;  ///< limit of joins outside of gates; none: losses
  MediaMap media;  ///< instead of what fare_media_type says: card → t-union, app → qr
};

struct ImportedBook {
  TextFiles files;
  Report report;
};

/// Errc::invalid: the feed is malformed (the first ten reasons), or has no fare that a book can
/// say.
[[nodiscard]] Result<ImportedBook> import_feed(const FeedFiles& feed, const ImportOptions& options);
/// From a folder or a ZIP archive.
[[nodiscard]] Result<ImportedBook> import_feed(const std::filesystem::path& feed,
                                               const ImportOptions& options);

}  // namespace tidegate::fare::gtfs
