// SPDX-License-Identifier: Apache-2.0
// The simulated card's free reads: binary files 15, 16, 17 and records of 18, 1A and 1E, always by
// short file identifier.
#include "simulators/card/card_impl.h"

namespace tidegate::sim {

namespace {

constexpr Byte kByShortIdentifier = 0x80;
constexpr Byte kByRecordNumber = 0x04;

/// A record of a cyclic file: `number` counts from 1, the newest.
template <std::size_t N>
Answer cyclic_record(const Apdu& apdu, const std::vector<std::array<Byte, N>>& records,
                     std::size_t capacity, bool empty_is_zero) {
  const std::size_t number = apdu.p1;
  if (number == 0 || number > capacity) return sw::kNoRecord;
  if (number > records.size() && !empty_is_zero) return sw::kNoRecord;
  if (!apdu.le_is(N)) return wrong_le(N);
  if (number > records.size()) return Answer{std::array<Byte, N>{}};
  return Answer{records[number - 1]};
}

}  // namespace

Answer TUnionCard::Impl::read_binary(const Apdu& apdu) {
  if (!apdu.data.empty() || !apdu.le) return sw::kWrongLength;
  if (selected != Selected::purse) return sw::kNotFound;
  if ((apdu.p1 & kByShortIdentifier) == 0) return sw::kNoCurrentFile;
  ByteView file;
  switch (apdu.p1 & 0x1FU) {
    case 0x15: file = image.ef15; break;
    case 0x16: file = image.ef16; break;
    case 0x17: file = image.ef17; break;
    default: return sw::kNotFound;
  }
  if ((apdu.p1 & 0x60U) != 0) return sw::kWrongParameters;
  if (apdu.p2 >= file.size()) return sw::kWrongOffset;
  const ByteView rest = file.subspan(apdu.p2);
  if (*apdu.le > rest.size()) return wrong_le(rest.size());
  return Answer{*apdu.le == 0 ? rest : rest.first(*apdu.le)};
}

Answer TUnionCard::Impl::read_record(const Apdu& apdu) {
  if (!apdu.data.empty() || !apdu.le) return sw::kWrongLength;
  if (selected != Selected::purse) return sw::kNotFound;
  if ((apdu.p2 & 0x07U) != kByRecordNumber) return sw::kWrongParameters;
  switch (apdu.p2 >> 3U) {
    case 0x18:
      return cyclic_record(apdu, image.ef18, kLogRecordsMax, habits.empty_records_are_zero);
    case 0x1E:
      return cyclic_record(apdu, image.ef1e, kTripRecordsMax, habits.empty_records_are_zero);
    case 0x1A:
      // Only 2701 was ever made on this card: a record that does not exist is never zeros.
      if (apdu.p1 != 1) return sw::kNoRecord;
      if (!apdu.le_is(image.ef1a_2701.size())) return wrong_le(image.ef1a_2701.size());
      return Answer{image.ef1a_2701};
    default: return sw::kNotFound;
  }
}

}  // namespace tidegate::sim
