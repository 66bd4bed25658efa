// SPDX-License-Identifier: Apache-2.0
// The simulated card's SELECT: the directory of payment applications, the purse and its FCI in all
// its shapes, and whatever other applications the card has.
#include <algorithm>

#include "simulators/card/card_impl.h"
#include "simulators/card/tlv.h"

namespace tidegate::sim {

namespace {

constexpr std::string_view kPpse = "2PAY.SYS.DDF01";
constexpr std::string_view kPurseLabel = "MOT_T_EP";
/// ISO 7816-4 lets a reader select by the beginning of an AID; the registered part is 5 bytes.
constexpr std::size_t kAidPrefixMin = 5;

Bytes ppse_fci(const std::vector<ListedApplication>& applications) {
  Bytes directory;
  for (const ListedApplication& application : applications) {
    Bytes entry = tlv(0x4F, application.aid);
    append_tlv(entry, 0x50, as_bytes(application.label));
    append_tlv(entry, 0x87, {&application.priority, 1});
    append_tlv(directory, 0x61, entry);
  }
  return fci_of(as_bytes(kPpse), tlv(0xBF0C, directory));
}

Bytes purse_fci(const CardImageData& image) {
  const FciShape& shape = image.fci;
  const Byte priority = 0x01;
  const std::array<Byte, 2> version{0x02, 0x00};
  Bytes proprietary;
  if (shape.label) {
    append_tlv(proprietary, 0x50, as_bytes(kPurseLabel));
    append_tlv(proprietary, 0x87, {&priority, 1});
  }
  append_tlv(proprietary, 0x9F08, ByteView{version}.first(shape.version_bytes));
  if (shape.df00) append_tlv(proprietary, 0xDF00, ByteView{version}.first(1));
  if (shape.label) append_tlv(proprietary, 0x9F12, as_bytes(kPurseLabel));
  if (shape.public_info) append_tlv(proprietary, 0x9F0C, image.ef15);
  proprietary.insert(proprietary.end(), shape.padding, 0x00);
  return fci_of(image.aid, proprietary);
}

bool names(ByteView asked, ByteView name) {
  return asked.size() >= kAidPrefixMin && asked.size() <= name.size() &&
         std::ranges::equal(asked, name.first(asked.size()));
}

}  // namespace

Answer TUnionCard::Impl::select(const Apdu& apdu) {
  if (apdu.p1 == 0x00 && apdu.p2 == 0x00 && apdu.data.size() == 2) {
    // By file id: only the old applications have one. A T-Union purse says 6A86.
    const auto id = static_cast<std::uint16_t>(read_be(apdu.data));
    for (std::size_t i = 0; i < image.others.size(); ++i)
      if (image.others[i].file_id == id) return select_other(apdu, i);
    return sw::kWrongParameters;
  }
  if (apdu.p1 != 0x04 || apdu.p2 != 0x00) return sw::kWrongParameters;
  if (apdu.data.empty() || apdu.data.size() > 16) return sw::kWrongLength;
  if (as_text(apdu.data) == kPpse) {
    const std::vector<ListedApplication> alone{{image.aid, std::string{kPurseLabel}, 0x01}};
    const auto& listed = image.ppse ? *image.ppse : alone;
    if (listed.empty() || (!image.ppse && !image.has_purse)) return sw::kNotFound;
    const Bytes fci = ppse_fci(listed);
    if (le_too_loose(apdu, fci.size())) return wrong_le(fci.size());
    selected = Selected::ppse;
    return Answer{fci};
  }
  if (image.has_purse && names(apdu.data, image.aid)) return select_purse(apdu);
  for (std::size_t i = 0; i < image.others.size(); ++i)
    if (names(apdu.data, image.others[i].name)) return select_other(apdu, i);
  return sw::kNotFound;
}

Answer TUnionCard::Impl::select_purse(const Apdu& apdu) {
  if (image.locked_for_ever) return sw::kLockedForEver;
  const Bytes fci = purse_fci(image);
  if (le_too_loose(apdu, fci.size())) return wrong_le(fci.size());
  selected = Selected::purse;
  return {fci, image.blocked ? sw::kBlocked : sw::kOk};
}

Answer TUnionCard::Impl::select_other(const Apdu& apdu, std::size_t which) {
  const Bytes& fci = image.others[which].fci;
  if (le_too_loose(apdu, fci.size())) return wrong_le(fci.size());
  selected = Selected::other;
  other = which;
  return Answer{fci};
}

}  // namespace tidegate::sim
