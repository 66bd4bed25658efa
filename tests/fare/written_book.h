// SPDX-License-Identifier: Apache-2.0
// Books written as an operator writes them, and rides told in one line: "150 m/od/pensioner@peak".
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "fare/authoring/compile.h"
#include "fare/engine/journey.h"
#include "tests/fare/books.h"

namespace tidegate::fare::written_book {

/// File names and their text.
using Files = std::map<std::string, std::string>;

inline Result<Bytes> compile(const Files& files) {
  const testing_books::TempDir dir;
  for (const auto& [name, text] : files) dir.write(name, text);
  return compile_book(dir.path());
}
inline std::string error_of(const Files& files) {
  const auto payload = compile(files);
  return payload ? "compiled" : payload.error().message();
}
inline std::shared_ptr<const Book> book_of(const Files& files) {
  const auto payload = compile(files);
  EXPECT_TRUE(payload) << payload.error().message();
  if (!payload) return nullptr;
  EXPECT_EQ(compile(files).value(), *payload) << "the same input, the same bytes";
  EXPECT_EQ(encode_book(decode_book(*payload).value()), *payload) << "nothing is lost";
  return Book::load(*payload).value();
}

inline constexpr std::string_view kBookHead =
    "[book]\nname = \"Scenario\"\nnumber = 1\nvalid_from = 2026-01-01\n";

/// A network without its tariff; several may follow one another.
inline std::string network(const std::string& id, int code, const std::string& city,
                           const std::string& industry = "metro") {
  return "[[network]]\nid = \"" + id + "\"\ncode = " + std::to_string(code) +
         "\nname_zh = \"网\"\nname_en = \"Network\"\ncity = \"" + city + "\"\nacquirer = \"1200" +
         city + "FFFFFFFF\"\nindustry = \"" + industry + "\"\noperator = \"0001\"\n";
}
/// A row of stops.csv.
inline std::string stop_row(const std::string& network, const std::string& code, int number) {
  const std::string digits = std::to_string(number);
  return network + "," + code + "," + digits + ",站," + code + "," + "000" +
         std::to_string(network.size() % 10) + "," + std::string(4 - digits.size(), '0') + digits +
         ",1\n";
}
inline constexpr std::string_view kStopsHead =
    "network,code,number,name_zh,name_en,card_line,card_station,line\n";

/// "150 m/od", "380 a/od=300 + b/od=80", "refused no_fare".
inline std::string told(const Decision& decision) {
  if (!decision.accepted()) return "refused " + std::string{refusal_name(*decision.refusal)};
  std::string out = std::to_string(decision.total().count());
  Fen sum;
  std::size_t steps = 0;
  for (const Charge& charge : decision.charges) steps += charge.trace.size();
  for (const Charge& charge : decision.charges)
    for (const TraceStep& step : charge.trace) {
      out.append(sum == Fen{0} && out.find(' ') == out.npos ? " " : " + ").append(step.rule.view());
      if (steps > 1) out.append("=").append(std::to_string(step.fen.count()));
      sum += step.fen;
    }
  EXPECT_EQ(sum, decision.total()) << "a trace sums to its charge";
  return out;
}

/// Who rides: a card of Shanghai with enough money, unless told otherwise.
struct Who {
  RiderCategory rider = RiderCategory::adult;
  std::string issuer = "02002900";
  MediumKind kind = MediumKind::t_union;
  std::vector<RiderCategory> entitlements;
  Byte card_kind = 1;
  [[nodiscard]] Medium medium() const {
    Medium out{.kind = kind,
               .issuer = array_from_hex<4>(issuer).value(),
               .card_kind = card_kind,
               .rider = rider,
               .balance = Fen{100'000}};
    for (const RiderCategory one : entitlements) out.entitlements.push_back(one);
    return out;
  }
};

struct Place {
  std::string network, stop;
  ItemClass item = ItemClass::person;
  std::uint16_t count = 1, children = 0, companions = 0;
  [[nodiscard]] TapContext context() const {
    return {.network = NetworkId{network},
            .stop = StopCode{stop},
            .item = item,
            .count = count,
            .children = children,
            .companions = companions};
  }
};

/// "2026-11-02 08:00:00", local time.
inline Timestamp local(std::string text) {
  text[10] = 'T';
  return testing_books::at(text + "+08:00");
}

struct Ride {
  Decision in, out;
  [[nodiscard]] std::string text() const { return told(in.accepted() ? out : in); }
};
/// Entry and exit. The exit never costs more than the entry told.
inline Ride ride(const Book& book, const Who& who, const Place& from, const std::string& entered,
                 const Place& to, const std::string& left) {
  Medium medium = who.medium();
  const Tap in{.kind = TapKind::entry, .at = local(entered)};
  Ride out;
  out.in = price(book, medium, from.context(), in);
  if (!out.in.accepted()) return out;
  carry_on(book, medium, from.context(), in, out.in);
  out.out = price(book, medium, to.context(), {.kind = TapKind::exit, .at = local(left)});
  if (out.out.accepted()) {
    EXPECT_LE(out.out.total(), out.in.max_fare);
  }
  return out;
}
inline Decision board(const Book& book, Medium& medium, const Place& place, const std::string& at) {
  const Tap tap{.kind = TapKind::board, .at = local(at)};
  const Decision decision = price(book, medium, place.context(), tap);
  carry_on(book, medium, place.context(), tap, decision);
  return decision;
}

}  // namespace tidegate::fare::written_book
