// SPDX-License-Identifier: Apache-2.0
// Splits text into rows of cells.
#include "tools/csv_rows.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/posix/fd.h"
#include "fare/authoring/text_check.h"

namespace tidegate::tools {
namespace {

/// The cells of one line; nullopt: a quote without its end, or text behind it.
std::optional<std::vector<std::string>> cells_of(std::string_view line) {
  std::vector<std::string> out(1);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ',') {
      out.emplace_back();
      continue;
    }
    if (line[i] != '"' || !out.back().empty()) {
      out.back().push_back(line[i]);
      continue;
    }
    for (++i;; ++i) {
      if (i >= line.size()) return std::nullopt;
      if (line[i] != '"') {
        out.back().push_back(line[i]);
      } else if (i + 1 < line.size() && line[i + 1] == '"') {
        out.back().push_back(line[++i]);
      } else {
        break;
      }
    }
    if (i + 1 < line.size() && line[i + 1] != ',') return std::nullopt;
  }
  return out;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

void Complaints::add(const std::string& file, std::size_t line, const std::string& what) {
  if (++count_ <= kMax) texts_.push_back(file + ":" + std::to_string(line) + ": " + what);
}

std::unexpected<Error> Complaints::error() const {
  std::string out;
  for (const std::string& text : texts_) out += (out.empty() ? "" : "\n") + text;
  if (count_ > kMax) out += "\nand " + std::to_string(count_ - kMax) + " more";
  return fail(Errc::invalid, std::move(out));
}

std::string_view CsvRows::cell(const Row& row, std::string_view column) const {
  const auto at = std::ranges::find(header, column);
  if (at == header.end()) return {};
  return row.cells[static_cast<std::size_t>(at - header.begin())];
}

void CsvRows::complain(Complaints& complaints, const Row& row, std::string_view column,
                       const std::string& what) const {
  const auto at = std::ranges::find(header, column) - header.begin() + 1;
  complaints.add(file, row.line,
                 "column " + std::to_string(at) + " (" + std::string{column} + "): " + what);
}

CsvRows parse_csv(std::string file, std::string_view text, Complaints& complaints,
                  const CsvLimits& limits) {
  CsvRows out;
  out.file = std::move(file);
  text = fare::without_mark(text);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_blank(line) || line.starts_with('#')) continue;
    if (std::ranges::any_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
      complaints.add(out.file, number, "control characters: this is no table");
      continue;
    }
    auto cells = cells_of(line);
    if (!cells) {
      complaints.add(out.file, number, "a quote does not end where its cell does");
    } else if (out.header.empty()) {
      out.header = *std::move(cells);
      out.header_line = number;
      if (out.header.size() > limits.columns)
        complaints.add(out.file, number,
                       "more than " + std::to_string(limits.columns) + " columns");
    } else if (cells->size() != out.header.size()) {
      complaints.add(out.file, number,
                     std::to_string(cells->size()) + " cells, the header has " +
                         std::to_string(out.header.size()));
    } else if (out.rows.size() == limits.rows) {
      complaints.add(out.file, number, "more than " + std::to_string(limits.rows) + " rows");
      break;
    } else {
      out.rows.push_back({number, *std::move(cells)});
    }
    if (complaints.full()) break;
  }
  if (out.header.empty() && complaints.none()) complaints.add(out.file, 1, "the table is empty");
  return out;
}

Result<CsvRows> read_csv(const std::filesystem::path& path, Complaints& complaints,
                         const CsvLimits& limits) {
  const auto bytes = posix::read_file(path, limits.bytes);
  if (!bytes) return fail(bytes.error(), path.string());
  return parse_csv(path.filename().string(), as_text(*bytes), complaints, limits);
}

}  // namespace tidegate::tools
