// SPDX-License-Identifier: Apache-2.0
// Reads a CSV table: a header row, quoted cells, LF or CRLF, an optional UTF-8 byte order mark.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tidegate::fare {

struct CsvRow {
  std::size_t line = 0;  ///< where the row begins, from 1
  std::vector<std::string> cells;
};

/// Splits text into rows of cells, one at a time: quotes may hide commas, line ends and doubled
/// quotes. For tables whose columns the caller judges; `name` and `text` must outlive it.
class CsvReader {
 public:
  CsvReader(std::string_view name, std::string_view text);

  [[nodiscard]] bool done() const noexcept { return at_ >= text_.size(); }
  /// The next row, into the cells of `row`, whose memory is used again. Errc::invalid: an open
  /// quote, text behind one.
  [[nodiscard]] Status next(CsvRow& row);

 private:
  [[nodiscard]] char peek() const noexcept { return done() ? '\0' : text_[at_]; }
  void read_plain(std::string& cell);
  [[nodiscard]] Status read_quoted(std::string& cell);

  std::string_view name_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

class CsvTable {
 public:
  /// `name` stands in front of every message. The header must have all of `required`, may have
  /// `optional`, and nothing else; every row has as many cells as the header, or a line of the
  /// error. Blanks around cells, empty rows, and empty columns at the end are skipped.
  [[nodiscard]] static Result<CsvTable> parse(std::string name, std::string_view text,
                                              const std::vector<std::string_view>& required,
                                              const std::vector<std::string_view>& optional = {});

  [[nodiscard]] const std::vector<CsvRow>& rows() const noexcept { return rows_; }
  /// Empty text when the table does not have the (optional) column.
  [[nodiscard]] std::string_view cell(const CsvRow& row, std::string_view column) const;
  /// Error "stops.csv:3: column number: what".
  [[nodiscard]] std::unexpected<Error> bad(const CsvRow& row, std::string_view column,
                                           std::string_view what) const;
  /// "od.csv:9: column from: this pair is there twice, first in line 4".
  [[nodiscard]] Error twice(const CsvRow& row, std::string_view column, std::string_view what,
                            std::size_t first_line) const;

 private:
  std::string name_;
  std::vector<std::string> header_;
  std::vector<CsvRow> rows_;
};

/// Whole number from 0 to `max`, digits only.
[[nodiscard]] std::optional<std::int64_t> parse_count(std::string_view text, std::int64_t max);

}  // namespace tidegate::fare
