// SPDX-License-Identifier: Apache-2.0
// Frames of a PN532 on its high-speed UART (HSU): what a host sends is parsed, what the chip says
// is built. No state of the chip is known here.
//
//   normal    00 00 FF LEN LCS TFI CC data… DCS 00          LEN + LCS = 0 mod 256
//   extended  00 00 FF FF FF LENm LENl LCS TFI CC data… DCS 00
//   ACK 00 00 FF 00 FF 00    NACK 00 00 FF FF 00 00    error 00 00 FF 01 FF 7F 81 00
//   TFI D4 host to chip, D5 chip to host; DCS = -(TFI + CC + data) mod 256
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace tidegate::sim::pn532 {

inline constexpr Byte kHostToChip = 0xD4;
inline constexpr Byte kChipToHost = 0xD5;
/// TFI, command code and 263 bytes: the chip's buffer.
inline constexpr std::size_t kFrameBodyMax = 265;

/// One frame of the host, or one that had to be thrown away.
struct HostFrame {
  enum class Kind : std::uint8_t { command, ack, nack, broken };
  Kind kind = Kind::broken;
  Bytes command;               ///< code and parameters, without TFI
  std::size_t line_bytes = 0;  ///< bytes on the line since the last frame, preamble included
};

/// Finds the frames in a stream of bytes, however it was cut. Hunts for 00 FF, so any run of 00 and
/// 55 in front of a frame is preamble.
class FrameParser {
 public:
  /// The frame that this byte completes.
  [[nodiscard]] std::optional<HostFrame> feed(Byte byte);
  /// Forgets a frame begun.
  void reset() { *this = FrameParser{}; }

 private:
  enum class State : std::uint8_t { hunt, start, length, checksum, extended, body };
  [[nodiscard]] std::optional<HostFrame> end_of_header();
  [[nodiscard]] std::optional<HostFrame> end_of_extended_header();
  [[nodiscard]] HostFrame end_of_body();
  [[nodiscard]] HostFrame finish(HostFrame::Kind kind);

  State state_ = State::hunt;
  Byte length_ = 0;
  Byte checksum_ = 0;
  std::size_t body_size_ = 0;  ///< with DCS
  Bytes body_;                 ///< or the extended header
  std::size_t line_bytes_ = 0;
};

/// A frame of the chip in its parts, so that a fault can spoil exactly one of them.
struct ChipFrame {
  Bytes preamble{0x00};
  Bytes header;  ///< LEN LCS, or FF FF LENm LENl LCS
  Bytes body;    ///< TFI, code, data
  Byte dcs = 0;
  Byte postamble = 0x00;
  [[nodiscard]] Bytes bytes() const;
};

/// A frame around `body` (with TFI): normal up to 255 bytes, else extended.
[[nodiscard]] ChipFrame chip_frame(Bytes body);
[[nodiscard]] Bytes ack_frame();
[[nodiscard]] Bytes nack_frame();
/// The chip did not understand: 7F.
[[nodiscard]] Bytes error_frame();

}  // namespace tidegate::sim::pn532
