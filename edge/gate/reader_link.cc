// SPDX-License-Identifier: Apache-2.0
// Talks to the reader of one aisle: requests with numbers, and what the reader says by itself.
#include "edge/gate/reader_link.h"

#include <unistd.h>

#include <utility>

#include "base/log.h"

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
namespace protocol = reader_protocol;

constexpr milliseconds kSendPatience{200};
constexpr milliseconds kHelloPatience{500};
constexpr milliseconds kAcceptPatience{200};
/// A reader may have to replace its child before it can tell that an APDU failed.
constexpr milliseconds kReaderGrace{1000};
constexpr milliseconds kReselectPatience{2000};

Error failure(const protocol::Failed& failed) {
  Errc code = Errc::invalid;
  switch (failed.cause) {
    case protocol::Cause::gone: code = Errc::gone; break;
    case protocol::Cause::timeout: code = Errc::timeout; break;
    case protocol::Cause::reader: code = Errc::io; break;
    case protocol::Cause::invalid: break;
  }
  return Error{code, "reader: " + failed.text};
}

}  // namespace

void ReaderLink::lose(const Socket& socket) {
  if (!connection_.lose(socket)) return;
  held_.reset();
  log(Priority::warning, "reader_lost", {{"aisle", aisle_}});
}

Result<protocol::Message> ReaderLink::receive(const Socket& socket, milliseconds patience) {
  auto packet = socket->receive(patience);
  if (!packet) {
    if (packet.error().code() != Errc::timeout) lose(socket);
    return fail(std::move(packet.error()));
  }
  auto message = protocol::decode(*packet);
  if (!message) lose(socket);  // not our protocol: nothing it says can be used
  return message;
}

ReaderLink::Event ReaderLink::next(milliseconds patience) {
  if (held_) return *std::exchange(held_, std::nullopt);
  const Socket socket = connection_.current();
  if (!socket) return Lost{};
  const SteadyTime deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    auto message = receive(socket, std::max(left, milliseconds{0}));
    if (!message) {
      if (message.error().code() == Errc::timeout) return Nothing{};
      return Lost{};
    }
    if (auto* target = std::get_if<protocol::Target>(&message->body)) {
      if (message->request == 0) return std::move(*target);
    } else if (std::holds_alternative<protocol::Gone>(message->body)) {
      return protocol::Gone{};
    } else if (auto* state = std::get_if<protocol::State>(&message->body)) {
      return std::move(*state);
    }
    // An answer nobody waits for any more.
  }
}

Result<protocol::Message> ReaderLink::ask(protocol::Body body, milliseconds patience) {
  const Socket socket = connection_.current();
  if (!socket) return fail(Errc::io, "no reader is connected");
  const std::uint32_t request = ++request_ == 0 ? ++request_ : request_;
  if (auto sent = socket->send(protocol::encode({request, std::move(body)}), kSendPatience);
      !sent) {
    lose(socket);
    return fail(Errc::io, sent.error().message());
  }
  const SteadyTime deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return fail(Errc::io, "the reader did not answer");
    auto message = receive(socket, left);
    if (!message) {
      if (message.error().code() == Errc::timeout) continue;
      return fail(Errc::io, message.error().message());
    }
    if (message->request == request) return message;
    if (message->request != 0) continue;  // stale
    if (std::holds_alternative<protocol::Gone>(message->body)) {
      held_ = protocol::Gone{};
    } else if (auto* state = std::get_if<protocol::State>(&message->body)) {
      held_ = std::move(*state);
    } else if (auto* target = std::get_if<protocol::Target>(&message->body)) {
      // The reader began anew and found a card by itself: whatever was asked is lost.
      held_ = std::move(*target);
      return fail(Errc::gone, "the reader began anew");
    }
  }
}

Result<Bytes> ReaderLink::transceive(ByteView command, milliseconds timeout) {
  auto message =
      ask(protocol::Apdu{timeout, {command.begin(), command.end()}}, timeout + kReaderGrace);
  if (!message) return fail(std::move(message.error()));
  if (auto* reply = std::get_if<protocol::Reply>(&message->body)) return std::move(reply->apdu);
  if (const auto* failed = std::get_if<protocol::Failed>(&message->body))
    return fail(failure(*failed));
  return fail(Errc::invalid, "the reader answered an APDU with something else");
}

Status ReaderLink::reselect() {
  auto message = ask(protocol::Reselect{}, kReselectPatience);
  if (!message) return fail(std::move(message.error()));
  if (std::holds_alternative<protocol::Target>(message->body)) return {};
  if (const auto* failed = std::get_if<protocol::Failed>(&message->body))
    return fail(failure(*failed));
  return fail(Errc::invalid, "the reader answered a reselect with something else");
}

void ReaderLink::release() {
  const Socket socket = connection_.current();
  if (!socket) return;
  if (!socket->send(protocol::encode({0, protocol::Release{}}), kSendPatience)) lose(socket);
}

Result<std::unique_ptr<ReaderServer>> ReaderServer::start(
    const std::filesystem::path& socket, std::map<AisleNo, ReaderLink*> links,
    std::map<AisleNo, ScannerLink*> scanners) {
  auto acceptor = Acceptor::listen(socket);
  if (!acceptor) return fail(std::move(acceptor.error()));
  return std::unique_ptr<ReaderServer>{
      new ReaderServer{std::move(*acceptor), std::move(links), std::move(scanners)}};
}

ReaderServer::ReaderServer(Acceptor acceptor, std::map<AisleNo, ReaderLink*> links,
                           std::map<AisleNo, ScannerLink*> scanners)
    : acceptor_{std::move(acceptor)}, links_{std::move(links)}, scanners_{std::move(scanners)} {
  thread_ = std::thread{[this] { run(); }};
}

ReaderServer::~ReaderServer() {
  stopping_ = true;
  thread_.join();
}

void ReaderServer::run() {
  while (!stopping_)
    if (auto socket = acceptor_.accept(kAcceptPatience)) greet(std::move(*socket));
}

void ReaderServer::greet(posix::SeqpacketSocket socket) {
  const auto packet = socket.receive(kHelloPatience);
  if (!packet) return;
  const auto message = protocol::decode(*packet);
  const auto* hello = message ? std::get_if<protocol::Hello>(&message->body) : nullptr;
  if (hello == nullptr) {
    log(Priority::warning, "reader_hello_missing");
    return;
  }
  if (hello->role == protocol::Role::scanner) {
    const auto scanner = scanners_.find(hello->aisle);
    if (scanner == scanners_.end()) {
      log(Priority::warning, "scanner_of_unknown_aisle", {{"aisle", hello->aisle}});
      return;
    }
    log(Priority::info, "scanner_connected", {{"aisle", hello->aisle}, {"pid", hello->pid}});
    return scanner->second->adopt(std::move(socket));
  }
  const auto link = links_.find(hello->aisle);
  if (link == links_.end()) {
    log(Priority::warning, "reader_of_unknown_aisle", {{"aisle", hello->aisle}});
    return;
  }
  log(Priority::info, "reader_connected", {{"aisle", hello->aisle}, {"pid", hello->pid}});
  link->second->adopt(std::move(socket));
}

}  // namespace tidegate::edge
