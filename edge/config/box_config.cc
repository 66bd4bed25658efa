// SPDX-License-Identifier: Apache-2.0
// Reads box.toml and the box's key files into values, and says where and why one is wrong.
#include "edge/config/box_config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>
#include <string_view>

#include "base/posix/fd.h"

namespace tidegate::edge {
namespace {

constexpr std::size_t kFileBytesMax = 1UL << 20U;
constexpr std::int64_t kAislesMax = 32;

/// Walks a parsed file; the first thing that is wrong is kept and everything after it is ignored,
/// so that the calls below read as a list of what the file holds.
class Reader {
 public:
  Reader(std::filesystem::path file, const toml::table& root)
      : file_{std::move(file)}, root_{root} {}

  [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
  [[nodiscard]] const toml::table& root() const noexcept { return root_; }

  void wrong(std::size_t line, std::string_view key, std::string_view expected) {
    if (error_) return;
    error_.emplace(Errc::invalid, file_.string() + ":" + std::to_string(line) + ": " +
                                      std::string{key} + ": expected " + std::string{expected});
  }

  void only(const toml::table& table, std::string_view prefix,
            std::initializer_list<std::string_view> allowed) {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(allowed, key.str()) != allowed.end()) continue;
      std::string expected = "one of";
      const char* separator = " ";
      for (std::string_view name : allowed) {
        expected += separator + std::string{name};
        separator = ", ";
      }
      wrong(key.source().begin.line, std::string{prefix} + std::string{key.str()},
            expected + " (the key is unknown)");
    }
  }

  [[nodiscard]] const toml::table& section(const char* name) {
    static const toml::table kEmpty;
    const toml::node* node = root_.get(name);
    if (node == nullptr) {
      wrong(1, name, "a section [" + std::string{name} + "]");
      return kEmpty;
    }
    const toml::table* table = node->as_table();
    if (table != nullptr) return *table;
    wrong(line_of(*node), name, "a section [" + std::string{name} + "]");
    return kEmpty;
  }

  [[nodiscard]] std::string text(const toml::table& table, std::string_view prefix,
                                 const char* key) {
    const std::string full = std::string{prefix} + key;
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      wrong(line_of(table), full, "a text (the key is missing)");
      return {};
    }
    const auto value = node->value_exact<std::string>();
    if (value && !value->empty()) return *value;
    wrong(line_of(*node), full, "a text that is not empty");
    return {};
  }

  /// `fallback` nullopt: the key must be there.
  [[nodiscard]] std::int64_t number(const toml::table& table, std::string_view prefix,
                                    const char* key, std::int64_t lowest, std::int64_t highest,
                                    std::optional<std::int64_t> fallback = std::nullopt) {
    const std::string full = std::string{prefix} + key;
    const std::string expected =
        "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest);
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      if (!fallback) wrong(line_of(table), full, expected + " (the key is missing)");
      return fallback.value_or(lowest);
    }
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= lowest && *value <= highest) return *value;
    wrong(line_of(*node), full, expected);
    return lowest;
  }

  [[nodiscard]] std::filesystem::path path(const toml::table& table, std::string_view prefix,
                                           const char* key) {
    const std::filesystem::path given = text(table, prefix, key);
    return (file_.parent_path() / given).lexically_normal();
  }

  [[nodiscard]] static std::size_t line_of(const toml::node& node) {
    return std::max<std::size_t>(node.source().begin.line, 1);
  }

 private:
  std::filesystem::path file_;
  const toml::table& root_;
  std::optional<Error> error_;
};

/// Names go into handles, entries and paths of other programs: keep them plain.
bool plain_name(std::string_view text) {
  if (text.size() > 64) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

std::string name(Reader& reader, const toml::table& table, const char* key) {
  std::string value = reader.text(table, "box.", key);
  if (!plain_name(value)) {
    reader.wrong(Reader::line_of(*table.get(key)), std::string{"box."} + key,
                 "at most 64 letters, digits, '-', '_' and '.'");
  }
  return value;
}

void read_box(Reader& reader, BoxConfig& config) {
  const toml::table& box = reader.section("box");
  reader.only(box, "box.", {"id", "kind", "realm", "network", "stop"});
  config.id = BoxId{name(reader, box, "id")};
  config.network = NetworkId{name(reader, box, "network")};
  config.stop = StopCode{name(reader, box, "stop")};
  const std::string kind = reader.text(box, "box.", "kind");
  if (kind == "station") {
    config.kind = fare::BoxKind::station;
  } else if (kind == "vehicle") {
    config.kind = fare::BoxKind::vehicle;
  } else if (kind == "pier") {
    config.kind = fare::BoxKind::pier;
  } else if (!reader.error()) {
    reader.wrong(Reader::line_of(*box.get("kind")), "box.kind", "station, vehicle or pier");
  }
  const std::string realm = reader.text(box, "box.", "realm");
  if (realm == "test") {
    config.realm = Realm::test;
  } else if (realm == "live") {
    config.realm = Realm::live;
  } else if (!reader.error()) {
    reader.wrong(Reader::line_of(*box.get("realm")), "box.realm", "test or live");
  }
}

void read_fares(Reader& reader, BoxConfig& config) {
  const toml::table& fares = reader.section("fares");
  reader.only(fares, "fares.", {"book", "trusted_keys"});
  config.book = reader.path(fares, "fares.", "book");
  constexpr std::string_view kExpected =
      "a list of at least one Ed25519 public key, each of 64 hex digits";
  const toml::node* node = fares.get("trusted_keys");
  const toml::array* keys = node == nullptr ? nullptr : node->as_array();
  if (keys == nullptr || keys->empty()) {
    reader.wrong(Reader::line_of(node == nullptr ? fares : *node), "fares.trusted_keys", kExpected);
    return;
  }
  for (const toml::node& item : *keys) {
    const auto hex = item.value_exact<std::string>();
    const auto key = array_from_hex<32>(hex.value_or(""));
    if (!key) {
      reader.wrong(Reader::line_of(item), "fares.trusted_keys", kExpected);
      return;
    }
    config.book_keys.push_back(*key);
  }
}

/// May be left out: a station of one box has nobody else's debits to open for.
void read_station(Reader& reader, BoxConfig& config) {
  if (!reader.root().contains("station")) return;
  const toml::table& station = reader.section("station");
  reader.only(station, "station.", {"terminals"});
  constexpr std::string_view kExpected = "a list of SAM terminal numbers, each of 12 digits";
  const toml::node* node = station.get("terminals");
  const toml::array* terminals = node == nullptr ? nullptr : node->as_array();
  if (terminals == nullptr) {
    reader.wrong(Reader::line_of(node == nullptr ? station : *node), "station.terminals",
                 kExpected);
    return;
  }
  for (const toml::node& item : *terminals) {
    const auto number = array_from_hex<6>(item.value_exact<std::string>().value_or(""));
    if (!number || !bcd_digits(*number)) {
      reader.wrong(Reader::line_of(item), "station.terminals", kExpected);
      return;
    }
    config.station_terminals.emplace_back(*number);
  }
  std::ranges::sort(config.station_terminals);
}

void read_limits(Reader& reader, BoxConfig& config) {
  if (reader.root().contains("tap")) {
    const toml::table& tap = reader.section("tap");
    reader.only(tap, "tap.", {"apdu_timeout_ms", "commit_timeout_ms"});
    config.apdu_timeout = std::chrono::milliseconds{
        reader.number(tap, "tap.", "apdu_timeout_ms", 50, 5000, config.apdu_timeout.count())};
    config.commit_timeout = std::chrono::milliseconds{
        reader.number(tap, "tap.", "commit_timeout_ms", 50, 8'000, config.commit_timeout.count())};
  }
  if (reader.root().contains("ledger")) {
    const toml::table& ledger = reader.section("ledger");
    reader.only(ledger, "ledger.", {"map_mib"});
    const std::int64_t mib = reader.number(ledger, "ledger.", "map_mib", 16, 1 << 20, 1024);
    config.ledger_map_bytes = static_cast<std::size_t>(mib) << 20U;
  }
}

AisleConfig read_aisle(Reader& reader, const toml::table& table) {
  reader.only(table, "aisle.", {"number", "direction", "device", "sam"});
  AisleConfig aisle;
  aisle.number =
      AisleNo{static_cast<std::uint16_t>(reader.number(table, "aisle.", "number", 1, kAislesMax))};
  const std::string direction = reader.text(table, "aisle.", "direction");
  if (direction == "entry") {
    aisle.direction = AisleDirection::entry;
  } else if (direction == "exit") {
    aisle.direction = AisleDirection::exit;
  } else if (direction == "both") {
    aisle.direction = AisleDirection::both;
  } else if (!reader.error()) {
    reader.wrong(Reader::line_of(*table.get("direction")), "aisle.direction",
                 "entry, exit or both");
  }
  aisle.device = reader.text(table, "aisle.", "device");
  aisle.sam = reader.path(table, "aisle.", "sam");
  return aisle;
}

void read_aisles(Reader& reader, BoxConfig& config) {
  constexpr std::string_view kExpected = "1 to 32 sections [[aisle]]";
  const toml::node* node = reader.root().get("aisle");
  const toml::array* aisles = node == nullptr ? nullptr : node->as_array();
  if (aisles == nullptr || aisles->empty() ||
      aisles->size() > static_cast<std::size_t>(kAislesMax)) {
    reader.wrong(node == nullptr ? 1 : Reader::line_of(*node), "aisle", kExpected);
    return;
  }
  std::set<AisleNo> numbers;
  for (const toml::node& item : *aisles) {
    const toml::table* table = item.as_table();
    if (table == nullptr) {
      reader.wrong(Reader::line_of(item), "aisle", kExpected);
      return;
    }
    config.aisles.push_back(read_aisle(reader, *table));
    if (reader.error()) return;
    if (!numbers.insert(config.aisles.back().number).second) {
      reader.wrong(Reader::line_of(*table->get("number")), "aisle.number",
                   "a number that no other aisle has");
    }
  }
}

Result<BoxConfig> read_config(const std::filesystem::path& file, const toml::table& root) {
  Reader reader{file, root};
  BoxConfig config;
  reader.only(root, "", {"box", "paths", "fares", "station", "tap", "ledger", "aisle"});
  read_box(reader, config);
  const toml::table& paths = reader.section("paths");
  reader.only(paths, "paths.", {"state", "run", "keys"});
  config.state_dir = reader.path(paths, "paths.", "state");
  config.run_dir = reader.path(paths, "paths.", "run");
  config.keys_dir = reader.path(paths, "paths.", "keys");
  read_fares(reader, config);
  read_station(reader, config);
  read_limits(reader, config);
  read_aisles(reader, config);
  if (reader.error()) return fail(Error{*reader.error()});
  return config;
}

/// The first line of a key file, without its line end.
Result<std::string> key_line(const std::filesystem::path& file) {
  auto bytes = posix::read_file(file, 4096);
  if (!bytes) return fail(std::move(bytes.error()), file.string());
  std::string_view text = as_text(*bytes);
  text = text.substr(0, text.find_first_of("\r\n"));
  return std::string{text};
}

Result<crypto::Key32> hex_key(const std::filesystem::path& file, std::string_view text) {
  auto key = array_from_hex<32>(text);
  if (!key) return fail(Errc::invalid, file.string() + ":1: expected 64 hex digits");
  return *key;
}

}  // namespace

Result<BoxConfig> load_box_config(const std::filesystem::path& file) {
  auto bytes = posix::read_file(file, kFileBytesMax);
  if (!bytes) return fail(std::move(bytes.error()), file.string());
  try {
    const toml::table root = toml::parse(as_text(*bytes), file.string());
    auto config = read_config(file, root);
    if (config) config->hash = crypto::sha256({*bytes});
    return config;
  } catch (const toml::parse_error& error) {
    return fail(Errc::invalid, file.string() + ":" + std::to_string(error.source().begin.line) +
                                   ": not TOML: " + std::string{error.description()});
  }
}

Result<BoxKeys> load_box_keys(const std::filesystem::path& folder) {
  BoxKeys keys;
  const std::filesystem::path box = folder / "box.key";
  const std::filesystem::path handle = folder / "handle.key";
  const std::filesystem::path clearing = folder / "clearing.pub";
  auto line = key_line(box);
  if (!line) return fail(std::move(line.error()));
  auto seed = hex_key(box, *line);
  if (!seed) return fail(std::move(seed.error()));
  keys.box = crypto::signing_key_from_seed(*seed);

  line = key_line(handle);
  if (!line) return fail(std::move(line.error()));
  auto handle_key = hex_key(handle, *line);
  if (!handle_key) return fail(std::move(handle_key.error()));
  keys.handle = *handle_key;

  line = key_line(clearing);
  if (!line) return fail(std::move(line.error()));
  const std::size_t blank = line->find(' ');
  const std::string number = line->substr(0, blank);
  if (blank == std::string::npos || number.empty() || number.size() > 9 ||
      !std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; })) {
    return fail(Errc::invalid, clearing.string() + ":1: expected a key number, a blank and a key");
  }
  auto clearing_key = hex_key(clearing, std::string_view{*line}.substr(blank + 1));
  if (!clearing_key) return fail(std::move(clearing_key.error()));
  keys.clearing_number = static_cast<std::uint32_t>(std::stoul(number));
  keys.clearing = *clearing_key;
  return keys;
}

}  // namespace tidegate::edge
