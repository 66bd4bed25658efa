// SPDX-License-Identifier: Apache-2.0
// The foreign terminal's purchases, APDU by APDU.
#include "simulators/station/foreign_terminal.h"

#include <algorithm>
#include <string>

#include "simulators/card/purse_crypto.h"

namespace tidegate::sim {

namespace {

constexpr Byte kPlain = 0x06, kComposite = 0x09;
constexpr Byte kKeyIndex = 1;
constexpr std::size_t kEf15Bytes = 30;
/// A purse with less keeps what it has: the dearest fare must stay payable.
constexpr std::uint32_t kLeaveFen = 1'600;
constexpr unsigned kShoppingMaxFen = 40;

/// The answer's data when the status word is 9000.
[[nodiscard]] Result<Bytes> ask(TUnionCard& card, const char* what, ByteView command) {
  Bytes answer = card.transceive(command);
  if (answer.size() < 2) return fail(Errc::gone, std::string{what} + ": no answer");
  const auto word = ByteView{answer}.last(2);
  if (read_be(word) != 0x9000) return fail(Errc::refused, std::string{what} + ": " + to_hex(word));
  answer.resize(answer.size() - 2);
  return answer;
}

[[nodiscard]] Bytes command(std::initializer_list<Byte> header, ByteView data) {
  Bytes out{header};
  out.push_back(static_cast<Byte>(data.size()));
  append(out, data);
  return out;
}

[[nodiscard]] Result<Bytes> initialize(TUnionCard& card, Byte p1, std::uint32_t amount,
                                       const TerminalNo& terminal) {
  Bytes data{kKeyIndex};
  append_be(data, amount, 4);
  append(data, terminal.get());
  Bytes init = command({0x80, 0x50, p1, 0x02}, data);
  init.push_back(0x0F);
  return ask(card, "8050", init);
}

/// 80DC: record 2701 as it is, and a bus trip in Ningbo behind it.
[[nodiscard]] Status stage(TUnionCard& card, ByteView rail, std::uint32_t amount,
                           const TerminalNo& terminal, ByteView at) {
  if (auto done = ask(card, "80DC 1A", command({0x80, 0xDC, 0x00, 0xD0}, rail)); !done) {
    return fail(std::move(done.error()));
  }
  Bytes trip{0x06, 0x00, 0x00};  // a single trip; the terminal follows
  append(trip, terminal.get());
  trip.push_back(0x02);             // bus
  append_be(trip, 0x0003'0041, 4);  // line, stop
  append_be(trip, 0, 3);            // operator
  append_be(trip, amount, 4);
  append_be(trip, 0, 4);  // balance: many terminals leave it out
  append(trip, at);
  append_be(trip, 0x3320, 2);
  append(trip, std::array<Byte, 8>{0x13, 0x47, 0x33, 0x20, 0xFF, 0xFF, 0xFF, 0xFF});
  append_be(trip, 0, 6);
  if (auto done = ask(card, "80DC 1E", command({0x80, 0xDC, 0x00, 0xF0}, trip)); !done) {
    return fail(std::move(done.error()));
  }
  return {};
}

[[nodiscard]] Bytes select_purse() {
  constexpr std::array<Byte, 8> kPurse{0xA0, 0x00, 0x00, 0x06, 0x32, 0x01, 0x01, 0x05};
  Bytes out = command({0x00, 0xA4, 0x04, 0x00}, kPurse);
  out.push_back(0x00);
  return out;
}

}  // namespace

std::uint32_t ForeignTerminal::next_transaction() {
  const std::lock_guard lock{mutex_};
  return ++transactions_;
}

Result<ForeignDebit> ForeignTerminal::purchase(TUnionCard& card, Fen amount, Timestamp at) {
  return debit(card, amount, at, false);
}

Result<ForeignDebit> ForeignTerminal::composite(TUnionCard& card, Fen amount, Timestamp at) {
  return debit(card, amount, at, true);
}

Result<ForeignDebit> ForeignTerminal::debit(TUnionCard& card, Fen amount, Timestamp when,
                                            bool composite) {
  if (auto done = ask(card, "SELECT", select_purse()); !done) return fail(std::move(done.error()));
  const auto ef15 = ask(card, "READ 15", std::array<Byte, 5>{0x00, 0xB0, 0x95, 0x00, kEf15Bytes});
  if (!ef15) return fail(Error{ef15.error()});
  const auto rail = ask(card, "READ 1A", std::array<Byte, 5>{0x00, 0xB2, 0x01, 0xD4, 0x00});
  if (!rail) return fail(Error{rail.error()});

  const auto fen = static_cast<std::uint32_t>(amount.count());
  const auto init = initialize(card, composite ? 0x03 : 0x01, fen, number_);
  if (!init) return fail(Error{init.error()});
  const auto counter = static_cast<std::uint16_t>(read_be(ByteView{*init}.subspan(4, 2)));
  const auto random = to_array<4>(ByteView{*init}.subspan(11, 4));
  const auto at = bcd_time(to_local(when));
  if (composite) {
    if (auto done = stage(card, *rail, fen, number_, at); !done) return fail(Error{done.error()});
  }

  const std::uint32_t transaction = next_transaction();
  const auto key = session_key(card_key(purchase_key_, *ef15), random, counter,
                               static_cast<std::uint16_t>(transaction & 0xFFFFU));
  Bytes message;
  append_be(message, fen, 4);
  message.push_back(composite ? kComposite : kPlain);
  append(message, number_.get());
  append(message, at);
  Bytes data;
  append_be(data, transaction, 4);
  append(data, at);
  append(data, purse_mac(key, message));
  Bytes debit = command({0x80, 0x54, 0x01, 0x00}, data);
  debit.push_back(0x08);
  const auto answer = ask(card, "8054", debit);
  if (!answer) return fail(Error{answer.error()});
  Bytes mac2_message;
  append_be(mac2_message, fen, 4);
  if (!std::ranges::equal(ByteView{*answer}.last(4), purse_mac(key, mac2_message))) {
    return fail(Errc::corrupt, "8054: a wrong MAC2");
  }
  return ForeignDebit{.amount = amount,
                      .after = CardCounter{static_cast<std::uint16_t>(counter + 1U)},
                      .composite = composite};
}

void shop_elsewhere(ForeignTerminal& terminal, Passenger& passenger, unsigned debits,
                    std::uint64_t seed) {
  Dice dice{seed};
  for (unsigned i = 0; i < debits; ++i) {
    const bool composite = dice.one_in(3);
    const unsigned wanted = 1 + dice.below(kShoppingMaxFen);
    const bool rich = passenger.card->image().balance >= kLeaveFen + wanted;
    const Fen amount{rich ? wanted : 0};
    const Timestamp now = SystemClock{}.now();
    const auto debit = composite ? terminal.composite(*passenger.card, amount, now)
                                 : terminal.purchase(*passenger.card, amount, now);
    passenger.card->power_off();
    if (debit) passenger.foreign.push_back(*debit);
  }
}

}  // namespace tidegate::sim
