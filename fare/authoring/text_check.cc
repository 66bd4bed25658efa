// SPDX-License-Identifier: Apache-2.0
// Recognises what is no text of a source.
#include "fare/authoring/text_check.h"

#include <algorithm>

namespace tidegate::fare {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

/// Length of the UTF-8 character at the start; 0: none.
std::size_t character(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  return size;
}

/// Line of the first byte that is not UTF-8; 0: all is.
std::size_t first_bad_line(std::string_view text) noexcept {
  std::size_t line = 1;
  while (!text.empty()) {
    if (text.front() == '\n') ++line;
    const std::size_t size = character(text);
    if (size == 0) return line;
    text.remove_prefix(size);
  }
  return 0;
}

}  // namespace

std::string_view without_mark(std::string_view text) noexcept {
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

Status check_text(std::string_view name, std::string_view text) {
  const auto bad = [name](std::size_t line, std::string_view what) {
    return fail(Errc::invalid,
                std::string{name} + ":" + std::to_string(line) + ": " + std::string{what});
  };
  if (text.starts_with("PK\x03\x04"))
    return bad(1, "is a workbook or an archive, not text: save the sheet as \"CSV UTF-8\"");
  if (text.starts_with("\xD0\xCF\x11\xE0"))
    return bad(1, "is a workbook, not text: save the sheet as \"CSV UTF-8\"");
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return bad(1, "is UTF-16: save it as UTF-8, tables as \"CSV UTF-8\"");
  const auto begin = without_mark(text).find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && without_mark(text)[begin] == '<')
    return bad(1, "is a web page or XML, no table and no text of ours");
  if (const std::size_t line = first_bad_line(text); line > 0)
    return bad(line,
               "is not UTF-8, but perhaps GBK, as spreadsheets save Chinese: save it as UTF-8, "
               "tables as \"CSV UTF-8\"");
  return {};
}

std::optional<std::string_view> other_separator(const std::vector<std::string>& header) noexcept {
  for (const std::string& cell : header) {
    if (cell.contains(';')) return "semicolons";
    if (cell.contains('\t')) return "tabs";
    if (cell.contains("\xEF\xBC\x8C")) return "full-width commas";
  }
  return std::nullopt;
}

}  // namespace tidegate::fare
