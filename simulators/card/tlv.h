// SPDX-License-Identifier: Apache-2.0
// Writes the tag-length-value structures that SELECT answers. Tags have one or two bytes, values
// fewer than 256.
#pragma once

#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"

namespace tidegate::sim {

inline void append_tlv(Bytes& out, unsigned tag, ByteView value) {
  ASSERT(value.size() < 0x100);
  append_be(out, tag, tag > 0xFF ? 2 : 1);
  if (value.size() >= 0x80) out.push_back(0x81);
  out.push_back(static_cast<Byte>(value.size()));
  append(out, value);
}
[[nodiscard]] inline Bytes tlv(unsigned tag, ByteView value) {
  Bytes out;
  append_tlv(out, tag, value);
  return out;
}
/// 6F with the name of an application and what is proprietary to it.
[[nodiscard]] inline Bytes fci_of(ByteView name, ByteView proprietary) {
  Bytes content = tlv(0x84, name);
  append_tlv(content, 0xA5, proprietary);
  return tlv(0x6F, content);
}

}  // namespace tidegate::sim
