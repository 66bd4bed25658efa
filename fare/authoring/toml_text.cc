// SPDX-License-Identifier: Apache-2.0
// Reads TOML, and explains what people write in its place.
#include "fare/authoring/toml_text.h"

#include <algorithm>

namespace tidegate::fare {
namespace {

std::string_view line_of(std::string_view text, std::size_t line) {
  for (; line > 1; --line) text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  return text.substr(0, text.find_first_of("\r\n"));
}

/// Signs and digits of a Chinese keyboard that TOML does not know.
std::string wide_signs(std::string_view line) {
  std::string out;
  for (const std::string_view sign :
       {"“",  "”",  "‘",  "’",  "，", "、", "。", "；", "：", "＝", "［", "］", "【", "】",
        "｛", "｝", "（", "）", "０", "１", "２", "３", "４", "５", "６", "７", "８", "９"})
    if (line.contains(sign)) out.append(out.empty() ? "" : " ").append(sign);
  return out.empty() ? out : "the line has the wide signs " + out;
}

/// 2027/1/1, 2027.1.1, 2027-1-1 or 2027年1月1日.
bool has_other_date(std::string_view line) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = 0; at + 6 <= line.size(); ++at) {
    const bool year = std::ranges::all_of(line.substr(at, 4), is_digit);
    const std::string_view rest = line.substr(at + 4);
    for (const std::string_view sign : {"/", ".", "-", "年"})
      if (year && rest.starts_with(sign) && rest.size() > sign.size() &&
          is_digit(rest[sign.size()]))
        return true;
  }
  return false;
}

/// What may help beside the parser's own words; empty: nothing.
std::string hint(std::string_view description, std::string_view line) {
  if (const std::string signs = wide_signs(line); !signs.empty()) return signs;
  if (description.contains("unescaped control characters")) return "a quote is not closed";
  if (description.contains("as array-of-tables"))
    return "of several, each stands under [[ ]], the first one too";
  if (line.contains("元")) return "amounts are whole fen: 1.50 yuan is 150";
  if (has_other_date(line)) return "a date is written as 2027-01-01";
  return {};
}

}  // namespace

Result<toml::table> parse_toml(const std::string& file, std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    const auto [line, column] = error.source().begin;
    const std::string more = hint(error.description(), line_of(text, line));
    return fail(Errc::invalid,
                file + ":" + std::to_string(line) + ": column " + std::to_string(column) + ": " +
                    std::string{error.description()} + (more.empty() ? "" : " (" + more + ")"));
  }
}

}  // namespace tidegate::fare
