// SPDX-License-Identifier: Apache-2.0
// Tables from outside as rows that remember where they stood, with the first ten reasons why a file
// is not one. Lines that begin with # are comments.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tidegate::tools {

/// Collects what is wrong with a set of files.
class Complaints {
 public:
  static constexpr std::size_t kMax = 10;
  /// "stations.csv:7: column 3 (Type): what".
  void add(const std::string& file, std::size_t line, const std::string& what);
  [[nodiscard]] bool none() const noexcept { return count_ == 0; }
  [[nodiscard]] bool full() const noexcept { return count_ >= kMax; }
  /// All of them, a line each, and how many more there are. Errc::invalid.
  [[nodiscard]] std::unexpected<Error> error() const;

 private:
  std::vector<std::string> texts_;
  std::size_t count_ = 0;
};

/// One table; every row has as many cells as the header.
struct CsvRows {
  struct Row {
    std::size_t line = 0;  ///< from 1
    std::vector<std::string> cells;
  };
  std::string file;  ///< name for messages
  std::vector<std::string> header;
  std::size_t header_line = 1;
  std::vector<Row> rows;

  /// The cell of a column by its name; empty when the table does not have it.
  [[nodiscard]] std::string_view cell(const Row& row, std::string_view column) const;
  /// Complains about a cell of a column.
  void complain(Complaints& complaints, const Row& row, std::string_view column,
                const std::string& what) const;
};

/// What a table may have at most.
struct CsvLimits {
  std::size_t columns = 32;
  std::size_t rows = 250'000;
  std::size_t bytes = 32UL << 20U;
};
/// Reads a file. Ragged rows, bytes that are no text, an open quote, too many rows: complaints.
/// Errc of the file when it cannot be read.
[[nodiscard]] Result<CsvRows> read_csv(const std::filesystem::path& path, Complaints& complaints,
                                       const CsvLimits& limits = {});
/// The same from text.
[[nodiscard]] CsvRows parse_csv(std::string file, std::string_view text, Complaints& complaints,
                                const CsvLimits& limits = {});

}  // namespace tidegate::tools
