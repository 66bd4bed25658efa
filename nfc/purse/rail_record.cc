// SPDX-License-Identifier: Apache-2.0
// Record 2701 of EF 1A: decode and encode.
#include "nfc/purse/journey_fields.h"

namespace tidegate::nfc {
namespace {

constexpr std::uint16_t kRailRecordId = 0x2701;

}  // namespace

Result<RailRecord> decode_rail_record(ByteView record) {
  if (record.size() != kRailRecordBytes) return fail(Errc::invalid, "record 2701: wrong length");
  ByteReader in{record};
  if (!take_journey_head(in, kRailRecordId))
    return fail(Errc::invalid, "record 2701: wrong id or length byte");
  RailRecord out;
  out.valid = static_cast<Byte>(in.be(1));
  out.interoperability = static_cast<Byte>(in.be(1));
  out.lock = static_cast<Byte>(in.be(1));
  out.serial = to_array<8>(in.take(8));
  const std::uint64_t status = in.be(1);
  if (status > static_cast<std::uint64_t>(RailStatus::exit_updated))
    return fail(Errc::invalid, "record 2701: unknown status");
  out.status = static_cast<RailStatus>(status);
  out.entry_city = static_cast<std::uint16_t>(in.be(2));
  out.exit_city = static_cast<std::uint16_t>(in.be(2));
  out.entry_acquirer = to_array<8>(in.take(8));
  out.exit_acquirer = to_array<8>(in.take(8));
  out.entry_station = to_array<8>(in.take(8));
  out.exit_station = to_array<8>(in.take(8));
  out.entry_terminal = to_array<8>(in.take(8));
  out.exit_terminal = to_array<8>(in.take(8));
  out.entry_at = take_time(in);
  out.exit_at = take_time(in);
  out.max_fare = take_fen4(in);
  out.entry_line = static_cast<Byte>(in.be(1));
  out.exit_line = static_cast<Byte>(in.be(1));
  out.entry_amount = take_fen4(in);
  out.entry_balance = take_fen4(in);
  out.exit_amount = take_fen4(in);
  out.operator_bytes = to_array<29>(in.take(29));
  ASSERT(in.done());
  if (out.inside() && !out.entry_at)
    return fail(Errc::invalid, "record 2701: an entry without a time");
  return out;
}

std::array<Byte, kRailRecordBytes> encode_rail_record(const RailRecord& record) {
  Bytes out;
  append_journey_head(out, kRailRecordId);
  out.push_back(record.valid);
  out.push_back(record.interoperability);
  out.push_back(record.lock);
  append(out, record.serial);
  out.push_back(static_cast<Byte>(record.status));
  append_be(out, record.entry_city, 2);
  append_be(out, record.exit_city, 2);
  append(out, record.entry_acquirer);
  append(out, record.exit_acquirer);
  append(out, record.entry_station);
  append(out, record.exit_station);
  append(out, record.entry_terminal);
  append(out, record.exit_terminal);
  append_time(out, record.entry_at);
  append_time(out, record.exit_at);
  append_fen4(out, record.max_fare);
  out.push_back(record.entry_line);
  out.push_back(record.exit_line);
  append_fen4(out, record.entry_amount);
  append_fen4(out, record.entry_balance);
  append_fen4(out, record.exit_amount);
  append(out, record.operator_bytes);
  return to_array<kRailRecordBytes>(out);
}

}  // namespace tidegate::nfc
