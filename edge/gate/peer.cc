// SPDX-License-Identifier: Apache-2.0
// Asks the system who is at the other end of a local socket.
#include "edge/gate/peer.h"

#include <unistd.h>

#include "base/log.h"

namespace tidegate::edge {

bool peer_allowed(const posix::SeqpacketSocket& socket) {
  const auto peer = socket.peer();
  if (peer && (peer->uid == ::geteuid() || peer->uid == 0)) return true;
  log(Priority::warning, "peer_refused", {{"uid", peer ? peer->uid : 0U}});
  return false;
}

}  // namespace tidegate::edge
