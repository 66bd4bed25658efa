// SPDX-License-Identifier: Apache-2.0
// A serial device that is only listened to: raw, 115,200 baud 8N1, which USB devices ignore.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/posix/fd.h"
#include "base/result.h"

namespace tidegate::edge {

class SerialLine {
 public:
  [[nodiscard]] static Result<SerialLine> open(const std::string& device);
  SerialLine() = default;
  /// What has come; empty: nothing now. Errc::gone: the device is.
  [[nodiscard]] Result<Bytes> read() const;
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

 private:
  posix::Fd fd_;
};

}  // namespace tidegate::edge
