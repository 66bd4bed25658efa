// SPDX-License-Identifier: Apache-2.0
// Lenient decoding of single files and records.
#include "nfc/dump/dump_records.h"

#include <algorithm>

#include "nfc/purse/records.h"

namespace tidegate::nfc {
namespace {

std::optional<Fen> amount(ByteView bytes) {
  const Fen out{static_cast<std::int64_t>(read_be(bytes))};
  return out <= kPurseMax ? std::optional{out} : std::nullopt;
}

std::optional<LocalTime> time_at(ByteView bytes) {
  const auto at = parse_bcd_time(bytes);
  return at ? std::optional{*at} : std::nullopt;
}

std::optional<ServiceDay> day_at(ByteView four_bytes) {
  std::array<Byte, 7> midnight{};
  std::ranges::copy(four_bytes, midnight.begin());
  const auto at = parse_bcd_time(midnight);
  if (!at) return std::nullopt;
  using namespace std::chrono;
  return ServiceDay{sys_days{year{at->year} / month{at->month} / day{at->day}}};
}

bool is_digits(ByteView bytes) {
  return std::ranges::all_of(bytes, [](Byte b) { return b >> 4U <= 9 && (b & 0x0FU) <= 9; });
}

Bytes copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Vehicles are numbered in ASCII; other bytes are shown as a question mark.
std::string printable(ByteView bytes) {
  std::string out;
  for (const Byte b : bytes)
    if (b != 0x00 && b != 0xFF) out.push_back(b >= 0x20 && b < 0x7F ? static_cast<char>(b) : '?');
  return out;
}

/// One end of record 2701 by the offsets of its fields.
DumpJourneyEnd rail_end(ByteView r, bool exit) {
  DumpJourneyEnd out;
  out.city = static_cast<std::uint16_t>(read_be(r.subspan(exit ? 17 : 15, 2)));
  out.acquirer = to_array<8>(r.subspan(exit ? 27 : 19, 8));
  out.station = copy_of(r.subspan(exit ? 43 : 35, 8));
  out.terminal = to_array<8>(r.subspan(exit ? 59 : 51, 8));
  out.at = time_at(r.subspan(exit ? 74 : 67, 7));
  out.line = copy_of(r.subspan(exit ? 86 : 85, 1));
  out.amount = amount(r.subspan(exit ? 95 : 87, 4));
  return out;
}

/// One end of record 2702, which begins with its city.
DumpJourneyEnd bus_end(ByteView fields) {
  ByteReader in{fields};
  DumpJourneyEnd out;
  out.city = static_cast<std::uint16_t>(in.be(2));
  out.acquirer = to_array<8>(in.take(8));
  out.operator_code = copy_of(in.take(2));
  out.line = copy_of(in.take(2));
  out.station = copy_of(in.take(1));
  out.vehicle = printable(in.take(8));
  out.terminal = to_array<8>(in.take(8));
  out.at = time_at(in.take(7));
  return out;
}

/// A never-written end is all zero, or FF in the acquirer's padding only.
bool is_written(const DumpJourneyEnd& end) {
  return end.city != 0 || end.at.has_value() || !all_zero(end.terminal);
}

}  // namespace

void read_public_info(ByteView ef15, bool revised, DumpReport& out) {
  if (ef15.size() >= 4 && is_digits(ef15.first(4)) && !all_zero(ef15.first(4)))
    out.issuer = to_array<4>(ef15.first(4));
  if (ef15.size() >= 10) out.enabled = ef15[9] != 0x00;
  if (revised) return;
  if (ef15.size() >= 20 && is_digits(ef15.subspan(10, 10)) && ef15[10] >> 4U == 0 &&
      !all_zero(ef15.subspan(10, 10)))
    out.number = CardNumber{to_array<10>(ef15.subspan(10, 10))};
  if (ef15.size() >= 24) out.valid_from = day_at(ef15.subspan(20, 4));
  if (ef15.size() >= 28) out.valid_to = day_at(ef15.subspan(24, 4));
}

void read_kind_info(ByteView ef17, DumpReport& out) {
  if (ef17.size() < kCardKindInfoBytes) return;
  if (is_digits(ef17.subspan(6, 2)))
    out.home_city = static_cast<std::uint16_t>(read_be(ef17.subspan(6, 2)));
  out.interoperable = read_be(ef17.subspan(8, 2)) == 1;
  out.kind = ef17[10];
}

std::optional<DumpTransaction> read_transaction(ByteView record) {
  if (record.size() != kLogRecordBytes || all_zero(record)) return std::nullopt;
  DumpTransaction out;
  out.seq = static_cast<std::uint16_t>(read_be(record.first(2)));
  out.amount = amount(record.subspan(5, 4));
  out.type = record[9];
  out.terminal = to_array<6>(record.subspan(10, 6));
  out.at = time_at(record.subspan(16, 7));
  return out;
}

std::optional<DumpTrip> read_trip(ByteView record) {
  if (record.size() != kTripRecordBytes || all_zero(record)) return std::nullopt;
  DumpTrip out;
  out.type = record[0];
  out.terminal = to_array<8>(record.subspan(1, 8));
  out.industry = record[9];
  out.line = to_array<2>(record.subspan(10, 2));
  out.station = to_array<2>(record.subspan(12, 2));
  out.operator_code = to_array<2>(record.subspan(14, 2));
  out.amount = amount(record.subspan(17, 4));
  out.balance = amount(record.subspan(21, 4));
  out.at = time_at(record.subspan(25, 7));
  out.city = static_cast<std::uint16_t>(read_be(record.subspan(32, 2)));
  out.acquirer = to_array<8>(record.subspan(34, 8));
  return out;
}

std::optional<DumpJourney> read_journey(ByteView record) {
  if (record.size() < 6 || record[0] != 0x27) return std::nullopt;
  DumpJourney out;
  out.record = static_cast<std::uint16_t>(read_be(record.first(2)));
  out.valid = record[3];
  out.lock = record[5];
  const bool rail = out.record == 0x2701, bus = out.record == 0x2702;
  if (!rail && !bus) return out;
  if (record.size() != kRailRecordBytes) return std::nullopt;
  out.serial = to_array<8>(record.subspan(6, 8));
  out.status = record[14];
  DumpJourneyEnd entry = rail ? rail_end(record, false) : bus_end(record.subspan(15, 38));
  DumpJourneyEnd exit = rail ? rail_end(record, true) : bus_end(record.subspan(58, 38));
  if (rail) {
    out.maximum_fare = amount(record.subspan(81, 4));
  } else {
    out.maximum_fare = amount(record.subspan(53, 4));
    exit.amount = amount(record.subspan(96, 4));
    out.up = record[57] == 0xAB;
    out.down = record[57] == 0xBA;
  }
  if (is_written(entry)) out.entry = std::move(entry);
  if (is_written(exit)) out.exit = std::move(exit);
  return out;
}

}  // namespace tidegate::nfc
