// SPDX-License-Identifier: Apache-2.0
// A small issuer list and a small table of places of invented cities, for the tests of both.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "nfc/tables/issuer_list.h"
#include "nfc/tables/places.h"

namespace tidegate::nfc {

inline Bcd4 bcd4(std::string_view digits) {
  return array_from_hex<4>(digits).value();
}
inline CardNumber card_number(std::string_view digits) {
  return CardNumber{to_array<10>(bcd_bytes("0" + std::string{digits}))};
}

inline IssuerListModel sample_issuers() {
  const auto row = [](std::string_view issuer, std::string_view iin, std::uint16_t city,
                      std::string zh, std::string en) {
    IssuerRow out;
    out.issuer = bcd4(issuer);
    out.iin = bcd4(iin);
    out.city = city;
    out.name_zh = std::move(zh);
    out.name_en = std::move(en);
    return out;
  };
  IssuerListModel out;
  out.name = "sample";
  out.number = 7;
  // Out of order on purpose.
  out.issuers = {row("04449920", "31990200", 0x9920, "乙市通", "Second City Pass"),
                 row("04449910", "31990101", 0x9910, "甲市通", "First City Pass"),
                 row("04449910", "31990100", 0x9910, "甲市通", "First City Pass"),
                 row("09990000", "31990900", 0, "", "")};
  out.issuers[0].renewable = true;
  out.issuers[3].test = true;
  out.kinds = {{bcd4("04449910"), 0x02, fare::RiderCategory::child},
               {Bcd4{}, 0x0B, fare::RiderCategory::staff},
               {bcd4("04449920"), 0x0B, fare::RiderCategory::disabled}};
  out.brands = {{"3199010077", "甲市学生卡", "First City Student Card"}};
  out.test_numbers = {"319902009"};
  out.code_issuers = {{bcd4("04449920"), bcd4("00000002")}, {bcd4("04449910"), bcd4("00000001")}};
  CodeKeyRow key{.index = 1};
  for (std::size_t i = 0; i < key.public_key.size(); ++i)
    key.public_key[i] = static_cast<Byte>(i + 1);
  out.code_keys = {key};
  return out;
}

inline PlaceRow place(std::uint16_t city, std::string code, PlaceMode mode, std::string line,
                      std::string station) {
  PlaceRow out;
  out.city = city;
  out.code = std::move(code);
  out.mode = mode;
  out.type = mode == PlaceMode::bus ? "公交" : "地铁";
  out.line_zh = std::move(line);
  out.station_zh = std::move(station);
  return out;
}

/// City 9910 writes line and station in two bytes each, 9920 a byte each twice, 9930 three bytes,
/// 9940 terminal numbers only.
inline PlacesModel sample_places() {
  using enum PlaceMode;
  PlacesModel out;
  out.name = "sample";
  out.number = 9;
  out.cities = {{0x9920, "乙市", "Second City"}, {0x9910, "甲市", "First City"}};
  out.places = {place(0x9910, "00180021", metro, "18号线", "航头"),
                place(0x9910, "0018", metro, "18号线", ""),
                place(0x9910, "260102", brt, "快线", "望园"),
                place(0x9910, "26", brt, "", ""),
                place(0x9910, "2601", brt, "快线", ""),
                place(0x9920, "0116", metro, "1号线", "文化宫"),
                place(0x9920, "01", metro, "1号线", ""),
                place(0x9920, "0116", bus, "116路", ""),
                place(0x9930, "03001F", metro, "3号线", "东风"),
                place(0x9940, "413100000002", metro, "2", "良渚")};
  out.places[0].line_en = "Line 18";
  out.places[0].station_en = "Hangtou";
  out.places[0].network = "first-metro";
  out.places[0].stop = "1821";
  return out;
}

}  // namespace tidegate::nfc
