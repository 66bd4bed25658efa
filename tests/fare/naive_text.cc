// SPDX-License-Identifier: Apache-2.0
#include "tests/fare/naive_text.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tidegate::fare::naive {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out;
  std::stringstream in{text};
  for (std::string part; std::getline(in, part, by);) out.push_back(part);
  if (text.ends_with(by)) out.emplace_back();
  return out;
}

std::string slurp(const fs::path& path) {
  std::ifstream in{path};
  if (!in) throw std::runtime_error{"cannot read " + path.string()};
  return {std::istreambuf_iterator<char>{in}, {}};
}

Table read_csv(const fs::path& path) {
  Table out;
  std::vector<std::string> header;
  for (const std::string& line : split(slurp(path), '\n')) {
    if (line.empty()) continue;
    const auto cells = split(line, ',');
    if (header.empty()) {
      header = cells;
      continue;
    }
    Row row;
    for (std::size_t i = 0; i < cells.size(); ++i) row[header.at(i)] = cells[i];
    out.push_back(row);
  }
  return out;
}

std::int64_t number(const toml::table& in, std::string_view key, std::int64_t otherwise) {
  return in[key].value_or(otherwise);
}

std::set<std::string> texts(const toml::table& in, std::string_view key) {
  std::set<std::string> out;
  if (const auto* const list = in[key].as_array())
    for (const toml::node& one : *list) out.insert(*one.value<std::string>());
  return out;
}

std::int64_t day_of(const toml::table& in, std::string_view key) {
  const toml::date date = *in[key].value<toml::date>();
  return std::chrono::sys_days{std::chrono::year{date.year} / date.month / date.day}
      .time_since_epoch()
      .count();
}

/// `amount` × `numerator` ÷ `denominator`, as a multiple of `unit`.
std::int64_t rounded(std::int64_t amount, std::int64_t numerator, std::int64_t denominator,
                     const std::string& rounding, std::int64_t unit) {
  const std::int64_t above = amount * numerator, below = denominator * unit;
  const std::int64_t whole = above / below, rest = above % below;
  bool up = false;
  if (rounding == "up") up = rest > 0;
  if (rounding == "half-up") up = 2 * rest >= below;
  if (rounding == "half-even") up = 2 * rest > below || (2 * rest == below && whole % 2 == 1);
  return (whole + (up ? 1 : 0)) * unit;
}

}  // namespace tidegate::fare::naive
