// SPDX-License-Identifier: Apache-2.0
// Reads the tables of a feed.
#include "fare/authoring/gtfs/files.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/posix/fd.h"
#include "fare/authoring/gtfs/text.h"

namespace tidegate::fare::gtfs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileBytesMax = 1UL << 30U;  ///< stop_times.txt of a country

void trim(std::string& text) {
  while (text.ends_with(' ') || text.ends_with('\t')) text.pop_back();
  text.erase(0, std::min(text.find_first_not_of(" \t"), text.size()));
}

}  // namespace

Result<FeedFiles> FeedFiles::open(const fs::path& path) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    auto bytes = posix::read_file(path, kFileBytesMax);
    if (!bytes) return fail(std::move(bytes.error()), path.string());
    auto out = of_zip(*std::move(bytes));
    if (!out) return fail(std::move(out.error()), path.string());
    return out;
  }
  FeedFiles out;
  out.folder_ = path;
  if (!fs::is_directory(path, error))
    return fail(Errc::not_found,
                path.string() + ": a folder or ZIP archive of a feed was expected");
  for (fs::directory_iterator at{path, error}, end; !error && at != end; at.increment(error))
    if (at->path().extension() == ".txt") out.names_.insert(at->path().filename().string());
  if (error) return fail(Errc::io, path.string() + ": " + error.message());
  return out;
}

Result<FeedFiles> FeedFiles::of_zip(Bytes archive) {
  if (!is_zip(archive))
    return fail(Errc::invalid, "a folder or ZIP archive of a feed was expected");
  auto entries = read_zip_directory(archive);
  if (!entries) return fail(std::move(entries.error()));
  FeedFiles out;
  for (const auto& [name, entry] : *entries)
    if (name.ends_with(".txt") && !name.contains('/')) out.names_.insert(name);
  if (out.names_.empty()) return fail(Errc::invalid, "archive: has no .txt file at its root");
  out.archive_ = std::move(archive);
  out.entries_ = *std::move(entries);
  return out;
}

FeedFiles FeedFiles::of(std::map<std::string, std::string, std::less<>> texts) {
  FeedFiles out;
  for (const auto& [name, text] : texts) out.names_.insert(name);
  out.texts_ = std::move(texts);
  return out;
}

bool FeedFiles::has(std::string_view name) const {
  return names_.contains(name);
}

Result<std::string> FeedFiles::read(std::string_view name) const {
  if (const auto text = texts_.find(name); text != texts_.end()) return text->second;
  if (const auto entry = entries_.find(name); entry != entries_.end())
    return read_zip_file(archive_, entry->second, kFileBytesMax);
  auto bytes = posix::read_file(folder_ / name, kFileBytesMax);
  if (!bytes) return fail(std::move(bytes.error()), std::string{name});
  return std::string{as_text(*bytes)};
}

Place Row::place() const noexcept {
  return {table_.kind_.file, row_.line};
}

std::string_view Row::text(std::string_view column) const {
  const auto at = std::ranges::find(table_.header_, column);
  if (at == table_.header_.end()) return {};
  return row_.cells[static_cast<std::size_t>(at - table_.header_.begin())];
}

std::string_view Row::need(std::string_view column) const {
  const std::string_view out = text(column);
  if (out.empty()) bad(column, "a value was expected");
  return out;
}

std::int64_t Row::number(std::string_view column, std::int64_t least, std::int64_t most,
                         std::optional<std::int64_t> otherwise) const {
  std::string_view cell = text(column);
  if (cell.empty() && otherwise) return *otherwise;
  const bool negative = cell.starts_with('-');
  if (negative) cell.remove_prefix(1);
  const auto value = parse_count(cell, std::int64_t{1} << 40U);
  const std::int64_t out = value ? (negative ? -*value : *value) : least;
  if (!value || out < least || out > most)
    bad(column, "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                    " was expected, not \"" + std::string{text(column).substr(0, 40)} + "\"");
  return out;
}

void Row::bad(std::string_view column, std::string_view what) const {
  const auto at = std::ranges::find(table_.header_, column);
  std::string out = "column ";
  if (at != table_.header_.end())
    out.append(std::to_string(at - table_.header_.begin() + 1)).append(" (");
  out.append(column).append(at != table_.header_.end() ? "): " : ": ").append(what);
  table_.problems_.add(place(), out);
}

bool Table::has(std::string_view column) const {
  return std::ranges::find(header_, column) != header_.end();
}

bool Table::read_header(const CsvRow& header) {
  const Place place{kind_.file, header.line};
  bool sound = true;
  for (const std::string_view column : kind_.required)
    if (std::ranges::find(header.cells, column) == header.cells.end()) {
      problems_.add(place, "column " + std::string{column} + " is missing");
      sound = false;
    }
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    const std::string& column = header.cells[i];
    const bool again =
        std::find(header.cells.begin(), header.cells.begin() + static_cast<std::ptrdiff_t>(i),
                  column) != header.cells.begin() + static_cast<std::ptrdiff_t>(i);
    if (again && !column.empty()) {
      problems_.add(place, "column " + column + " is there twice");
      sound = false;
    }
    const bool known = std::ranges::find(kind_.required, column) != kind_.required.end() ||
                       std::ranges::find(kind_.optional, column) != kind_.optional.end();
    if (!known && kind_.is_complete) unknown_.emplace(i, 0);
  }
  if (sound) header_ = header.cells;
  return sound;
}

void Table::note_unknown(const CsvRow& row, Report& report) {
  for (auto& [column, line] : unknown_) {
    if (line != 0 || row.cells[column].empty()) continue;
    line = row.line;
    report.lose({kind_.file, row.line}, "column " + header_[column] +
                                            " is not of the GTFS reference that this reads; it " +
                                            "is left out, here and in the rows behind");
  }
}

bool Table::read(const FeedFiles& files, Report& report,
                 const std::function<void(const Row&)>& each) {
  if (!files.has(kind_.file)) return false;
  const auto text = files.read(kind_.file);
  if (!text) {
    problems_.add({kind_.file, 0}, text.error().message());
    return false;
  }
  std::string_view start = *text;
  start.remove_prefix(std::min(start.find_first_not_of("\xEF\xBB\xBF \t\r\n"), start.size()));
  if (start.starts_with('<')) {
    problems_.add({kind_.file, 1}, "column 1: this is a web page, not a table");
    return false;
  }
  if (const std::size_t odd = first_not_utf8(*text); odd != std::string::npos) {
    const auto line =
        1 + std::count(text->begin(), text->begin() + static_cast<std::ptrdiff_t>(odd), '\n');
    problems_.add({kind_.file, static_cast<std::size_t>(line)}, "is not UTF-8");
    return false;
  }
  CsvReader in{kind_.file, *text};
  CsvRow row;
  bool header = true;
  while (!in.done()) {
    if (auto ok = in.next(row); !ok) {
      // The message begins with file and line already.
      const std::string_view message = ok.error().message();
      problems_.add({kind_.file, row.line}, std::string{message.substr(message.find(": ") + 2)});
      return false;
    }
    std::ranges::for_each(row.cells, trim);
    if (header) {
      if (!read_header(row)) return false;
      header = false;
      continue;
    }
    if (row.cells.size() == 1 && row.cells.front().empty()) continue;
    if (row.cells.size() != header_.size()) {
      problems_.add({kind_.file, row.line}, std::to_string(row.cells.size()) +
                                                " cells, the header has " +
                                                std::to_string(header_.size()));
      continue;
    }
    note_unknown(row, report);
    each(Row{*this, row});
  }
  if (header) problems_.add({kind_.file, 1}, "a header row was expected");
  return !header;
}

}  // namespace tidegate::fare::gtfs
