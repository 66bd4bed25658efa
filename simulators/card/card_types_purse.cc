// SPDX-License-Identifier: Apache-2.0
// The table of purses by kernel, by what their directory lists and by the shape of their FCI.
#include "simulators/card/card_impl.h"
#include "simulators/card/card_types_impl.h"
#include "simulators/card/tlv.h"

namespace tidegate::sim::card_types {

namespace {

constexpr std::string_view kPurseLabel = "MOT_T_EP";
constexpr std::string_view kCashLabel = "MOT_T_CASH";

Bytes hex(std::string_view text) {
  auto out = from_hex(text);
  ASSERT(out.has_value());
  return std::move(*out);
}

/// An electronic cash application as SELECT shows it: label, priority and the data it would want.
OtherApplication cash(std::string_view aid) {
  const Byte priority = 0x01;
  OtherApplication out;
  out.name = hex(aid);
  Bytes proprietary = tlv(0x50, as_bytes(kCashLabel));
  append_tlv(proprietary, 0x87, {&priority, 1});
  append_tlv(proprietary, 0x9F38, hex("9F66049F02069F03069F1A0295055F2A029A039C019F3704"));
  out.fci = fci_of(out.name, proprietary);
  return out;
}

void cash_only(CardImageData& image, std::string_view aid) {
  image.has_purse = false;
  image.others = {cash(aid)};
  image.ppse = {{hex(aid), std::string{kCashLabel}, 0x01}};
}

void national_algorithm(CardImageData& image, PurseKernel kernel, std::string_view aid) {
  image.kernel = kernel;
  image.algorithm = kAlgorithmSm4;
  image.aid = hex(aid);
}

/// EF 15 of the revised standard as far as it is known: 16 digits without a padding nibble, two
/// bytes of validity, activation and expiry as dates.
void revised_public_info(CardImageData& image, const CardSpec& spec) {
  Bytes out{image.ef15.begin(), image.ef15.begin() + 10};
  append(out, bcd_bytes(spec.number.substr(0, 16)));
  append(out, hex("0010"));
  append(out, bcd_bytes(spec.valid_from));
  append(out, bcd_bytes(spec.valid_to));
  out.insert(out.end(), 2, 0x00);
  image.ef15 = to_array<30>(out);
}

constexpr std::array kRows{
    Row{"k1", "A T-Union purse with 3DES, as most cards of the delta are.", nullptr, nullptr},
    Row{"k1-dual", "A purse beside electronic cash: the directory prefers the cash.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          image.others = {cash("A000000632010106")};
          image.ppse = {{hex("A000000632010106"), std::string{kCashLabel}, 0x01},
                        {image.aid, std::string{kPurseLabel}, 0x02}};
        }},
    Row{"k1-dual-algorithm", "A purse with 3DES and SM4; it starts with 3DES.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { image.habits.dual_algorithm = true; }},
    Row{"k1-sm4", "A purse that was left in SM4.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          image.habits.dual_algorithm = true;
          image.algorithm = kAlgorithmSm4;
        }},
    Row{"k2", "A purse with SM4 only.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          national_algorithm(image, PurseKernel::k2, "A000000632010107");
        }},
    Row{"k3", "Electronic cash with RSA and no purse.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          cash_only(image, "A000000632010106");
        }},
    Row{"k4", "Electronic cash with SM2 and no purse.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          cash_only(image, "A000000632010108");
        }},
    Row{"k5", "Electronic cash of the revised standard and no purse.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          cash_only(image, "A000000632101002");
        }},
    Row{"k6", "A purse of the revised standard: SM4, another EF 15, another plain debit.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          national_algorithm(image, PurseKernel::k6, "A000000632101004");
          revised_public_info(image, spec);
        }},
    Row{"long-aid-16", "A purse in a phone: an AID of 16 bytes, as Beijing's.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          image.aid = hex("A00000063201010510009156000014A1");
        }},
    Row{"long-aid-15", "A purse with an AID of 15 bytes that ends in letters, as Jiangsu's.",
        nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          image.aid = hex("A000000632010105215053555A484F");
        }},
    Row{"no-ppse", "A purse without a directory: only SELECT by AID finds it.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { image.ppse.emplace(); }},
    Row{"fci-labels", "SELECT answers label, priority, DF00 and name before EF 15.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          image.fci = {.version_bytes = 2, .label = true, .df00 = true};
        }},
    Row{"fci-long-version", "SELECT answers a version (9F08) of two bytes.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { image.fci.version_bytes = 2; }},
    Row{"fci-padding", "SELECT answers zero bytes behind the last tag.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { image.fci.padding = 6; }},
    Row{"fci-no-info", "SELECT does not answer EF 15: it has to be read.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { image.fci.public_info = false; }},
};

}  // namespace

std::span<const Row> purses() {
  return kRows;
}

}  // namespace tidegate::sim::card_types
