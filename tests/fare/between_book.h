// SPDX-License-Identifier: Apache-2.0
// A book for the tests of rules between rides, and a passenger who walks through it: metro "m" and
// buses "bus" and "night" of one city, metro "z" of another.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "fare/authoring/compile.h"
#include "fare/engine/journey.h"
#include "tests/fare/books.h"

namespace tidegate::fare::testing_books {

inline std::string network_text(std::string_view id, int code, std::string_view city,
                                std::string_view industry, std::string_view tariff) {
  std::string out = "[[network]]\nname_zh = \"网\"\nname_en = \"Net\"\noperator = \"0001\"\n";
  out.append("id = \"").append(id).append("\"\ncode = ").append(std::to_string(code));
  out.append("\ncity = \"").append(city).append("\"\nacquirer = \"1200").append(city);
  out.append("FFFFFFFF\"\nindustry = \"").append(industry).append("\"\ntariff = ");
  return out.append(tariff).append("\n");
}

/// Metro fares: a–b 300, a–c 400, a–d 600, b–c 300, b–d 500, c–d 400, and 100 from a stop to
/// itself.
inline Result<Bytes> compile_between(std::string_view rules) {
  const TempDir dir;
  std::string book = "[book]\nname = \"Between\"\nnumber = 1\nvalid_from = 2020-01-01\n";
  book += network_text("m", 1, "2900", "metro",
                       "{ kind = \"matrix\", csv = \"od.csv\", symmetric = true }");
  book += network_text("bus", 2, "2900", "bus", "{ kind = \"flat\", fen = 200 }");
  book += network_text("night", 3, "2900", "bus", "{ kind = \"flat\", fen = 500 }");
  book += network_text("z", 4, "3050", "metro",
                       "{ kind = \"matrix\", csv = \"z.csv\", symmetric = true }");
  dir.write("book.toml", book.append(rules));
  dir.write("stops.csv",
            "network,code,number,name_zh,name_en,card_line,card_station,line\n"
            "m,a,11,甲,A,0001,0011,1\nm,b,12,乙,B,0001,0012,1\nm,c,13,丙,C,0002,0013,2\n"
            "m,d,14,丁,D,0002,0014,2\nbus,l1,1,一,One,0090,0001,0\nbus,l2,2,二,Two,0091,0002,0\n"
            "night,n,1,夜,Night,0095,0001,0\nz,s,1,苏,S,0001,0011,1\nz,t,2,州,T,0001,0012,1\n");
  dir.write("od.csv",
            "from,to,fen\na,b,300\na,c,400\na,d,600\nb,c,300\nb,d,500\nc,d,400\n"
            "a,a,100\nb,b,100\nc,c,100\nd,d,100\n");
  dir.write("z.csv", "from,to,fen\ns,t,500\n");
  dir.write("zones.csv", "network,stop,zone\nm,a,1\nm,b,2\nm,c,2\nm,d,4\n");
  return compile_book(dir.path());
}

inline std::shared_ptr<const Book> between_book(std::string_view rules) {
  auto payload = compile_between(rules);
  EXPECT_TRUE(payload) << payload.error().message();
  return payload ? Book::load(*payload).value() : nullptr;
}
/// What the check of the book says, without the place of the rule.
inline std::string refused_because(std::string_view rules) {
  const auto payload = compile_between(rules);
  if (payload) return "compiled";
  const std::string message = payload.error().message();
  const auto rule = message.find(": ");
  const bool of_a_rule = rule != std::string::npos && message.starts_with("book.toml:") &&
                         message.find(' ', rule + 2) < message.find(':', rule + 2);
  return of_a_rule ? message.substr(rule + 2) : message;
}

inline Network& named(BookModel& model, std::string_view id) {
  return *std::ranges::find(model.networks, id, &Network::id);
}

/// A card of the city that walks: each ride gives what it cost.
struct Cardholder {
  explicit Cardholder(std::shared_ptr<const Book> in_book) : book{std::move(in_book)} {
    medium.issuer = {0x02, 0x00, 0x29, 0x00};
    medium.balance = Fen{500'000};
  }

  Decision tap(TapKind kind, std::string network, std::string stop, std::string_view when,
               std::uint16_t count = 1) {
    const TapContext context{.network = NetworkId{std::move(network)},
                             .stop = StopCode{std::move(stop)},
                             .count = count};
    const Tap what{.kind = kind, .at = at(std::string{when} + "+08:00"), .clock_trusted = trusted};
    Medium read = medium;  // a gate reads the newest trip record only
    if (read.history.size() > 1) read.history.resize(1);
    const Decision out = price(*book, read, context, what);
    EXPECT_TRUE(out.accepted()) << when;
    for (const Charge& charge : out.charges) {
      Fen sum;
      for (const TraceStep& step : charge.trace) sum += step.fen;
      EXPECT_EQ(charge.amount, sum) << when;
      EXPECT_GE(charge.amount, Fen{0}) << when;
    }
    EXPECT_EQ(decode_card_state(encode_card_state(out.state_after)), out.state_after);
    carry_on(*book, medium, context, what, out);
    last = out;
    return out;
  }
  /// Times are "2026-11-02T08:00:00".
  std::int64_t metro(const std::string& from, const std::string& to, std::string_view in,
                     std::string_view out, const std::string& network = "m") {
    tap(TapKind::entry, network, from, in);
    return tap(TapKind::exit, network, to, out).total().count();
  }
  std::int64_t bus(std::string_view when, const std::string& stop = "l1",
                   const std::string& network = "bus") {
    return tap(TapKind::board, network, stop, when).total().count();
  }
  /// The steps after the tariff: "transfer/x -100"
  [[nodiscard]] std::string reductions() const {
    std::string out;
    const auto& trace = last.charges.front().trace;
    for (std::size_t i = 1; i < trace.size(); ++i)
      out.append(i > 1 ? ", " : "")
          .append(trace[i].rule.view())
          .append(" ")
          .append(std::to_string(trace[i].fen.count()));
    return out;
  }

  std::shared_ptr<const Book> book;
  Medium medium;
  Decision last;
  bool trusted = true;
};

}  // namespace tidegate::fare::testing_books
