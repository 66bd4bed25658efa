// SPDX-License-Identifier: Apache-2.0
// Reads box.toml into values, and says where and why one is wrong.
#include "edge/config/box_config.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "base/posix/fd.h"
#include "edge/config/config_reader.h"

namespace tidegate::edge {
namespace {

constexpr std::size_t kFileBytesMax = 1UL << 20U;
constexpr std::int64_t kAislesMax = 32;

/// Names go into handles, entries and paths of other programs: keep them plain.
bool plain_name(std::string_view text) {
  if (text.size() > 64) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

std::string name(ConfigReader& reader, const toml::table& table, const char* key) {
  std::string value = reader.text(table, "box.", key);
  if (!plain_name(value)) {
    reader.wrong(ConfigReader::line_of(*table.get(key)), std::string{"box."} + key,
                 "at most 64 letters, digits, '-', '_' and '.'");
  }
  return value;
}

/// One of some words; `fallback` nullopt: the key must be there.
template <class T>
T choice(ConfigReader& reader, const toml::table& table, const std::string& prefix, const char* key,
         std::initializer_list<std::pair<std::string_view, T>> words,
         std::optional<T> fallback = std::nullopt) {
  if (fallback && !table.contains(key)) return *fallback;
  const std::string given = reader.text(table, prefix, key);
  std::string expected;
  std::size_t left = words.size();
  for (const auto& [word, value] : words) {
    if (given == word) return value;
    expected += word;
    if (--left > 0) expected += left == 1 ? " or " : ", ";
  }
  if (!reader.error()) reader.wrong(ConfigReader::line_of(*table.get(key)), prefix + key, expected);
  return words.begin()->second;
}

/// Ed25519 public keys whose signature makes a file ours.
std::vector<crypto::Key32> trusted_keys(ConfigReader& reader, const toml::table& table,
                                        const std::string& prefix,
                                        const char* name = "trusted_keys") {
  constexpr std::string_view kExpected =
      "a list of at least one Ed25519 public key, each of 64 hex digits";
  std::vector<crypto::Key32> out;
  const std::string key = prefix + name;
  const toml::node* node = table.get(name);
  const toml::array* keys = node == nullptr ? nullptr : node->as_array();
  if (keys == nullptr || keys->empty()) {
    reader.wrong(ConfigReader::line_of(node == nullptr ? table : *node), key, kExpected);
    return out;
  }
  for (const toml::node& item : *keys) {
    const auto parsed = array_from_hex<32>(item.value_exact<std::string>().value_or(""));
    if (!parsed) reader.wrong(ConfigReader::line_of(item), key, kExpected);
    out.push_back(parsed.value_or(crypto::Key32{}));
  }
  return out;
}

void read_box(ConfigReader& reader, BoxConfig& config) {
  const toml::table& box = reader.section("box");
  reader.only(box, "box.", {"id", "kind", "realm", "network", "stop"});
  config.id = BoxId{name(reader, box, "id")};
  config.network = NetworkId{name(reader, box, "network")};
  config.stop = StopCode{name(reader, box, "stop")};
  config.kind = choice<fare::BoxKind>(reader, box, "box.", "kind",
                                      {{"station", fare::BoxKind::station},
                                       {"vehicle", fare::BoxKind::vehicle},
                                       {"pier", fare::BoxKind::pier}});
  config.realm =
      choice<Realm>(reader, box, "box.", "realm", {{"test", Realm::test}, {"live", Realm::live}});
}

void read_fares(ConfigReader& reader, BoxConfig& config) {
  const toml::table& fares = reader.section("fares");
  reader.only(fares, "fares.", {"book", "trusted_keys"});
  config.book = reader.path(fares, "fares.", "book");
  config.book_keys = trusted_keys(reader, fares, "fares.");
}

/// NAME and NAME_keys, or neither.
ListFile list_file(ConfigReader& reader, const toml::table& lists, const std::string& name) {
  const std::string keys = name + "_keys";
  if (!lists.contains(name) && !lists.contains(keys)) return {};
  ListFile out;
  out.file = reader.path(lists, "lists.", name.c_str());
  out.trusted = trusted_keys(reader, lists, "lists.", keys.c_str());
  return out;
}

/// May be left out in the test realm: then every issuer is taken, and no code.
void read_lists(ConfigReader& reader, BoxConfig& config) {
  if (!reader.root().contains("lists")) {
    if (config.realm == Realm::live)
      reader.wrong(1, "lists", "a section [lists]: a live box must know its issuers");
    return;
  }
  const toml::table& lists = reader.section("lists");
  reader.only(lists, "lists.",
              {"issuers", "trusted_keys", "places", "places_keys", "denylist", "denylist_keys",
               "denylist_change_percent"});
  config.lists.issuers = reader.path(lists, "lists.", "issuers");
  config.lists.trusted = trusted_keys(reader, lists, "lists.");
  if (lists.contains("places")) {
    config.lists.places = reader.path(lists, "lists.", "places");
    config.lists.places_trusted = trusted_keys(reader, lists, "lists.", "places_keys");
  }
  config.lists.denylist = list_file(reader, lists, "denylist");
  config.lists.denylist_change = static_cast<std::uint32_t>(reader.number(
      lists, "lists.", "denylist_change_percent", 1, 1'000'000, config.lists.denylist_change));
}

/// May be left out: only vehicles and vessels have it.
void read_vehicle(ConfigReader& reader, BoxConfig& config) {
  if (!reader.root().contains("vehicle")) return;
  const toml::table& vehicle = reader.section("vehicle");
  reader.only(vehicle, "vehicle.", {"number", "direction"});
  config.vehicle.number = reader.text(vehicle, "vehicle.", "number");
  if (config.vehicle.number.size() > 8 || !plain_name(config.vehicle.number))
    reader.wrong(ConfigReader::line_of(*vehicle.get("number")), "vehicle.number",
                 "at most 8 letters, digits, '-', '_' and '.'");
  config.vehicle.down = choice<bool>(reader, vehicle, "vehicle.", "direction",
                                     {{"up", false}, {"down", true}}, false);
}

void read_codes(ConfigReader& reader, BoxConfig& config) {
  if (!reader.root().contains("codes")) return;
  const toml::table& codes = reader.section("codes");
  reader.only(codes, "codes.", {"journeys"});
  config.code_journeys = choice<CodeJourneys>(
      reader, codes, "codes.", "journeys",
      {{"refuse", CodeJourneys::refuse}, {"clearing", CodeJourneys::clearing}});
}

/// May be left out: a station of one box has nobody else's debits to open for.
void read_station(ConfigReader& reader, BoxConfig& config) {
  if (!reader.root().contains("station")) return;
  const toml::table& station = reader.section("station");
  reader.only(station, "station.", {"terminals"});
  constexpr std::string_view kExpected = "a list of SAM terminal numbers, each of 12 digits";
  const toml::node* node = station.get("terminals");
  const toml::array* terminals = node == nullptr ? nullptr : node->as_array();
  if (terminals == nullptr) {
    reader.wrong(ConfigReader::line_of(node == nullptr ? station : *node), "station.terminals",
                 kExpected);
    return;
  }
  for (const toml::node& item : *terminals) {
    const auto number = array_from_hex<6>(item.value_exact<std::string>().value_or(""));
    if (!number || !bcd_digits(*number)) {
      reader.wrong(ConfigReader::line_of(item), "station.terminals", kExpected);
      return;
    }
    config.station_terminals.emplace_back(*number);
  }
  std::ranges::sort(config.station_terminals);
}

void read_limits(ConfigReader& reader, BoxConfig& config) {
  if (reader.root().contains("tap")) {
    const toml::table& tap = reader.section("tap");
    reader.only(tap, "tap.",
                {"apdu_timeout_ms", "commit_timeout_ms", "flat_purchase", "overdraft", "journey_p1",
                 "selection"});
    config.apdu_timeout = std::chrono::milliseconds{
        reader.number(tap, "tap.", "apdu_timeout_ms", 50, 5000, config.apdu_timeout.count())};
    config.commit_timeout = std::chrono::milliseconds{
        reader.number(tap, "tap.", "commit_timeout_ms", 50, 8'000, config.commit_timeout.count())};
    config.select_by_ppse =
        choice<bool>(reader, tap, "tap.", "selection", {{"direct", false}, {"ppse", true}}, false);
    config.flat_purchase = choice<FlatPurchase>(
        reader, tap, "tap.", "flat_purchase",
        {{"capp", FlatPurchase::capp}, {"plain", FlatPurchase::plain}}, config.flat_purchase);
    config.overdraft = choice<Overdraft>(reader, tap, "tap.", "overdraft",
                                         {{"never", Overdraft::never}, {"exit", Overdraft::exit}},
                                         config.overdraft);
    config.journey_p1 = choice<JourneyP1>(
        reader, tap, "tap.", "journey_p1",
        {{"record", JourneyP1::record}, {"zero", JourneyP1::zero}}, config.journey_p1);
  }
  if (reader.root().contains("ledger")) {
    const toml::table& ledger = reader.section("ledger");
    reader.only(ledger, "ledger.", {"map_mib", "ack", "ack_keys"});
    const std::int64_t mib = reader.number(ledger, "ledger.", "map_mib", 16, 1 << 20, 1024);
    config.ledger_map_bytes = static_cast<std::size_t>(mib) << 20U;
    if (ledger.contains("ack") || ledger.contains("ack_keys")) {
      config.acks.file = reader.path(ledger, "ledger.", "ack");
      config.acks.trusted = trusted_keys(reader, ledger, "ledger.", "ack_keys");
    }
  }
}

AisleConfig read_aisle(ConfigReader& reader, const toml::table& table) {
  reader.only(table, "aisle.", {"number", "direction", "device", "sam", "scanner"});
  AisleConfig aisle;
  aisle.number =
      AisleNo{static_cast<std::uint16_t>(reader.number(table, "aisle.", "number", 1, kAislesMax))};
  aisle.direction = choice<AisleDirection>(reader, table, "aisle.", "direction",
                                           {{"entry", AisleDirection::entry},
                                            {"exit", AisleDirection::exit},
                                            {"both", AisleDirection::both}});
  aisle.device = reader.text(table, "aisle.", "device");
  constexpr std::string_view kPcsc = "pcsc:";
  if (const std::string sam = reader.text(table, "aisle.", "sam"); sam.starts_with(kPcsc)) {
    aisle.sam_reader = sam.substr(kPcsc.size());
    if (aisle.sam_reader.empty())
      reader.wrong(ConfigReader::line_of(*table.get("sam")), "aisle.sam",
                   "the name of a PC/SC reader behind pcsc:");
  } else {
    aisle.sam = reader.path(table, "aisle.", "sam");
  }
  if (table.contains("scanner")) aisle.scanner = reader.text(table, "aisle.", "scanner");
  return aisle;
}

void read_aisles(ConfigReader& reader, BoxConfig& config) {
  constexpr std::string_view kExpected = "1 to 32 sections [[aisle]]";
  const toml::node* node = reader.root().get("aisle");
  const toml::array* aisles = node == nullptr ? nullptr : node->as_array();
  if (aisles == nullptr || aisles->empty() ||
      aisles->size() > static_cast<std::size_t>(kAislesMax)) {
    reader.wrong(node == nullptr ? 1 : ConfigReader::line_of(*node), "aisle", kExpected);
    return;
  }
  std::set<AisleNo> numbers;
  for (const toml::node& item : *aisles) {
    const toml::table* table = item.as_table();
    if (table == nullptr) {
      reader.wrong(ConfigReader::line_of(item), "aisle", kExpected);
      return;
    }
    config.aisles.push_back(read_aisle(reader, *table));
    if (reader.error()) return;
    if (!numbers.insert(config.aisles.back().number).second) {
      reader.wrong(ConfigReader::line_of(*table->get("number")), "aisle.number",
                   "a number that no other aisle has");
    }
  }
}

Result<BoxConfig> read_config(const std::filesystem::path& file, const toml::table& root) {
  ConfigReader reader{file, root};
  BoxConfig config;
  reader.only(
      root, "",
      {"box", "paths", "fares", "lists", "station", "vehicle", "tap", "codes", "ledger", "aisle"});
  read_box(reader, config);
  const toml::table& paths = reader.section("paths");
  reader.only(paths, "paths.", {"state", "run", "keys"});
  config.state_dir = reader.path(paths, "paths.", "state");
  config.run_dir = reader.path(paths, "paths.", "run");
  config.keys_dir = reader.path(paths, "paths.", "keys");
  read_fares(reader, config);
  read_lists(reader, config);
  read_station(reader, config);
  read_vehicle(reader, config);
  read_codes(reader, config);
  read_limits(reader, config);
  read_aisles(reader, config);
  if (reader.error()) return fail(Error{*reader.error()});
  return config;
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

}  // namespace tidegate::edge
