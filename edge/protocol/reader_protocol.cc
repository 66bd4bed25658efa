// SPDX-License-Identifier: Apache-2.0
// Codec of the messages between the gate and its readers.
#include "edge/protocol/reader_protocol.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace tidegate::edge::reader_protocol {
namespace {

// DO NOT CHANGE THESE NUMBERS.
enum class Type : Byte {
  hello = 0x01,
  target = 0x02,
  reply = 0x03,
  failed = 0x04,
  gone = 0x05,
  state = 0x06,
  code = 0x07,
  apdu = 0x11,
  reselect = 0x12,
  release = 0x13
};

constexpr Role kNoRole{0xFF};
constexpr std::size_t kReplyBytesMin = 2;    // a status word
constexpr std::size_t kCommandBytesMin = 4;  // CLA INS P1 P2

void append_short(Bytes& out, ByteView bytes) {
  append_be(out, bytes.size(), 1);
  append(out, bytes);
}

Type append_body(Bytes& out, const Hello& hello) {
  append_be(out, hello.aisle.get(), 2);
  append_be(out, hello.pid, 4);
  // A gate of before scanners wants nothing behind the number.
  if (hello.role != Role::reader) out.push_back(std::to_underlying(hello.role));
  return Type::hello;
}
Type append_body(Bytes& out, const Target& target) {
  append(out, target.atqa);
  out.push_back(target.sak);
  append_short(out, target.uid);
  append_short(out, target.ats);
  return Type::target;
}
Type append_body(Bytes& out, const Reply& reply) {
  ASSERT(reply.apdu.size() >= kReplyBytesMin);
  append(out, reply.apdu);
  return Type::reply;
}
Type append_body(Bytes& out, const Failed& failed) {
  out.push_back(std::to_underlying(failed.cause));
  append(out, as_bytes(failed.text));
  return Type::failed;
}
Type append_body(Bytes& /*out*/, const Gone& /*gone*/) {
  return Type::gone;
}
Type append_body(Bytes& out, const State& state) {
  out.push_back(std::to_underlying(state.state));
  append(out, as_bytes(state.text));
  return Type::state;
}
Type append_body(Bytes& out, const Apdu& apdu) {
  ASSERT(apdu.timeout.count() >= 0 && apdu.command.size() >= kCommandBytesMin);
  append_be(out, static_cast<std::uint64_t>(apdu.timeout.count()), 2);
  append(out, apdu.command);
  return Type::apdu;
}
Type append_body(Bytes& /*out*/, const Reselect& /*reselect*/) {
  return Type::reselect;
}
Type append_body(Bytes& /*out*/, const Release& /*release*/) {
  return Type::release;
}

Type append_body(Bytes& out, const Code& code) {
  ASSERT(!code.bytes.empty() && code.bytes.size() <= kCodeBytesMax);
  append(out, code.bytes);
  return Type::code;
}

Bytes copy(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

/// The rest of the packet; marks the reader as failed when it is shorter than `least`.
ByteView take_rest(ByteReader& in, std::size_t least) {
  return in.take(std::max(least, in.rest().size()));
}

Hello read_hello(ByteReader& in) {
  const auto aisle = static_cast<std::uint16_t>(in.be(2));
  const auto pid = static_cast<std::uint32_t>(in.be(4));
  Hello out{.aisle = AisleNo{aisle}, .pid = pid};
  if (in.rest().empty()) return out;
  out.role = static_cast<Role>(in.be(1));
  if (out.role == Role::reader) out.role = kNoRole;  // a reader says nothing
  return out;
}
Target read_target(ByteReader& in) {
  Target target;
  target.atqa[0] = static_cast<Byte>(in.be(1));
  target.atqa[1] = static_cast<Byte>(in.be(1));
  target.sak = static_cast<Byte>(in.be(1));
  target.uid = copy(in.take(in.be(1)));
  target.ats = copy(in.take(in.be(1)));
  return target;
}
Apdu read_apdu(ByteReader& in) {
  const auto timeout = std::chrono::milliseconds{in.be(2)};
  return {.timeout = timeout, .command = copy(take_rest(in, kCommandBytesMin))};
}
Failed read_failed(ByteReader& in) {
  const auto cause = static_cast<Cause>(in.be(1));
  return {.cause = cause, .text = std::string{as_text(take_rest(in, 0))}};
}
State read_state(ByteReader& in) {
  const auto state = static_cast<ReaderState>(in.be(1));
  return {.state = state, .text = std::string{as_text(take_rest(in, 0))}};
}

bool known(const Failed& failed) {
  return failed.cause >= Cause::gone && failed.cause <= Cause::invalid;
}
bool known(const State& state) {
  return state.state >= ReaderState::ok && state.state <= ReaderState::two_cards;
}
bool known(const Hello& hello) {
  return hello.role == Role::reader || hello.role == Role::scanner;
}
bool known(const Code& code) {
  return code.bytes.size() <= kCodeBytesMax;
}
template <class T>
bool known(const T& /*body*/) {
  return true;
}

Result<Body> read_body(Type type, ByteReader& in) {
  switch (type) {
    case Type::hello: return read_hello(in);
    case Type::target: return read_target(in);
    case Type::reply: return Reply{copy(take_rest(in, kReplyBytesMin))};
    case Type::failed: return read_failed(in);
    case Type::gone: return Gone{};
    case Type::state: return read_state(in);
    case Type::code: return Code{copy(take_rest(in, 1))};
    case Type::apdu: return read_apdu(in);
    case Type::reselect: return Reselect{};
    case Type::release: return Release{};
  }
  return fail(Errc::invalid, "reader message of an unknown type");
}

}  // namespace

Bytes encode(const Message& message) {
  Bytes out{kVersion, 0};
  append_be(out, message.request, 4);
  const Type type =
      std::visit([&](const auto& body) { return append_body(out, body); }, message.body);
  out[1] = std::to_underlying(type);
  return out;
}

Result<Message> decode(ByteView bytes) {
  ByteReader in{bytes};
  const auto version = static_cast<Byte>(in.be(1));
  const auto type = static_cast<Type>(in.be(1));
  const auto request = static_cast<std::uint32_t>(in.be(4));
  if (!in.ok()) return fail(Errc::invalid, "reader message without a whole head");
  if (version != kVersion) return fail(Errc::invalid, "reader message of another version");
  auto body = read_body(type, in);
  if (!body) return fail(std::move(body.error()));
  if (!in.done()) return fail(Errc::invalid, "reader message of a wrong length");
  if (!std::visit([](const auto& value) { return known(value); }, *body))
    return fail(Errc::invalid, "reader message with an unknown code");
  return Message{.request = request, .body = *std::move(body)};
}

}  // namespace tidegate::edge::reader_protocol
