// SPDX-License-Identifier: Apache-2.0
// Fuzzes the files and records of a purse and the answers to its commands: what is decoded, encoded
// and decoded again must be the same.
#include <algorithm>

#include "fare/engine/card_state.h"
#include "nfc/purse/apdu.h"
#include "nfc/purse/records.h"
#include "simulators/card/card_types.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

enum class Kind : Byte { public_info, kind_info, log, trip, rail, bus, state, answers };
constexpr Byte kKinds = 8;

/// A record that may be absent.
template <class Decode, class Encode>
void optional_record(ByteView bytes, Decode decode, Encode encode) {
  const auto first = decode(bytes);
  if (!first || !*first) return;
  const auto written = encode(**first);
  const auto second = decode(ByteView{written});
  // What was decoded may be all zeros where it matters: then it is absent the second time.
  ASSERT(second.has_value());
  if (*second) ASSERT(**second == **first);
}

template <class Decode, class Encode>
void record(ByteView bytes, Decode decode, Encode encode) {
  const auto first = decode(bytes);
  if (!first) return;
  const auto written = encode(*first);
  const auto second = decode(ByteView{written});
  ASSERT(second.has_value());
  ASSERT(*second == *first);
}

void public_info(ByteView bytes) {
  if (const auto info = nfc::decode_public_info(bytes))
    ASSERT(std::ranges::equal(nfc::encode_public_info(*info), bytes));
}
void kind_info(ByteView bytes) {
  if (const auto info = nfc::decode_card_kind_info(bytes))
    ASSERT(std::ranges::equal(nfc::encode_card_kind_info(*info),
                              bytes.first(nfc::kCardKindInfoBytes)));
}
void log_record(ByteView bytes) {
  const auto log = nfc::decode_log_record(bytes);
  if (log && *log) ASSERT(std::ranges::equal(nfc::encode_log_record(**log), bytes));
}
void rail(ByteView bytes) {
  record(bytes, nfc::decode_rail_record, nfc::encode_rail_record);
  const auto decoded = nfc::decode_rail_record(bytes);
  if (decoded && decoded->inside()) ASSERT(decoded->entry_at.has_value());
}
void bus(ByteView bytes) {
  record(bytes, nfc::decode_bus_record, nfc::encode_bus_record);
  const auto decoded = nfc::decode_bus_record(bytes);
  if (decoded && decoded->on_board()) ASSERT(decoded->boarding.at.has_value());
}
void state(ByteView bytes) {
  const auto first = fare::decode_card_state(bytes);
  if (!first) return;
  ASSERT(fare::saturated(*first) == *first);
  ASSERT(fare::decode_card_state(fare::encode_card_state(*first)) == *first);
}
void answers(ByteView bytes) {
  const auto response = nfc::split_response(bytes);
  ASSERT(response.has_value() == (bytes.size() >= 2));
  if (!response) return;
  ASSERT(response->data.size() + 2 == bytes.size());
  if (const auto init = nfc::decode_purchase_init(response->data))
    ASSERT(init->balance >= Fen{} && init->balance <= nfc::kPurseMax);
  const auto debit = nfc::decode_debit(response->data);
  const auto proof = nfc::decode_proof(response->data);
  ASSERT(debit.has_value() == proof.has_value());
  if (debit) ASSERT(debit->tac == proof->mac2 && debit->mac2 == proof->tac);
}

}  // namespace

void records_run(ByteView input) {
  Input in{input};
  const auto kind = static_cast<Kind>(in.byte() % kKinds);
  const ByteView bytes = in.rest();
  switch (kind) {
    case Kind::public_info: return public_info(bytes);
    case Kind::kind_info: return kind_info(bytes);
    case Kind::log: return log_record(bytes);
    case Kind::trip:
      return optional_record(bytes, nfc::decode_trip_record, nfc::encode_trip_record);
    case Kind::rail: return rail(bytes);
    case Kind::bus: return bus(bytes);
    case Kind::state:
      if (bytes.size() == fare::kCardStateBytes) state(bytes);
      return;
    case Kind::answers: return answers(bytes);
  }
}

std::vector<Bytes> records_seeds() {
  const auto of = [](std::string_view type) { return sim::card_image_of_type(type).value(); };
  const auto with = [](Kind kind, ByteView bytes) {
    return seed({static_cast<Byte>(kind)}, bytes);
  };
  fare::CardState spent;
  spent.serial = 41;
  spent.month_spent = Fen{12345};
  spent.transfers = 2;
  const sim::CardImageData used = of("trip-type-09");
  return {
      with(Kind::public_info, of("k1").ef15),
      with(Kind::public_info, of("k6").ef15),
      with(Kind::kind_info, of("k1").ef17),
      with(Kind::kind_info, of("short-ef17").ef17),
      with(Kind::log, used.ef18.front()),
      with(Kind::log, of("impossible-time").ef18.front()),
      with(Kind::trip, used.ef1e.front()),
      with(Kind::trip, of("acquirer-ascii").ef1e.front()),
      with(Kind::rail, of("k1").ef1a_2701),
      with(Kind::rail, of("foreign-journey").ef1a_2701),
      with(Kind::bus, of("bus").ef1a_2702.value()),
      with(Kind::state, fare::encode_card_state(spent)),
      with(Kind::answers, from_hex("0000138800000000000100112233449000").value()),
      with(Kind::answers, from_hex("A1A2A3A4B1B2B3B49000").value()),
  };
}

}  // namespace tidegate::fuzz
