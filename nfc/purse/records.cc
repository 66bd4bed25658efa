// SPDX-License-Identifier: Apache-2.0
// EF 15, EF 17, EF 18 and EF 1E: decode and encode. Record 2701 is in rail_record.cc, the FCI in
// fci.cc.
#include "nfc/purse/records.h"

namespace tidegate::nfc {
namespace {

constexpr std::uint32_t kChina = 0x00000156;  // ISO 3166 numeric, BCD

/// Two bytes of BCD as the number they show in hex, which is how all codes are kept.
Result<std::uint16_t> bcd_code(ByteView two_bytes, std::string_view what) {
  if (!bcd_digits(two_bytes)) return fail(Errc::invalid, std::string{what} + " is not BCD");
  return static_cast<std::uint16_t>(read_be(two_bytes));
}

Result<ServiceDay> bcd_date(ByteView four_bytes) {
  std::array<Byte, 7> midnight{};
  std::memcpy(midnight.data(), four_bytes.data(), 4);
  const auto local = parse_bcd_time(midnight);
  if (!local) return fail(Errc::invalid, "validity is not a date");
  return ServiceDay{std::chrono::sys_days{
      std::chrono::year_month_day{std::chrono::year{local->year}, std::chrono::month{local->month},
                                  std::chrono::day{local->day}}}};
}

void append_date(Bytes& out, ServiceDay day) {
  const std::chrono::year_month_day date{day.get()};
  LocalTime local;
  local.year = static_cast<std::int16_t>(static_cast<int>(date.year()));
  local.month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month()));
  local.day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()));
  append(out, ByteView{bcd_time(local)}.first(4));
}

void append_fen(Bytes& out, Fen amount, std::size_t size) {
  ASSERT(amount >= Fen{});
  append_be(out, static_cast<std::uint64_t>(amount.count()), size);
}

Fen take_fen(ByteReader& in, std::size_t size) {
  return Fen{static_cast<std::int64_t>(in.be(size))};
}

}  // namespace

std::array<Byte, 4> PublicInfo::issuer_code() const {
  return to_array<4>(ByteView{issuer}.first(4));
}

std::array<Byte, 8> PublicInfo::pan_factor() const {
  return to_array<8>(ByteView{number.bcd()}.last(8));
}

Result<PublicInfo> decode_public_info(ByteView ef15) {
  if (ef15.size() != kPublicInfoBytes) return fail(Errc::invalid, "EF 15 has the wrong length");
  PublicInfo out;
  out.issuer = to_array<8>(ef15.first(8));
  if (!bcd_digits(ef15.first(4))) return fail(Errc::invalid, "issuer code is not BCD");
  out.application_type = ef15[8];
  if (ef15[9] > 0x01) return fail(Errc::invalid, "enabled flag is neither 00 nor 01");
  out.enabled = ef15[9] == 0x01;
  const ByteView number = ef15.subspan(10, 10);
  if (!bcd_digits(number) || number[0] > 0x09)
    return fail(Errc::invalid, "card number is not one zero and 19 digits");
  out.number = CardNumber{to_array<10>(number)};
  const auto from = bcd_date(ef15.subspan(20, 4));
  if (!from) return fail(from.error());
  const auto to = bcd_date(ef15.subspan(24, 4));
  if (!to) return fail(to.error());
  out.valid_from = *from;
  out.valid_to = *to;
  out.issuer_own = to_array<2>(ef15.last(2));
  return out;
}

std::array<Byte, kPublicInfoBytes> encode_public_info(const PublicInfo& info) {
  Bytes out;
  append(out, info.issuer);
  out.push_back(info.application_type);
  out.push_back(info.enabled ? 0x01 : 0x00);
  append(out, info.number.bcd());
  append_date(out, info.valid_from);
  append_date(out, info.valid_to);
  append(out, info.issuer_own);
  return to_array<kPublicInfoBytes>(out);
}

Result<CardKindInfo> decode_card_kind_info(ByteView ef17) {
  // The file has up to 60 bytes; the rest is reserved and differs by issuer.
  if (ef17.size() < kCardKindInfoBytes) return fail(Errc::invalid, "EF 17 is too short");
  if (read_be(ef17.first(4)) != kChina) return fail(Errc::invalid, "country of EF 17 is not 156");
  const auto province = bcd_code(ef17.subspan(4, 2), "province");
  if (!province) return fail(province.error());
  const auto city = bcd_code(ef17.subspan(6, 2), "city");
  if (!city) return fail(city.error());
  const std::uint64_t reach = read_be(ef17.subspan(8, 2));
  if (reach > 1) return fail(Errc::invalid, "interoperability flag is neither 0000 nor 0001");
  return CardKindInfo{
      .province = *province, .city = *city, .interoperable = reach == 1, .card_kind = ef17[10]};
}

std::array<Byte, kCardKindInfoBytes> encode_card_kind_info(const CardKindInfo& info) {
  Bytes out;
  append_be(out, kChina, 4);
  append_be(out, info.province, 2);
  append_be(out, info.city, 2);
  append_be(out, info.interoperable ? 1 : 0, 2);
  out.push_back(info.card_kind);
  return to_array<kCardKindInfoBytes>(out);
}

Result<std::optional<LogRecord>> decode_log_record(ByteView record) {
  if (record.size() != kLogRecordBytes) return fail(Errc::invalid, "log record: wrong length");
  if (all_zero(record)) return std::optional<LogRecord>{};
  ByteReader in{record};
  LogRecord out;
  out.counter = static_cast<std::uint16_t>(in.be(2));
  out.overdraft_or_balance = take_fen(in, 3);
  out.amount = take_fen(in, 4);
  out.type = static_cast<Byte>(in.be(1));
  out.terminal = TerminalNo{to_array<6>(in.take(6))};
  out.at = to_array<7>(in.take(7));
  return std::optional{out};
}

std::array<Byte, kLogRecordBytes> encode_log_record(const LogRecord& record) {
  Bytes out;
  append_be(out, record.counter, 2);
  append_fen(out, record.overdraft_or_balance, 3);
  append_fen(out, record.amount, 4);
  out.push_back(record.type);
  append(out, record.terminal.get());
  append(out, record.at);
  return to_array<kLogRecordBytes>(out);
}

Result<std::optional<TripRecord>> decode_trip_record(ByteView record) {
  if (record.size() != kTripRecordBytes) return fail(Errc::invalid, "trip record: wrong length");
  if (all_zero(record)) return std::optional<TripRecord>{};
  // Types outside the standard's list and dummy amounts are on real cards: they are passed on as
  // they are. Only the time must be one.
  ByteReader in{record};
  TripRecord out;
  out.type = static_cast<Byte>(in.be(1));
  out.terminal = to_array<8>(in.take(8));
  out.industry = static_cast<Byte>(in.be(1));
  out.line = to_array<2>(in.take(2));
  out.station = to_array<2>(in.take(2));
  out.operator_code = to_array<2>(in.take(2));
  static_cast<void>(in.take(1));
  out.amount = take_fen(in, 4);
  out.balance = take_fen(in, 4);
  const auto at = parse_bcd_time(in.take(7));
  if (!at) return fail(at.error(), "trip record");
  out.at = *at;
  out.city = static_cast<std::uint16_t>(in.be(2));
  out.acquirer = to_array<8>(in.take(8));
  return std::optional{out};
}

std::array<Byte, kTripRecordBytes> encode_trip_record(const TripRecord& record) {
  Bytes out{record.type};
  append(out, record.terminal);
  out.push_back(record.industry);
  append(out, record.line);
  append(out, record.station);
  append(out, record.operator_code);
  out.push_back(0x00);
  append_fen(out, record.amount, 4);
  append_fen(out, record.balance, 4);
  append(out, bcd_time(record.at));
  append_be(out, record.city, 2);
  append(out, record.acquirer);
  out.resize(kTripRecordBytes);  // reserved, zero
  return to_array<kTripRecordBytes>(out);
}

}  // namespace tidegate::nfc
