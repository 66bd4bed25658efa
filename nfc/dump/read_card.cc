// SPDX-License-Identifier: Apache-2.0
// The order in which a card is asked.
#include "nfc/dump/read_card.h"

#include <utility>

#include "nfc/purse/apdu.h"
#include "nfc/purse/records.h"

namespace tidegate::nfc {
namespace {

constexpr std::array<Byte, 14> kPpse{'2', 'P', 'A', 'Y', '.', 'S', 'Y',
                                     'S', '.', 'D', 'D', 'F', '0', '1'};
constexpr std::array<Byte, 9> kCityUnion{0xA0, 0x00, 0x00, 0x00, 0x03, 0x86, 0x98, 0x07, 0x01};
constexpr Byte kJourneyRecords = 2;  // 2701 rail and 2702 bus; the layout of others is not public

class Asker {
 public:
  Asker(CardChannel& card, std::chrono::milliseconds timeout) : card_{card}, timeout_{timeout} {}

  /// Status word of the final answer; everything said is kept.
  Result<std::uint16_t> ask(Bytes command) {
    for (int round = 0; round < 8; ++round) {
      auto response = card_.transceive(command, timeout_);
      if (!response) return fail(std::move(response.error()));
      if (response->size() < 2) return fail(Errc::invalid, "the card answered without status word");
      const auto sw = static_cast<std::uint16_t>(read_be(ByteView{*response}.last(2)));
      said_.push_back({command, *std::move(response)});
      if (sw >> 8U == 0x6C) {
        command.back() = static_cast<Byte>(sw);
      } else if (sw >> 8U == 0x61) {
        command = {0x00, 0xC0, 0x00, 0x00, static_cast<Byte>(sw)};
      } else {
        return sw;
      }
    }
    return fail(Errc::invalid, "the card goes on asking for another length");
  }

  /// Records from 1 until one is absent, refused or never used.
  Status ask_records(Sfi file, Byte count, Byte size, bool stop_at_empty) {
    for (Byte number = 1; number <= count; ++number) {
      const auto sw = ask(read_record(file, number, size));
      if (!sw) return fail(sw.error());
      if (*sw != 0x9000) break;
      const Bytes& response = said_.back().response;
      if (stop_at_empty && all_zero(ByteView{response}.first(response.size() - 2))) break;
    }
    return {};
  }

  std::vector<Exchange> take() && { return std::move(said_); }

 private:
  CardChannel& card_;
  std::chrono::milliseconds timeout_;
  std::vector<Exchange> said_;
};

Bytes select_name(ByteView name) {
  Bytes out{0x00, 0xA4, 0x04, 0x00, static_cast<Byte>(name.size())};
  append(out, name);
  out.push_back(0x00);
  return out;
}

Status ask_balances_and_log(Asker& card) {
  for (const Byte which : {Byte{3}, Byte{0}, Byte{1}, Byte{2}})
    if (auto sw = card.ask(get_balance(which)); !sw) return fail(sw.error());
  return card.ask_records(Sfi::log, kLogRecords, kLogRecordBytes, true);
}

Status ask_purse(Asker& card) {
  if (auto sw = card.ask(read_binary(Sfi::public_info, 0, kPublicInfoBytes)); !sw)
    return fail(sw.error());
  if (auto sw = card.ask(read_binary(Sfi::kind_info, 0, kCardKindInfoBytes)); !sw)
    return fail(sw.error());
  if (auto ok = ask_balances_and_log(card); !ok) return ok;
  if (auto ok = card.ask_records(Sfi::journey, kJourneyRecords, kRailRecordBytes, false); !ok)
    return ok;
  return card.ask_records(Sfi::trips, kTripRecords, kTripRecordBytes, true);
}

}  // namespace

Result<std::vector<Exchange>> read_card(CardChannel& card, std::chrono::milliseconds timeout) {
  Asker asker{card, timeout};
  if (auto sw = asker.ask(select_name(kPpse)); !sw) return fail(sw.error());
  const auto purse = asker.ask(select_purse());
  if (!purse) return fail(purse.error());
  if (*purse == 0x9000 || *purse == 0x6283) {
    if (auto ok = ask_purse(asker); !ok) return fail(ok.error());
    return std::move(asker).take();
  }
  const auto city_union = asker.ask(select_name(kCityUnion));
  if (!city_union) return fail(city_union.error());
  if (*city_union == 0x9000) {
    if (auto ok = ask_balances_and_log(asker); !ok) return fail(ok.error());
  }
  return std::move(asker).take();
}

}  // namespace tidegate::nfc
