// SPDX-License-Identifier: Apache-2.0
// Reads the file of invariants and its tables of stop sequences.
#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/posix/fd.h"
#include "fare/authoring/csv.h"
#include "fare/authoring/proof_invariants.h"
#include "fare/authoring/toml_reader.h"
#include "fare/authoring/toml_text.h"

namespace tidegate::fare {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytesMax = 16UL << 20U;

Result<std::string> read_text(const fs::path& file) {
  auto bytes = posix::read_file(file, kBytesMax);
  if (!bytes) return fail(std::move(bytes.error()), file.string());
  return std::string{as_text(*bytes)};
}

/// Rows `sequence,stop`; rows of one sequence stand together, in order.
Result<std::vector<StopSequence>> read_sequences(const fs::path& file) {
  const auto text = read_text(file);
  if (!text) return fail(text.error());
  const auto table = CsvTable::parse(file.filename().string(), *text, {"sequence", "stop"});
  if (!table) return fail(table.error());
  std::vector<StopSequence> out;
  for (const CsvRow& row : table->rows()) {
    const std::string_view name = table->cell(row, "sequence");
    if (out.empty() || out.back().name != name) {
      if (std::ranges::find(out, name, &StopSequence::name) != out.end())
        return table->bad(row, "sequence", "rows of one sequence must stand together");
      out.push_back({.name = std::string{name}, .stops = {}, .places = {}});
    }
    out.back().stops.emplace_back(std::string{table->cell(row, "stop")});
    out.back().places.push_back(file.filename().string() + ":" + std::to_string(row.line));
  }
  if (out.empty()) return fail(Errc::invalid, file.filename().string() + ": has no rows");
  return out;
}

std::optional<Fen> optional_fen(TomlReader& in, std::string_view key, std::int64_t min) {
  if (!in.has(key)) return std::nullopt;
  return Fen{in.number(key, min, kFenMax)};
}

Result<NetworkInvariants> read_network(const fs::path& file, const toml::table& table) {
  TomlReader in{file.filename().string(),
                table,
                {"id", "symmetric", "never_dearer_than_adult", "maximum_fen", "minimum_fen",
                 "multiple_of_fen", "same_station_fen", "monotone"}};
  NetworkInvariants out{.network = in.text("id"),
                        .place = in.place("id"),
                        .symmetric = in.flag("symmetric", false),
                        .never_dearer_than_adult = in.flag("never_dearer_than_adult", false),
                        .maximum = optional_fen(in, "maximum_fen", 0),
                        .minimum = optional_fen(in, "minimum_fen", 0),
                        .multiple_of = optional_fen(in, "multiple_of_fen", 1),
                        .same_station = optional_fen(in, "same_station_fen", 0)};
  std::string sequences;
  if (in.has("monotone")) sequences = in.file_in(file.parent_path(), "monotone");
  if (auto ok = in.status(); !ok) return fail(std::move(ok.error()));
  if (sequences.empty()) return out;
  auto monotone = read_sequences(file.parent_path() / sequences);
  if (!monotone) return fail(std::move(monotone.error()), in.place("monotone"));
  out.monotone = *std::move(monotone);
  return out;
}

/// "adult,student" and a list of times, both optional.
Status read_top(const fs::path& file, const toml::table& root, std::span<const Rider> own,
                Invariants& out) {
  TomlReader in{file.filename().string(), root, {"riders", "at", "network"}};
  out.riders = paying_riders(own);
  if (in.has("riders")) {
    auto riders = parse_riders(in.text("riders"), own);
    if (!riders)
      in.bad("riders", riders.error().message());
    else
      out.riders = *std::move(riders);
  }
  if (const toml::node* const node = root.get("at")) {
    constexpr const char* kExpected =
        "a list of times such as \"2026-11-02T08:00:00+08:00\" "
        "was expected";
    const auto* const list = node->as_array();
    if (list == nullptr || list->empty()) in.bad("at", kExpected);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const auto* const text = (*list)[i].as_string();
      const auto at = text != nullptr ? parse_iso8601(text->get()) : Result<Timestamp>{};
      if (text == nullptr || !at)
        in.bad("at", kExpected);
      else
        out.at.push_back(*at);
    }
  }
  return in.status();
}

}  // namespace

Result<Invariants> read_invariants(const fs::path& file, std::span<const Rider> own) {
  const auto text = read_text(file);
  if (!text) return fail(text.error());
  const std::string name = file.filename().string();
  const auto root = parse_toml(name, *text);
  if (!root) return fail(root.error());
  Invariants out;
  if (auto ok = read_top(file, *root, own, out); !ok) return fail(std::move(ok.error()));
  const auto* const networks = root->get_as<toml::array>("network");
  if (networks == nullptr || networks->empty())
    return fail(Errc::invalid, name + ":1: at least one [[network]] was expected");
  for (const toml::node& node : *networks) {
    if (!node.is_table())
      return fail(Errc::invalid, name + ":" + std::to_string(node.source().begin.line) +
                                     ": network: a table was expected");
    auto network = read_network(file, *node.as_table());
    if (!network) return fail(std::move(network.error()));
    if (std::ranges::find(out.networks, network->network, &NetworkInvariants::network) !=
        out.networks.end())
      return fail(Errc::invalid, name + ": network " + network->network + " is there twice");
    out.networks.push_back(*std::move(network));
  }
  return out;
}

}  // namespace tidegate::fare
