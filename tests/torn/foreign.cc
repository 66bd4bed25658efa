// SPDX-License-Identifier: Apache-2.0
// The station simulator's foreign terminal, and a loading machine with the card's own keys.
#include "tests/torn/foreign.h"

#include "simulators/card/make_card.h"
#include "simulators/card/purse_crypto.h"
#include "simulators/station/foreign_terminal.h"

namespace tidegate::edge::torn {
namespace {

constexpr std::array<Byte, 6> kTerminal{0x41, 0x99, 0x00, 0x00, 0x00, 0x77};
constexpr std::size_t kRandomInLoad = 8;

/// The answer's data; empty unless it was 9000.
Bytes send(sim::TUnionCard& card, std::initializer_list<Byte> header, ByteView data, int le = -1) {
  Bytes command{header};
  command.push_back(static_cast<Byte>(data.size()));
  append(command, data);
  if (le >= 0) command.push_back(static_cast<Byte>(le));
  Bytes answer = card.transceive(command);
  if (answer.size() < 2 || answer[answer.size() - 2] != 0x90) return {};
  return answer;
}

bool select(sim::TUnionCard& card) {
  card.power_off();
  return !send(card, {0x00, 0xA4, 0x04, 0x00}, card.image().aid, 0).empty();
}

Bytes init_data(const sim::CardImageData& image, Fen amount) {
  Bytes out{image.key_index};
  append_be(out, static_cast<std::uint64_t>(amount.count()), 4);
  append(out, kTerminal);
  return out;
}

sim::ForeignTerminal& terminal() {
  static sim::ForeignTerminal one{TerminalNo{kTerminal}, sim::RootKeys{}.purchase};
  return one;
}

}  // namespace

bool foreign_purchase(sim::TUnionCard& card, Timestamp at) {
  card.power_off();
  const bool done = terminal().purchase(card, Fen{kForeignFen}, at).has_value();
  card.power_off();
  return done;
}

bool foreign_capp(sim::TUnionCard& card, Timestamp at) {
  card.power_off();
  const bool done = terminal().composite(card, Fen{kForeignFen}, at).has_value();
  card.power_off();
  return done;
}

bool load(sim::TUnionCard& card, Fen amount, Timestamp at) {
  if (!select(card)) return false;
  const sim::CardImageData image = card.image();
  const Bytes init = send(card, {0x80, 0x50, 0x00, 0x02}, init_data(image, amount), 16);
  if (init.empty()) return false;
  const auto random = to_array<4>(ByteView{init}.subspan(kRandomInLoad, 4));
  const auto key = sim::session_key(image.load_key, random, image.load_counter, 0x8000);
  const auto time = bcd_time(to_local(at));
  Bytes message;
  append_be(message, static_cast<std::uint64_t>(amount.count()), 4);
  message.push_back(0x02);
  append(message, kTerminal);
  append(message, time);
  Bytes data{time.begin(), time.end()};
  append(data, sim::purse_mac(key, message));
  const bool done = !send(card, {0x80, 0x52, 0x00, 0x00}, data, 4).empty();
  card.power_off();
  return done;
}

}  // namespace tidegate::edge::torn
