// SPDX-License-Identifier: Apache-2.0
// Codec of the messages between the gate and its barrier and display controllers.
#include "edge/protocol/gate_protocol.h"

#include <bit>
#include <utility>

#include "base/assert.h"

namespace tidegate::edge::gate_protocol {
namespace {

// DO NOT CHANGE THESE NUMBERS.
enum class Type : Byte {
  hello = 0x01,
  passage = 0x02,
  fire = 0x03,
  alive = 0x04,
  open = 0x11,
  close = 0x12,
  display = 0x13,
  heartbeat = 0x14
};

constexpr Byte kPassed = 1;
constexpr Byte kNotPassed = 2;

void append_text(Bytes& out, std::string_view text) {
  append_be(out, text.size(), 2);
  append(out, as_bytes(text));
}
void append_fen(Bytes& out, Fen fen) {
  append_be(out, std::bit_cast<std::uint64_t>(fen.count()), 8);
}

Type append_body(Bytes& /*out*/, const Hello& /*hello*/) {
  return Type::hello;
}
Type append_body(Bytes& out, const Passage& passage) {
  out.push_back(passage.passed ? kPassed : kNotPassed);
  return Type::passage;
}
Type append_body(Bytes& out, const Fire& fire) {
  out.push_back(fire.on ? 1 : 0);
  return Type::fire;
}
Type append_body(Bytes& /*out*/, const Alive& /*alive*/) {
  return Type::alive;
}
Type append_body(Bytes& out, const Open& open) {
  ASSERT(open.time.count() >= 0);
  out.push_back(std::to_underlying(open.direction));
  out.push_back(open.persons);
  append_be(out, static_cast<std::uint64_t>(open.time.count()), 4);
  return Type::open;
}
Type append_body(Bytes& /*out*/, const Close& /*close*/) {
  return Type::close;
}
Type append_body(Bytes& out, const Display& display) {
  out.push_back(std::to_underlying(display.screen));
  append_be(out, display.refusal, 2);
  append_fen(out, display.fare);
  append_fen(out, display.balance);
  append_text(out, display.zh);
  append_text(out, display.en);
  return Type::display;
}
Type append_body(Bytes& /*out*/, const Heartbeat& /*heartbeat*/) {
  return Type::heartbeat;
}

Fen read_fen(ByteReader& in) {
  return Fen{std::bit_cast<std::int64_t>(in.be(8))};
}
std::string read_text(ByteReader& in) {
  return std::string{as_text(in.take(in.be(2)))};
}

Result<Body> read_passage(ByteReader& in) {
  const auto result = static_cast<Byte>(in.be(1));
  if (result != kPassed && result != kNotPassed)
    return fail(Errc::invalid, "passage that neither happened nor did not");
  return Passage{result == kPassed};
}
Result<Body> read_fire(ByteReader& in) {
  const auto on = static_cast<Byte>(in.be(1));
  if (on > 1) return fail(Errc::invalid, "fire input that is neither on nor off");
  return Fire{on == 1};
}
Result<Body> read_open(ByteReader& in) {
  const auto direction = static_cast<Direction>(in.be(1));
  if (direction != Direction::entry && direction != Direction::exit)
    return fail(Errc::invalid, "opening in an unknown direction");
  const auto persons = static_cast<std::uint8_t>(in.be(1));
  return Open{
      .direction = direction, .persons = persons, .time = std::chrono::milliseconds{in.be(4)}};
}
Result<Body> read_display(ByteReader& in) {
  Display display;
  display.screen = static_cast<Screen>(in.be(1));
  if (display.screen < Screen::ready || display.screen > Screen::out_of_service)
    return fail(Errc::invalid, "unknown screen");
  display.refusal = static_cast<std::uint16_t>(in.be(2));
  display.fare = read_fen(in);
  display.balance = read_fen(in);
  display.zh = read_text(in);
  display.en = read_text(in);
  return display;
}

Result<Body> read_body(Type type, ByteReader& in) {
  switch (type) {
    case Type::hello: return Hello{};
    case Type::passage: return read_passage(in);
    case Type::fire: return read_fire(in);
    case Type::alive: return Alive{};
    case Type::open: return read_open(in);
    case Type::close: return Close{};
    case Type::display: return read_display(in);
    case Type::heartbeat: return Heartbeat{};
  }
  return fail(Errc::invalid, "gate message of an unknown type");
}

}  // namespace

Bytes encode(const Message& message) {
  Bytes out{kVersion, 0};
  append_be(out, message.aisle.get(), 2);
  const Type type =
      std::visit([&](const auto& body) { return append_body(out, body); }, message.body);
  out[1] = std::to_underlying(type);
  return out;
}

Result<Message> decode(ByteView bytes) {
  ByteReader in{bytes};
  const auto version = static_cast<Byte>(in.be(1));
  const auto type = static_cast<Type>(in.be(1));
  const auto aisle = static_cast<std::uint16_t>(in.be(2));
  if (!in.ok()) return fail(Errc::invalid, "gate message without a whole head");
  if (version != kVersion) return fail(Errc::invalid, "gate message of another version");
  auto body = read_body(type, in);
  if (!body) return fail(std::move(body.error()));
  if (!in.done()) return fail(Errc::invalid, "gate message of a wrong length");
  return Message{.aisle = AisleNo{aisle}, .body = *std::move(body)};
}

}  // namespace tidegate::edge::gate_protocol
