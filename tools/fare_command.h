// SPDX-License-Identifier: Apache-2.0
// `tidegate fare …`: what each subcommand does, free of the command line. Each returns the exit
// code and has said on stderr why it is not 0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/envelope/envelope.h"
#include "fare/engine/book_model.h"

namespace tidegate::tools {

struct FareCompile {
  std::filesystem::path dir;
  std::filesystem::path out;
  std::filesystem::path key;  ///< empty (test realm only): a key made for this one book
  Realm realm = Realm::test;
  std::optional<std::uint64_t> number;
};

[[nodiscard]] int fare_keygen(const std::filesystem::path& out);
[[nodiscard]] int fare_compile(const FareCompile& options);
/// What the command line of `fare import-matrix` says, as texts.
struct FareImportMatrix {
  std::filesystem::path csv;
  std::filesystem::path out;
  std::filesystem::path key;  ///< as in FareCompile
  Realm realm = Realm::test;
  std::string origin, destination, via;
  std::vector<std::string> fares;       ///< RIDER[@TIMEFRAME]=COLUMN
  std::vector<std::string> timeframes;  ///< NAME=HOURS
  std::string unit;                     ///< yuan, fen or cents
  std::string lowest = "0", highest;    ///< in that unit; empty: 1,000 yuan
  bool square = false;
  bool symmetric = false;
  bool allow_gaps = false;
  std::filesystem::path folder;  ///< write a source folder to here; empty: none
  std::string network;
  std::string name;  ///< of network and book; empty: the network's id
  std::uint64_t number = 1;
  std::uint16_t network_code = 1;
  std::string valid_from = "2000-01-01";
  std::string city = "0000", acquirer = "FFFFFFFFFFFFFFFF", industry = "metro",
              operator_code = "0000";
};
[[nodiscard]] int fare_import_matrix(const FareImportMatrix& options);
/// What is no error in a book, but may be a slip, on standard error.
void tell_notes(const fare::BookModel& model);
/// `network`: that one alone, with all its stops; empty: all.
[[nodiscard]] int fare_show(const std::filesystem::path& book, bool json,
                            const std::string& network = {});
/// `input`: a file of JSON lines, or "-" for standard input. `explain`: text instead of JSON.
[[nodiscard]] int fare_price(const std::filesystem::path& book, const std::string& input,
                             bool explain = false);

}  // namespace tidegate::tools
