// SPDX-License-Identifier: Apache-2.0
// The table of purses whose files hold what has deceived a terminal: identities, dates, records.
#include <algorithm>

#include "simulators/card/card_types_impl.h"

namespace tidegate::sim::card_types {

namespace {

constexpr std::size_t kTripTerminal = 1, kTripIndustry = 9, kTripStation = 10, kTripAmount = 17,
                      kTripBalance = 21, kTripTime = 25, kTripCity = 32, kTripAcquirer = 34;
constexpr std::size_t kRecordLock = 5;
constexpr std::uint32_t kLastFare = 400;  // fen

Bytes hex(std::string_view text) {
  auto out = from_hex(text);
  ASSERT(out.has_value());
  return std::move(*out);
}

void put(std::span<Byte> record, std::size_t offset, ByteView bytes) {
  std::ranges::copy(bytes, record.subspan(offset, bytes.size()).begin());
}
void put(std::span<Byte> record, std::size_t offset, std::uint64_t value, std::size_t size) {
  Bytes bytes;
  append_be(bytes, value, size);
  put(record, offset, bytes);
}

/// The last trip, an exit from a metro as an orderly terminal leaves it, in 1E and in the log.
std::array<Byte, 48>& last_trip(CardImageData& image, const CardSpec& spec) {
  std::array<Byte, 48> trip{};
  trip[0] = 0x04;
  put(trip, kTripTerminal, hex("0000413100007777"));
  trip[kTripIndustry] = 0x01;
  put(trip, kTripStation, hex("00180021"));
  put(trip, kTripAmount, kLastFare, 4);
  put(trip, kTripBalance, spec.balance, 4);
  put(trip, kTripTime, hex("20250610083000"));
  put(trip, kTripCity, spec.city, 2);
  put(trip, kTripAcquirer, hex("1" + spec.issuer.substr(1) + "FFFFFFFF"));
  image.ef1e.insert(image.ef1e.begin(), trip);

  std::array<Byte, 23> log{};
  image.counter = static_cast<std::uint16_t>(image.counter + 1);
  put(log, 0, image.counter, 2);
  put(log, 2, spec.overdraft_limit, 3);
  put(log, 5, kLastFare, 4);
  log[9] = 0x09;
  put(log, 10, hex("413100007777"));
  put(log, 16, hex("20250610083000"));
  image.ef18.insert(image.ef18.begin(), log);
  return image.ef1e.front();
}

std::array<Byte, 128> bus_record(const CardSpec& spec) {
  std::array<Byte, 128> out{};
  put(out, 0, hex("27027D0101"));
  put(out, 6, 1, 8);  // serial
  out[14] = 0x02;     // alighted
  put(out, 15, spec.city, 2);
  put(out, 17, hex("1" + spec.issuer.substr(1) + "FFFFFFFF"));
  put(out, 27, hex("00FC"));
  put(out, 30, as_bytes("00032845"));
  put(out, 38, hex("0000413106163674"));
  put(out, 46, hex("20250610083000"));
  put(out, 53, 300, 4);
  out[57] = 0xAB;
  put(out, 58, spec.city, 2);
  put(out, 96, 200, 4);
  return out;
}

constexpr std::array kRows{
    Row{"bus", "A purse with a bus record (2702) beside the rail record.", nullptr,
        [](CardImageData& image, const CardSpec& spec) { image.ef1a_2702 = bus_record(spec); }},
    Row{"bus-only", "A purse with a bus record and no rail record.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          image.has_ef1a_2701 = false;
          image.ef1a_2702 = bus_record(spec);
        }},
    Row{"no-rail-record", "A purse that never got its rail record: a journey needs one.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { image.has_ef1a_2701 = false; }},
    Row{"foreign-journey", "A purse that entered at another operator and has not left.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          open_entry(image, {.city = 0x4610,
                             .acquirer = {0x12, 0x20, 0x46, 0x10, 0xFF, 0xFF, 0xFF, 0xFF},
                             .station = {0, 0, 0, 0, 0x00, 0x07, 0x00, 0x42},
                             .terminal = {0x00, 0x00, 0x41, 0x31, 0x00, 0x00, 0x99, 0x99},
                             .line = 7,
                             .at = {2025, 6, 10, 8, 30, 0},
                             .max_fare = 900});
        }},
    Row{"overdrawn", "A purse with nothing on it and 8 yuan of overdraft: it shows 8 yuan.",
        [](CardSpec& spec) {
          spec.balance = 0;
          spec.overdraft_limit = 800;
        },
        nullptr},
    Row{"acquirer-ascii", "The last trip's acquirer is written in letters, as on Shanghai buses.",
        nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          put(last_trip(image, spec), kTripAcquirer, as_bytes(spec.issuer));
        }},
    Row{"acquirer-zero", "The last trip's acquirer is all zeros.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          put(last_trip(image, spec), kTripAcquirer, Bytes(8));
        }},
    Row{"acquirer-full", "The last trip's acquirer is all FF.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          put(last_trip(image, spec), kTripAcquirer, Bytes(8, 0xFF));
        }},
    Row{"terminal-left", "The last trip's terminal number stands at the left, as on Suzhou buses.",
        nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          put(last_trip(image, spec), kTripTerminal, hex("4131000077770000"));
        }},
    Row{"trip-type-09", "The last trip is a bus ride of type 09.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          auto& trip = last_trip(image, spec);
          trip[0] = 0x09;
          trip[kTripIndustry] = 0x02;
          put(trip, 42, hex("250610083000"));
        }},
    Row{"trip-types-15-16", "The last trips have the types 15 and 16, which mean nothing.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          last_trip(image, spec)[0] = 0x15;
          last_trip(image, spec)[0] = 0x16;
        }},
    Row{"impossible-time", "Trip and log were written at a time that does not exist.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          put(last_trip(image, spec), kTripTime, hex("20250631256199"));
          put(image.ef18.front(), 16, hex("20250631256199"));
        }},
    Row{"balance-before", "The exit record holds the balance before the debit, as in Xi'an.",
        nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          put(last_trip(image, spec), kTripBalance, spec.balance + kLastFare, 4);
        }},
    Row{"county-city", "The last trip was in a county with a city code of its own (Kunshan).",
        nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          put(last_trip(image, spec), kTripCity, 0x3052, 2);
        }},
    Row{"record-locked", "The rail record's lock flag is set: the card refuses to write it.",
        nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          image.ef1a_2701[kRecordLock] = 0x01;
        }},
    Row{"short-ef17", "The file of the card's kind ends after 11 bytes.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { image.ef17.resize(11); }},
    Row{"not-enabled", "The issuer has not enabled the card.",
        [](CardSpec& spec) { spec.enabled = false; }, nullptr},
    Row{"local-only", "The card is for its own city only.",
        [](CardSpec& spec) { spec.interoperable = false; }, nullptr},
    Row{"not-yet-valid", "The card's validity begins in 2098.",
        [](CardSpec& spec) {
          spec.valid_from = "20980101";
          spec.valid_to = "20991231";
        },
        nullptr},
    Row{"expired", "The card's validity ended with the year 2020.",
        [](CardSpec& spec) {
          spec.valid_from = "20100101";
          spec.valid_to = "20201231";
        },
        nullptr},
    Row{"valid-2099", "The card is valid until the end of 2099.",
        [](CardSpec& spec) { spec.valid_to = "20991231"; }, nullptr},
    Row{"issuer-mismatch", "The number begins with an IIN that is not this issuer's.",
        [](CardSpec& spec) {
          spec.issuer = "02002900";
          spec.number = "3104830000000000426";
        },
        nullptr},
    Row{"test-card", "A card of the test laboratory's identity, of kind 04.",
        [](CardSpec& spec) {
          spec.issuer = "09981001";
          spec.number = "3105228000000000426";
          spec.province = 0x1000;
          spec.city = 0x1001;
          spec.card_kind = 0x04;
        },
        nullptr},
    Row{"student", "A student's card.", [](CardSpec& spec) { spec.card_kind = 0x02; }, nullptr},
    Row{"senior", "An elderly person's card.", [](CardSpec& spec) { spec.card_kind = 0x03; },
        nullptr},
    Row{"military", "A serviceman's card.", [](CardSpec& spec) { spec.card_kind = 0x05; }, nullptr},
};

}  // namespace

std::span<const Row> deceptive_files() {
  return kRows;
}

}  // namespace tidegate::sim::card_types
