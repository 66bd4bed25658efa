// SPDX-License-Identifier: Apache-2.0
// Accepts connections, and rests while it cannot.
#include "edge/gate/acceptor.h"

#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "base/log.h"

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool may_speak(const posix::SeqpacketSocket& socket) {
  const auto peer = socket.peer();
  if (peer && (peer->uid == ::geteuid() || peer->uid == 0)) return true;
  log(Priority::warning, "peer_refused", {{"uid", peer ? peer->uid : 0U}});
  return false;
}

}  // namespace

Result<Acceptor> Acceptor::listen(const std::filesystem::path& socket) {
  auto listener = posix::SeqpacketListener::listen(socket, 0600);
  if (!listener) return fail(std::move(listener.error()));
  return Acceptor{std::move(*listener), socket.filename().string()};
}

milliseconds Acceptor::looks_away() const {
  if (!looks_again_) return milliseconds{0};
  return std::max(std::chrono::ceil<milliseconds>(*looks_again_ - steady_clock::now()),
                  milliseconds{0});
}

std::optional<posix::SeqpacketSocket> Acceptor::accept(milliseconds patience) {
  if (const auto pause = looks_away(); pause.count() > 0) {
    std::this_thread::sleep_for(std::min(pause, patience));
    return std::nullopt;
  }
  auto socket = listener_.accept(patience);
  if (!socket && socket.error().code() == Errc::timeout) return std::nullopt;
  if (!socket) {
    if (!looks_again_)
      log(Priority::error, "accept_failed", {{"socket", name_}, {"error", socket.error()}});
    looks_again_ = steady_clock::now() + kPause;
    return std::nullopt;
  }
  if (std::exchange(looks_again_, std::nullopt))
    log(Priority::notice, "accept_works_again", {{"socket", name_}});
  if (!may_speak(*socket)) return std::nullopt;
  return std::move(*socket);
}

}  // namespace tidegate::edge
