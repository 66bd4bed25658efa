// SPDX-License-Identifier: Apache-2.0
// Reads an operator's table of origin-destination fares.
#include "tools/fare_matrix_import.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/posix/fd.h"
#include "fare/authoring/csv.h"
#include "fare/authoring/source.h"
#include "fare/authoring/text_check.h"
#include "fare/engine/book_codec.h"
#include "tools/csv_rows.h"

namespace tidegate::tools {
namespace {

using fare::MatrixTariff;

constexpr std::size_t kFileBytesMax = 32UL << 20U;
constexpr std::size_t kColumnsMax = 32;

struct Priced {
  std::string from, to, via;  ///< codes; the cell of the column
  std::vector<Fen> fen;       ///< of each column
  const CsvRows::Row* row = nullptr;
};

/// What a table says, before it is judged as a whole.
class MatrixTable {
 public:
  MatrixTable(const MatrixImport& options, MatrixNotes& notes) : options_{options}, notes_{notes} {}

  Result<fare::BookModel> book() {
    const auto bytes = posix::read_file(options_.csv, kFileBytesMax);
    if (!bytes) return fail(bytes.error(), options_.csv.string());
    const std::string name = options_.csv.filename().string();
    const std::string_view text = as_text(*bytes);
    if (auto ok = fare::check_text(name, text); !ok) return fail(std::move(ok.error()));
    rows_ = parse_csv(name, text, complaints_,
                      {.columns = options_.square ? fare::kStopsMax + 1 : kColumnsMax});
    if (const auto other = fare::other_separator(rows_.header))
      return fail(Errc::invalid, name + ":" + std::to_string(rows_.header_line) +
                                     ": the cells are separated by " + std::string{*other} +
                                     ": commas were expected");
    if (complaints_.none() && options_.square) square_to_pairs();
    if (complaints_.none()) check_columns();
    if (!complaints_.none()) return complaints_.error();
    for (const CsvRows::Row& row : rows_.rows) read(row);
    if (complaints_.none()) number_stops();
    if (complaints_.none()) fill();
    if (complaints_.none() && !options_.allow_gaps) check_gaps();
    if (!complaints_.none()) return complaints_.error();
    return model();
  }

 private:
  /// A row for each pair, of a table with a row for each origin and a column for each destination.
  /// Cells that are empty or "-" are pairs without a fare.
  void square_to_pairs() {
    CsvRows pairs{.file = rows_.file,
                  .header = {std::string{kSquareOrigin}, std::string{kSquareDestination},
                             std::string{kSquareFare}},
                  .header_line = rows_.header_line,
                  .rows = {}};
    std::set<std::string_view> columns, origins;
    for (std::size_t i = 1; i < rows_.header.size(); ++i)
      if (!columns.insert(rows_.header[i]).second)
        complaints_.add(rows_.file, rows_.header_line,
                        "column " + rows_.header[i] + " is there twice");
    for (const CsvRows::Row& row : rows_.rows) {
      if (!columns.contains(row.cells[0]))
        complaints_.add(rows_.file, row.line, "\"" + row.cells[0] + "\" has a row and no column");
      if (!origins.insert(row.cells[0]).second)
        complaints_.add(rows_.file, row.line, "row " + row.cells[0] + " is there twice");
      for (std::size_t i = 1; i < row.cells.size(); ++i)
        if (!row.cells[i].empty() && row.cells[i] != "-")
          pairs.rows.push_back({row.line, {row.cells[0], rows_.header[i], row.cells[i]}});
    }
    for (const std::string_view column : columns)
      if (!origins.contains(column))
        complaints_.add(rows_.file, rows_.header_line,
                        "\"" + std::string{column} + "\" has a column and no row");
    rows_ = std::move(pairs);
  }

  /// Of the header, as many as a person reads.
  [[nodiscard]] std::string all_columns() const {
    constexpr std::size_t kTold = 20;
    std::string out;
    for (std::size_t i = 0; i < std::min(kTold, rows_.header.size()); ++i)
      out.append(i == 0 ? "" : ", ").append(rows_.header[i]);
    return out + (rows_.header.size() > kTold ? ", …" : "");
  }

  void check_columns() {
    std::set<std::string> wanted{options_.origin, options_.destination};
    if (!options_.via.empty()) wanted.insert(options_.via);
    for (const FareColumn& fare : options_.fares) wanted.insert(fare.column);
    for (const std::string& column : wanted) {
      const auto times = std::ranges::count(rows_.header, column);
      if (times != 1)
        complaints_.add(rows_.file, rows_.header_line,
                        "column " + column +
                            (times == 0 ? " is missing: the table has " + all_columns()
                                        : std::string{" is there twice"}));
    }
    if (rows_.rows.empty()) complaints_.add(rows_.file, rows_.header_line, "the table has no rows");
  }

  /// The code that a cell makes; the same code from another name is a clash.
  std::optional<std::string> stop(const CsvRows::Row& row, const std::string& column) {
    const std::string cell{rows_.cell(row, column)};
    auto code = stop_code_of(cell);
    if (!code) {
      rows_.complain(complaints_, row, column, code.error().message());
      return std::nullopt;
    }
    const auto [at, is_new] = names_.emplace(*code, cell);
    if (at->second != cell) {
      rows_.complain(complaints_, row, column,
                     "\"" + cell + "\" and \"" + at->second + "\" both make the code " + *code);
      return std::nullopt;
    }
    return *std::move(code);
  }

  /// Complains about the price of a pair; the column of a square table is its destination.
  void complain(const CsvRows::Row& row, const std::string& column, const std::string& what) {
    if (options_.square)
      complaints_.add(rows_.file, row.line, "column " + row.cells[1] + ": " + what);
    else
      rows_.complain(complaints_, row, column, what);
  }

  void read(const CsvRows::Row& row) {
    const auto from = stop(row, options_.origin), to = stop(row, options_.destination);
    Priced out{.from = from.value_or(""),
               .to = to.value_or(""),
               .via = options_.via.empty() ? "" : std::string{rows_.cell(row, options_.via)},
               .fen = {},
               .row = &row};
    bool sound = from.has_value() && to.has_value();
    for (const FareColumn& column : options_.fares) {
      const auto fen = parse_amount(rows_.cell(row, column.column), options_.unit);
      if (!fen)
        complain(row, column.column, fen.error().message());
      else if (*fen > options_.highest || (*fen < options_.lowest && out.from != out.to))
        complain(row, column.column,
                 fen->yuan() + " is not between " + options_.lowest.yuan() + " and " +
                     options_.highest.yuan());
      sound = sound && fen.has_value();
      out.fen.push_back(fen ? *fen : Fen{});
    }
    if (sound) add(std::move(out));
  }

  /// A pair may stand there again with the same prices, and with others for another way.
  void add(Priced priced) {
    const auto [same, is_new] =
        seen_.emplace(std::tuple{priced.from, priced.to, priced.via}, priced_.size());
    if (is_new) return priced_.push_back(std::move(priced));
    const Priced& before = priced_[same->second];
    if (before.fen == priced.fen) {
      ++notes_.repeated;
      return;
    }
    const auto differs = std::ranges::mismatch(before.fen, priced.fen).in1 - before.fen.begin();
    rows_.complain(complaints_, *priced.row,
                   options_.fares[static_cast<std::size_t>(differs)].column,
                   "this pair has another price in line " + std::to_string(before.row->line));
  }

  /// Numbers are permanent: codes that are numbers are their own, others are numbered in order.
  void number_stops() {
    std::set<std::int64_t> numbers;
    for (const auto& [code, name] : names_)
      if (const auto number = fare::parse_count(code, 0xFFFF); number && *number > 0)
        numbers.insert(*number);
    const bool own = numbers.size() == names_.size();
    for (const auto& [code, name] : names_) {
      const auto number = static_cast<std::uint16_t>(
          own ? *fare::parse_count(code, 0xFFFF) : static_cast<std::int64_t>(stops_.size() + 1));
      stops_.push_back(
          {.code = code, .number = number, .name_zh = name, .name_en = name, .card = {0, number}});
    }
    if (stops_.size() > fare::kStopsMax)
      complaints_.add(rows_.file, rows_.header_line, "more than 2000 stops");
  }

  /// One matrix for each column; of several ways the cheapest: nobody pays for a way not taken.
  void fill() {
    const std::size_t n = stops_.size();
    matrices_.assign(options_.fares.size(), std::vector(n * n, MatrixTariff::kNoFare));
    for (const Priced& one : priced_) {
      const std::size_t cell =
          *fare::index_of(stops_, one.from) * n + *fare::index_of(stops_, one.to);
      if (matrices_.front()[cell] != MatrixTariff::kNoFare) several_ways_.insert(cell);
      for (std::size_t i = 0; i < matrices_.size(); ++i)
        matrices_[i][cell] =
            std::min(matrices_[i][cell], static_cast<std::uint32_t>(one.fen[i].count()));
    }
    notes_.ways = several_ways_.size();
    if (options_.symmetric)
      for (auto& cells : matrices_) fare::fill_ways_back(cells, n);
  }

  /// A table that was cut off still looks like one: every stop must have fares to and from at least
  /// half of the others.
  void check_gaps() {
    const std::size_t n = stops_.size();
    const std::vector<std::uint32_t>& cells = matrices_.front();
    for (std::size_t stop = 0; stop < n; ++stop) {
      std::size_t going = 0, coming = 0;
      for (std::size_t other = 0; other < n; ++other) {
        if (other == stop) continue;
        going += cells[stop * n + other] != MatrixTariff::kNoFare ? 1 : 0;
        coming += cells[other * n + stop] != MatrixTariff::kNoFare ? 1 : 0;
      }
      const auto complain = [&](std::size_t there, const std::string& way) {
        if (there * 2 >= n - 1) return;
        const char* const help =
            complaints_.none() ? " (--allow-gaps takes it as it is, --symmetric where a row counts "
                                 "both ways)"
                               : "";
        complaints_.add(rows_.file, rows_.header_line,
                        "only " + std::to_string(there) + " of " + std::to_string(n - 1) +
                            " fares " + way + " " + stops_[stop].name_en +
                            ": part of the table is gone" + help);
      };
      complain(going, "from");
      complain(coming, "to");
    }
  }

  Result<fare::BookModel> model() {
    fare::BookModel out{.name = options_.book_name,
                        .number = options_.number,
                        .valid_from = options_.valid_from,
                        .networks = {options_.network},
                        .timeframes = options_.timeframes};
    std::ranges::sort(out.timeframes, {}, &fare::Timeframe::name);
    fare::Network& network = out.networks.front();
    network.stops = stops_;
    network.versions = {version(out)};
    if (auto ok = fare::check_book(out); !ok) return fail(std::move(ok.error()));
    return out;
  }

  /// Adults at any time are the tariff, all others its classes: those of a time in front of those
  /// of any time.
  fare::TariffVersion version(fare::BookModel& book) {
    const std::size_t n = stops_.size();
    fare::TariffVersion out{.effective_from = options_.valid_from,
                            .tariff = MatrixTariff{std::vector(n * n, MatrixTariff::kNoFare)},
                            .classes = {}};
    for (std::size_t i = 0; i < options_.fares.size(); ++i) {
      const FareColumn& column = options_.fares[i];
      MatrixTariff matrix{std::move(matrices_[i])};
      if (column.rider == "adult" && column.timeframe.empty()) {
        out.tariff = std::move(matrix);
        continue;
      }
      fare::FareClass one{
          .name = column.rider, .riders = {rider(book, column.rider)}, .tariff = {}};
      if (!column.timeframe.empty()) {
        one.name += "@" + column.timeframe;
        const auto at =
            std::ranges::lower_bound(book.timeframes, column.timeframe, {}, &fare::Timeframe::name);
        one.timeframe = static_cast<std::uint16_t>(at - book.timeframes.begin());
      }
      one.tariff = std::move(matrix);
      out.classes.push_back(std::move(one));
    }
    std::ranges::stable_partition(
        out.classes, [](const fare::FareClass& one) { return one.timeframe.has_value(); });
    return out;
  }

  /// A rider that is not built in is declared, with the next number.
  static fare::RiderCategory rider(fare::BookModel& book, const std::string& name) {
    if (const auto known = fare::rider_from_name(book.riders, name)) return *known;
    const auto number = static_cast<fare::RiderCategory>(fare::kOwnRiderMin + book.riders.size());
    book.riders.push_back({.number = number, .name = name, .name_zh = name, .name_en = name});
    return number;
  }

  const MatrixImport& options_;
  MatrixNotes& notes_;
  Complaints complaints_;
  CsvRows rows_;
  std::map<std::string, std::string> names_;  ///< code → cell
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> seen_;
  std::vector<Priced> priced_;
  std::vector<fare::Stop> stops_;
  std::vector<std::vector<std::uint32_t>> matrices_;  ///< of each column
  std::set<std::size_t> several_ways_;                ///< cells
};

}  // namespace

Result<fare::BookModel> import_matrix(const MatrixImport& options, MatrixNotes& notes) {
  for (std::size_t i = 0; i < options.fares.size(); ++i) {
    const FareColumn& one = options.fares[i];
    const auto same = [&](const FareColumn& other) {
      return other.rider == one.rider && other.timeframe == one.timeframe;
    };
    if (std::ranges::count_if(options.fares, same) > 1)
      return fail(Errc::invalid, "--fare: " + one.rider + (one.timeframe.empty() ? "" : "@") +
                                     one.timeframe + " is there twice");
    if (!one.timeframe.empty() &&
        std::ranges::find(options.timeframes, one.timeframe, &fare::Timeframe::name) ==
            options.timeframes.end())
      return fail(Errc::invalid, "--fare: there is no --timeframe " + one.timeframe);
  }
  return MatrixTable{options, notes}.book();
}

}  // namespace tidegate::tools
