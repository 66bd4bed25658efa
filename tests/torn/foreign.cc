// SPDX-License-Identifier: Apache-2.0
// The other machines' commands, made with the card's own keys.
#include "tests/torn/foreign.h"

#include "simulators/card/purse_crypto.h"

namespace tidegate::edge::torn {
namespace {

constexpr std::array<Byte, 6> kTerminal{0x41, 0x99, 0x00, 0x00, 0x00, 0x77};
constexpr std::uint32_t kTxn = 0x00000123;
constexpr std::size_t kRandomInPurchase = 11, kRandomInLoad = 8;

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

Bytes maced(Fen amount, Byte type) {
  Bytes out;
  append_be(out, static_cast<std::uint64_t>(amount.count()), 4);
  out.push_back(type);
  append(out, kTerminal);
  return out;
}

bool purchase(sim::TUnionCard& card, Byte type, Timestamp at) {
  const bool capp = type == 0x09;
  const Fen amount{kForeignFen};
  if (!select(card)) return false;
  const sim::CardImageData image = card.image();
  const Bytes init = send(card, {0x80, 0x50, static_cast<Byte>(capp ? 0x03 : 0x01), 0x02},
                          init_data(image, amount), 15);
  if (init.empty()) return false;
  if (capp && send(card, {0x80, 0xDC, 0x01, 0xD0}, image.ef1a_2701).empty()) return false;
  const auto random = to_array<4>(ByteView{init}.subspan(kRandomInPurchase, 4));
  const auto key = sim::session_key(image.purchase_key, random, image.counter, kTxn & 0xFFFFU);
  const auto time = bcd_time(to_local(at));
  Bytes message = maced(amount, type);
  append(message, time);
  Bytes data;
  append_be(data, kTxn, 4);
  append(data, time);
  append(data, sim::purse_mac(key, message));
  const bool done = !send(card, {0x80, 0x54, 0x01, 0x00}, data, 8).empty();
  card.power_off();
  return done;
}

}  // namespace

bool foreign_purchase(sim::TUnionCard& card, Timestamp at) {
  return purchase(card, 0x06, at);
}

bool foreign_capp(sim::TUnionCard& card, Timestamp at) {
  return purchase(card, 0x09, at);
}

bool load(sim::TUnionCard& card, Fen amount, Timestamp at) {
  if (!select(card)) return false;
  const sim::CardImageData image = card.image();
  const Bytes init = send(card, {0x80, 0x50, 0x00, 0x02}, init_data(image, amount), 16);
  if (init.empty()) return false;
  const auto random = to_array<4>(ByteView{init}.subspan(kRandomInLoad, 4));
  const auto key = sim::session_key(image.load_key, random, image.load_counter, 0x8000);
  const auto time = bcd_time(to_local(at));
  Bytes message = maced(amount, 0x02);
  append(message, time);
  Bytes data{time.begin(), time.end()};
  append(data, sim::purse_mac(key, message));
  const bool done = !send(card, {0x80, 0x52, 0x00, 0x00}, data, 4).empty();
  card.power_off();
  return done;
}

}  // namespace tidegate::edge::torn
