// SPDX-License-Identifier: Apache-2.0
// The gate's end of ledger.sock: gives entries, as they are stored, to who copies them away. Read
// only, with one thread of its own. A batch is one short transaction; a reader that sends anything
// else than the next request, or does not take what it asked for, is closed.
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/posix/fd.h"
#include "base/posix/seqpacket.h"
#include "base/result.h"
#include "base/time.h"
#include "edge/gate/acceptor.h"
#include "edge/ledger/ledger.h"
#include "edge/protocol/ledger_protocol.h"

namespace tidegate::edge {

class LedgerServer {
 public:
  struct Options {
    std::size_t readers_max = 4;
    std::chrono::milliseconds patience{10'000};  ///< with who does not take an answer
    std::chrono::milliseconds look_every{100};   ///< for an entry that somebody waits for
  };
  /// `ledger` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<LedgerServer>> start(
      const std::filesystem::path& socket, const Ledger& ledger, BoxId box, Options options);
  ~LedgerServer();
  LedgerServer(const LedgerServer&) = delete;
  LedgerServer& operator=(const LedgerServer&) = delete;

 private:
  struct Reader {
    posix::SeqpacketSocket socket;
    bool greeted = false;
    std::optional<ledger_protocol::Read> asked;
    SteadyTime until{};          ///< how long it waits, or has to take the answer
    std::deque<Bytes> outgoing;  ///< the rest of the answer
    bool dropped = false;
  };
  LedgerServer(Acceptor acceptor, const Ledger& ledger, BoxId box, Options options, posix::Fd stop);
  void run();
  void wait_and_hear();
  void take_in();
  void hear(Reader& reader);
  void answer(Reader& reader);
  void send_on(Reader& reader);
  void drop(Reader& reader, const Error& why) const;

  Acceptor acceptor_;
  const Ledger& ledger_;
  BoxId box_;
  Options options_;
  posix::Fd stop_;  ///< an eventfd
  std::vector<std::unique_ptr<Reader>> readers_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tidegate::edge
