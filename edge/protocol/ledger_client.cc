// SPDX-License-Identifier: Apache-2.0
// Asks for entries and puts the pieces together.
#include "edge/protocol/ledger_client.h"

namespace tidegate::edge {
namespace {

namespace protocol = ledger_protocol;

/// Longer a gate needs for no answer.
constexpr std::chrono::milliseconds kPatience{10'000};
/// A batch of one row may be larger than was asked for, but not than this.
constexpr std::size_t kBytesMax = 2 * protocol::kBatchBytesMax;

std::unexpected<Error> fail_order() {
  return fail(Errc::invalid, "the gate answers out of order");
}

}  // namespace

Result<protocol::Message> LedgerClient::receive(std::chrono::milliseconds patience) const {
  const auto packet = socket_.receive(patience);
  if (!packet) return fail(Error{packet.error()}, "waiting for the gate");
  return protocol::decode(*packet);
}

Result<LedgerClient> LedgerClient::connect(const std::filesystem::path& socket) {
  auto connected = posix::SeqpacketSocket::connect(socket);
  if (!connected) return fail(std::move(connected.error()));
  LedgerClient out{std::move(*connected)};
  if (auto sent = out.socket_.send(protocol::encode(protocol::Hello{}), kPatience); !sent)
    return fail(std::move(sent.error()));
  auto answer = out.receive(kPatience);
  if (!answer) return fail(std::move(answer.error()));
  const auto* welcome = std::get_if<protocol::Welcome>(&*answer);
  if (welcome == nullptr) return fail_order();
  out.where_ = welcome->where;
  out.box_ = welcome->box;
  return out;
}

Result<protocol::Batch> LedgerClient::read(const protocol::Read& request) {
  if (auto sent = socket_.send(protocol::encode(request), kPatience); !sent)
    return fail(std::move(sent.error()));
  Bytes bytes;
  while (true) {
    auto message = receive(request.wait + kPatience);
    if (!message) return fail(std::move(message.error()));
    if (const auto* end = std::get_if<protocol::End>(&*message)) {
      where_ = end->where;
      return bytes.empty() ? protocol::Batch{} : protocol::decode_batch(bytes);
    }
    const auto* piece = std::get_if<protocol::Piece>(&*message);
    if (piece == nullptr) return fail_order();
    if (bytes.size() + piece->bytes.size() > kBytesMax)
      return fail(Errc::invalid, "the gate sends more than was asked for");
    append(bytes, piece->bytes);
  }
}

}  // namespace tidegate::edge
