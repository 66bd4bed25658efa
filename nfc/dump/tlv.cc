// SPDX-License-Identifier: Apache-2.0
// The lenient TLV walk, over the strict one.
#include "nfc/dump/tlv.h"

#include "nfc/purse/tlv.h"

namespace tidegate::nfc {
namespace {

using Visit = std::function<void(std::uint32_t, ByteView)>;

/// The bit of a tag's first byte that says that its value is made of objects.
bool is_template(std::uint32_t tag) {
  return ((tag > 0xFF ? tag >> 8U : tag) & 0x20U) != 0;
}

void walk(ByteView data, const Visit& visit, int depth) {
  ByteReader in{data};
  while (true) {
    const auto tlv = next_tlv(in);
    if (!tlv || !*tlv) return;
    visit((*tlv)->tag, (*tlv)->value);
    if (is_template((*tlv)->tag) && depth > 0) walk((*tlv)->value, visit, depth - 1);
  }
}

}  // namespace

void walk_tlv(ByteView data, const Visit& visit) {
  walk(data, visit, 7);
}

}  // namespace tidegate::nfc
