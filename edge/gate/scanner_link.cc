// SPDX-License-Identifier: Apache-2.0
#include "edge/gate/scanner_link.h"

#include <utility>

#include "base/log.h"

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
namespace protocol = reader_protocol;

}  // namespace

void ScannerLink::adopt(posix::SeqpacketSocket socket) {
  {
    const std::lock_guard lock{mutex_};
    if (socket_) socket_->shut_down();
    socket_ = std::make_shared<posix::SeqpacketSocket>(std::move(socket));
    lost_ = false;
    if (stopped_) socket_->shut_down();
  }
  connected_.notify_all();
}

void ScannerLink::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
    if (socket_) socket_->shut_down();
  }
  connected_.notify_all();
}

ScannerLink::Socket ScannerLink::current() {
  const std::lock_guard lock{mutex_};
  return socket_;
}

void ScannerLink::lose(const Socket& socket) {
  const std::lock_guard lock{mutex_};
  if (socket_ != socket) return;  // a newer one has come already
  socket_.reset();
  log(Priority::warning, "scanner_lost", {{"aisle", aisle_}});
}

bool ScannerLink::wait_connected(milliseconds patience) {
  std::unique_lock lock{mutex_};
  connected_.wait_for(lock, patience, [&] { return stopped_ || socket_ != nullptr; });
  return socket_ != nullptr && !stopped_;
}

bool ScannerLink::works() {
  const std::lock_guard lock{mutex_};
  return socket_ != nullptr && !lost_ && !stopped_;
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
    const std::lock_guard lock{mutex_};
    if (socket_ == socket) lost_ = lost;
  }
  return Bytes{};
}

std::optional<Bytes> ScannerLink::next(milliseconds patience) {
  const Socket socket = current();
  if (!socket) return std::nullopt;
  std::optional<Bytes> newest;
  while (auto bytes = receive(socket, newest ? milliseconds{0} : patience))
    if (!bytes->empty() || !newest) newest = std::move(bytes);
  if (newest && newest->empty()) return std::nullopt;
  return newest;
}

void ScannerLink::forget() {
  const Socket socket = current();
  while (socket && receive(socket, milliseconds{0})) {
  }
}

}  // namespace tidegate::edge
