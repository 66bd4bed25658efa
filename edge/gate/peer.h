// SPDX-License-Identifier: Apache-2.0
// Who may speak to the gate on its local sockets.
#pragma once

#include "base/posix/seqpacket.h"

namespace tidegate::edge {

/// Our own user or root, by SO_PEERCRED; anybody else is logged.
[[nodiscard]] bool peer_allowed(const posix::SeqpacketSocket& socket);

}  // namespace tidegate::edge
