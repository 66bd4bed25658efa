// SPDX-License-Identifier: Apache-2.0
// Record 2702 of EF 1A: decode and encode.
#include "nfc/purse/journey_fields.h"

namespace tidegate::nfc {
namespace {

constexpr std::uint16_t kBusRecordId = 0x2702;

BusRecord::Point take_point(ByteReader& in) {
  BusRecord::Point out;
  out.city = static_cast<std::uint16_t>(in.be(2));
  out.acquirer = to_array<8>(in.take(8));
  out.operator_code = to_array<2>(in.take(2));
  out.line = to_array<2>(in.take(2));
  out.stop = static_cast<Byte>(in.be(1));
  out.vehicle = to_array<8>(in.take(8));
  out.terminal = to_array<8>(in.take(8));
  out.at = take_time(in);
  return out;
}

void append_point(Bytes& out, const BusRecord::Point& point) {
  append_be(out, point.city, 2);
  append(out, point.acquirer);
  append(out, point.operator_code);
  append(out, point.line);
  out.push_back(point.stop);
  append(out, point.vehicle);
  append(out, point.terminal);
  append_time(out, point.at);
}

}  // namespace

Result<BusRecord> decode_bus_record(ByteView record) {
  if (record.size() != kJourneyRecordBytes) return fail(Errc::invalid, "record 2702: wrong length");
  ByteReader in{record};
  if (!take_journey_head(in, kBusRecordId))
    return fail(Errc::invalid, "record 2702: wrong id or length byte");
  BusRecord out;
  out.valid = static_cast<Byte>(in.be(1));
  out.interoperability = static_cast<Byte>(in.be(1));
  out.lock = static_cast<Byte>(in.be(1));
  out.serial = to_array<8>(in.take(8));
  const std::uint64_t status = in.be(1);
  if (status > static_cast<std::uint64_t>(BusStatus::alighted))
    return fail(Errc::invalid, "record 2702: unknown status");
  out.status = static_cast<BusStatus>(status);
  out.boarding = take_point(in);
  out.marked_fare = take_fen4(in);
  out.direction = static_cast<Byte>(in.be(1));
  out.alighting = take_point(in);
  out.fare = take_fen4(in);
  out.mileage = to_array<2>(in.take(2));
  out.reserved = to_array<26>(in.take(26));
  ASSERT(in.done());
  if (out.on_board() && !out.boarding.at)
    return fail(Errc::invalid, "record 2702: a boarding without a time");
  return out;
}

std::array<Byte, kJourneyRecordBytes> encode_bus_record(const BusRecord& record) {
  Bytes out;
  append_journey_head(out, kBusRecordId);
  out.push_back(record.valid);
  out.push_back(record.interoperability);
  out.push_back(record.lock);
  append(out, record.serial);
  out.push_back(static_cast<Byte>(record.status));
  append_point(out, record.boarding);
  append_fen4(out, record.marked_fare);
  out.push_back(record.direction);
  append_point(out, record.alighting);
  append_fen4(out, record.fare);
  append(out, record.mileage);
  append(out, record.reserved);
  return to_array<kJourneyRecordBytes>(out);
}

}  // namespace tidegate::nfc
