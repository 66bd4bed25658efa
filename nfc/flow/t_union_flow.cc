// SPDX-License-Identifier: Apache-2.0
// Reading a T-Union card (1A/1E flow) and what a price is made from. The debit is in
// purchase.cc, the way to the purse in selection.cc.
#include "nfc/flow/t_union_flow.h"

#include <algorithm>

#include "nfc/flow/exchange.h"
#include "nfc/flow/selection.h"

namespace tidegate::nfc {
namespace {

using fare::RefusalCode;

constexpr std::uint16_t kNoRecord = 0x6A83;
// GET BALANCE P1.
constexpr Byte kAvailable = 0x00, kOverdraftLimit = 0x01, kOverdraftUsed = 0x02, kReal = 0x03;

class Reading {
 public:
  Reading(CardChannel& card, const FlowSettings& settings) : card_{card}, settings_{settings} {}

  FlowResult<PublicInfo> public_info() {
    const auto data = file(Sfi::public_info, kPublicInfoBytes, "READ 15");
    if (!data) return std::unexpected{data.error()};
    const auto info = decode_public_info(*data);
    if (!info) return malformed("READ 15", info.error().message());
    return *info;
  }

  FlowResult<CardKindInfo> kind_info() {
    const auto data = file(Sfi::kind_info, kCardKindInfoBytes, "READ 17");
    if (!data) return std::unexpected{data.error()};
    const auto info = decode_card_kind_info(*data);
    if (!info) return malformed("READ 17", info.error().message());
    return *info;
  }

  /// A card that has never been used by rail has no record, or one of zero bytes.
  FlowResult<RailRecord> rail(bool& there) {
    const auto data = record(Sfi::journey, 1, kRailRecordBytes, "READ 2701");
    if (!data) return std::unexpected{data.error()};
    there = !data->empty();
    if (data->empty() || all_zero(*data)) return RailRecord{};
    const auto rail = decode_rail_record(*data);
    if (!rail) return malformed("READ 2701", rail.error().message());
    return *rail;
  }

  /// What no bus has written, or not as the layout has it, is no journey: a boarding writes it
  /// anew.
  FlowResult<std::optional<BusRecord>> bus() {
    auto response =
        fetch(card_, read_record(Sfi::journey, 2, static_cast<Byte>(kJourneyRecordBytes)),
              settings_.apdu_timeout, "READ 2702");
    if (!response) return std::unexpected{response.error()};
    if (!response->ok()) return std::optional<BusRecord>{};
    if (response->data.size() == kJourneyRecordBytes && all_zero(response->data))
      return std::optional{BusRecord{}};
    const auto bus = decode_bus_record(response->data);
    return bus ? std::optional{*bus} : std::nullopt;
  }

  /// The issuer's loan: what is left of it, and what is spent. A card that does not tell has none
  /// to spend; it is no reason to hold anybody.
  FlowResult<void> overdraft(CardImage& out) {
    const auto limit = balance_part(kOverdraftLimit, "BALANCE 01");
    if (!limit && limit.error().channel_failed) return std::unexpected{limit.error()};
    const auto used = balance_part(kOverdraftUsed, "BALANCE 02");
    if (!used && used.error().channel_failed) return std::unexpected{used.error()};
    out.overdraft_used = used.value_or(Fen{});
    if (limit && used) out.overdraft_left = std::max(Fen{}, *limit - *used);
    return {};
  }

  FlowResult<Fen> real_balance() {
    auto response = fetch(card_, get_balance(kReal), settings_.apdu_timeout, "BALANCE 03");
    if (!response) return std::unexpected{response.error()};
    if (response->ok()) return purse_amount(*response, "BALANCE 03");
    // Some cards know only the three parts it is made of.
    const auto available = balance_part(kAvailable, "BALANCE 00");
    if (!available) return available;
    const auto limit = balance_part(kOverdraftLimit, "BALANCE 01");
    if (!limit) return limit;
    const auto used = balance_part(kOverdraftUsed, "BALANCE 02");
    if (!used) return used;
    const Fen real = *available - *limit + *used;
    if (*used > *limit || real < Fen{} || real > kPurseMax)
      return malformed("BALANCE", "available, overdraft limit and overdraft used do not add up");
    return real;
  }

  /// What to do with a record of the right length whose content breaks the layout.
  enum class Broken : std::uint8_t { refuse, leave_out };

  /// Newest first; ends at the first record that is absent or was never used.
  template <class Record>
  FlowResult<std::vector<Record>> records(Sfi file, std::size_t count, std::size_t size,
                                          Result<std::optional<Record>> (*decode)(ByteView),
                                          std::string_view step, Broken broken) {
    std::vector<Record> out;
    for (std::size_t i = 1; i <= count; ++i) {
      const auto data = record(file, static_cast<Byte>(i), size, step);
      if (!data) return std::unexpected{data.error()};
      if (data->empty()) break;
      const auto decoded = decode(*data);
      if (!decoded && broken == Broken::leave_out) continue;
      if (!decoded) return malformed(step, decoded.error().message());
      if (!*decoded) break;
      out.push_back(**decoded);
    }
    return out;
  }

 private:
  /// The first `size` bytes of a binary file; a card that insists on its own length may send more.
  FlowResult<Bytes> file(Sfi sfi, std::size_t size, std::string_view step) {
    auto response =
        fetch(card_, read_binary(sfi, 0, static_cast<Byte>(size)), settings_.apdu_timeout, step);
    if (!response) return std::unexpected{response.error()};
    if (!response->ok()) return malformed_sw(step, response->sw);
    const bool right =
        sfi == Sfi::kind_info ? response->data.size() >= size : response->data.size() == size;
    if (!right) return malformed(step, "the file has the wrong length");
    return std::move(response->data);
  }

  /// Empty: the card has no such record.
  FlowResult<Bytes> record(Sfi sfi, Byte number, std::size_t size, std::string_view step) {
    auto response = fetch(card_, read_record(sfi, number, static_cast<Byte>(size)),
                          settings_.apdu_timeout, step);
    if (!response) return std::unexpected{response.error()};
    if (response->sw == kNoRecord && response->data.empty()) return Bytes{};
    if (!response->ok()) return malformed_sw(step, response->sw);
    if (response->data.size() != size) return malformed(step, "the record has the wrong length");
    return std::move(response->data);
  }

  FlowResult<Fen> balance_part(Byte which, std::string_view step) {
    auto response = fetch(card_, get_balance(which), settings_.apdu_timeout, step);
    if (!response) return std::unexpected{response.error()};
    if (!response->ok()) return malformed_sw(step, response->sw);
    return purse_amount(*response, step);
  }

  static FlowResult<Fen> purse_amount(const Response& response, std::string_view step) {
    if (response.data.size() != 4) return malformed(step, "the answer has the wrong length");
    const Fen amount{static_cast<std::int64_t>(read_be(response.data))};
    if (amount > kPurseMax) return malformed(step, "more than a purse can hold");
    return amount;
  }

  CardChannel& card_;
  const FlowSettings& settings_;
};

FlowResult<CardImage> read_selected(Reading& reading, const Fci& fci,
                                    const FlowSettings& settings) {
  CardImage out;
  out.kernel = fci.kernel;
  if (fci.public_info) {
    out.info = *fci.public_info;
  } else {
    const auto info = reading.public_info();
    if (!info) return std::unexpected{info.error()};
    out.info = *info;
  }
  const auto kind = reading.kind_info();
  if (!kind) return std::unexpected{kind.error()};
  out.kind = *kind;
  const auto rail = reading.rail(out.has_rail);
  if (!rail) return std::unexpected{rail.error()};
  out.rail = *rail;
  if (settings.bus) {
    const auto bus = reading.bus();
    if (!bus) return std::unexpected{bus.error()};
    out.bus = *bus;
  }
  const auto balance = reading.real_balance();
  if (!balance) return std::unexpected{balance.error()};
  out.balance = *balance;
  if (settings.overdraft) {
    if (const auto lent = reading.overdraft(out); !lent) return std::unexpected{lent.error()};
  }
  // Other operators' machines write trips too, and some write ones that are none. They are no
  // reason to hold a passenger; a journey of ours is judged by record 2701.
  auto trips = reading.records(Sfi::trips, std::min(settings.trips, kTripRecords), kTripRecordBytes,
                               decode_trip_record, "READ 1E", Reading::Broken::leave_out);
  if (!trips) return std::unexpected{std::move(trips.error())};
  out.trips = std::move(*trips);
  return out;
}

fare::RiderCategory rider_of(Byte card_kind) {
  switch (card_kind) {
    case 0x02: return fare::RiderCategory::student;
    case 0x03: return fare::RiderCategory::senior;
    case 0x04: return fare::RiderCategory::test;
    case 0x05: return fare::RiderCategory::military;
    default: return fare::RiderCategory::adult;
  }
}

Timestamp timestamp_of(const LocalTime& at) {
  const auto out = from_local(at);
  ASSERT(out.has_value());  // the decoders let no other time through
  return *out;
}

fare::OpenJourney open_entry(const RailRecord& rail) {
  ASSERT(rail.entry_at.has_value());  // decode_rail_record
  return {.where = {.city = rail.entry_city,
                    .acquirer = rail.entry_acquirer,
                    .station = rail.entry_station,
                    .line = rail.entry_line},
          .terminal = rail.entry_terminal,
          .at = timestamp_of(*rail.entry_at)};
}

/// What the entry said is the most. Other operators write other amounts there: in record 2701 our
/// own bytes show that the entry was ours; 2702 has none of ours, and "marked fare" is its own
/// name.
Fen told_at_entry(Fen field) {
  constexpr std::int64_t kPurseMax = 0xFFFFFF;
  return field.count() <= kPurseMax ? field : Fen{};
}

/// In 2702 the line has two bytes of its own and the stop one.
fare::OpenJourney open_boarding(const BusRecord& bus) {
  ASSERT(bus.boarding.at.has_value());  // decode_bus_record
  const BusRecord::Point& at = bus.boarding;
  return {.where = {.city = at.city,
                    .acquirer = at.acquirer,
                    .station = {0, 0, 0, 0, at.line[0], at.line[1], 0, at.stop},
                    .line = at.line[1]},
          .terminal = at.terminal,
          .at = timestamp_of(*at.at)};
}

fare::HistoryTrip history_trip(const TripRecord& trip) {
  fare::HistoryTrip out;
  out.type = trip.type;
  out.industry = trip.industry;
  out.where.city = trip.city;
  out.where.acquirer = trip.acquirer;
  // The 8-byte form of 1A: 0000 0000 line station, and the line's low byte beside it.
  std::ranges::copy(trip.line, out.where.station.begin() + 4);
  std::ranges::copy(trip.station, out.where.station.begin() + 6);
  out.where.line = trip.line[1];
  out.amount = trip.amount;
  out.at = timestamp_of(trip.at);
  return out;
}

}  // namespace

FlowResult<CardImage> identify(CardChannel& card, const FlowSettings& settings) {
  const auto selected = select_application(card, settings);
  if (!selected) return std::unexpected{selected.error()};
  Reading reading{card, settings};
  auto image = read_selected(reading, selected->fci, settings);
  if (image) {
    image->blocked = selected->blocked;
  } else if (selected->blocked && !image.error().channel_failed) {
    // What a blocked application does not let us read is no fault of its format.
    return std::unexpected{FlowError{RefusalCode::application_blocked, image.error().detail}};
  }
  return image;
}

FlowResult<std::vector<LogRecord>> read_log(CardChannel& card, const FlowSettings& settings) {
  return Reading{card, settings}.records(Sfi::log, kLogRecords, kLogRecordBytes, decode_log_record,
                                         "READ 18", Reading::Broken::refuse);
}

fare::Medium to_medium(const CardImage& image, const FlowSettings& settings) {
  fare::Medium out;
  out.kind = fare::MediumKind::t_union;
  out.issuer = image.info.issuer_code();
  out.card_kind = image.kind.card_kind;
  out.rider = rider_of(image.kind.card_kind);
  out.balance = image.balance;
  out.overdraft_left = image.overdraft_left;
  out.overdraft_used = image.overdraft_used;
  if (settings.bus) {
    if (image.bus && image.bus->on_board()) out.open_bus = open_boarding(*image.bus);
  } else if (image.rail.inside()) {
    out.open = open_entry(image.rail);
  }
  out.state = fare::decode_card_state(image.rail.operator_bytes);
  if (out.open && out.state) out.open->told = told_at_entry(image.rail.max_fare);
  if (out.open_bus) out.open_bus->told = told_at_entry(image.bus->marked_fare);
  for (const TripRecord& trip : image.trips) out.history.push_back(history_trip(trip));
  return out;
}

}  // namespace tidegate::nfc
