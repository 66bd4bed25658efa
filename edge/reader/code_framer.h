// SPDX-License-Identifier: Apache-2.0
// Cuts what a scanner sends on its serial line into codes: by a code's own length field where one
// begins, else by silence. docs/scanner.md is the contract. Pure: bytes and times in, codes out.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/openssl/crypto.h"
#include "base/time.h"

namespace tidegate::edge {

class CodeFramer {
 public:
  /// No scanner is silent so long within one code.
  static constexpr std::chrono::milliseconds kIdle{50};
  /// The same code within this time after the gate was told of it is the same presentation, seen
  /// again by the scanner. Held for longer it is told again: the gate may have had no time for it.
  static constexpr std::chrono::seconds kSameCode{3};
  /// A longer burst without a code in it is noise and makes nothing.
  static constexpr std::size_t kBurstMax = 1024;
  /// A shorter one is a line end, or a greeting of the scanner.
  static constexpr std::size_t kBurstMin = 4;

  /// Codes that are whole with these bytes.
  [[nodiscard]] std::vector<Bytes> push(ByteView bytes, SteadyTime now);
  /// What silence ends: something that is no whole code, for the gate to say what is wrong with it.
  [[nodiscard]] std::optional<Bytes> idle(SteadyTime now);
  /// The gate has been told of this code. One that it was not told of is cut out again at once.
  void told(ByteView code, SteadyTime now);
  /// When idle() should be called; nullopt: nothing is open.
  [[nodiscard]] std::optional<SteadyTime> idle_at() const;

 private:
  void take_codes(std::vector<Bytes>& out, SteadyTime now);
  [[nodiscard]] bool is_repeated(ByteView code, SteadyTime now) const;

  Bytes buffer_;
  std::optional<std::size_t> begins_;  ///< where a code begins in the buffer
  bool noise_ = false;                 ///< this burst is too long, or had its code
  std::optional<SteadyTime> last_byte_;
  Hash256 told_code_{};
  std::optional<SteadyTime> told_at_;
};

}  // namespace tidegate::edge
