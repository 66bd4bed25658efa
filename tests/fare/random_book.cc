// SPDX-License-Identifier: Apache-2.0
#include "tests/fare/random_book.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "tests/fare/random_rules.h"

namespace tidegate::fare::naive {
namespace {

namespace fs = std::filesystem;

constexpr int kStopsMost = 6;

std::string text(int number) {
  return std::to_string(number);
}
class Writer {
 public:
  Writer(fs::path dir, Random& random, Beside beside) : dir_{std::move(dir)}, random_{random} {
    out_.beside = beside;
  }

  RandomBook write() {
    book_ = "[book]\nname = \"Random\"\nnumber = 1\nvalid_from = 2026-01-01\n\n";
    book_ += "[[rider]]\nnumber = 32\nname = \"own\"\nname_zh = \"人\"\nname_en = \"Own\"\n\n";
    book_ += "[[timeframe]]\nname = \"peak\"\nspans = [\"Mo-Fr 07:00-09:00,17:00-19:00\"]\n\n";
    book_ += "[[timeframe]]\nname = \"weekend\"\nspans = [\"Sa,Su 00:00-24:00\"]\n\n";
    stops_ = "network,code,number,name_zh,name_en,card_line,card_station,line\n";
    out_.riders = {"adult", "student", "senior", "own"};
    const int networks = pick(random_, beside() == Beside::nothing ? 1 : 2, 3);
    // Rail and buses keep their journeys in different records: a book here is about one of them.
    out_.by_bus = beside() == Beside::policies && pick(random_, 0, 2) == 0;
    one_rollover_ = pick(random_, 0, 1) == 0 ? "" : "rollover = \"03:30\"\n";
    for (int i = 0; i < networks; ++i) network(i);
    if (out_.has_through_rules()) through_rules();
    if (has_rules())
      book_ += rules_between_rides(out_, random_, [this](const auto& header, const auto& rows) {
        return table(header, rows);
      });
    file("book.toml", book_);
    file("stops.csv", stops_);
    return out_;
  }

 private:
  [[nodiscard]] Beside beside() const { return out_.beside; }
  [[nodiscard]] bool has_rules() const { return out_.has_rules_between_rides(); }
  void file(const std::string& name, const std::string& content) const {
    std::ofstream{dir_ / name} << content;
  }
  std::string table(const std::string& header, const std::string& rows) {
    const std::string name = "t" + text(tables_++) + ".csv";
    file(name, header + "\n" + rows);
    return name;
  }

  void network(int index) {
    auto& network = out_.networks.emplace_back();
    network.id = "n" + text(index);
    network.flat = pick(random_, 0, 3) == 0;
    if (beside() != Beside::nothing && pick(random_, 0, 2) == 0) network.city = "3050";
    const int stops = pick(random_, network.flat ? 1 : 2, kStopsMost);
    for (int i = 0; i < stops; ++i) {
      const std::string code = "s" + text(i);
      network.stops.push_back(code);
      stops_ += network.id + "," + code + "," + text(i + 1) + ",站,Stop,0" + text(index) + "0" +
                text(1 + i % 2) + ",00" + text(10 + i) + ",1\n";
    }
    book_ += "[[network]]\nid = \"" + network.id + "\"\ncode = " + text(index + 1) +
             "\nname_zh = \"网\"\nname_en = \"Network\"\ncity = \"" + network.city +
             "\"\n"
             "acquirer = \"12002900FFFFFFFF\"\nindustry = \"" +
             (out_.by_bus ? "bus" : "metro") + "\"\noperator = \"0001\"\n";
    // Whose spending is one sum turn together.
    if (has_rules())
      book_ += one_rollover_;
    else if (pick(random_, 0, 1) == 0)
      book_ += "rollover = \"03:30\"\n";
    if (pick(random_, 0, 1) == 0) book_ += "minimum_balance_fen = 200\n";
    version(network, "");
    if (pick(random_, 0, 1) == 0) version(network, "effective_from = 2026-03-01\n");
    if (beside() != Beside::nothing && beside() != Beside::rules_between_rides)
      book_ += journey_policy(out_, network, kMaximumFen, random_,
                              [this](const auto& of) { return segments(of); });
    book_ += "\n";
  }

  /// Over the stops of two networks, or over a border or two.
  void through_rules() {
    for (std::size_t a = 0; a < out_.networks.size(); ++a)
      for (std::size_t b = 0; b < a; ++b)
        if (pick(random_, 0, 3) > 0) through(out_.networks[a], out_.networks[b]);
  }
  void through(const RandomBook::Network& a, const RandomBook::Network& b) {
    if (a.flat || b.flat) return;
    book_ += "[[through]]\nfrom = \"" + a.id + "\"\nto = \"" + b.id + "\"\n";
    if (pick(random_, 0, 3) == 0) book_ += "media = [\"qr\"]\n";
    if (pick(random_, 0, 3) == 0) book_ += "effective_from = 2026-02-01\n";
    if (pick(random_, 0, 1) == 0) {
      const auto border = [&] {
        return "[\"" + one_of(random_, a.stops) + "\", \"" + one_of(random_, b.stops) + "\"]";
      };
      const std::string first = border(), second = border();
      book_ += "pricing = \"sum\"\nborders = [" + first;
      if (second != first && pick(random_, 0, 1) == 0) book_ += ", " + second;
      book_ += "]\n\n";
      return;
    }
    book_ += "pricing = \"joined\"\n";
    out_.joined.emplace_back(a.id, b.id);
    RandomBook::Network both{.id = b.id + "." + a.id, .stops = {}};
    for (const auto* const one : {&b, &a})
      for (const std::string& stop : one->stops)
        both.stops.push_back(std::string{one->id}.append(":").append(stop));
    version(both, "", "through");
    if (pick(random_, 0, 1) == 0) version(both, "effective_from = 2026-03-01\n", "through");
    book_ += "\n";
  }

  void version(const RandomBook::Network& network, const std::string& since,
               const std::string& owner = "network") {
    book_ += "[[" + owner + ".tariff]]\n" + since;
    book_ += lines(network.flat ? flat() : terms(network));
    const int classes = pick(random_, 0, 3);
    if (classes > 0) {
      book_ += "classes = [\n";
      for (int i = 0; i < classes; ++i) book_ += fare_class(network, i);
      book_ += "]\n";
    }
    if (beside() == Beside::nothing || owner != "network" || pick(random_, 0, 2) > 0) return;
    book_ += "[network.tariff.companions]\nfree_children = " + text(pick(random_, 0, 1)) +
             "\nchild = \"" + one_of(random_, out_.riders) +
             "\"\nmax_companions = " + text(pick(random_, 0, 2)) + "\ncompanion = \"" +
             one_of(random_, out_.riders) + "\"\n";
  }

  using Keys = std::vector<std::string>;
  static std::string lines(const Keys& keys) {
    std::string out;
    for (const std::string& key : keys) out += key + "\n";
    return out;
  }

  std::string fare_class(const RandomBook::Network& network, int index) {
    std::string out = "  { name = \"c" + text(index) + "\"";
    if (pick(random_, 0, 3) > 0) out += ", riders = [\"" + one_of(random_, out_.riders) + "\"]";
    if (pick(random_, 0, 1) == 0)
      out += std::string{", timeframe = \""} + (pick(random_, 0, 1) == 0 ? "peak\"" : "weekend\"");
    if (pick(random_, 0, 3) == 0)
      out += std::string{", media = [\""} + (pick(random_, 0, 1) == 0 ? "qr\"]" : "t-union\"]");
    const int kind = pick(random_, 0, 2);
    const Keys keys = kind == 0                   ? percentage()
                      : kind == 1 || network.flat ? flat()
                                                  : terms(network);
    for (const std::string& key : keys) out += ", " + key;
    return out + " },\n";
  }

  Keys flat() { return {"kind = \"flat\"", "fen = " + text(pick(random_, 0, 6) * 50)}; }
  std::string rounding() {
    return "rounding = \"" +
           one_of(random_, std::vector<std::string>{"up", "down", "half-up", "half-even"}) + "\"";
  }
  Keys percentage() {
    Keys out{"percent = " + text(pick(random_, 0, 100)), rounding()};
    if (pick(random_, 0, 1) == 0) out.push_back("unit_fen = 10");
    if (pick(random_, 0, 2) == 0) out.push_back("floor_fen = 100");
    return out;
  }

  Keys terms(const RandomBook::Network& network) {
    switch (pick(random_, 0, 4)) {
      case 0: return matrix(network);
      case 1: return distance(network);
      case 2: return per_km(network);
      default: return zones(network);
    }
  }
  bool symmetric(Keys& keys) {
    const bool out = pick(random_, 0, 1) == 0;
    if (out) keys.push_back("symmetric = true");
    return out;
  }
  void same_station(Keys& keys) {
    if (pick(random_, 0, 1) == 0) keys.push_back("same_station_fen = 200");
  }
  /// Pairs of names, some left out.
  std::string pairs(const std::vector<std::string>& names) {
    std::string rows;
    for (const std::string& a : names)
      for (const std::string& b : names)
        if (pick(random_, 0, 5) > 0)
          rows.append(a).append(",").append(b).append(",").append(text(pick(random_, 0, 900)) +
                                                                  "\n");
    if (rows.empty()) rows = names.front() + "," + names.back() + ",300\n";
    return table("from,to,fen", rows);
  }
  Keys matrix(const RandomBook::Network& network) {
    Keys out{"kind = \"matrix\"", "csv = \"" + pairs(network.stops) + "\""};
    symmetric(out);
    return out;
  }
  /// A line, and some ways across; rarely one that is not connected.
  std::string segments(const RandomBook::Network& network) {
    std::string rows;
    for (std::size_t i = 1; i < network.stops.size(); ++i)
      if (i == 1 || pick(random_, 0, 9) > 0)
        rows += network.stops[i - 1] + "," + network.stops[i] + "," +
                text(pick(random_, 1, 40) * 250) + "\n";
    if (network.stops.size() > 3)
      rows +=
          network.stops[0] + "," + network.stops[3] + "," + text(pick(random_, 500, 9000)) + "\n";
    return "segments = \"" + table("from,to,metres", rows) + "\"";
  }
  Keys distance(const RandomBook::Network& network) {
    Keys out{"kind = \"distance\"", segments(network)};
    const int first = pick(random_, 1, 6) * 1'000, step = pick(random_, 1, 4) * 1'000;
    std::string bands = "bands = [{ to_m = " + text(first) + ", fen = 200 }";
    if (pick(random_, 0, 1) == 0)
      bands += ", { to_m = " + text(first + 3 * step) + ", every_m = " + text(step) +
               ", add_fen = 100 }";
    if (pick(random_, 0, 1) == 0)
      bands += ", { to_m = 90000, fen = 1200 }";
    else
      bands += ", { every_m = 7000, add_fen = 50 }";
    out.push_back(bands + "]");
    if (pick(random_, 0, 1) == 0) out.push_back("grace_m = 250");
    same_station(out);
    return out;
  }
  Keys per_km(const RandomBook::Network& network) {
    Keys out{"kind = \"per-km\"", segments(network), rounding(),
             "fen_per_km = " + text(pick(random_, 10, 90))};
    if (pick(random_, 0, 1) == 0) out.push_back("unit_fen = 50");
    if (pick(random_, 0, 1) == 0) out.push_back("floor_fen = 200");
    if (pick(random_, 0, 1) == 0) out.push_back("ceiling_fen = 700");
    same_station(out);
    return out;
  }
  Keys zones(const RandomBook::Network& network) {
    std::string rows;
    std::vector<std::string> named;
    for (const std::string& stop : network.stops) {
      const int zone = pick(random_, 1, 4);
      rows += stop + "," + text(zone) + "\n";
      named.push_back(text(zone));
      if (pick(random_, 0, 3) > 0) continue;
      rows += stop + "," + text(zone + 1) + "\n";
      named.push_back(text(zone + 1));
    }
    Keys out{"kind = \"zones\"", "zones = \"" + table("stop,zone", rows) + "\""};
    if (pick(random_, 0, 1) == 0) {
      out.push_back("fares = \"" +
                    table("zones,fen", "1,200\n2," + text(pick(random_, 200, 400)) + "\n3,500\n") +
                    "\"");
    } else {
      std::ranges::sort(named);
      named.erase(std::ranges::unique(named).begin(), named.end());
      out.push_back("fares = \"" + pairs(named) + "\"");
      symmetric(out);
    }
    same_station(out);
    return out;
  }

  fs::path dir_;
  Random& random_;
  RandomBook out_;
  std::string book_, stops_, one_rollover_;
  int tables_ = 0;
};

}  // namespace

RandomBook write_random_book(const fs::path& dir, Random& random, Beside beside) {
  return Writer{dir, random, beside}.write();
}

}  // namespace tidegate::fare::naive
