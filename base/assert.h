// SPDX-License-Identifier: Apache-2.0
// ASSERT: a bug stops the process, in release too. systemd restarts it, the ledger survives by
// design. Never for bad input or a failing device: those are values (base/result.h).
#pragma once

namespace tidegate {

/// Prints one line to stderr and aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace tidegate

#define ASSERT(expression)             \
  ((expression) ? static_cast<void>(0) \
                : ::tidegate::assertion_failed(#expression, __FILE__, __LINE__))
