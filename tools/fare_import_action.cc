// SPDX-License-Identifier: Apache-2.0
// `tidegate fare import-matrix`: options to an import, the import to a signed book.
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/posix/fd.h"
#include "fare/authoring/compile.h"
#include "fare/engine/book.h"
#include "fare/engine/book_codec.h"
#include "tools/fare_command.h"
#include "tools/fare_matrix_folder.h"
#include "tools/fare_matrix_import.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

template <std::size_t N>
Result<std::array<Byte, N>> hex_option(const char* option, const std::string& digits) {
  const auto bytes = array_from_hex<N>(digits);
  if (bytes) return *bytes;
  return fail(Errc::invalid,
              std::string{option} + ": " + std::to_string(2 * N) + " hex digits were expected");
}

Result<fare::Network> read_network(const FareImportMatrix& in) {
  const std::string& name = in.name.empty() ? in.network : in.name;
  const auto city = hex_option<2>("--city", in.city);
  const auto acquirer = hex_option<8>("--acquirer", in.acquirer);
  const auto operator_code = hex_option<2>("--operator", in.operator_code);
  const auto industry = fare::industry_from_name(in.industry);
  if (!city) return fail(city.error());
  if (!acquirer) return fail(acquirer.error());
  if (!operator_code) return fail(operator_code.error());
  if (!industry) return fail(Errc::invalid, "--industry: metro, bus, ferry, … was expected");
  return fare::Network{.id = in.network,
                       .code = in.network_code,
                       .name_zh = name,
                       .name_en = name,
                       .city = static_cast<std::uint16_t>(read_be(*city)),
                       .acquirer = *acquirer,
                       .industry = *industry,
                       .operator_code = static_cast<std::uint16_t>(read_be(*operator_code))};
}

/// Which columns there are. A square table has one sort of prices and no column of its own for it.
Status read_shape(const FareImportMatrix& in, MatrixImport& out, std::vector<std::string>& fares) {
  const bool named = !in.origin.empty() && !in.destination.empty() && !fares.empty();
  if (!in.square && !named)
    return fail(Errc::invalid,
                "--origin, --destination and --fare are needed, or --square for a table with a row "
                "and a column for each stop");
  if (!in.square) return {};
  out.square = true;
  if (!in.origin.empty() || !in.destination.empty() || !in.via.empty())
    return fail(Errc::invalid,
                "--square: --origin, --destination and --via do not stand beside it");
  if (fares.size() > 1 || (fares.size() == 1 && fares.front().contains('=')))
    return fail(Errc::invalid, "--square: one --fare RIDER[@TIMEFRAME] at most, without a column");
  fares = {(fares.empty() ? "adult" : fares.front()) + "=" + std::string{kSquareFare}};
  out.origin = kSquareOrigin;
  out.destination = kSquareDestination;
  return {};
}

Status write_folder(const FareImportMatrix& options, const fare::BookModel& model) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return fail(Errc::io, options.folder.string() + ": " + error.message());
  if (!std::filesystem::is_empty(options.folder, error))
    return fail(Errc::exists, options.folder.string() + ": is not empty");
  for (const auto& [name, text] : matrix_folder(model, options.industry))
    if (auto ok = posix::write_file_durably(options.folder / name, as_bytes(text), 0644); !ok)
      return ok;
  return {};
}

/// What the command line says; an error is wrong usage.
Result<MatrixImport> read_options(const FareImportMatrix& in) {
  auto network = read_network(in);
  if (!network) return fail(std::move(network.error()));
  MatrixImport out{.csv = in.csv,
                   .origin = in.origin,
                   .destination = in.destination,
                   .via = in.via,
                   .unit = in.unit == "yuan" ? AmountUnit::hundred_fen : AmountUnit::fen,
                   .symmetric = in.symmetric,
                   .allow_gaps = in.allow_gaps,
                   .network = *std::move(network),
                   .book_name = in.name.empty() ? in.network : in.name,
                   .number = in.number};
  auto fares = in.fares;
  if (auto ok = read_shape(in, out, fares); !ok) return fail(std::move(ok.error()));
  for (const std::string& text : fares) {
    auto column = parse_fare_column(text);
    if (!column) return fail(std::move(column.error()), "--fare");
    out.fares.push_back(*std::move(column));
  }
  for (const std::string& text : in.timeframes) {
    auto frame = parse_timeframe(text);
    if (!frame) return fail(std::move(frame.error()), "--timeframe");
    out.timeframes.push_back(*std::move(frame));
  }
  const auto day = parse_date(in.valid_from);
  if (!day) return fail(Errc::invalid, "--valid-from: a date such as 2026-11-01 was expected");
  out.valid_from = *day;
  const auto lowest = parse_amount(in.lowest, out.unit);
  if (!lowest) return fail(lowest.error(), "--min-price");
  out.lowest = *lowest;
  if (in.highest.empty()) return out;
  const auto highest = parse_amount(in.highest, out.unit);
  if (!highest) return fail(highest.error(), "--max-price");
  out.highest = *highest;
  return out;
}

int wrong_usage(const Error& error) {
  std::fprintf(stderr, "tidegate: %s\n", error.message().c_str());
  return 2;
}

}  // namespace

int fare_import_matrix(const FareImportMatrix& options) {
  if (options.key.empty() && options.realm != Realm::test)
    return wrong_usage({Errc::refused, "a book for the live realm needs --key"});
  if (options.out.empty() && options.folder.empty())
    return wrong_usage({Errc::invalid, "--output or --folder is needed"});
  const auto import = read_options(options);
  if (!import) return wrong_usage(import.error());
  MatrixNotes notes;
  const auto model = import_matrix(*import, notes);
  if (!model) return no(model.error());
  const Bytes payload = fare::encode_book(*model);
  if (const auto book = fare::Book::load(payload); !book) return no(book.error());
  if (!options.folder.empty())
    if (auto ok = write_folder(options, *model); !ok) return no(ok.error());
  const Signing signing{.key = options.key, .realm = options.realm};
  if (!options.out.empty())
    if (auto ok = write_signed(options.out, FileKind::fare_book, model->number, payload, signing);
        !ok)
      return no(ok.error());
  const fare::Network& network = model->networks.front();
  print((options.out.empty() ? options.folder : options.out).string() + ": book " +
        std::to_string(model->number) + ", network " + network.id + ", " +
        std::to_string(network.stops.size()) + " stops, " + std::to_string(import->fares.size()) +
        " fares a pair");
  tell_notes(*model);
  if (notes.repeated > 0)
    print("note: " + std::to_string(notes.repeated) + " rows say again what another has said");
  if (notes.ways > 0)
    print("note: " + std::to_string(notes.ways) +
          " pairs have several ways, the cheapest is charged");
  return 0;
}

}  // namespace tidegate::tools
