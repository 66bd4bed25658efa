// SPDX-License-Identifier: Apache-2.0
// Builds record 2701 and the trip record of an entry, an exit or a boarding.
#include "edge/gate/journey_records.h"

#include <algorithm>

#include "fare/engine/card_state.h"

namespace tidegate::edge {
namespace {

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

}  // namespace

JourneyRecords tap_records(const RailRecord& before, fare::TapKind kind,
                           const fare::Decision& decision, const WritePlace& place, Fen amount,
                           Fen balance_before) {
  const Fen after = balance_before - amount;
  const bool single = kind == fare::TapKind::board && decision.max_fare == Fen{};
  JourneyRecords out;
  if (single) {
    out.rail = exited(entered(before, place, amount, balance_before, Fen{}), place, amount,
                      RailStatus::exited);
    out.rail.serial = next_serial(before.serial);
    out.trip = trip_of(kTripSingle, place, amount, after);
  } else if (kind == fare::TapKind::entry || kind == fare::TapKind::board) {
    out.rail = entered(before, place, amount, balance_before, decision.max_fare);
    out.trip = trip_of(kTripEntry, place, amount, after);
  } else {
    out.rail = exited(before, place, amount, RailStatus::exited);
    out.trip = trip_of(kTripExit, place, amount, after);
  }
  out.rail.operator_bytes = fare::encode_card_state(decision.state_after);
  return out;
}

JourneyRecords missed_alighting_records(const RailRecord& before, const WritePlace& place,
                                        Fen amount, Fen balance_before) {
  JourneyRecords out;
  out.rail = exited(before, place, amount, RailStatus::exit_updated);
  out.trip = trip_of(kTripMakeUp, place, amount, balance_before - amount);
  return out;
}

}  // namespace tidegate::edge
