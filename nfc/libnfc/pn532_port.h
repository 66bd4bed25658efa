// SPDX-License-Identifier: Apache-2.0
// The only door to libnfc: one reader with at most one selected ISO 14443-4 card. libnfc can abort
// or hang whoever calls it, so this runs in tidegate-reader's child process and nowhere else.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace tidegate::nfc {

/// What the reader saw of a card when it was selected.
struct Target {
  Bytes uid;
  Bytes ats;
  Byte sak = 0;
  std::array<Byte, 2> atqa{};
};

class NfcReader {
 public:
  virtual ~NfcReader() = default;
  /// One bounded try (about 5..16 ms, at most 350 ms) to select a card. nullopt: none in the field.
  /// Errc::exists: more than one. Errc::io: the reader did not answer as one. After an error, and
  /// after a second of empty tries, the field is reset first: no card stays selected unseen.
  [[nodiscard]] virtual Result<std::optional<Target>> select() = 0;
  /// One APDU (at most 262 bytes). Errc::gone: radio failed or card left; Errc::timeout; Errc::io.
  [[nodiscard]] virtual Result<Bytes> transceive(ByteView command,
                                                 std::chrono::milliseconds timeout) = 0;
  /// Presence check of the selected card. Errc::io when the reader is lost.
  [[nodiscard]] virtual Result<bool> present() = 0;
  /// Field off, at least 6 ms, on: every card starts afresh.
  [[nodiscard]] virtual Status reset_field() = 0;
};

/// Opens "pn532_uart:/path[:speed]" with a lock of its own (two processes could open it otherwise).
/// Errc::io: nothing answers like a PN532 there; Errc::exists: another process holds it.
[[nodiscard]] Result<std::unique_ptr<NfcReader>> open_reader(const std::string& connstring);

}  // namespace tidegate::nfc
