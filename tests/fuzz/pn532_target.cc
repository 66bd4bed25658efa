// SPDX-License-Identifier: Apache-2.0
// Fuzzes the simulated reader's decoder of frames: any bytes on the line, and after them a frame
// that must be understood.
#include <algorithm>

#include "simulators/pn532/frames.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

using sim::pn532::FrameParser;
using sim::pn532::HostFrame;

/// More than the longest frame can swallow.
constexpr std::size_t kSilence = 700;

/// A frame as a host sends it.
Bytes host_frame(ByteView command) {
  Bytes body{sim::pn532::kHostToChip};
  append(body, command);
  return sim::pn532::chip_frame(std::move(body)).bytes();
}

std::size_t feed(FrameParser& parser, ByteView bytes, std::vector<HostFrame>& out) {
  std::size_t on_line = 0;
  for (const Byte byte : bytes) {
    auto frame = parser.feed(byte);
    if (!frame) continue;
    ASSERT(frame->command.size() < sim::pn532::kFrameBodyMax);
    ASSERT((frame->kind == HostFrame::Kind::command) || frame->command.empty());
    on_line += frame->line_bytes;
    out.push_back(std::move(*frame));
  }
  return on_line;
}

}  // namespace

void pn532_run(ByteView input) {
  FrameParser parser;
  std::vector<HostFrame> frames;
  // A frame counts its postamble too, which comes after it or not at all.
  const std::size_t on_line = feed(parser, input, frames);
  ASSERT(on_line <= input.size() + frames.size());
  // Whatever came before, a frame after a silence is found.
  feed(parser, Bytes(kSilence), frames);
  frames.clear();
  const ByteView command = input.first(std::min(input.size(), sim::pn532::kFrameBodyMax - 1));
  if (command.empty()) return;
  const Bytes sent = host_frame(command);
  feed(parser, sent, frames);
  ASSERT(frames.size() == 1 && frames[0].kind == HostFrame::Kind::command);
  ASSERT(std::ranges::equal(frames[0].command, command));
}

std::vector<Bytes> pn532_seeds() {
  const auto of = [](std::string_view hex) { return host_frame(from_hex(hex).value()); };
  Bytes broken = of("02");
  broken[broken.size() - 2] ^= 0x01U;
  Bytes both = of("14010001");
  append(both, sim::pn532::ack_frame());
  append(both, of("4A0100"));
  Bytes extended{0x40, 0x01};
  extended.resize(262, 0x5A);
  return {of("02"),
          broken,
          both,
          sim::pn532::nack_frame(),
          host_frame(extended),
          from_hex("555500000000000000000000000000000000FF03FDD41401170000").value()};
}

}  // namespace tidegate::fuzz
