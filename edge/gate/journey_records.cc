// SPDX-License-Identifier: Apache-2.0
// Builds the records of an entry, an exit, a boarding or an alighting.
#include "edge/gate/journey_records.h"

#include <algorithm>

#include "fare/engine/card_state.h"

namespace tidegate::edge {
namespace {

using nfc::BusRecord;
using nfc::BusStatus;
using nfc::RailRecord;
using nfc::RailStatus;
using nfc::TripRecord;

// Types of EF 1E.
constexpr Byte kTripEntry = 0x03, kTripExit = 0x04, kTripSingle = 0x06, kTripMakeUp = 0x08;

/// In the journey files a terminal is 0000 and the 6 bytes of its SAM.
std::array<Byte, 8> terminal_field(const TerminalNo& terminal) {
  std::array<Byte, 8> out{};
  std::ranges::copy(terminal.get(), out.begin() + 2);
  return out;
}

std::array<Byte, 8> next_serial(const std::array<Byte, 8>& serial) {
  std::array<Byte, 8> out{};
  write_be(out, read_be(serial) + 1);
  return out;
}

TripRecord trip_of(Byte type, const WritePlace& place, Fen amount, Fen balance_after) {
  TripRecord trip;
  trip.type = type;
  trip.terminal = terminal_field(place.terminal);
  trip.industry = place.stop.industry;
  const auto& station = place.stop.code.station;  // 0000 0000 line station
  trip.line = {station[4], station[5]};
  trip.station = {station[6], station[7]};
  trip.operator_code = place.stop.operator_code;
  trip.amount = amount;
  trip.balance = balance_after;
  trip.at = place.at;
  trip.city = place.stop.code.city;
  trip.acquirer = place.stop.code.acquirer;
  return trip;
}

/// Begins a journey: nothing of an earlier one stays.
RailRecord entered(const RailRecord& before, const WritePlace& place, Fen amount,
                   Fen balance_before, Fen max_fare) {
  RailRecord rail;
  rail.serial = next_serial(before.serial);
  rail.status = RailStatus::entered;
  rail.entry_city = place.stop.code.city;
  rail.entry_acquirer = place.stop.code.acquirer;
  rail.entry_station = place.stop.code.station;
  rail.entry_line = place.stop.code.line;
  rail.entry_terminal = terminal_field(place.terminal);
  rail.entry_at = place.at;
  rail.max_fare = max_fare;
  rail.entry_amount = amount;
  rail.entry_balance = balance_before;
  return rail;
}

/// Ends the journey: what the entry wrote stays.
RailRecord exited(const RailRecord& before, const WritePlace& place, Fen amount,
                  RailStatus status) {
  RailRecord rail = before;
  rail.valid = 0x01;
  rail.interoperability = 0x01;
  rail.serial = next_serial(before.serial);
  rail.status = status;
  rail.exit_city = place.stop.code.city;
  rail.exit_acquirer = place.stop.code.acquirer;
  rail.exit_station = place.stop.code.station;
  rail.exit_line = place.stop.code.line;
  rail.exit_terminal = terminal_field(place.terminal);
  rail.exit_at = place.at;
  rail.exit_amount = amount;
  return rail;
}

BusRecord::Point point_of(const WritePlace& place) {
  const auto& station = place.stop.code.station;  // 0000 0000 line 00 stop
  BusRecord::Point out;
  out.city = place.stop.code.city;
  out.acquirer = place.stop.code.acquirer;
  out.operator_code = place.stop.operator_code;
  out.line = {station[4], station[5]};
  out.stop = station[7];
  std::ranges::copy(place.vehicle.substr(0, out.vehicle.size()), out.vehicle.begin());
  out.terminal = terminal_field(place.terminal);
  out.at = place.at;
  return out;
}

/// Begins a ride: nothing of an earlier one stays but what the layout reserves.
BusRecord boarded(const BusRecord& before, const WritePlace& place, Fen max_fare) {
  BusRecord bus;
  bus.serial = next_serial(before.serial);
  bus.status = BusStatus::boarded;
  bus.boarding = point_of(place);
  bus.marked_fare = max_fare;
  bus.direction = place.down ? BusRecord::kDown : BusRecord::kUp;
  bus.reserved = before.reserved;
  return bus;
}

/// Ends the ride: what the boarding wrote stays.
BusRecord alighted(const BusRecord& before, const WritePlace& place, Fen amount) {
  BusRecord bus = before;
  bus.valid = 0x01;
  bus.interoperability = 0x01;
  bus.serial = next_serial(before.serial);
  bus.status = BusStatus::alighted;
  bus.alighting = point_of(place);
  bus.fare = amount;
  return bus;
}

}  // namespace

nfc::CardWrites JourneyRecords::writes() const {
  nfc::CardWrites out;
  if (rail) out.journey = nfc::encode_rail_record(*rail);
  if (bus) out.journey = nfc::encode_bus_record(*bus);
  out.trip = trip;
  return out;
}

JourneyRecords tap_records(const nfc::CardImage& before, fare::TapKind kind,
                           const fare::Decision& decision, const WritePlace& place, Fen amount) {
  using fare::TapKind;
  const Fen after = balance_after(before.balance, amount);
  const BusRecord bus = before.bus.value_or(BusRecord{});
  const auto state = fare::encode_card_state(decision.state_after);
  JourneyRecords out;
  switch (kind) {
    case TapKind::entry:
      out.rail = entered(before.rail, place, amount, before.balance, decision.max_fare);
      out.rail->operator_bytes = state;
      out.trip = trip_of(kTripEntry, place, amount, after);
      break;
    case TapKind::exit:
      out.rail = exited(before.rail, place, amount, RailStatus::exited);
      out.rail->operator_bytes = state;
      out.trip = trip_of(kTripExit, place, amount, after);
      break;
    case TapKind::board:
      if (decision.opens_journey) {
        out.bus = boarded(bus, place, decision.max_fare);
        out.trip = trip_of(kTripEntry, place, amount, after);
        break;
      }
      // A locked record cannot be written; a ride that does not need it goes on without our state.
      if (before.has_rail && before.rail.lock == 0) {
        out.rail = before.rail;
        out.rail->operator_bytes = state;
      }
      out.trip = trip_of(kTripSingle, place, amount, after);
      break;
    case TapKind::alight:
      out.bus = alighted(bus, place, amount);
      out.trip = trip_of(kTripExit, place, amount, after);
      break;
  }
  return out;
}

JourneyRecords missed_alighting_records(const nfc::CardImage& before, bool by_bus,
                                        const WritePlace& place, Fen amount) {
  JourneyRecords out;
  if (by_bus) {
    out.bus = alighted(before.bus.value_or(BusRecord{}), place, amount);
  } else {
    out.rail = exited(before.rail, place, amount, RailStatus::exit_updated);
  }
  out.trip = trip_of(kTripMakeUp, place, amount, balance_after(before.balance, amount));
  return out;
}

JourneyRecords unchanged_records(const nfc::CardImage& before, const Intent& like) {
  JourneyRecords out;
  if (like.type == static_cast<Byte>(nfc::PurchaseType::purchase)) return out;
  const bool bus = !like.journey_record.empty() && !is_rail_record(like.journey_record);
  if ((bus || !before.has_rail) && before.bus) {
    out.bus = before.bus;
  } else if (before.has_rail) {
    out.rail = before.rail;
  }
  return out;
}

bool is_rail_record(ByteView record) {
  constexpr std::uint64_t kRailRecordId = 0x2701;
  return record.size() >= 2 && read_be(record.first(2)) == kRailRecordId;
}

Fen balance_after(Fen balance_before, Fen amount) {
  return std::max(Fen{}, balance_before - amount);
}

}  // namespace tidegate::edge
