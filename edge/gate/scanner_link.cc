// SPDX-License-Identifier: Apache-2.0
// Receives the codes of one aisle's scanner.
#include "edge/gate/scanner_link.h"

#include <utility>

#include "base/log.h"

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
namespace protocol = reader_protocol;

}  // namespace

void ScannerLink::adopt(posix::SeqpacketSocket socket) {
  lost_ = false;  // a scanner that does not work says so right after Hello
  connection_.adopt(std::move(socket));
}

void ScannerLink::lose(const Socket& socket) {
  if (connection_.lose(socket)) log(Priority::warning, "scanner_lost", {{"aisle", aisle_}});
}

bool ScannerLink::works() {
  return connection_.wait(milliseconds{0}) && !lost_;
}

std::optional<Bytes> ScannerLink::receive(const Socket& socket, milliseconds patience) {
  const auto packet = socket->receive(patience);
  if (!packet) {
    if (packet.error().code() != Errc::timeout) lose(socket);
    return std::nullopt;
  }
  auto message = protocol::decode(*packet);
  if (!message) {
    lose(socket);  // not our protocol: nothing it says can be used
    return std::nullopt;
  }
  if (auto* code = std::get_if<protocol::Code>(&message->body)) return std::move(code->bytes);
  if (const auto* state = std::get_if<protocol::State>(&message->body)) {
    const bool lost = state->state == protocol::ReaderState::lost;
    if (lost) log(Priority::alert, "scanner_down", {{"aisle", aisle_}, {"text", state->text}});
    if (connection_.current() == socket) lost_ = lost;
  }
  return Bytes{};
}

std::optional<Bytes> ScannerLink::next(milliseconds patience) {
  const Socket socket = connection_.current();
  if (!socket) return std::nullopt;
  std::optional<Bytes> newest;
  while (auto bytes = receive(socket, newest ? milliseconds{0} : patience))
    if (!bytes->empty() || !newest) newest = std::move(bytes);
  if (newest && newest->empty()) return std::nullopt;
  return newest;
}

void ScannerLink::forget() {
  const Socket socket = connection_.current();
  while (socket && receive(socket, milliseconds{0})) {
  }
}

}  // namespace tidegate::edge
