// SPDX-License-Identifier: Apache-2.0
// Fuzzes the decoder of card dumps with exchanges that no card would ever have: lengths and bytes
// come from the input.
#include "nfc/dump/dump.h"
#include "nfc/purse/apdu.h"
#include "nfc/purse/applications.h"
#include "simulators/card/card_types.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

constexpr std::size_t kExchangesMax = 64;

/// Each exchange: length and bytes of the command, length and bytes of the response.
std::vector<nfc::Exchange> exchanges_of(ByteView input) {
  Input in{input};
  std::vector<nfc::Exchange> out;
  while (!in.empty() && out.size() < kExchangesMax) {
    nfc::Exchange exchange;
    append(exchange.command, in.take(in.byte()));
    append(exchange.response, in.take(in.byte()));
    out.push_back(std::move(exchange));
  }
  return out;
}

}  // namespace

void dump_run(ByteView input) {
  const auto exchanges = exchanges_of(input);
  const nfc::DumpReport report = nfc::decode_dump(exchanges);
  if (report.balance) ASSERT(*report.balance >= Fen{} && *report.balance <= nfc::kPurseMax);
  for (const auto& transaction : report.transactions)
    if (transaction.amount) ASSERT(*transaction.amount <= nfc::kPurseMax);
  for (const auto& trip : report.trips) {
    if (trip.amount) ASSERT(*trip.amount <= nfc::kPurseMax);
    if (trip.balance) ASSERT(*trip.balance <= nfc::kPurseMax);
  }
  ASSERT(report.transactions.size() + report.trips.size() + report.journeys.size() <=
         exchanges.size() * 16);
}

std::vector<Bytes> dump_seeds() {
  std::vector<Bytes> out;
  for (const std::string_view type : {"k1", "bus", "trip-type-09", "k1-dual", "city-union"}) {
    const auto card = sim::make_card_of_type(type);
    Bytes dump;
    for (const Bytes& command :
         {nfc::select_ppse(), nfc::select_purse(), nfc::read_binary(nfc::Sfi::public_info, 0, 30),
          nfc::read_binary(nfc::Sfi::kind_info, 0, 11), nfc::get_balance(3),
          nfc::read_record(nfc::Sfi::log, 1, 23), nfc::read_record(nfc::Sfi::trips, 1, 48),
          nfc::read_record(nfc::Sfi::journey, 1, 128),
          nfc::read_record(nfc::Sfi::journey, 2, 128)}) {
      const Bytes response = card->transceive(command);
      dump.push_back(static_cast<Byte>(command.size()));
      append(dump, command);
      dump.push_back(static_cast<Byte>(response.size()));
      append(dump, response);
    }
    out.push_back(std::move(dump));
  }
  return out;
}

}  // namespace tidegate::fuzz
