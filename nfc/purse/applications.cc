// SPDX-License-Identifier: Apache-2.0
// AIDs, PPSE lists and the selectors of other applications.
#include "nfc/purse/applications.h"

#include <algorithm>
#include <utility>

#include "nfc/purse/tlv.h"

namespace tidegate::nfc {
namespace {

struct KernelRow {
  Kernel kernel;
  std::string_view name;
  std::array<Byte, 8> aid;
  bool can_debit;
};
constexpr std::array kKernels{
    KernelRow{Kernel::k1, "K1", {0xA0, 0x00, 0x00, 0x06, 0x32, 0x01, 0x01, 0x05}, true},
    KernelRow{Kernel::k2, "K2", {0xA0, 0x00, 0x00, 0x06, 0x32, 0x01, 0x01, 0x07}, true},
    KernelRow{Kernel::k3, "K3", {0xA0, 0x00, 0x00, 0x06, 0x32, 0x01, 0x01, 0x06}, false},
    KernelRow{Kernel::k4, "K4", {0xA0, 0x00, 0x00, 0x06, 0x32, 0x01, 0x01, 0x08}, false},
    KernelRow{Kernel::k5, "K5", {0xA0, 0x00, 0x00, 0x06, 0x32, 0x10, 0x10, 0x02}, false},
    KernelRow{Kernel::k6, "K6", {0xA0, 0x00, 0x00, 0x06, 0x32, 0x10, 0x10, 0x04}, false},
};

const KernelRow& row_of(Kernel kernel) noexcept {
  return kKernels.at(static_cast<std::size_t>(kernel) - 1);
}

constexpr std::uint32_t kTemplate = 0x6F, kProprietary = 0xA5, kIssuerData = 0xBF0C, kEntry = 0x61,
                        kAid = 0x4F, kLabel = 0x50, kPriority = 0x87;

/// The value of the first object with this tag; nullopt: there is none.
Result<std::optional<ByteView>> find(ByteView data, std::uint32_t tag) {
  ByteReader in{data};
  while (true) {
    const auto tlv = next_tlv(in);
    if (!tlv) return fail(tlv.error());
    if (!*tlv) return std::optional<ByteView>{};
    if ((*tlv)->tag == tag) return std::optional{(*tlv)->value};
  }
}

Result<ListedApplication> read_entry(ByteView data) {
  ListedApplication out;
  ByteReader in{data};
  while (true) {
    const auto tlv = next_tlv(in);
    if (!tlv) return fail(tlv.error(), "PPSE entry");
    if (!*tlv) return out;
    const ByteView value = (*tlv)->value;
    if ((*tlv)->tag == kAid) out.aid.assign(value.begin(), value.end());
    if ((*tlv)->tag == kLabel) out.label = as_text(value);
    if ((*tlv)->tag == kPriority && value.size() == 1) out.priority = value[0] & 0x0FU;
  }
}

OtherSelector by_name(OtherApplication kind, std::string_view name, ByteView identifier) {
  return {kind, name, {identifier.begin(), identifier.end()}, select_name(identifier)};
}
OtherSelector by_letters(OtherApplication kind, std::string_view name, std::string_view letters) {
  return by_name(kind, name, as_bytes(letters));
}
OtherSelector by_hex(OtherApplication kind, std::string_view name, std::string_view hex) {
  const auto bytes = from_hex(hex);
  ASSERT(bytes.has_value());
  return by_name(kind, name, *bytes);
}
/// SELECT of a DF by its two-byte file identifier.
OtherSelector by_file(OtherApplication kind, std::string_view name, Byte high, Byte low) {
  return {kind, name, {high, low}, {0x00, 0xA4, 0x00, 0x00, 0x02, high, low}};
}

std::vector<OtherSelector> make_selectors() {
  using enum OtherApplication;
  std::vector<OtherSelector> out;
  // Directories of social-security cards: "sx1.sh." and 社会保障 in GB 2312; older ones "SSSE".
  out.push_back(by_hex(social_security, "social-security", "7378312E73682EC9E7BBE1B1A3D5CF"));
  out.push_back(by_letters(social_security, "social-security", "SSSE"));
  out.push_back(by_hex(city_union, "city-union", "A00000000386980701"));
  out.push_back(by_letters(local, "suzhou", "SUXIN.DDF01"));
  out.push_back(by_letters(local, "suzhou", "SZPK_ZYY"));
  out.push_back(by_letters(local, "shenzhen", "PAY.SZT"));
  out.push_back(by_letters(local, "lingnan", "PAY.APPY"));
  out.push_back(by_letters(local, "lingnan", "PAY.TICL"));
  out.push_back(by_letters(local, "wuhan", "AP1.WHCTC"));
  out.push_back(by_hex(local, "beijing", "91560000144D4F542E424D4143303031"));
  out.push_back(by_hex(local, "tianjin", "D156000015B9ABB9B2D3A6D3C3"));
  out.push_back(by_hex(local, "macau", "B0C4C3C5CDA8C7AEB0FC"));
  out.push_back(by_hex(bank, "bank", "A000000333010101"));
  out.push_back(by_hex(bank, "bank", "A000000333010102"));
  out.push_back(by_hex(bank, "bank", "A000000333010103"));
  // The oldest City Union cards and the first of Beijing have file identifiers only.
  out.push_back(by_file(city_union, "local-purse", 0x3F, 0x01));
  out.push_back(by_file(city_union, "local-purse", 0x10, 0x01));
  // Last: many cards have the old directory of payment, Hangzhou's has nothing else.
  out.push_back(by_letters(local, "pse", "1PAY.SYS.DDF01"));
  return out;
}

bool starts_with(ByteView bytes, ByteView prefix) {
  return bytes.size() >= prefix.size() && std::ranges::equal(bytes.first(prefix.size()), prefix);
}

}  // namespace

std::optional<Kernel> kernel_of(ByteView aid) {
  if (aid.size() > 16) return std::nullopt;
  for (const KernelRow& row : kKernels)
    if (starts_with(aid, row.aid)) return row.kernel;
  return std::nullopt;
}

std::string_view name_of(Kernel kernel) noexcept {
  return row_of(kernel).name;
}

std::span<const Byte> aid_of(Kernel kernel) noexcept {
  return row_of(kernel).aid;
}

bool can_debit(Kernel kernel) noexcept {
  return row_of(kernel).can_debit;
}

Bytes select_name(ByteView name) {
  ASSERT(name.size() <= 16);
  Bytes out{0x00, 0xA4, 0x04, 0x00, static_cast<Byte>(name.size())};
  append(out, name);
  out.push_back(0x00);
  return out;
}

Bytes select_ppse() {
  return select_name(as_bytes("2PAY.SYS.DDF01"));
}

Result<std::vector<ListedApplication>> decode_ppse(ByteView data) {
  std::vector<ListedApplication> out;
  ByteView inside = data;
  for (const std::uint32_t tag : {kTemplate, kProprietary, kIssuerData}) {
    const auto found = find(inside, tag);
    if (!found) return fail(found.error(), "PPSE");
    if (!*found) return fail(Errc::invalid, "PPSE: no list of applications");
    inside = **found;
  }
  ByteReader in{inside};
  while (true) {
    const auto tlv = next_tlv(in);
    if (!tlv) return fail(tlv.error(), "PPSE");
    if (!*tlv) return out;
    if ((*tlv)->tag != kEntry) continue;
    auto entry = read_entry((*tlv)->value);
    if (!entry) return fail(entry.error());
    if (entry->aid.size() >= 5 && entry->aid.size() <= 16) out.push_back(std::move(*entry));
  }
}

std::span<const OtherSelector> other_selectors() {
  static const std::vector<OtherSelector> kSelectors = make_selectors();
  return kSelectors;
}

std::optional<OtherApplication> other_application(ByteView aid) {
  constexpr std::array<Byte, 5> kUnionPay{0xA0, 0x00, 0x00, 0x03, 0x33},
      kVisa{0xA0, 0x00, 0x00, 0x00, 0x03}, kMastercard{0xA0, 0x00, 0x00, 0x00, 0x04};
  constexpr std::array<Byte, 8> kCityUnion{0xA0, 0x00, 0x00, 0x00, 0x03, 0x86, 0x98, 0x07};
  if (starts_with(aid, kCityUnion)) return OtherApplication::city_union;
  if (starts_with(aid, kUnionPay) || starts_with(aid, kVisa) || starts_with(aid, kMastercard))
    return OtherApplication::bank;
  return std::nullopt;
}

}  // namespace tidegate::nfc
