// SPDX-License-Identifier: Apache-2.0
// Serves ledger.sock.
#include "edge/gate/ledger_server.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
namespace protocol = ledger_protocol;

protocol::Where where_of(const RawSlice& slice) {
  return {slice.head.epoch, slice.base.first, slice.base.before, slice.head.sequence,
          slice.head.hash};
}

/// Only where the ledger is: there is no entry at that number.
Result<protocol::Where> where_is(const Ledger& ledger) {
  const auto slice = ledger.read_raw(SequenceNo{UINT64_MAX}, 0);
  if (!slice) return fail(Error{slice.error()});
  return where_of(*slice);
}

std::deque<Bytes> cut(const protocol::Batch& batch) {
  std::deque<Bytes> out;
  if (batch.rows.empty()) return out;
  const Bytes bytes = protocol::encode_batch(batch);
  for (ByteView rest{bytes}; !rest.empty();) {
    const ByteView piece = rest.first(std::min(rest.size(), protocol::kPieceBytesMax));
    out.push_back(protocol::encode(protocol::Piece{Bytes{piece.begin(), piece.end()}}));
    rest = rest.subspan(piece.size());
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<LedgerServer>> LedgerServer::start(const std::filesystem::path& socket,
                                                          const Ledger& ledger, BoxId box,
                                                          Options options) {
  auto acceptor = Acceptor::listen(socket);
  if (!acceptor) return fail(std::move(acceptor.error()));
  posix::Fd stop{::eventfd(0, EFD_CLOEXEC)};
  if (!stop) return fail_errno("making an eventfd");
  return std::unique_ptr<LedgerServer>{
      new LedgerServer{std::move(*acceptor), ledger, std::move(box), options, std::move(stop)}};
}

LedgerServer::LedgerServer(Acceptor acceptor, const Ledger& ledger, BoxId box, Options options,
                           posix::Fd stop)
    : acceptor_{std::move(acceptor)},
      ledger_{ledger},
      box_{std::move(box)},
      options_{options},
      stop_{std::move(stop)} {
  thread_ = std::thread{[this] { run(); }};
}

LedgerServer::~LedgerServer() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void LedgerServer::run() {
  while (!stopping_) {
    wait_and_hear();
    const SteadyTime now = steady_clock::now();
    for (const auto& reader : readers_) {
      if (reader->asked) answer(*reader);
      if (!reader->outgoing.empty()) send_on(*reader);
      if (!reader->outgoing.empty() && now > reader->until)
        drop(*reader, Error{Errc::timeout, "it does not take what it asked for"});
    }
    std::erase_if(readers_, [](const auto& reader) { return reader->dropped; });
  }
}

void LedgerServer::wait_and_hear() {
  std::vector<pollfd> fds{{stop_.get(), POLLIN, 0}, acceptor_.polled()};
  // Nothing is to be done for nobody.
  int patience = fds[1].fd >= 0 ? -1 : static_cast<int>(acceptor_.looks_away().count());
  for (const auto& reader : readers_) {
    const bool sending = !reader->outgoing.empty();
    fds.push_back(
        {reader->socket.fd(), static_cast<short>(sending ? POLLIN | POLLOUT : POLLIN), 0});
    if (sending || reader->asked) patience = static_cast<int>(options_.look_every.count());
  }
  if (::poll(fds.data(), fds.size(), patience) <= 0) return;
  stopping_ = fds[0].revents != 0;
  for (std::size_t i = 2; i < fds.size(); ++i)
    if ((fds[i].revents & ~POLLOUT) != 0) hear(*readers_[i - 2]);
  if (fds[1].revents != 0) take_in();
}

void LedgerServer::take_in() {
  auto socket = acceptor_.accept(milliseconds{0});
  if (!socket) return;
  if (readers_.size() >= options_.readers_max) {
    log(Priority::warning, "ledger_reader_refused", {{"readers", readers_.size()}});
    return;
  }
  auto reader = std::make_unique<Reader>();
  reader->socket = std::move(*socket);
  readers_.push_back(std::move(reader));
}

void LedgerServer::hear(Reader& reader) {
  const auto packet = reader.socket.receive(milliseconds{0});
  if (!packet && packet.error().code() == Errc::timeout) return;
  if (!packet) return drop(reader, packet.error());
  const auto message = protocol::decode(*packet);
  if (!message) return drop(reader, message.error());
  if (reader.asked || !reader.outgoing.empty())
    return drop(reader, Error{Errc::invalid, "it asks before it was answered"});
  if (std::holds_alternative<protocol::Hello>(*message) && !reader.greeted) {
    const auto where = where_is(ledger_);
    if (!where) return drop(reader, where.error());
    reader.greeted = true;
    reader.until = steady_clock::now() + options_.patience;
    reader.outgoing.push_back(protocol::encode(protocol::Welcome{*where, box_}));
  } else if (const auto* read = std::get_if<protocol::Read>(&*message);
             read != nullptr && reader.greeted) {
    reader.asked = *read;
    reader.until = steady_clock::now() + std::min(read->wait, protocol::kWaitMax);
  } else {
    drop(reader, Error{Errc::invalid, "it asks out of order"});
  }
}

void LedgerServer::answer(Reader& reader) {
  if (ledger_.head().sequence < reader.asked->from && steady_clock::now() < reader.until) return;
  const auto bytes = std::min<std::size_t>(reader.asked->bytes, protocol::kBatchBytesMax);
  auto slice = ledger_.read_raw(reader.asked->from, bytes);
  if (!slice) return drop(reader, slice.error());
  protocol::Batch batch;
  batch.before = slice->before;
  batch.rows.reserve(slice->rows.size());
  for (RawRow& row : slice->rows)
    batch.rows.push_back({row.sequence, row.hash, std::move(row.entry)});
  reader.outgoing = cut(batch);
  reader.outgoing.push_back(protocol::encode(protocol::End{where_of(*slice)}));
  reader.asked.reset();
  reader.until = steady_clock::now() + options_.patience;
}

void LedgerServer::send_on(Reader& reader) {
  while (!reader.outgoing.empty()) {
    const auto sent = reader.socket.send(reader.outgoing.front(), milliseconds{0});
    if (!sent && sent.error().code() == Errc::timeout) return;
    if (!sent) return drop(reader, sent.error());
    reader.outgoing.pop_front();
  }
}

void LedgerServer::drop(Reader& reader, const Error& why) const {
  reader.dropped = true;
  reader.asked.reset();
  reader.outgoing.clear();
  if (why.code() != Errc::gone) log(Priority::warning, "ledger_reader_dropped", {{"error", why}});
}

}  // namespace tidegate::edge
