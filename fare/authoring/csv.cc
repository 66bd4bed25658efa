// SPDX-License-Identifier: Apache-2.0
// The CSV reader.
#include "fare/authoring/csv.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "fare/authoring/reasons.h"
#include "fare/authoring/text_check.h"

namespace tidegate::fare {
namespace {

std::unexpected<Error> bad_at(std::string_view name, std::size_t line, const std::string& what) {
  return fail(Errc::invalid, std::string{name} + ":" + std::to_string(line) + ": " + what);
}

Status check_header(const std::string& name, const CsvRow& header,
                    const std::vector<std::string_view>& required,
                    const std::vector<std::string_view>& optional) {
  Reasons reasons;
  const auto bad = [&](const std::string& what) {
    reasons.add(name + ":" + std::to_string(header.line) + ": " + what);
  };
  if (const auto separator = other_separator(header.cells); separator) {
    bad("the cells are separated by " + std::string{*separator} + ": commas were expected");
    return reasons.status();
  }
  std::vector<std::string> missing;
  for (const std::string_view column : required)
    if (std::ranges::find(header.cells, column) == header.cells.end()) missing.emplace_back(column);
  if (missing.size() == required.size() && missing.size() > 1) {
    std::string all;
    for (const std::string& column : missing) all.append(all.empty() ? "" : ",").append(column);
    bad("the columns " + all + " were expected in the first row");
    return reasons.status();
  }
  for (const std::string& column : missing) bad("column " + column + " is missing");
  for (auto at = header.cells.begin(); at != header.cells.end(); ++at) {
    const bool known = std::ranges::find(required, *at) != required.end() ||
                       std::ranges::find(optional, *at) != optional.end();
    if (!known)
      bad("column " + *at + " is not known" + did_you_mean(*at, missing));
    else if (std::find(header.cells.begin(), at, *at) != at)
      bad("column " + *at + " is there twice");
  }
  return reasons.status();
}

/// Spreadsheets leave blanks around cells, and columns and rows without content.
void tidy(CsvRow& row, std::size_t columns) {
  for (std::string& cell : row.cells) {
    cell.erase(0, std::min(cell.find_first_not_of(' '), cell.size()));
    while (cell.ends_with(' ')) cell.pop_back();
  }
  while (row.cells.size() > columns && row.cells.back().empty()) row.cells.pop_back();
}
bool is_empty(const CsvRow& row) {
  return std::ranges::all_of(row.cells, [](const std::string& cell) { return cell.empty(); });
}

}  // namespace

CsvReader::CsvReader(std::string_view name, std::string_view text)
    : name_{name}, text_{without_mark(text)} {}

Status CsvReader::next(CsvRow& row) {
  row.line = line_;
  for (std::size_t count = 1;; ++count) {
    if (row.cells.size() < count) row.cells.emplace_back();
    std::string& cell = row.cells[count - 1];
    cell.clear();
    if (peek() == '"') {
      if (auto ok = read_quoted(cell); !ok) return ok;
    } else {
      read_plain(cell);
    }
    const char end = done() ? '\n' : text_[at_++];
    if (end == ',') continue;
    if (end == '\r' && peek() == '\n') ++at_;
    ++line_;
    row.cells.resize(count);
    return {};
  }
}

void CsvReader::read_plain(std::string& cell) {
  const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
  cell.assign(text_.substr(at_, end - at_));
  at_ = end;
}

Status CsvReader::read_quoted(std::string& cell) {
  const std::size_t begun = line_;
  for (++at_; !done(); ++at_) {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    if (c != '"') {
      cell.push_back(c);
      continue;
    }
    ++at_;
    if (peek() == '"' && !done()) {
      cell.push_back('"');
      continue;
    }
    if (done() || std::string_view{",\r\n"}.contains(peek())) return {};
    return bad_at(name_, line_, "text after a closing quote");
  }
  return bad_at(name_, begun, "quote without its end");
}

Result<CsvTable> CsvTable::parse(std::string name, std::string_view text,
                                 const std::vector<std::string_view>& required,
                                 const std::vector<std::string_view>& optional) {
  if (auto ok = check_text(name, text); !ok) return fail(std::move(ok.error()));
  CsvTable out;
  out.name_ = std::move(name);
  CsvReader in{out.name_, text};
  CsvRow header;
  if (auto ok = in.next(header); !ok) return fail(std::move(ok.error()));
  tidy(header, 1);
  if (auto ok = check_header(out.name_, header, required, optional); !ok)
    return fail(std::move(ok.error()));
  out.header_ = std::move(header.cells);
  Reasons reasons;
  while (!in.done()) {
    CsvRow row;
    if (auto ok = in.next(row); !ok) return fail(std::move(ok.error()));
    tidy(row, out.header_.size());
    if (is_empty(row)) continue;
    if (row.cells.size() != out.header_.size())
      reasons.add(out.name_ + ":" + std::to_string(row.line) + ": " +
                  std::to_string(row.cells.size()) + " cells, the header has " +
                  std::to_string(out.header_.size()));
    out.rows_.push_back(std::move(row));
  }
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

std::string_view CsvTable::cell(const CsvRow& row, std::string_view column) const {
  const auto at = std::ranges::find(header_, column);
  if (at == header_.end()) return {};
  return row.cells[static_cast<std::size_t>(at - header_.begin())];
}

std::unexpected<Error> CsvTable::bad(const CsvRow& row, std::string_view column,
                                     std::string_view what) const {
  return bad_at(name_, row.line, "column " + std::string{column} + ": " + std::string{what});
}

Error CsvTable::twice(const CsvRow& row, std::string_view column, std::string_view what,
                      std::size_t first_line) const {
  return bad(row, column,
             std::string{what} + " is there twice, first in line " + std::to_string(first_line))
      .error();
}

std::optional<std::int64_t> parse_count(std::string_view text, std::int64_t max) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text[0] == '-' || parsed.ec != std::errc{} ||
      parsed.ptr != text.data() + text.size() || value > max)
    return std::nullopt;
  return value;
}

}  // namespace tidegate::fare
