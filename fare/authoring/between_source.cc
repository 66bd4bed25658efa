// SPDX-License-Identifier: Apache-2.0
// The rules between rides as an operator writes them, with networks and stops by name.
#include "fare/authoring/between_source.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fare/authoring/csv.h"
#include "fare/authoring/reasons.h"
#include "fare/authoring/source.h"
#include "fare/authoring/toml_reader.h"
#include "fare/authoring/whom_source.h"

namespace tidegate::fare {
namespace {

constexpr std::int64_t kMinutesMax = 24 * 60;

template <class T, std::size_t N>
using Names = std::array<std::pair<std::string_view, T>, N>;

constexpr Names<TransferRule::Measured, 3> kMeasured{
    {{"end-to-begin", TransferRule::Measured::end_to_begin},
     {"begin-to-begin", TransferRule::Measured::begin_to_begin},
     {"end-to-end", TransferRule::Measured::end_to_end}}};
constexpr Names<TransferRule::Effect, 4> kEffects{
    {{"amount-off", TransferRule::Effect::amount_off},
     {"percent-off", TransferRule::Effect::percent_off},
     {"free", TransferRule::Effect::free},
     {"up-to-difference", TransferRule::Effect::up_to_difference}}};
constexpr Names<Period, 3> kPeriods{
    {{"day", Period::day}, {"week", Period::week}, {"month", Period::month}}};
constexpr Names<bool, 2> kStarts{{{"reaches", true}, {"exceeds", false}}};
constexpr Names<bool, 2> kCounts{{{"rides", false}, {"days", true}}};
constexpr Names<bool, 2> kWindowFrom{{{"last-leg", false}, {"first-leg", true}}};

/// The value of a name, or an error that lists them.
template <class T, std::size_t N>
T named(TomlReader& in, std::string_view key, const Names<T, N>& names,
        const std::optional<std::string>& otherwise = {}) {
  const std::string text = in.text(key, otherwise);
  std::string list;
  for (const auto& [name, value] : names) {
    if (name == text) return value;
    list.append(list.empty() ? "" : ", ").append(name);
  }
  in.bad(key, "one of " + list + " was expected");
  return names.front().second;
}

std::vector<std::string_view> with_scope(std::vector<std::string_view> own) {
  for (const std::string_view key :
       {"name", "riders", "media", "issuers", "effective_from", "until"})
    own.push_back(key);
  return own;
}

/// What the tables refer to.
struct Known {
  const BookModel& model;
  std::span<const std::uint16_t> alike;  ///< cities whose cards are treated as a network's own
};

/// One [[…]] table being read.
struct Reading {
  const BookModel& model;
  std::span<const std::uint16_t> alike;
  TomlReader in;
  Reasons more{};  ///< beside those of the keys: elements, rows, tables inside

  /// What is wrong with an element of an array.
  void bad(std::string_view key, std::size_t element, const std::string& what) {
    more.add(in.place(key, element) + ": " + std::string{key} + ": " + what);
  }
  /// Each line once: what is wrong with the keys first.
  [[nodiscard]] Status status() const {
    Reasons all;
    all.take(in.status());
    all.take(more.status());
    return all.status();
  }

  [[nodiscard]] std::optional<std::uint16_t> network_named(const std::string& id) const {
    const auto at = std::ranges::lower_bound(model.networks, id, {}, &Network::id);
    if (at == model.networks.end() || at->id != id) return std::nullopt;
    return static_cast<std::uint16_t>(at - model.networks.begin());
  }

  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> out;
    for (const Network& network : model.networks) out.push_back(network.id);
    return out;
  }

  /// Ids of networks, or their begin and a *; `key` must be there and name one.
  [[nodiscard]] NetworkSet networks(std::string_view key) {
    std::set<std::uint16_t> out;
    const auto named = in.texts(key);
    for (std::size_t n = 0; n < named.size(); ++n) {
      const std::string& id = named[n];
      const bool many = id.ends_with('*');
      const std::string_view begin{id.data(), id.size() - (many ? 1 : 0)};
      const std::size_t before = out.size();
      for (std::size_t i = 0; i < model.networks.size(); ++i)
        if (many ? model.networks[i].id.starts_with(begin) : model.networks[i].id == id)
          out.insert(static_cast<std::uint16_t>(i));
      if (out.size() == before)
        bad(key, n,
            "\"" + id + "\" is not a network of this book, or was named before" +
                did_you_mean(id, ids()));
    }
    if (named.empty()) in.bad(key, "ids of networks were expected");
    return {out.begin(), out.end()};
  }

  /// `issuers`: city codes, or "any"; absent: the cities of the networks where the rule lowers a
  /// price, and those treated alike, since a card of another city pays the full local fare.
  [[nodiscard]] std::vector<std::uint16_t> issuers(const NetworkSet& networks, bool any) {
    std::vector<std::uint16_t> out;
    if (!in.has("issuers")) {
      if (any) return out;
      for (const std::uint16_t network : networks) out.push_back(model.networks[network].city);
      out.insert(out.end(), alike.begin(), alike.end());
    }
    const auto names = in.texts("issuers");
    if (names == std::vector<std::string>{"any"}) return out;
    for (const std::string& name : names) {
      const auto city = array_from_hex<2>(name);
      if (!city || name.size() != 4)
        in.bad("issuers", "cities such as 2900, or any, were expected");
      if (city) out.push_back(static_cast<std::uint16_t>(read_be(*city)));
    }
    // Without a network that is there, what is wrong was told.
    if (out.empty() && (in.has("issuers") || !networks.empty()))
      in.bad("issuers", "cities such as 2900, or any, were expected");
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
  }

  [[nodiscard]] RuleScope scope(const NetworkSet& networks, bool any_issuer = false) {
    RuleScope out;
    out.riders = read_riders(in, model.riders);
    out.media = read_media(in);
    out.issuers = issuers(networks, any_issuer);
    out.from = in.date("effective_from", ServiceDay{});
    out.until = in.date("until", ServiceDay{});
    return out;
  }

  [[nodiscard]] std::uint8_t small(std::string_view key, std::int64_t min, std::int64_t max,
                                   std::optional<std::int64_t> otherwise = {}) {
    return static_cast<std::uint8_t>(in.number(key, min, max, otherwise));
  }
  /// Of a percentage: both may be left out.
  void rounding(Rounding& rounding, std::uint32_t& unit) {
    rounding = in.has("rounding") ? in.rounding("rounding") : Rounding::down;
    unit = static_cast<std::uint32_t>(in.number("unit_fen", 1, 10'000, 1));
  }
  [[nodiscard]] std::string place() const { return in.place(); }
};

/// Keys that belong to another value of `key`.
void only_with(TomlReader& in, std::string_view key, bool belongs, std::string_view whose) {
  if (in.has(key) && !belongs) in.bad(key, "belongs to " + std::string{whose});
}

void read_effect(Reading& r, TransferRule& out) {
  using Effect = TransferRule::Effect;
  TomlReader& in = r.in;
  out.effect = named(in, "effect", kEffects);
  const bool amount = out.effect == Effect::amount_off, percent = out.effect == Effect::percent_off;
  only_with(in, "fen", amount, "effect amount-off");
  only_with(in, "percent", percent, "effect percent-off");
  only_with(in, "rounding", percent, "effect percent-off");
  only_with(in, "unit_fen", percent, "effect percent-off");
  if (amount) out.value = static_cast<std::uint32_t>(in.number("fen", 1, kFenMax));
  if (!percent) return;
  out.value = static_cast<std::uint32_t>(in.number("percent", 1, 100));
  r.rounding(out.rounding, out.unit);
}

TransferRule read_transfer(Reading& r) {
  TomlReader& in = r.in;
  TransferRule out{
      .name = in.text("name"),
      .number = r.small("number", 1, 15),
      .from = r.networks("from"),
      .to = r.networks("to"),
      .window_minutes = static_cast<std::uint16_t>(in.number("window_minutes", 1, kMinutesMax)),
      .measured = named(in, "measured", kMeasured),
      .from_first_leg = named(in, "window_from", kWindowFrom, "last-leg"),
      .max_transfers = r.small("max_transfers", 0, 15, 0),
      .same_line = in.flag("same_line", true)};
  out.scope = r.scope(out.to);
  read_effect(r, out);
  return out;
}

InterchangeRule read_interchange(Reading& r) {
  TomlReader& in = r.in;
  InterchangeRule out{.name = in.text("name"),
                      .minutes = static_cast<std::uint16_t>(in.number("minutes", 1, kMinutesMax)),
                      .max_links = r.small("max_links", 1, 15, 3)};
  const std::string id = in.text("network");
  const auto network = r.network_named(id);
  if (!network) {
    in.bad("network", "\"" + id + "\" is not a network of this book");
    return out;
  }
  out.network = *network;
  out.scope = r.scope({*network});
  const std::vector<Stop>& stops = r.model.networks[*network].stops;
  const auto pairs = in.texts("pairs");
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::string& pair = pairs[i];
    const auto slash = pair.find('/');
    const auto a = index_of(stops, std::string_view{pair}.substr(0, slash));
    const auto b = slash == std::string::npos
                       ? std::nullopt
                       : index_of(stops, std::string_view{pair}.substr(slash + 1));
    if (!a || !b) {
      std::string wanted{"two stops of "};
      wanted.append(id).append(" such as 0111/0245 were expected, not \"").append(pair);
      r.bad("pairs", i, wanted.append("\""));
      continue;
    }
    const auto [low, high] = std::minmax(*a, *b);
    out.pairs.push_back({static_cast<std::uint16_t>(low), static_cast<std::uint16_t>(high)});
  }
  if (pairs.empty()) in.bad("pairs", "pairs of stops such as 0111/0245 were expected");
  std::ranges::sort(out.pairs);
  return out;
}

/// "1+2": bits of zones.
std::optional<std::uint8_t> zone_bits(std::string_view text) {
  unsigned out = 0;
  while (true) {
    if (text.empty() || text.front() < '1' || text.front() > '8') return std::nullopt;
    out |= 1U << static_cast<unsigned>(text.front() - '1');
    text.remove_prefix(1);
    if (text.empty()) return static_cast<std::uint8_t>(out);
    if (text.front() != '+') return std::nullopt;
    text.remove_prefix(1);
  }
}

/// `zones = "file.csv"`: network,stop,zone.
void read_zones(const std::filesystem::path& dir, Reading& r, CapRule& out) {
  const std::string file = r.in.file_in(dir, "zones");
  if (file.empty()) return;
  const auto table = read_table(dir, file, {"network", "stop", "zone"});
  if (!table) return r.more.add(table.error());
  for (const CsvRow& row : table->rows()) {
    if (r.more.full()) return;
    const auto zone = parse_count(table->cell(row, "zone"), 8);
    if (!zone || *zone == 0)
      r.more.take(table->bad(row, "zone", "a whole number from 1 to 8 was expected"));
    const auto network = r.network_named(std::string{table->cell(row, "network")});
    if (!network || !std::ranges::binary_search(out.networks, *network)) {
      r.more.take(table->bad(row, "network", "a network of this cap was expected"));
      continue;
    }
    const auto stop = stop_cell(*table, row, "stop", r.model.networks[*network].stops);
    if (!stop) r.more.add(stop.error());
    if (stop && zone)
      out.zones_of.push_back(
          {*network, static_cast<std::uint16_t>(*stop), static_cast<std::uint8_t>(*zone)});
  }
  std::ranges::sort(out.zones_of);
}

void read_zone_amounts(Reading& r, CapRule& out) {
  for (const toml::table* table : r.in.tables("by_zones")) {
    TomlReader in{"book.toml", *table, {"zones", "fen"}};
    const auto bits = zone_bits(in.text("zones"));
    if (!bits) in.bad("zones", "zones from 1 to 8 such as 1+2 were expected");
    out.by_zones.push_back({bits.value_or(0), Fen{in.number("fen", 0, kFenMax)}});
    r.more.take(in.status());
  }
}

CapRule read_cap(const std::filesystem::path& dir, Reading& r) {
  TomlReader& in = r.in;
  CapRule out{.name = in.text("name"),
              .account = r.small("account", 0, 7, 0),
              .networks = r.networks("networks"),
              .period = named(in, "period", kPeriods)};
  out.scope = r.scope(out.networks);
  if (in.has("by_zones") == in.has("fen")) in.bad("fen", "either fen or by_zones was expected");
  if (in.has("by_zones") != in.has("zones"))
    in.bad(in.has("zones") ? "zones" : "by_zones", "zones and by_zones go together");
  if (in.has("fen")) out.fen = Fen{in.number("fen", 0, kFenMax)};
  if (in.has("by_zones")) read_zone_amounts(r, out);
  // Without its networks each row would be wrong.
  if (in.has("zones") && !out.networks.empty()) read_zones(dir, r, out);
  return out;
}

CumulativeRule read_cumulative(Reading& r) {
  TomlReader& in = r.in;
  CumulativeRule out{.name = in.text("name"),
                     .account = r.small("account", 0, 7, 0),
                     .networks = r.networks("networks"),
                     .reaches = named(in, "starts", kStarts)};
  out.scope = r.scope(out.networks);
  const auto tiers = in.tables("tiers");
  for (const toml::table* table : tiers) {
    TomlReader tier{"book.toml", *table, {"fen", "percent_off"}};
    out.tiers.push_back({Fen{tier.number("fen", 0, kFenMax - 1)},
                         static_cast<std::uint8_t>(tier.number("percent_off", 0, 100))});
    r.more.take(tier.status());
  }
  if (tiers.empty())
    in.bad("tiers", "tiers such as { fen = 7000, percent_off = 10 } were expected");
  std::ranges::sort(out.tiers, {}, &CumulativeRule::Tier::above);
  r.rounding(out.rounding, out.unit);
  return out;
}

PassRule read_pass(Reading& r) {
  TomlReader& in = r.in;
  PassRule out{.name = in.text("name"),
               .product = r.small("product", 1, 15),
               .networks = r.networks("networks"),
               .days = named(in, "counts", kCounts)};
  // A pass on a card was sold for it, whoever issued the card.
  out.scope = r.scope(out.networks, true);
  return out;
}

/// Every table of one kind, in the order of the file.
template <class Rule, class Read>
void read_all(const toml::table& root, const Known& known, Reasons& reasons, std::string_view kind,
              std::vector<std::string_view> keys, std::vector<Rule>& out, Read read) {
  const toml::node* const node = root.get(kind);
  if (node == nullptr) return;
  keys = with_scope(std::move(keys));
  for (const toml::node& one : *node->as_array()) {
    Reading reading{known.model, known.alike, {"book.toml", *one.as_table(), keys}};
    out.push_back(read(reading));
    reasons.take(reading.status());
  }
}

}  // namespace

Result<BetweenRides> read_between_rides(const std::filesystem::path& dir, const toml::table& root,
                                        const BookModel& model,
                                        std::span<const std::uint16_t> alike) {
  const Known known{model, alike};
  BetweenRides out;
  Reasons reasons;
  read_all(root, known, reasons, "transfer",
           {"number", "from", "to", "window_minutes", "measured", "window_from", "effect", "fen",
            "percent", "rounding", "unit_fen", "max_transfers", "same_line"},
           out.transfers, read_transfer);
  read_all(root, known, reasons, "interchange", {"network", "minutes", "pairs", "max_links"},
           out.interchanges, read_interchange);
  read_all(root, known, reasons, "cap",
           {"account", "networks", "period", "fen", "by_zones", "zones"}, out.caps,
           [&dir](Reading& r) { return read_cap(dir, r); });
  read_all(root, known, reasons, "cumulative",
           {"account", "networks", "starts", "tiers", "rounding", "unit_fen"}, out.cumulative,
           read_cumulative);
  read_all(root, known, reasons, "pass", {"product", "networks", "counts"}, out.passes, read_pass);
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

}  // namespace tidegate::fare
