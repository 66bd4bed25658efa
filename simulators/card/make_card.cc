// SPDX-License-Identifier: Apache-2.0
// Lays out the files of a new card byte by byte and diversifies its keys.
#include "simulators/card/make_card.h"

#include <algorithm>
#include <span>

#include <toml++/toml.h>

#include "base/posix/fd.h"
#include "simulators/card/card_impl.h"

namespace tidegate::sim {

namespace {

constexpr std::size_t kKeyFileBytesMax = 64 * 1024;
constexpr std::size_t kIssuerDigits = 8;
constexpr std::size_t kNumberDigits = 19;
constexpr std::uint16_t kCountryChina = 0x0156;

bool digits(std::string_view text, std::size_t count) {
  return text.size() == count &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool date(std::string_view text) {
  if (!digits(text, 8)) return false;
  const std::string iso = std::string{text.substr(0, 4)} + '-' + std::string{text.substr(4, 2)} +
                          '-' + std::string{text.substr(6, 2)};
  return parse_date(iso).has_value();
}

bool bcd(std::uint16_t value) {
  for (unsigned shift = 0; shift < 16; shift += 4)
    if ((value >> shift & 0xFU) > 9) return false;
  return true;
}

/// Writes `bytes` at `offset`, as record layouts are written down.
void put(std::span<Byte> record, std::size_t offset, ByteView bytes) {
  std::ranges::copy(bytes, record.subspan(offset, bytes.size()).begin());
}

std::array<Byte, 30> make_ef15(const CardSpec& spec) {
  Bytes out = bcd_bytes(spec.issuer);
  out.insert(out.end(), 4, 0xFF);
  out.push_back(0x02);
  out.push_back(spec.enabled ? 0x01 : 0x00);
  append(out, bcd_bytes('0' + spec.number));
  append(out, bcd_bytes(spec.valid_from));
  append(out, bcd_bytes(spec.valid_to));
  out.insert(out.end(), 2, 0x00);
  return to_array<30>(out);
}

Bytes make_ef17(const CardSpec& spec) {
  Bytes out;
  append_be(out, kCountryChina, 4);
  append_be(out, spec.province, 2);
  append_be(out, spec.city, 2);
  append_be(out, spec.interoperable ? 1 : 0, 2);
  out.push_back(spec.card_kind);
  out.resize(60);
  return out;
}

std::array<Byte, 128> empty_rail_record() {
  std::array<Byte, 128> out{};
  put(out, 0, std::array<Byte, 5>{0x27, 0x01, 0x7D, 0x01, 0x01});
  return out;
}

Bytes be(std::uint64_t value, std::size_t size) {
  Bytes out;
  append_be(out, value, size);
  return out;
}

Result<std::array<Byte, 16>> key_of(const toml::table& table, std::string_view name) {
  const auto text = table[name].value<std::string>();
  if (!text) return fail(Errc::invalid, std::string{name} + " is missing");
  auto key = array_from_hex<16>(*text);
  if (!key) return fail(std::move(key.error()), name);
  return key;
}

}  // namespace

Result<RootKeys> load_root_keys(const std::filesystem::path& file) {
  const std::string doing = "reading key file " + file.string();
  auto content = posix::read_file(file, kKeyFileBytesMax);
  if (!content) return fail(std::move(content.error()), doing);
  toml::table table;
  try {
    table = toml::parse(as_text(*content));
  } catch (const toml::parse_error& error) {
    return fail(Errc::invalid, doing + ": " + std::string{error.description()});
  }
  RootKeys out;
  auto purchase = key_of(table, "purchase_key");
  if (!purchase) return fail(std::move(purchase.error()), doing);
  out.purchase = *purchase;
  auto tac = key_of(table, "tac_key");
  if (!tac) return fail(std::move(tac.error()), doing);
  out.tac = *tac;
  if (table.contains("load_key")) {
    auto load = key_of(table, "load_key");
    if (!load) return fail(std::move(load.error()), doing);
    out.load = *load;
  }
  return out;
}

Status check_card_spec(const CardSpec& spec) {
  if (!digits(spec.issuer, kIssuerDigits))
    return fail(Errc::invalid, "the issuer must have 8 digits");
  if (!digits(spec.number, kNumberDigits))
    return fail(Errc::invalid, "the card number must have 19 digits");
  if (!bcd(spec.province) || !bcd(spec.city))
    return fail(Errc::invalid, "province and city must be 4 decimal digits");
  if (!date(spec.valid_from) || !date(spec.valid_to))
    return fail(Errc::invalid, "validity must be two dates as YYYYMMDD");
  if (spec.overdraft_limit > kMoneyMax || spec.balance > kMoneyMax - spec.overdraft_limit)
    return fail(Errc::invalid, "balance and overdraft limit do not fit a purse");
  const std::size_t uid = spec.uid.size();
  if (uid != 0 && uid != 4 && uid != 7 && uid != 10)
    return fail(Errc::invalid, "the UID must have 4, 7 or 10 bytes");
  return {};
}

CardImageData make_card(const CardSpec& spec) {
  ASSERT(check_card_spec(spec).has_value());
  CardImageData out;
  out.ef15 = make_ef15(spec);
  out.ef17 = make_ef17(spec);
  out.ef1a_2701 = empty_rail_record();
  out.balance = spec.balance;
  out.overdraft_limit = spec.overdraft_limit;
  out.purchase_key = card_key(spec.keys.purchase, out.ef15);
  out.tac_key = card_key(spec.keys.tac, out.ef15);
  out.load_key = card_key(spec.keys.load, out.ef15);
  out.key_index = spec.key_index;
  out.uid = spec.uid;
  if (out.uid.empty()) {
    const Hash256 hash = crypto::sha256({out.ef15});
    out.uid.assign(hash.begin(), hash.begin() + 4);
    // 08 begins a random UID and 88 is the cascade tag: neither belongs on a card of plastic.
    out.uid[0] = static_cast<Byte>((out.uid[0] & 0x3FU) | 0x40U);
  }
  return out;
}

void open_entry(CardImageData& image, const OpenEntry& entry) {
  constexpr Byte kEntered = 0x01;
  const auto at = bcd_time(entry.at);
  const auto counter = static_cast<std::uint16_t>(image.counter + 1);
  const auto terminal = ByteView{entry.terminal}.last(6);

  image.ef1a_2701 = empty_rail_record();
  put(image.ef1a_2701, 6, be(counter, 8));  // serial
  image.ef1a_2701[14] = kEntered;
  put(image.ef1a_2701, 15, be(entry.city, 2));
  put(image.ef1a_2701, 19, entry.acquirer);
  put(image.ef1a_2701, 35, entry.station);
  put(image.ef1a_2701, 51, entry.terminal);
  put(image.ef1a_2701, 67, at);
  put(image.ef1a_2701, 81, be(entry.max_fare, 4));
  image.ef1a_2701[85] = entry.line;
  put(image.ef1a_2701, 91, be(image.balance, 4));
  put(image.ef1a_2701, 99, entry.operator_bytes);

  std::array<Byte, 48> trip{};
  trip[0] = 0x03;  // entry with the purse
  put(trip, 1, entry.terminal);
  trip[9] = 0x01;  // metro
  put(trip, 10, ByteView{entry.station}.last(4));
  put(trip, 21, be(image.balance, 4));
  put(trip, 25, at);
  put(trip, 32, be(entry.city, 2));
  put(trip, 34, entry.acquirer);
  image.ef1e.insert(image.ef1e.begin(), trip);
  if (image.ef1e.size() > kTripRecordsMax) image.ef1e.resize(kTripRecordsMax);

  std::array<Byte, 23> log{};
  put(log, 0, be(counter, 2));
  put(log, 2, be(image.overdraft_limit, 3));
  log[9] = kTypeCapp;
  put(log, 10, terminal);
  put(log, 16, at);
  image.ef18.insert(image.ef18.begin(), log);
  if (image.ef18.size() > kLogRecordsMax) image.ef18.resize(kLogRecordsMax);
  image.counter = counter;
}

}  // namespace tidegate::sim
