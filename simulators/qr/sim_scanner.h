// SPDX-License-Identifier: Apache-2.0
// A scanner on a pseudo-terminal: whatever is shown to it goes out on its line, with the habits
// that scanners have.
#pragma once

#include <chrono>
#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"
#include "simulators/pn532/pty.h"

namespace tidegate::sim {

struct ScannerHabits {
  bool length_prefix = false;        ///< two bytes with the length before
  Bytes suffix;                      ///< CR LF, or the pad bytes of the symbol
  std::size_t chunk = 0;             ///< bytes at a time; 0: all at once
  std::chrono::milliseconds gap{2};  ///< between chunks
};

class SimScanner {
 public:
  [[nodiscard]] static Result<SimScanner> open(const std::filesystem::path& link,
                                               ScannerHabits habits);
  /// Blocks for the gaps.
  void show(ByteView code) const;
  void close() noexcept { line_.close(); }

 private:
  SimScanner(pn532::Pty line, ScannerHabits habits)
      : line_{std::move(line)}, habits_{std::move(habits)} {}
  pn532::Pty line_;
  ScannerHabits habits_;
};

}  // namespace tidegate::sim
