// SPDX-License-Identifier: Apache-2.0
// Serves gate.sock with one thread: heartbeats, hellos, passages, fire.
#include "edge/gate/gate_link.h"

#include <utility>

#include "base/log.h"
#include "base/time.h"

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
namespace protocol = gate_protocol;

constexpr milliseconds kHeartbeatEvery{100};
/// A healthy controller's buffer is never full; one that is gets no patience.
constexpr milliseconds kSendPatience{0};

}  // namespace

Result<std::unique_ptr<GateLink>> GateLink::start(const std::filesystem::path& socket,
                                                  Callbacks callbacks) {
  auto acceptor = Acceptor::listen(socket);
  if (!acceptor) return fail(std::move(acceptor.error()));
  return std::unique_ptr<GateLink>{new GateLink{std::move(*acceptor), std::move(callbacks)}};
}

GateLink::GateLink(Acceptor acceptor, Callbacks callbacks)
    : acceptor_{std::move(acceptor)}, callbacks_{std::move(callbacks)} {
  thread_ = std::thread{[this] { run(); }};
}

GateLink::~GateLink() {
  stopping_ = true;
  thread_.join();
}

void GateLink::send(AisleNo aisle, const protocol::Body& body) {
  const Bytes message = protocol::encode({aisle, body});
  const std::lock_guard lock{mutex_};
  if (const auto* display = std::get_if<protocol::Display>(&body)) shown_[aisle] = *display;
  for (const auto& peer : peers_)
    if (peer->aisle && (peer->aisle->get() == 0 || *peer->aisle == aisle)) tell(*peer, message);
}

void GateLink::tell(Peer& peer, ByteView message) {
  if (peer.dropped) return;
  if (peer.socket.send(message, kSendPatience)) return;
  peer.dropped = true;
  peer.socket.shut_down();
}

void GateLink::run() {
  SteadyTime next_beat = std::chrono::steady_clock::now();
  while (!stopping_) {
    const SteadyTime now = std::chrono::steady_clock::now();
    if (now >= next_beat) {
      beat();
      next_beat = now + kHeartbeatEvery;
    }
    wait_and_hear(std::chrono::ceil<milliseconds>(next_beat - now));
    sweep();
  }
}

void GateLink::beat() {
  const std::lock_guard lock{mutex_};
  for (const auto& peer : peers_)
    if (peer->aisle) tell(*peer, protocol::encode({*peer->aisle, protocol::Heartbeat{}}));
}

void GateLink::wait_and_hear(milliseconds patience) {
  std::vector<pollfd> fds{acceptor_.polled()};
  std::vector<std::shared_ptr<Peer>> peers;
  {
    const std::lock_guard lock{mutex_};
    peers = peers_;
  }
  for (const auto& peer : peers) fds.push_back({peer->socket.fd(), POLLIN, 0});
  if (::poll(fds.data(), fds.size(), static_cast<int>(patience.count())) <= 0) return;
  for (std::size_t i = 0; i < peers.size(); ++i)
    if (fds[i + 1].revents != 0) hear(*peers[i]);
  if (fds[0].revents == 0) return;
  auto socket = acceptor_.accept(milliseconds{0});
  if (!socket) return;
  auto peer = std::make_shared<Peer>();
  peer->socket = std::move(*socket);
  const std::lock_guard lock{mutex_};
  peers_.push_back(std::move(peer));
}

void GateLink::hear(Peer& peer) {
  const auto packet = peer.socket.receive(milliseconds{0});
  if (!packet && packet.error().code() == Errc::timeout) return;
  const auto message = packet ? protocol::decode(*packet) : fail(Error{packet.error()});
  if (!message) {
    const std::lock_guard lock{mutex_};
    peer.dropped = true;
    return;
  }
  if (std::holds_alternative<protocol::Hello>(message->body)) {
    greet(peer, message->aisle);
  } else if (const auto* passage = std::get_if<protocol::Passage>(&message->body)) {
    callbacks_.passage(message->aisle, passage->passed);
  } else if (const auto* fire = std::get_if<protocol::Fire>(&message->body)) {
    callbacks_.fire(fire->on);
  }
}

void GateLink::greet(Peer& peer, AisleNo aisle) {
  const std::lock_guard lock{mutex_};
  peer.aisle = aisle;
  tell(peer, protocol::encode({aisle, protocol::Heartbeat{}}));
  for (const auto& [number, display] : shown_)
    if (aisle.get() == 0 || aisle == number) tell(peer, protocol::encode({number, display}));
}

void GateLink::sweep() {
  const std::lock_guard lock{mutex_};
  const std::size_t gone =
      std::erase_if(peers_, [](const std::shared_ptr<Peer>& peer) { return peer->dropped; });
  if (gone > 0 && !stopping_) log(Priority::warning, "controller_lost", {{"controllers", gone}});
}

}  // namespace tidegate::edge
