// SPDX-License-Identifier: Apache-2.0
// Reads the sources of a tariff of the demonstration's kind into a flat table, line by line: on
// purpose without the fare book's own code.
#include <fstream>

#include "simulators/station/passengers.h"

namespace tidegate::sim {

namespace {

/// The first `count` cells of a plain line; empty when it has fewer.
[[nodiscard]] std::vector<std::string> cells(const std::string& line, std::size_t count) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (out.size() < count) {
    const std::size_t comma = line.find(',', at);
    std::string cell = line.substr(at, comma == std::string::npos ? comma : comma - at);
    if (!cell.empty() && cell.back() == '\r') cell.pop_back();
    out.push_back(std::move(cell));
    if (comma == std::string::npos) break;
    at = comma + 1;
  }
  if (out.size() < count) out.clear();
  return out;
}

[[nodiscard]] std::optional<std::int64_t> whole(const std::string& text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// `key = 300` in the first section that has the key; 0 when none has.
[[nodiscard]] Fen first_number(std::ifstream& toml, const std::string& key) {
  std::string line;
  while (std::getline(toml, line)) {
    if (!line.starts_with(key + " ") && !line.starts_with(key + "=")) continue;
    std::string digits;
    for (const char c : line.substr(line.find('=') + 1)) {
      if (c >= '0' && c <= '9') digits += c;
      if (c == '#') break;
    }
    return Fen{whole(digits).value_or(0)};
  }
  return Fen{};
}

}  // namespace

Result<TariffTable> TariffTable::load(const std::filesystem::path& tariff) {
  TariffTable out;
  std::ifstream stops{tariff / "stops.csv"}, fares{tariff / "od.csv"}, book{tariff / "book.toml"};
  if (!stops || !fares || !book) {
    return fail(Errc::not_found, tariff.string() + " has no stops.csv, od.csv and book.toml");
  }
  std::string line;
  std::getline(stops, line);
  while (std::getline(stops, line)) {
    const auto row = cells(line, 2);
    if (row.empty()) continue;
    if (out.network_.empty()) out.network_ = row[0];
    if (row[0] == out.network_) out.stops_.push_back(row[1]);
  }
  std::getline(fares, line);
  while (std::getline(fares, line)) {
    const auto row = cells(line, 3);
    if (row.empty()) continue;
    const auto fen = whole(row[2]);
    if (!fen) return fail(Errc::invalid, (tariff / "od.csv").string() + ": not a fare: " + line);
    out.fares_[{row[0], row[1]}] = Fen{*fen};
  }
  out.minimum_balance_ = first_number(book, "minimum_balance_fen");
  if (out.stops_.size() < 2 || out.fares_.empty()) {
    return fail(Errc::invalid, tariff.string() + " has no network with a fare for each pair");
  }
  return out;
}

std::optional<Fen> TariffTable::fare(const std::string& from, const std::string& to) const {
  // The demonstration's matrix is symmetric and written once.
  for (const auto& pair : {std::pair{from, to}, std::pair{to, from}}) {
    if (const auto at = fares_.find(pair); at != fares_.end()) return at->second;
  }
  return std::nullopt;
}

}  // namespace tidegate::sim
