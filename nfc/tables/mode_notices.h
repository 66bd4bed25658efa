// SPDX-License-Identifier: Apache-2.0
// The mode notices of a region: which station mode was in force where and when, so that other
// stations forgive what it caused. Immutable. Format: docs/formats/mode-notices.md.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "fare/engine/types.h"

namespace tidegate::nfc {

/// `until` of a mode that is still in force: 2099-12-31T00:00Z.
inline constexpr Timestamp kStillInForce{std::chrono::milliseconds{4'102'358'400'000}};

class ModeNotices {
 public:
  /// Sorts. Errc::invalid: number 0, a name that is none, no mode, an end before its beginning, a
  /// time out of range, the same notice twice, too many.
  [[nodiscard]] static Result<std::shared_ptr<const ModeNotices>> make(
      std::uint64_t number, std::vector<fare::ModeInterval> notices);
  /// The payload of an envelope, checked whole.
  [[nodiscard]] static Result<std::shared_ptr<const ModeNotices>> load(ByteView payload);
  /// The payload that load() reads.
  [[nodiscard]] Bytes encode() const;

  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  /// As fare::mode_history() wants them.
  [[nodiscard]] std::span<const fare::ModeInterval> all() const noexcept { return notices_; }

 private:
  std::uint64_t number_ = 0;
  std::vector<fare::ModeInterval> notices_;
};

}  // namespace tidegate::nfc
