// SPDX-License-Identifier: Apache-2.0
// The lenient TLV walk.
#include "nfc/dump/tlv.h"

namespace tidegate::nfc {
namespace {

using Visit = std::function<void(std::uint32_t, ByteView)>;

void walk(ByteView data, const Visit& visit, int depth) {
  ByteReader in{data};
  while (!in.rest().empty()) {
    const Byte first = in.take(1)[0];
    if (first == 0x00 || first == 0xFF) continue;  // padding
    std::uint32_t tag = first;
    if ((first & 0x1FU) == 0x1FU) {
      const ByteView more = in.take(1);
      if (!in.ok() || (more[0] & 0x80U) != 0) return;
      tag = tag << 8U | more[0];
    }
    std::size_t length = in.be(1);
    if (length == 0x81)
      length = in.be(1);
    else if (length == 0x82)
      length = in.be(2);
    else if (length >= 0x80)
      return;
    const ByteView value = in.take(length);
    if (!in.ok()) return;
    visit(tag, value);
    if ((first & 0x20U) != 0 && depth > 0) walk(value, visit, depth - 1);
  }
}

}  // namespace

void walk_tlv(ByteView data, const Visit& visit) {
  walk(data, visit, 7);
}

}  // namespace tidegate::nfc
