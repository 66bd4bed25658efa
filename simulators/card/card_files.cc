// SPDX-License-Identifier: Apache-2.0
// The simulated card's free reads: binary files 15, 16, 17 and records of 18, 1A and 1E, the binary
// files of other applications too, always by short file identifier.
#include "simulators/card/card_impl.h"

namespace tidegate::sim {

namespace {

constexpr Byte kByShortIdentifier = 0x80;
constexpr Byte kByRecordNumber = 0x04;

/// A record of a cyclic file: `number` counts from 1, the newest.
template <std::size_t N>
Answer cyclic_record(const Apdu& apdu, const std::vector<std::array<Byte, N>>& records,
                     std::size_t capacity, const CardHabits& habits) {
  const bool empty_is_zero = habits.empty_records_are_zero;
  const std::size_t number = apdu.p1;
  if (number == 0 || number > capacity) return sw::kNoRecord;
  if (number > records.size() && !empty_is_zero) return sw::kNoRecord;
  if (!apdu.le_is(N) || (habits.exact_le && *apdu.le != N)) return wrong_le(N);
  if (number > records.size()) return Answer{std::array<Byte, N>{}};
  return Answer{records[number - 1]};
}

std::optional<ByteView> purse_file(const CardImageData& image, unsigned sfi) {
  switch (sfi) {
    case 0x15: return image.ef15;
    case 0x16: return image.ef16;
    case 0x17: return image.ef17;
    default: return std::nullopt;
  }
}

std::optional<ByteView> other_file(const OtherApplication& application, unsigned sfi) {
  for (const auto& file : application.files)
    if (file.sfi == sfi) return file.data;
  return std::nullopt;
}

}  // namespace

const std::array<Byte, 128>* journey_record(const CardImageData& image, unsigned low_id) {
  if (low_id == kRailRecordId && image.has_ef1a_2701) return &image.ef1a_2701;
  if (low_id == kBusRecordId && image.ef1a_2702) return &*image.ef1a_2702;
  return nullptr;
}

Answer TUnionCard::Impl::read_binary(const Apdu& apdu) {
  if (!apdu.data.empty() || !apdu.le) return sw::kWrongLength;
  if (selected != Selected::purse && selected != Selected::other) return sw::kNotFound;
  if ((apdu.p1 & kByShortIdentifier) == 0) return sw::kNoCurrentFile;
  const std::optional<ByteView> file = selected == Selected::purse
                                           ? purse_file(image, apdu.p1 & 0x1FU)
                                           : other_file(image.others[other], apdu.p1 & 0x1FU);
  if (!file) return sw::kNotFound;
  if ((apdu.p1 & 0x60U) != 0) return sw::kWrongParameters;
  if (apdu.p2 >= file->size()) return sw::kWrongOffset;
  const ByteView rest = file->subspan(apdu.p2);
  if (*apdu.le > rest.size() || le_too_loose(apdu, rest.size())) return wrong_le(rest.size());
  return Answer{*apdu.le == 0 ? rest : rest.first(*apdu.le)};
}

Answer TUnionCard::Impl::read_record(const Apdu& apdu) {
  if (!apdu.data.empty() || !apdu.le) return sw::kWrongLength;
  if (selected != Selected::purse) return sw::kNotFound;
  if ((apdu.p2 & 0x07U) != kByRecordNumber) return sw::kWrongParameters;
  switch (apdu.p2 >> 3U) {
    case 0x18: return cyclic_record(apdu, image.ef18, kLogRecordsMax, habits);
    case 0x1E: return cyclic_record(apdu, image.ef1e, kTripRecordsMax, habits);
    case 0x1A: {
      // A record that was never made is never zeros.
      const auto* record = journey_record(image, apdu.p1);
      if (record == nullptr) return sw::kNoRecord;
      if (!apdu.le_is(record->size()) || le_too_loose(apdu, record->size()))
        return wrong_le(record->size());
      return Answer{*record};
    }
    default: return sw::kNotFound;
  }
}

}  // namespace tidegate::sim
