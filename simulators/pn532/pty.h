// SPDX-License-Identifier: Apache-2.0
// A pseudo-terminal that a host opens as its serial port, behind a symlink that stays the same.
#pragma once

#include <filesystem>

#include "base/bytes.h"
#include "base/posix/fd.h"
#include "base/result.h"

namespace tidegate::sim::pn532 {

class Pty {
 public:
  Pty() = default;
  /// A new pseudo-terminal, raw before anybody can know its name; `link` then points to it.
  /// Errc::exists: there is something else than a symlink.
  [[nodiscard]] static Result<Pty> open(const std::filesystem::path& link);
  Pty(Pty&&) noexcept = default;
  Pty& operator=(Pty&& other) noexcept;
  ~Pty() { close(); }

  /// Hangs up on whoever has it open. Takes the link away first: the system gives the number of a
  /// closed terminal to the next one that asks.
  void close() noexcept;
  [[nodiscard]] int fd() const noexcept { return master_.get(); }
  explicit operator bool() const noexcept { return static_cast<bool>(master_); }
  /// What the host sent; empty: nothing now. Errc::gone: the terminal is hung up.
  [[nodiscard]] Result<Bytes> read() const;
  /// What does not fit is lost, as on a serial line whose host does not read.
  void write(ByteView bytes) const noexcept;

 private:
  posix::Fd master_;
  posix::Fd slave_;  ///< kept open, or the master sees a hang-up whenever no host is there
  std::filesystem::path link_;
  std::filesystem::path name_;
};

}  // namespace tidegate::sim::pn532
