// SPDX-License-Identifier: Apache-2.0
// Commands to a T-Union purse as bytes, and the answers to the debit commands as values.
#include "nfc/purse/apdu.h"

#include "nfc/purse/applications.h"
#include "nfc/purse/records.h"

namespace tidegate::nfc {
namespace {

/// CLA INS P1 P2 Lc data, without Le.
Bytes with_data(std::array<Byte, 4> head, ByteView data) {
  ASSERT(data.size() <= 0xFF);
  Bytes out{head.begin(), head.end()};
  out.push_back(static_cast<Byte>(data.size()));
  append(out, data);
  return out;
}

/// P2 of the record commands: short file identifier and "P1 is a record number".
Byte record_p2(Sfi file) {
  return static_cast<Byte>(static_cast<unsigned>(file) << 3U | 0x04U);
}

/// P2 of UPDATE CAPP DATA CACHE: the file alone; the record is found by P1 and by its first bytes.
Byte cache_p2(Sfi file) {
  return static_cast<Byte>(static_cast<unsigned>(file) << 3U);
}

void append_amount(Bytes& out, Fen amount) {
  ASSERT(amount >= Fen{} && amount <= kPurseMax);
  append_be(out, static_cast<std::uint64_t>(amount.count()), 4);
}

}  // namespace

Result<Response> split_response(ByteView bytes) {
  if (bytes.size() < 2) return fail(Errc::invalid, "response is shorter than its status word");
  Response out;
  const ByteView data = bytes.first(bytes.size() - 2);
  out.data.assign(data.begin(), data.end());
  out.sw = static_cast<std::uint16_t>(read_be(bytes.last(2)));
  return out;
}

Bytes select_purse() {
  return select_name(kTUnionAid);
}

Bytes read_binary(Sfi file, Byte offset, Byte size) {
  return {0x00, 0xB0, static_cast<Byte>(0x80U | static_cast<unsigned>(file)), offset, size};
}

Bytes read_record(Sfi file, Byte number, Byte size) {
  return {0x00, 0xB2, number, record_p2(file), size};
}

Bytes get_balance(Byte which) {
  return {0x80, 0x5C, which, 0x02, 0x04};
}

Bytes init_purchase(PurchaseType type, Byte key_index, Fen amount, const TerminalNo& terminal) {
  Bytes data{key_index};
  append_amount(data, amount);
  append(data, terminal.get());
  const Byte p1 = type == PurchaseType::capp ? 0x03 : 0x01;
  Bytes out = with_data({0x80, 0x50, p1, 0x02}, data);
  out.push_back(0x0F);
  return out;
}

Bytes update_journey(ByteView record128, bool p1_zero) {
  ASSERT(record128.size() == kJourneyRecordBytes);
  const Byte p1 = p1_zero ? Byte{0x00} : record128[1];
  return with_data({0x80, 0xDC, p1, cache_p2(Sfi::journey)}, record128);
}

Bytes update_trip(ByteView record48) {
  ASSERT(record48.size() == kTripRecordBytes);
  return with_data({0x80, 0xDC, 0x00, cache_p2(Sfi::trips)}, record48);
}

Bytes debit(SamTxnNo txn, const LocalTime& at, const Mac& mac1) {
  Bytes data;
  append_be(data, txn.get(), 4);
  append(data, bcd_time(at));
  append(data, mac1);
  Bytes out = with_data({0x80, 0x54, 0x01, 0x00}, data);
  out.push_back(0x08);
  return out;
}

Bytes get_proof(PurchaseType type, CardCounter counter_after) {
  Bytes data;
  append_be(data, counter_after.get(), 2);
  Bytes out = with_data({0x80, 0x5A, 0x00, static_cast<Byte>(type)}, data);
  out.push_back(0x08);
  return out;
}

Result<PurchaseInit> decode_purchase_init(ByteView data) {
  ByteReader in{data};
  PurchaseInit out;
  out.balance = Fen{static_cast<std::int64_t>(in.be(4))};
  out.counter = CardCounter{static_cast<std::uint16_t>(in.be(2))};
  out.overdraft_limit = Fen{static_cast<std::int64_t>(in.be(3))};
  out.key_version = static_cast<Byte>(in.be(1));
  out.algorithm = static_cast<Byte>(in.be(1));
  const ByteView random = in.take(4);
  if (!in.done()) return fail(Errc::invalid, "purchase init answer has the wrong length");
  out.random = to_array<4>(random);
  if (out.balance > kPurseMax) return fail(Errc::invalid, "balance is above what a purse can hold");
  return out;
}

Result<DebitAnswer> decode_debit(ByteView data) {
  if (data.size() != 8) return fail(Errc::invalid, "debit answer has the wrong length");
  return DebitAnswer{.tac = to_array<4>(data.first(4)), .mac2 = to_array<4>(data.last(4))};
}

Result<DebitAnswer> decode_proof(ByteView data) {
  if (data.size() != 8) return fail(Errc::invalid, "proof answer has the wrong length");
  return DebitAnswer{.tac = to_array<4>(data.last(4)), .mac2 = to_array<4>(data.first(4))};
}

}  // namespace tidegate::nfc
