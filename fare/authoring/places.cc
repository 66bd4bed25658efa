// SPDX-License-Identifier: Apache-2.0
// Finds the places of parts. The names are those of the engine's check (fare/engine/*_check.cc).
#include "fare/authoring/places.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "fare/authoring/toml_reader.h"

namespace tidegate::fare {
namespace {

std::string line_of(const toml::node& node) {
  return "book.toml:" + std::to_string(node.source().begin.line);
}

template <class Visit>
void each_table(const toml::table& root, std::string_view key, Visit visit) {
  const auto* const list = root.get_as<toml::array>(key);
  if (list == nullptr) return;
  for (const toml::node& one : *list)
    if (const auto* const table = one.as_table()) visit(*table);
}

std::string text_of(const toml::table& table, std::string_view key) {
  return table[key].value<std::string>().value_or("");
}

/// The versions of a network's tariff in order of their first day.
std::vector<const toml::node*> versions_of(const toml::table& table, ServiceDay valid_from) {
  const toml::node* const node = table.get("tariff");
  if (node == nullptr) return {};
  const auto* const list = node->as_array();
  if (list == nullptr) return {node};
  std::vector<std::pair<ServiceDay, const toml::node*>> dated;
  for (const toml::node& one : *list)
    if (const auto* const version = one.as_table())
      dated.emplace_back(TomlReader{"", *version, {}}.date("effective_from", valid_from), &one);
  std::ranges::stable_sort(dated, {}, &decltype(dated)::value_type::first);
  std::vector<const toml::node*> out;
  for (const auto& [day, one] : dated) out.push_back(one);
  return out;
}

}  // namespace

Places::Places(const toml::table& root, const StopsByNetwork& stops, ServiceDay valid_from) {
  for (const std::string_view kind :
       {"rider", "timeframe", "transfer", "interchange", "cap", "cumulative", "pass"})
    each_table(root, kind, [&](const toml::table& table) {
      add(std::string{kind} + " " + text_of(table, "name"), line_of(table));
    });
  each_table(root, "through", [&](const toml::table& table) {
    std::string a = text_of(table, "from"), b = text_of(table, "to");
    if (b + ":" < a + ":") std::swap(a, b);
    const std::string name = text_of(table, "name");
    add("through " + (name.empty() ? a + "." + b : name), line_of(table));
  });
  each_table(root, "network",
             [&](const toml::table& table) { add_network(table, stops, valid_from); });
  for (const std::string_view key : {"calendar", "book"})
    if (const toml::node* const node = root.get(key)) add(std::string{key}, line_of(*node));
}

void Places::add_network(const toml::table& table, const StopsByNetwork& stops,
                         ServiceDay valid_from) {
  const std::string name = "network " + text_of(table, "id");
  add(name, line_of(table));
  if (const toml::node* const policy = table.get("policy"))
    add(name + ", policy", line_of(*policy));
  const auto versions = versions_of(table, valid_from);
  const std::string tariff = name + ", tariff ";
  for (std::size_t i = 0; i < versions.size(); ++i)
    add(std::string{tariff}.append(std::to_string(i + 1)), line_of(*versions[i]));
  const auto rows = stops.find(text_of(table, "id"));
  if (rows == stops.end()) return;
  const std::string stop = name + ", stop ";
  for (const auto& [code, line] : rows->second.lines)
    add(std::string{stop}.append(code), "stops.csv:" + std::to_string(line));
}

void Places::add_golden(const std::vector<JourneyLine>& journeys) {
  for (const JourneyLine& one : journeys)
    add("golden journey " + one.journey.id, "golden.jsonl:" + std::to_string(one.line));
}

std::string Places::located(const std::string& line) const {
  // The longest part that the line begins with is the narrowest.
  const auto ends = [&line](std::size_t size) {
    return size == line.size() || line[size] == ':' || line[size] == ',';
  };
  const std::pair<const std::string, std::string>* best = nullptr;
  for (const auto& one : places_)
    if (line.starts_with(one.first) && ends(one.first.size()) &&
        (best == nullptr || best->first.size() < one.first.size()))
      best = &one;
  if (best == nullptr) return line;
  std::string out = best->second + ": " + line;
  constexpr std::string_view kOther = " that of ";
  if (const auto at = line.find(kOther); at != std::string::npos)
    if (const auto other = places_.find(line.substr(at + kOther.size())); other != places_.end())
      out += " (" + other->second + ")";
  return out;
}

Error Places::located(const Error& error) const {
  std::string out;
  std::string_view text = error.message();
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    out.append(out.empty() ? "" : "\n").append(located(std::string{line}));
  }
  return Error{error.code(), std::move(out)};
}

}  // namespace tidegate::fare
