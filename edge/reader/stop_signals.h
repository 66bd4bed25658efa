// SPDX-License-Identifier: Apache-2.0
// SIGTERM and SIGINT as a descriptor.
#pragma once

#include "base/posix/fd.h"
#include "base/result.h"

namespace tidegate::edge {

/// Blocks both in this thread; the descriptor is readable when one has come.
[[nodiscard]] Result<posix::Fd> stop_signals();

}  // namespace tidegate::edge
