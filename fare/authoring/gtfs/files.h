// SPDX-License-Identifier: Apache-2.0
// The files of a GTFS feed: where they come from, their tables row by row.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "fare/authoring/csv.h"
#include "fare/authoring/gtfs/report.h"
#include "fare/authoring/gtfs/zip.h"

namespace tidegate::fare::gtfs {

/// The files of a feed: a folder, a ZIP archive, or texts in memory.
class FeedFiles {
 public:
  /// Errc::not_found, Errc::invalid: neither a folder nor an archive with files at its root.
  [[nodiscard]] static Result<FeedFiles> open(const std::filesystem::path& path);
  /// An archive in memory.
  [[nodiscard]] static Result<FeedFiles> of_zip(Bytes archive);
  [[nodiscard]] static FeedFiles of(std::map<std::string, std::string, std::less<>> texts);

  [[nodiscard]] bool has(std::string_view name) const;
  /// Names of everything that ends in .txt, sorted.
  [[nodiscard]] const std::set<std::string, std::less<>>& names() const noexcept { return names_; }
  [[nodiscard]] Result<std::string> read(std::string_view name) const;

 private:
  std::filesystem::path folder_;
  Bytes archive_;
  ZipDirectory entries_;  ///< of the archive
  std::map<std::string, std::string, std::less<>> texts_;
  std::set<std::string, std::less<>> names_;
};

/// One of the tables that are read. `file` and the columns are literals.
struct TableKind {
  std::string_view file;
  std::vector<std::string_view> required;
  std::vector<std::string_view> optional;
  bool is_complete = false;  ///< every known column is listed: others are named as losses
};

class Table;

/// A row of a table; cells are without blanks around them.
class Row {
 public:
  [[nodiscard]] Place place() const noexcept;
  /// Empty where the table has no such column.
  [[nodiscard]] std::string_view text(std::string_view column) const;
  /// Like text(); an empty cell is a problem.
  [[nodiscard]] std::string_view need(std::string_view column) const;
  /// A whole number from `least` to `most`; an empty cell is `otherwise`, anything else a problem.
  [[nodiscard]] std::int64_t number(std::string_view column, std::int64_t least, std::int64_t most,
                                    std::optional<std::int64_t> otherwise = {}) const;
  /// A problem of this row.
  void bad(std::string_view column, std::string_view what) const;

 private:
  friend class Table;
  Row(const Table& table, const CsvRow& row) : table_{table}, row_{row} {}
  const Table& table_;
  const CsvRow& row_;
};

class Table {
 public:
  Table(const TableKind& kind, Problems& problems) : kind_{kind}, problems_{problems} {}
  /// Calls `each` with every row. False: the feed does not have the file (or it cannot be read,
  /// which is a problem).
  bool read(const FeedFiles& files, Report& report, const std::function<void(const Row&)>& each);
  [[nodiscard]] bool has(std::string_view column) const;

 private:
  friend class Row;
  [[nodiscard]] bool read_header(const CsvRow& header);
  void note_unknown(const CsvRow& row, Report& report);

  const TableKind& kind_;
  Problems& problems_;
  std::vector<std::string> header_;
  std::map<std::size_t, std::size_t> unknown_;  ///< column → first line with a cell, 0: none yet
};

}  // namespace tidegate::fare::gtfs
