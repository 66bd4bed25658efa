// SPDX-License-Identifier: Apache-2.0
// The FCI that SELECT answers: a walk over its BER-TLV, with every length checked.
#include "nfc/purse/records.h"

namespace tidegate::nfc {
namespace {

constexpr std::uint32_t kTemplate = 0x6F, kName = 0x84, kProprietary = 0xA5, kPublicInfo = 0x9F0C;

struct Tlv {
  std::uint32_t tag = 0;
  ByteView value;
};

/// Length of one to three bytes; a longer or indefinite one is not for an answer of 256 bytes.
std::optional<std::size_t> take_length(ByteReader& in) {
  const std::uint64_t first = in.be(1);
  if (first < 0x80) return first;
  if (first == 0x81) return in.be(1);
  if (first == 0x82) return in.be(2);
  return std::nullopt;
}

/// The next object; nullopt at the end. 00 and FF between objects are padding.
Result<std::optional<Tlv>> next_tlv(ByteReader& in) {
  while (!in.rest().empty() && (in.rest()[0] == 0x00 || in.rest()[0] == 0xFF))
    static_cast<void>(in.take(1));
  if (in.rest().empty()) return std::optional<Tlv>{};
  Tlv out;
  out.tag = static_cast<std::uint32_t>(in.be(1));
  if ((out.tag & 0x1FU) == 0x1FU) {
    std::uint64_t more = in.be(1);
    out.tag = out.tag << 8U | static_cast<std::uint32_t>(more);
    if ((more & 0x80U) != 0) return fail(Errc::invalid, "FCI: tag of more than two bytes");
  }
  const auto length = take_length(in);
  if (!length) return fail(Errc::invalid, "FCI: unusable length");
  out.value = in.take(*length);
  if (!in.ok()) return fail(Errc::invalid, "FCI: an object runs over the end");
  return std::optional{out};
}

Status read_proprietary(ByteView data, Fci& out) {
  ByteReader in{data};
  while (true) {
    const auto tlv = next_tlv(in);
    if (!tlv) return fail(tlv.error());
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
  if (!whole) return fail(whole.error());
  if (!*whole || (*whole)->tag != kTemplate) return fail(Errc::invalid, "FCI: no template 6F");
  for (Byte b : outer.rest())
    if (b != 0x00 && b != 0xFF) return fail(Errc::invalid, "FCI: bytes behind the template");

  Fci out;
  ByteReader in{(*whole)->value};
  while (true) {
    const auto tlv = next_tlv(in);
    if (!tlv) return fail(tlv.error());
    if (!*tlv) break;
    const ByteView value = (*tlv)->value;
    if ((*tlv)->tag == kName) out.aid.assign(value.begin(), value.end());
    if ((*tlv)->tag != kProprietary) continue;
    if (auto read = read_proprietary(value, out); !read) return fail(read.error());
  }
  if (out.aid.size() < kTUnionAid.size() ||
      std::memcmp(out.aid.data(), kTUnionAid.data(), kTUnionAid.size()) != 0)
    return fail(Errc::invalid, "FCI: not the T-Union purse");
  return out;
}

}  // namespace tidegate::nfc
