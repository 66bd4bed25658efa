// SPDX-License-Identifier: Apache-2.0
#include "simulators/pn532/spoil.h"

#include "simulators/pn532/frames.h"

namespace tidegate::sim::pn532 {
namespace {

constexpr Byte kErrorBits = 0x3F;
constexpr std::size_t kTooLong = 8;

/// Body with TFI, as the faults want its meaning.
Bytes spoiled_body(ByteView reply, const Striking& faults) {
  Bytes body{kChipToHost};
  append(body, reply);
  if (faults.has(Fault::empty_reply) && body.size() > 2) body.resize(2);
  if (const auto status = faults.value(Fault::status); status && body.size() > 2) {
    body[2] = static_cast<Byte>(*status);
    if (body[2] & kErrorBits) body.resize(3);
  }
  if (faults.has(Fault::bad_tfi)) body[0] = kHostToChip;
  if (faults.has(Fault::bad_cc)) body[1] = static_cast<Byte>(body[1] + 2);
  if (faults.has(Fault::len_one)) body.resize(1);
  return body;
}

}  // namespace

Bytes spoiled_reply(ByteView reply, const Striking& faults) {
  Bytes body = spoiled_body(reply, faults);
  ChipFrame frame = chip_frame(body);
  if (faults.has(Fault::len_too_long)) {
    body.resize(body.size() + kTooLong);
    frame.header = chip_frame(std::move(body)).header;
  }
  if (faults.has(Fault::bad_lcs)) ++frame.header.back();
  if (faults.has(Fault::bad_dcs)) ++frame.dcs;
  if (faults.has(Fault::bad_postamble)) frame.postamble = 0xFF;
  if (faults.has(Fault::no_preamble)) frame.preamble.clear();
  if (faults.has(Fault::double_preamble)) frame.preamble = {0x00, 0x00};
  return frame.bytes();
}

}  // namespace tidegate::sim::pn532
