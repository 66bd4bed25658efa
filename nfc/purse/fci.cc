// SPDX-License-Identifier: Apache-2.0
// The FCI that SELECT answers: a walk over its BER-TLV, with every length checked.
#include "nfc/purse/applications.h"
#include "nfc/purse/records.h"
#include "nfc/purse/tlv.h"

namespace tidegate::nfc {
namespace {

constexpr std::uint32_t kTemplate = 0x6F, kName = 0x84, kProprietary = 0xA5, kPublicInfo = 0x9F0C;

Status read_proprietary(ByteView data, Fci& out) {
  ByteReader in{data};
  while (true) {
    const auto tlv = next_tlv(in);
    if (!tlv) return fail(tlv.error(), "FCI");
    if (!*tlv) return {};
    if ((*tlv)->tag != kPublicInfo || (*tlv)->value.size() != kPublicInfoBytes) continue;
    const auto info = decode_public_info((*tlv)->value);
    if (!info) return fail(info.error(), "FCI");
    out.public_info = *info;
  }
}

}  // namespace

Result<Fci> decode_fci(ByteView data) {
  ByteReader outer{data};
  const auto whole = next_tlv(outer);
  if (!whole) return fail(whole.error(), "FCI");
  if (!*whole || (*whole)->tag != kTemplate) return fail(Errc::invalid, "FCI: no template 6F");
  for (Byte b : outer.rest())
    if (b != 0x00 && b != 0xFF) return fail(Errc::invalid, "FCI: bytes behind the template");

  Fci out;
  ByteReader in{(*whole)->value};
  while (true) {
    const auto tlv = next_tlv(in);
    if (!tlv) return fail(tlv.error(), "FCI");
    if (!*tlv) break;
    const ByteView value = (*tlv)->value;
    if ((*tlv)->tag == kName) out.aid.assign(value.begin(), value.end());
    if ((*tlv)->tag != kProprietary) continue;
    if (auto read = read_proprietary(value, out); !read) return fail(read.error());
  }
  const auto kernel = kernel_of(out.aid);
  if (!kernel || !can_debit(*kernel)) return fail(Errc::invalid, "FCI: not a T-Union purse");
  out.kernel = *kernel;
  return out;
}

}  // namespace tidegate::nfc
