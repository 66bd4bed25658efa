// SPDX-License-Identifier: Apache-2.0
// Connects to the gate and gives it up.
#include "edge/reader/gate_connection.h"

#include <algorithm>

#include "base/log.h"

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSendPatience{200};
constexpr milliseconds kLongestPause{500};

}  // namespace

milliseconds left_until(SteadyTime at) {
  return std::max(milliseconds{0},
                  std::chrono::ceil<milliseconds>(at - std::chrono::steady_clock::now()));
}

bool GateConnection::connect(SteadyTime now) {
  if (socket_ || now < next_try_) return false;
  auto connected = posix::SeqpacketSocket::connect(path_);
  if (!connected) {
    next_try_ = std::chrono::steady_clock::now() + pause_;
    pause_ = std::min(pause_ * 2, kLongestPause);
    return false;
  }
  socket_ = *std::move(connected);
  pause_ = kFirstPause;
  log(Priority::notice, "gate_connected", {{"aisle", aisle_}});
  return true;
}

Status GateConnection::send(const reader_protocol::Message& message) {
  if (!socket_) return {};
  return socket_.send(reader_protocol::encode(message), kSendPatience);
}

void GateConnection::lose(const std::string& why) {
  log(Priority::warning, "gate_lost", {{"aisle", aisle_}, {"why", why}});
  socket_ = {};
  next_try_ = std::chrono::steady_clock::now() + pause_;
}

}  // namespace tidegate::edge
