// SPDX-License-Identifier: Apache-2.0
// The strict TOML table reader.
#include "fare/authoring/toml_reader.h"

#include <algorithm>
#include <system_error>

namespace tidegate::fare {

TomlReader::TomlReader(std::string file, const toml::table& table,
                       const std::vector<std::string_view>& known)
    : file_{std::move(file)}, table_{table} {
  for (const auto& [key, node] : table_) {
    if (std::ranges::find(known, key.str()) != known.end()) continue;
    std::vector<std::string> meant;
    for (const std::string_view one : known)
      if (!table_.contains(one)) meant.emplace_back(one);
    const auto near = near_names(key.str(), meant);
    bad(key.str(), "key is not known" + did_you_mean(key.str(), meant));
    if (!near.empty()) told_.insert(near.front());  // that it is missing says the same again
  }
}

std::string TomlReader::place(std::string_view key) const {
  const toml::node* node = key.empty() ? nullptr : table_.get(key);
  if (node == nullptr) node = &table_;
  return file_ + ":" + std::to_string(node->source().begin.line);
}

std::string TomlReader::place(std::string_view key, std::size_t element) const {
  const auto* const list = table_[key].as_array();
  if (list == nullptr || element >= list->size()) return place(key);
  return file_ + ":" + std::to_string((*list)[element].source().begin.line);
}

void TomlReader::bad(std::string_view key, std::string_view what) {
  if (!told_.emplace(key).second) return;
  reasons_.add(place(key) + ": " + std::string{key} + ": " + std::string{what});
}

const toml::node* TomlReader::need(std::string_view key, bool required) {
  const toml::node* const node = table_.get(key);
  if (node == nullptr && required) bad(key, "key is missing");
  return node;
}

std::string TomlReader::text(std::string_view key, const std::optional<std::string>& otherwise) {
  const toml::node* const node = need(key, !otherwise);
  if (node == nullptr) return otherwise.value_or("");
  if (const auto* const value = node->as_string()) return value->get();
  bad(key, "text in quotes was expected");
  return {};
}

std::string TomlReader::file_in(const std::filesystem::path& dir, std::string_view key) {
  std::string name = text(key);
  std::error_code ignored;
  if (name.contains('/')) {
    bad(key, "\"" + name + "\" is not the name of a file beside " + file_);
    return {};
  }
  if (name.empty() || std::filesystem::exists(dir / name, ignored)) return name;
  std::vector<std::string> there;
  std::filesystem::directory_iterator file{dir.empty() ? "." : dir, ignored};
  for (; !ignored && file != std::filesystem::directory_iterator{}; file.increment(ignored))
    there.push_back(file->path().filename().string());
  std::ranges::sort(there);
  bad(key, "there is no file " + name + " beside " + file_ + did_you_mean(name, there));
  return {};
}

std::int64_t TomlReader::number(std::string_view key, std::int64_t min, std::int64_t max,
                                std::optional<std::int64_t> otherwise) {
  const toml::node* const node = need(key, !otherwise);
  if (node == nullptr) return otherwise.value_or(min);
  const auto* const value = node->as_integer();
  if (value != nullptr && value->get() >= min && value->get() <= max) return value->get();
  std::string what =
      "a whole number from " + std::to_string(min) + " to " + std::to_string(max) + " was expected";
  if (node->is_string()) what += ", without quotes";
  const bool parts = node->is_floating_point() || node->is_string();
  if (parts && key.ends_with("fen")) what += ": fen, so 1.50 yuan is 150";
  if (parts && key.ends_with("_m")) what += ": metres, so 1.5 km is 1500";
  bad(key, what);
  return min;
}

bool TomlReader::flag(std::string_view key, bool otherwise) {
  const toml::node* const node = need(key, false);
  if (node == nullptr) return otherwise;
  if (const auto* const value = node->as_boolean()) return value->get();
  bad(key, "true or false was expected");
  return otherwise;
}

std::vector<std::string> TomlReader::texts(std::string_view key) {
  std::vector<std::string> out;
  const toml::node* const node = need(key, false);
  if (node == nullptr) return out;
  const auto* const list = node->as_array();
  if (list == nullptr || (!list->empty() && !list->is_homogeneous(toml::node_type::string))) {
    bad(key, "a list of texts in quotes such as [\"one\", \"two\"] was expected");
    return out;
  }
  for (const toml::node& one : *list) out.push_back(one.as_string()->get());
  return out;
}

std::vector<Byte> TomlReader::bytes(std::string_view key) {
  std::vector<Byte> out;
  const toml::node* const node = need(key, false);
  if (node == nullptr) return out;
  const auto* const list = node->as_array();
  const bool good = list != nullptr && std::ranges::all_of(*list, [&out](const toml::node& one) {
                      const auto* const value = one.as_integer();
                      if (value == nullptr || value->get() < 0 || value->get() > 0xFF) return false;
                      out.push_back(static_cast<Byte>(value->get()));
                      return true;
                    });
  if (!good) bad(key, "an array of numbers from 0 to 255 was expected");
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

std::vector<std::uint16_t> TomlReader::cities(std::string_view key) {
  std::vector<std::uint16_t> out;
  for (const std::string& text : texts(key)) {
    const auto bytes = array_from_hex<2>(text);
    const bool digits =
        text.size() == 4 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!bytes || !digits)
      bad(key, "a city of 4 digits such as 2900 was expected, not \"" + text + "\"");
    else
      out.push_back(static_cast<std::uint16_t>(read_be(*bytes)));
  }
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

std::vector<std::chrono::sys_days> TomlReader::days(std::string_view key) {
  std::vector<std::chrono::sys_days> out;
  const toml::node* const node = need(key, false);
  if (node == nullptr) return out;
  const auto add = [&out](const toml::node& one) {
    if (const auto* const value = one.as_date()) {
      const toml::date day = value->get();
      out.push_back(std::chrono::year{day.year} / std::chrono::month{day.month} /
                    std::chrono::day{day.day});
      return true;
    }
    const auto* const value = one.as_string();
    if (value == nullptr) return false;
    const std::string_view text = value->get();
    const auto slash = text.find('/');
    const auto first = parse_date(text.substr(0, slash));
    const auto last = slash == text.npos ? first : parse_date(text.substr(slash + 1));
    if (!first || !last || last->get() - first->get() > std::chrono::days{366}) return false;
    for (auto day = first->get(); day <= last->get(); day += std::chrono::days{1})
      out.push_back(day);
    return first->get() <= last->get();
  };
  const auto* const list = node->as_array();
  const std::string expected =
      "an array of days such as 2026-10-01 or \"2026-10-01/2026-10-07\" was expected";
  if (list == nullptr) bad(key, expected);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const toml::node& one = (*list)[i];
    if (add(one) || !told_.emplace(key).second) continue;
    reasons_.add(place(key, i) + ": " + std::string{key} + ": " + expected +
                 (one.is_string() ? ", not \"" + one.as_string()->get() + "\"" : ""));
  }
  std::ranges::sort(out);
  return out;
}

std::vector<const toml::table*> TomlReader::tables(std::string_view key) {
  std::vector<const toml::table*> out;
  const toml::node* const node = need(key, false);
  if (node == nullptr) return out;
  const auto* const list = node->as_array();
  if (list == nullptr || (!list->empty() && !list->is_homogeneous(toml::node_type::table))) {
    bad(key, "an array of tables was expected");
    return out;
  }
  for (const toml::node& one : *list) out.push_back(one.as_table());
  return out;
}

Rounding TomlReader::rounding(std::string_view key) {
  const std::string name = text(key);
  if (name == "up") return Rounding::up;
  if (name == "down") return Rounding::down;
  if (name == "half-up") return Rounding::half_up;
  if (name == "half-even") return Rounding::half_even;
  bad(key, "up, down, half-up or half-even was expected");
  return Rounding::down;
}

ServiceDay TomlReader::date(std::string_view key, std::optional<ServiceDay> otherwise) {
  const toml::node* const node = need(key, !otherwise);
  if (node == nullptr) return otherwise.value_or(ServiceDay{});
  if (const auto* const value = node->as_date()) {
    const toml::date day = value->get();
    return ServiceDay{std::chrono::year{day.year} / std::chrono::month{day.month} /
                      std::chrono::day{day.day}};
  }
  const auto* const value = node->as_string();
  if (value != nullptr)
    if (const auto day = parse_date(value->get())) return *day;
  bad(key, "a date such as 2026-11-01 was expected");
  return {};
}

std::uint16_t TomlReader::time_of_day(std::string_view key, std::string otherwise) {
  const toml::node* const node = need(key, false);
  const bool other = node != nullptr && !node->is_string();
  const std::string value = other ? "" : text(key, std::move(otherwise));
  const auto digit = [&value](std::size_t i) { return value[i] >= '0' && value[i] <= '9'; };
  if (value.size() == 5 && value[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
    const int hour = (value[0] - '0') * 10 + (value[1] - '0');
    const int minute = (value[3] - '0') * 10 + (value[4] - '0');
    if (hour < 24 && minute < 60) return static_cast<std::uint16_t>(hour * 60 + minute);
  }
  bad(key, "a time of day such as \"02:00\" was expected");
  return 0;
}

}  // namespace tidegate::fare
