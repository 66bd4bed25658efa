// SPDX-License-Identifier: Apache-2.0
// Acknowledgements as bytes.
#include "edge/ledger/acknowledgement.h"

namespace tidegate::edge {
namespace {

constexpr std::size_t kFixedBytes = 8 + 8 + 32;
constexpr std::size_t kBoxBytesMax = 64;

}  // namespace

Bytes encode_acknowledgement(const Acknowledgement& ack) {
  Bytes out;
  append_be(out, ack.epoch.get(), 8);
  append_be(out, ack.sequence.get(), 8);
  append(out, ack.hash);
  append(out, as_bytes(ack.box.get()));
  return out;
}

Result<Acknowledgement> decode_acknowledgement(ByteView payload) {
  if (payload.size() <= kFixedBytes || payload.size() > kFixedBytes + kBoxBytesMax)
    return fail(Errc::invalid, "an acknowledgement has the wrong size");
  ByteReader in{payload};
  Acknowledgement out;
  out.epoch = Epoch{in.be(8)};
  out.sequence = SequenceNo{in.be(8)};
  out.hash = to_array<32>(in.take(32));
  out.box = BoxId{std::string{as_text(in.rest())}};
  return out;
}

}  // namespace tidegate::edge
