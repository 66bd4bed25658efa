// SPDX-License-Identifier: Apache-2.0
// Codec of the messages between the gate and who reads its ledger.
#include "edge/protocol/ledger_protocol.h"

#include <utility>

#include "base/assert.h"

namespace tidegate::edge::ledger_protocol {
namespace {

// DO NOT CHANGE THESE NUMBERS.
enum class Type : Byte { hello = 0x01, read = 0x02, welcome = 0x11, piece = 0x12, end = 0x13 };

constexpr std::size_t kBoxBytesMax = 64;
constexpr std::size_t kRowBytes = 8 + 32 + 4;  // without its entry

void append_where(Bytes& out, const Where& where) {
  append_be(out, where.epoch.get(), 8);
  append_be(out, where.first.get(), 8);
  append(out, where.before);
  append_be(out, where.head.get(), 8);
  append(out, where.head_hash);
}
Type append_body(Bytes& /*out*/, const Hello& /*hello*/) {
  return Type::hello;
}
Type append_body(Bytes& out, const Read& read) {
  ASSERT(read.wait.count() >= 0);
  append_be(out, read.from.get(), 8);
  append_be(out, read.bytes, 4);
  append_be(out, static_cast<std::uint64_t>(read.wait.count()), 4);
  return Type::read;
}
Type append_body(Bytes& out, const Welcome& welcome) {
  append_where(out, welcome.where);
  append(out, as_bytes(welcome.box.get()));
  return Type::welcome;
}
Type append_body(Bytes& out, const Piece& piece) {
  append(out, piece.bytes);
  return Type::piece;
}
Type append_body(Bytes& out, const End& end) {
  append_where(out, end.where);
  return Type::end;
}

Hash256 read_hash(ByteReader& in) {
  const ByteView bytes = in.take(32);
  return bytes.size() == 32 ? to_array<32>(bytes) : Hash256{};
}
Where read_where(ByteReader& in) {
  Where out;
  out.epoch = Epoch{in.be(8)};
  out.first = SequenceNo{in.be(8)};
  out.before = read_hash(in);
  out.head = SequenceNo{in.be(8)};
  out.head_hash = read_hash(in);
  return out;
}
Read read_read(ByteReader& in) {
  Read out;
  out.from = SequenceNo{in.be(8)};
  out.bytes = static_cast<std::uint32_t>(in.be(4));
  out.wait = std::chrono::milliseconds{in.be(4)};
  return out;
}
Result<Message> read_welcome(ByteReader& in) {
  Welcome out{.where = read_where(in), .box = {}};
  const std::string box{as_text(in.take(in.rest().size()))};
  if (box.empty() || box.size() > kBoxBytesMax)
    return fail(Errc::invalid, "ledger message without the name of a box");
  out.box = BoxId{box};
  return out;
}
Result<Message> read_piece(ByteReader& in) {
  const ByteView bytes = in.take(in.rest().size());
  if (bytes.empty() || bytes.size() > kPieceBytesMax)
    return fail(Errc::invalid, "ledger message with a piece of a wrong size");
  return Piece{Bytes{bytes.begin(), bytes.end()}};
}

Result<Message> read_body(Type type, ByteReader& in) {
  switch (type) {
    case Type::hello: return Hello{};
    case Type::read: return read_read(in);
    case Type::welcome: return read_welcome(in);
    case Type::piece: return read_piece(in);
    case Type::end: return End{read_where(in)};
  }
  return fail(Errc::invalid, "ledger message of an unknown type");
}

}  // namespace

Bytes encode(const Message& message) {
  Bytes out{kVersion, 0};
  const Type type = std::visit([&](const auto& body) { return append_body(out, body); }, message);
  out[1] = std::to_underlying(type);
  return out;
}

Result<Message> decode(ByteView bytes) {
  ByteReader in{bytes};
  const auto version = static_cast<Byte>(in.be(1));
  const auto type = static_cast<Type>(in.be(1));
  if (!in.ok()) return fail(Errc::invalid, "ledger message without a whole head");
  if (version != kVersion) return fail(Errc::invalid, "ledger message of another version");
  auto message = read_body(type, in);
  if (!message) return fail(std::move(message.error()));
  if (!in.done()) return fail(Errc::invalid, "ledger message of a wrong length");
  return message;
}

Bytes encode_batch(const Batch& batch) {
  Bytes out;
  std::size_t size = 32;
  for (const Row& row : batch.rows) size += kRowBytes + row.entry.size();
  out.reserve(size);
  append(out, batch.before);
  for (const Row& row : batch.rows) {
    append_be(out, row.sequence.get(), 8);
    append(out, row.hash);
    append_be(out, row.entry.size(), 4);
    append(out, row.entry);
  }
  return out;
}

Result<Batch> decode_batch(ByteView bytes) {
  ByteReader in{bytes};
  Batch out;
  out.before = read_hash(in);
  while (in.ok() && !in.done()) {
    Row row;
    row.sequence = SequenceNo{in.be(8)};
    row.hash = read_hash(in);
    const ByteView entry = in.take(in.be(4));
    if (!in.ok()) break;
    row.entry.assign(entry.begin(), entry.end());
    if (!out.rows.empty() && row.sequence.get() != out.rows.back().sequence.get() + 1)
      return fail(Errc::invalid, "a batch of the ledger has a gap");
    out.rows.push_back(std::move(row));
  }
  if (!in.done()) return fail(Errc::invalid, "a batch of the ledger is cut off");
  return out;
}

}  // namespace tidegate::edge::ledger_protocol
