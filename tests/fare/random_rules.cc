// SPDX-License-Identifier: Apache-2.0
#include "tests/fare/random_rules.h"

#include <algorithm>

namespace tidegate::fare::naive {
namespace {

using Texts = std::vector<std::string>;

std::string in_quotes(const std::string& text) {
  return "\"" + text + "\"";
}
std::string list(const Texts& texts) {
  std::string out = "[";
  for (const std::string& one : texts) out += (out.size() > 1 ? ", " : "") + in_quotes(one);
  return out + "]";
}
std::string line(const std::string& key, const std::string& value) {
  return key + " = " + value + "\n";
}
std::string line(const std::string& key, int value) {
  return line(key, std::to_string(value));
}

class Writer {
 public:
  Writer(RandomBook& book, Random& random, const WriteTable& table)
      : book_{book}, random_{random}, table_{table} {}

  std::string write() {
    const bool from_begin = chance(3), first_leg = chance(3);
    // A chain from its first leg that begins with a ride of another such chain has no time in the
    // card state: one of them is enough.
    for (int i = pick(random_, 0, first_leg ? 1 : 3); i > 0; --i)
      transfer(i, from_begin, first_leg);
    for (const auto& network : book_.networks)
      if (!network.flat && chance(2)) interchange(network);
    accounts();
    if (chance(2)) pass("ten", 5, "rides");
    if (chance(3)) pass("days", 6, "days");
    return out_;
  }

 private:
  /// One time in so many.
  bool chance(int many) { return pick(random_, 1, many) == 1; }
  template <class T>
  T any(std::initializer_list<T> values) {
    return one_of(random_, std::vector<T>{values});
  }
  Texts some_networks() {
    Texts out;
    for (const auto& network : book_.networks)
      if (chance(2)) out.push_back(network.id);
    if (out.empty()) out.push_back(one_of(random_, book_.networks).id);
    return with_joined(std::move(out));
  }
  [[nodiscard]] bool is_joined(const std::string& network) const {
    return std::ranges::any_of(book_.joined, [&](const auto& both) {
      return both.first == network || both.second == network;
    });
  }
  /// And what has one fare with one of them.
  [[nodiscard]] Texts with_joined(Texts networks) const {
    const auto has = [&](const std::string& id) {
      return std::ranges::find(networks, id) != networks.end();
    };
    for (std::size_t before = 0; before != networks.size();) {
      before = networks.size();
      for (const auto& [a, b] : book_.joined)
        if (has(a) != has(b)) networks.push_back(has(a) ? b : a);
    }
    return networks;
  }
  int window() {
    const int out = any({1, 5, 20, 60, 120});
    book_.minutes.push_back(out);
    return out;
  }
  void scope() {
    if (chance(4)) out_ += line("riders", list({one_of(random_, book_.riders)}));
    if (chance(5)) out_ += line("media", "[\"t-union\"]");
    if (chance(2)) out_ += line("issuers", any<std::string>({"[\"any\"]", "[\"3050\"]"}));
    if (chance(8)) out_ += line("effective_from", "2026-02-01");
    if (chance(8)) out_ += line("until", "2026-03-31");
  }
  void rounding() {
    if (chance(2))
      out_ += line("rounding", in_quotes(any<std::string>({"up", "down", "half-up", "half-even"})));
    if (chance(2)) out_ += line("unit_fen", any({5, 10}));
  }

  void transfer(int number, bool from_begin, bool first_leg) {
    out_ += "[[transfer]]\n" + line("name", in_quotes("t" + std::to_string(number)));
    out_ += line("number", number);
    out_ += line("from", chance(5) ? "[\"n*\"]" : list(some_networks()));
    out_ += line("to", list(some_networks()));
    out_ += line("window_minutes", window());
    out_ += line("measured", in_quotes(from_begin  ? "begin-to-begin"
                                       : chance(2) ? "end-to-begin"
                                                   : "end-to-end"));
    if (first_leg) out_ += line("window_from", "\"first-leg\"");
    const int effect = pick(random_, 0, 3);
    out_ += line("effect", in_quotes(Texts{"amount-off", "percent-off", "free",
                                           "up-to-difference"}[static_cast<std::size_t>(effect)]));
    if (effect == 0) out_ += line("fen", any({50, 100, 300}));
    if (effect == 1) {
      out_ += line("percent", any({10, 33, 50, 100}));
      rounding();
    }
    if (chance(2)) out_ += line("max_transfers", any({1, 2}));
    if (chance(3)) out_ += line("same_line", "false");
    scope();
    out_ += "\n";
  }

  void interchange(const RandomBook::Network& network) {
    Texts pairs;
    for (std::size_t a = 0; a < network.stops.size(); ++a)
      for (std::size_t b = 0; b <= a; ++b)
        if (chance(3)) pairs.push_back(network.stops[a] + "/" + network.stops[b]);
    if (pairs.empty()) return;
    out_ += "[[interchange]]\n" + line("name", in_quotes("i-" + network.id));
    out_ += line("network", in_quotes(network.id)) + line("minutes", window());
    out_ += line("pairs", list(pairs));
    if (chance(2)) out_ += line("max_links", any({1, 2}));
    scope();
    out_ += "\n";
  }

  /// The sums of one account, or of two that share no network.
  void accounts() {
    Texts first, second;
    for (const auto& network : book_.networks)
      if (!chance(4)) (chance(3) ? second : first).push_back(network.id);
    first = with_joined(first);
    std::erase_if(second, [&](const std::string& id) {
      return is_joined(id) && std::ranges::find(first, id) != first.end();
    });
    second = with_joined(second);
    if (!first.empty()) account(0, first);
    if (!second.empty()) account(3, second);
  }
  void account(int number, const Texts& networks) {
    const auto head = [&](const std::string& kind, const std::string& name) {
      out_ += "[[" + kind + "]]\n" + line("name", in_quotes(name + std::to_string(number)));
      out_ += line("account", number) + line("networks", list(networks));
    };
    const bool months = chance(2);
    if (months && !chance(4)) {
      head("cumulative", "sum");
      out_ += line("starts", in_quotes(any<std::string>({"reaches", "exceeds"})));
      out_ += line("tiers", "[{ fen = 600, percent_off = 10 }, { fen = 1500, percent_off = 45 }]");
      rounding();
      scope();
    }
    if (chance(2)) {
      head("cap", "long");
      out_ += line("period", in_quotes(months ? "month" : "week"));
      out_ += line("fen", any({1'000, 2'500}));
      scope();
    }
    if (chance(2)) {
      head("cap", "day");
      out_ += line("period", "\"day\"") + line("fen", any({0, 400, 900}));
      scope();
    }
    if (std::ranges::none_of(networks, [&](const auto& id) { return is_joined(id); }) &&
        chance(2)) {
      head("cap", "zones");
      out_ += line("period", "\"day\"") + line("zones", in_quotes(zones(networks)));
      out_ += line("by_zones",
                   "[{ zones = \"1+2\", fen = 500 }, { zones = \"2+3\", fen = 450 }, "
                   "{ zones = \"1+2+3\", fen = 800 }]");
      scope();
    }
    out_ += "\n";
  }
  std::string zones(const Texts& networks) {
    std::string rows;
    for (const auto& network : book_.networks) {
      if (std::ranges::find(networks, network.id) == networks.end()) continue;
      for (const std::string& stop : network.stops)
        rows += std::string{network.id}.append(",").append(stop).append(",") +
                std::to_string(pick(random_, 1, 4)) + "\n";
    }
    return table_("network,stop,zone", rows);
  }

  void pass(const std::string& name, int product, const std::string& counts) {
    out_ += "[[pass]]\n" + line("name", in_quotes(name)) + line("product", product);
    out_ += line("networks", list(some_networks())) + line("counts", in_quotes(counts));
    if (chance(5)) out_ += line("riders", "[\"adult\"]");
    out_ += "\n";
  }

  RandomBook& book_;
  Random& random_;
  const WriteTable& table_;
  std::string out_;
};

}  // namespace

std::string rules_between_rides(RandomBook& book, Random& random, const WriteTable& table) {
  return Writer{book, random, table}.write();
}

std::string journey_policy(RandomBook& book, const RandomBook::Network& network, int maximum,
                           Random& random, const WriteSegments& segments) {
  const auto chance = [&](int many) { return pick(random, 1, many) == 1; };
  if (chance(5)) return "";
  const auto any = [&](const Texts& values) { return one_of(random, values); };
  std::string out = "[network.policy]\n";
  out += line("maximum_fen", maximum) + line("minimum_fen", 150);
  const auto choice = [&](const std::string& key, const Texts& values, const std::string& fixed) {
    const std::string value = any(values);
    out += line(key, in_quotes(value));
    if (value == fixed) out += line(key + "_fen", pick(random, 0, maximum));
  };
  if (book.beside != Beside::through_rules) {
    book.minutes.insert(book.minutes.end(), {15, 60, 90});
    const int limits = pick(random, 0, network.flat ? 1 : 2);
    if (limits == 0) out += line("time_limit_minutes", 60);
    if (limits == 1)
      out += line("time_limits",
                  "[{ to_fen = 300, minutes = 15 }, { to_fen = 500, minutes = 60 }, "
                  "{ minutes = 90 }]");
    if (limits == 2)
      out += line("time_limits",
                  "[{ to_m = 3000, minutes = 15 }, { to_m = 7250, minutes = 60 }, "
                  "{ minutes = 90 }]") +
             segments(network) + "\n";
    choice("overstay", {"none", "exit-maximum", "network-maximum", "minimum-fare", "added"},
           "added");
    choice("same_station", {"tariff", "minimum-fare", "fixed", "refused"}, "fixed");
    if (chance(2)) out += line("same_station_free_minutes", 15);
  }
  const Texts unseen{"refused", "station-maximum", "network-maximum", "fixed"};
  choice("no_entry", unseen, "fixed");
  choice("no_exit", unseen, "fixed");
  if (chance(2)) out += line("collected_in", "\"city\"");
  if (chance(2)) out += line("open_elsewhere", "\"overwritten\"");
  if (chance(3)) out += line("complete_certain", "true");
  if (network.flat || !chance(3)) return out;
  out += "completions = [{ next = " + in_quotes(network.id + "/" + any(network.stops)) +
         ", exit = " + in_quotes(any(network.stops)) + ", minutes = 60 }]\n";
  return out;
}

}  // namespace tidegate::fare::naive
