// SPDX-License-Identifier: Apache-2.0
// An operator's table of origin-destination fares → a fare book of one network. What a table must
// look like and what is refused: docs/formats/fare-book.md, "From an operator's table".
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fare/engine/book_model.h"

namespace tidegate::tools {

/// What an amount in the table counts.
enum class AmountUnit : std::uint8_t {
  hundred_fen,  ///< yuan, or another currency's unit of a hundred parts: at most two decimals
  fen,          ///< fen or cents: whole numbers
};

/// One column of prices: for whom, and when.
struct FareColumn {
  std::string rider;
  std::string timeframe;  ///< empty: always
  std::string column;
};

struct MatrixImport {
  std::filesystem::path csv;
  std::string origin, destination;  ///< columns
  std::string via;                  ///< column; empty: none
  std::vector<FareColumn> fares;
  std::vector<fare::Timeframe> timeframes;
  AmountUnit unit = AmountUnit::hundred_fen;
  Fen lowest, highest{100'000};  ///< prices beyond are implausible
  bool square = false;           ///< a row for each origin, a column for each destination
  bool symmetric = false;        ///< a row also gives the way back, unless that has a row
  bool allow_gaps = false;       ///< although many pairs have no row
  /// Everything but stops, versions, riders and timeframes.
  fare::Network network;
  std::string book_name;
  std::uint64_t number = 1;
  ServiceDay valid_from;
};

/// What an import did without refusing the table.
struct MatrixNotes {
  std::size_t repeated = 0;  ///< rows that say again what another has said
  std::size_t ways = 0;      ///< pairs with several ways, of which the cheapest counts
};

/// The columns of a square table once it has a row for each pair.
inline constexpr std::string_view kSquareOrigin = "from", kSquareDestination = "to",
                                  kSquareFare = "fare";

/// "RIDER[@TIMEFRAME]=COLUMN"
[[nodiscard]] Result<FareColumn> parse_fare_column(std::string_view text);
/// "NAME=Mo-Fr 05:00-09:30,15:00-19:00"
[[nodiscard]] Result<fare::Timeframe> parse_timeframe(std::string_view text);
/// Decimal text to fen, exactly. Errc::invalid: not an amount, or more decimals than the unit has.
[[nodiscard]] Result<Fen> parse_amount(std::string_view text, AmountUnit unit);
/// A cell as a stop code: blanks and signs become one "-", letters beyond ASCII "u" and their code
/// point. Errc::invalid: nothing is left, more than 64 characters, or not UTF-8.
[[nodiscard]] Result<std::string> stop_code_of(std::string_view cell);

/// A book that check_book() accepts. Errc::invalid: the first ten reasons, a line each.
[[nodiscard]] Result<fare::BookModel> import_matrix(const MatrixImport& options,
                                                    MatrixNotes& notes);

}  // namespace tidegate::tools
