// SPDX-License-Identifier: Apache-2.0
#include "simulators/pn532/frames.h"

#include <numeric>

namespace tidegate::sim::pn532 {
namespace {

Byte sum(ByteView bytes) {
  return static_cast<Byte>(std::accumulate(bytes.begin(), bytes.end(), 0U) & 0xFFU);
}

Byte complement(Byte value) {
  return static_cast<Byte>((0x100U - value) & 0xFFU);
}

}  // namespace

std::optional<HostFrame> FrameParser::feed(Byte byte) {
  ++line_bytes_;
  switch (state_) {
    case State::hunt:
      if (byte == 0x00) state_ = State::start;
      return std::nullopt;
    case State::start:
      if (byte == 0xFF) {
        state_ = State::length;
      } else if (byte != 0x00) {
        state_ = State::hunt;
      }
      return std::nullopt;
    case State::length:
      length_ = byte;
      state_ = State::checksum;
      return std::nullopt;
    case State::checksum: checksum_ = byte; return end_of_header();
    case State::extended:
      body_.push_back(byte);
      return body_.size() == 3 ? end_of_extended_header() : std::nullopt;
    case State::body:
      body_.push_back(byte);
      if (body_.size() == body_size_) return end_of_body();
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<HostFrame> FrameParser::end_of_header() {
  if (length_ == 0x00 && checksum_ == 0xFF) return finish(HostFrame::Kind::ack);
  if (length_ == 0xFF && checksum_ == 0x00) return finish(HostFrame::Kind::nack);
  body_.clear();
  if (length_ == 0xFF && checksum_ == 0xFF) {
    state_ = State::extended;
    return std::nullopt;
  }
  if (static_cast<Byte>(length_ + checksum_) != 0 || length_ == 0)
    return finish(HostFrame::Kind::broken);
  body_size_ = length_ + std::size_t{1};
  state_ = State::body;
  return std::nullopt;
}

std::optional<HostFrame> FrameParser::end_of_extended_header() {
  const std::size_t size = body_[0] * std::size_t{256} + body_[1];
  if (sum(body_) != 0 || size == 0 || size > kFrameBodyMax) return finish(HostFrame::Kind::broken);
  body_size_ = size + 1;
  body_.clear();
  state_ = State::body;
  return std::nullopt;
}

HostFrame FrameParser::end_of_body() {
  const bool good = sum(body_) == 0 && body_.size() >= 3 && body_[0] == kHostToChip;
  return finish(good ? HostFrame::Kind::command : HostFrame::Kind::broken);
}

HostFrame FrameParser::finish(HostFrame::Kind kind) {
  HostFrame out{kind, {}, line_bytes_ + 1};  // and the postamble, which nobody needs to wait for
  if (kind == HostFrame::Kind::command) out.command.assign(body_.begin() + 1, body_.end() - 1);
  reset();
  return out;
}

Bytes ChipFrame::bytes() const {
  Bytes out = preamble;
  append(out, Bytes{0x00, 0xFF});
  append(out, header);
  append(out, body);
  out.push_back(dcs);
  out.push_back(postamble);
  return out;
}

ChipFrame chip_frame(Bytes body) {
  ChipFrame out;
  const std::size_t size = body.size();
  if (size <= 0xFF) {
    const Byte length = static_cast<Byte>(size);
    out.header = {length, complement(length)};
  } else {
    const Bytes length{static_cast<Byte>(size >> 8U), static_cast<Byte>(size & 0xFFU)};
    out.header = {0xFF, 0xFF, length[0], length[1], complement(sum(length))};
  }
  out.dcs = complement(sum(body));
  out.body = std::move(body);
  return out;
}

Bytes ack_frame() {
  return {0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00};
}
Bytes nack_frame() {
  return {0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00};
}
Bytes error_frame() {
  return {0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00};
}

}  // namespace tidegate::sim::pn532
