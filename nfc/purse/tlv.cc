// SPDX-License-Identifier: Apache-2.0
// Reads one BER-TLV object after the other.
#include "nfc/purse/tlv.h"

namespace tidegate::nfc {
namespace {

/// Length of one to three bytes; a longer or indefinite one is not for an answer of 256 bytes.
std::optional<std::size_t> take_length(ByteReader& in) {
  const std::uint64_t first = in.be(1);
  if (first < 0x80) return first;
  if (first == 0x81) return in.be(1);
  if (first == 0x82) return in.be(2);
  return std::nullopt;
}

}  // namespace

Result<std::optional<Tlv>> next_tlv(ByteReader& in) {
  while (!in.rest().empty() && (in.rest()[0] == 0x00 || in.rest()[0] == 0xFF))
    static_cast<void>(in.take(1));
  if (in.rest().empty()) return std::optional<Tlv>{};
  Tlv out;
  out.tag = static_cast<std::uint32_t>(in.be(1));
  if ((out.tag & 0x1FU) == 0x1FU) {
    const std::uint64_t more = in.be(1);
    out.tag = out.tag << 8U | static_cast<std::uint32_t>(more);
    if ((more & 0x80U) != 0) return fail(Errc::invalid, "tag of more than two bytes");
  }
  const auto length = take_length(in);
  if (!length) return fail(Errc::invalid, "unusable length");
  out.value = in.take(*length);
  if (!in.ok()) return fail(Errc::invalid, "an object runs over the end");
  return std::optional{out};
}

}  // namespace tidegate::nfc
