// SPDX-License-Identifier: Apache-2.0
// Fuzzes the payloads of the signed lists: what is loaded, written and loaded again is the same,
// and can be asked.
#include <algorithm>

#include "nfc/tables/denylist.h"
#include "nfc/tables/issuer_list.h"
#include "nfc/tables/places.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

void issuers(ByteView payload) {
  const auto list = nfc::IssuerList::load(payload);
  if (!list) return;
  const Bytes written = (*list)->encode();
  const auto again = nfc::IssuerList::load(written);
  ASSERT(again.has_value());
  ASSERT((*again)->encode() == written);
  for (const nfc::IssuerRow& row : (*list)->rows().issuers) {
    ASSERT((*list)->lookup(row.issuer, row.iin).answer == nfc::IssuerAnswer::listed);
    static_cast<void>((*list)->rider(row.issuer, 1));
  }
}

void places(ByteView payload) {
  const auto table = nfc::Places::load(payload);
  if (!table) return;
  const Bytes written = (*table)->encode();
  const auto again = nfc::Places::load(written);
  ASSERT(again.has_value());
  ASSERT((*again)->encode() == written);
  for (const nfc::PlaceRow& row : (*table)->rows().places) {
    nfc::PlaceQuery query;
    query.city = row.city;
    query.industry = 1;
    const auto found = (*table)->find(query);
    if (found.station != nullptr) ASSERT(found.station->is_station());
  }
}

void denylist(ByteView payload) {
  const auto list = nfc::Denylist::load(payload);
  if (!list) return;
  // A load keeps every byte: the form has one way to say a thing.
  ASSERT(std::ranges::equal((*list)->encode(), payload));
  std::size_t cards = 0;
  for (const nfc::DenyReason reason : nfc::kDenyReasons) cards += (*list)->count(reason);
  ASSERT(cards == (*list)->size());
  ASSERT((*list)->changed_since(**list) == 0);
  const ByteView handle = payload.subspan(payload.size() < 49 ? 0 : 32, 16);
  ASSERT((*list)->find(nfc::ListHandle{to_array<16>(handle)}).has_value() == (cards > 0));
}

}  // namespace

void tables_run(ByteView input) {
  Input in{input};
  // FlatBuffers wants its buffer aligned, as a file's payload is.
  const Byte which = in.byte();
  const ByteView payload = in.rest();
  const Bytes aligned{payload.begin(), payload.end()};
  if (which == 2) {
    denylist(aligned);
  } else if (which % 2 == 0) {
    issuers(aligned);
  } else {
    places(aligned);
  }
}

std::vector<Bytes> tables_seeds() {
  nfc::IssuerListModel list;
  list.name = "Seeds";
  list.number = 3;
  list.issuers = {{.issuer = {0x02, 0x00, 0x29, 0x00},
                   .iin = {0x31, 0x04, 0x77, 0x00},
                   .city = 0x2900,
                   .name_zh = "上海",
                   .name_en = "Shanghai"},
                  {.issuer = {0x09, 0x98, 0x10, 0x01},
                   .iin = {0x31, 0x05, 0x22, 0x80},
                   .city = 0x1001,
                   .name_zh = "测试",
                   .name_en = "Test",
                   .test = true}};
  list.kinds = {{.issuer = {}, .kind = 2, .rider = fare::RiderCategory::student}};
  list.brands = {{.prefix = "310477001", .name_zh = "公交卡", .name_en = "Card"}};
  list.test_numbers = {"3105228000000000426"};
  list.code_issuers = {{.issuer = {0x02, 0x00, 0x29, 0x00}, .platform = {1, 2, 3, 4}}};

  nfc::PlacesModel places;
  places.name = "Seeds";
  places.number = 4;
  places.cities = {{.code = 0x2900, .name_zh = "上海", .name_en = "Shanghai"}};
  places.places = {{.city = 0x2900,
                    .code = "00180021",
                    .mode = nfc::PlaceMode::metro,
                    .type = "地铁",
                    .line_zh = "18号线",
                    .station_zh = "站",
                    .network = "m",
                    .stop = "a"},
                   {.city = 0x2900,
                    .code = "413100000002",
                    .mode = nfc::PlaceMode::metro,
                    .type = "地铁",
                    .line_zh = "18号线",
                    .station_zh = "站"}};
  std::vector<Bytes> out;
  if (const auto made = nfc::IssuerList::make(list)) out.push_back(seed({0}, (*made)->encode()));
  if (const auto made = nfc::Places::make(places)) out.push_back(seed({1}, (*made)->encode()));
  if (const auto made = nfc::Denylist::make(
          {.number = 5}, {{nfc::ListHandle{{1}}}, {nfc::ListHandle{{2}}, nfc::DenyReason::lost}}))
    out.push_back(seed({2}, (*made)->encode()));
  ASSERT(out.size() == 3);
  return out;
}

}  // namespace tidegate::fuzz
