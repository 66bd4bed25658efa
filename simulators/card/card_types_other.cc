// SPDX-License-Identifier: Apache-2.0
// The table of cards without a T-Union purse, and of the one kind that has one beside something
// else: what lies on a reader by mistake.
#include "simulators/card/card_types_impl.h"
#include "simulators/card/tlv.h"

namespace tidegate::sim::card_types {

namespace {

// Names of applications and directories.
constexpr std::string_view kPse = "1PAY.SYS.DDF01";
constexpr std::string_view kCityUnion = "A00000000386980701";
constexpr std::string_view kBankDebit = "A000000333010101", kBankCredit = "A000000333010102",
                           kBankQuasiCredit = "A000000333010103";
constexpr std::string_view kBeijing = "91560000144D4F542E424D4143303031";
constexpr std::string_view kTianjin = "D156000015B9ABB9B2D3A6D3C3";
constexpr std::string_view kMacau = "B0C4C3C5CDA8C7AEB0FC";
/// "sx1.sh." and "social security" in GB2312.
constexpr std::string_view kSocialSecurity = "7378312E73682EC9E7BBE1B1A3D5CF";

Bytes hex(std::string_view text) {
  auto out = from_hex(text);
  ASSERT(out.has_value());
  return std::move(*out);
}
Bytes letters(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

/// An application with nothing to look at but its name.
OtherApplication application(Bytes name) {
  const Byte version = 0x02;
  Bytes fci = fci_of(name, tlv(0x9F08, {&version, 1}));
  return {
      .name = std::move(name), .file_id = {}, .fci = std::move(fci), .files = {}, .balance = {}};
}

/// A purse of a city's own: its EF 15 can be read and its balance asked for.
OtherApplication city_purse(Bytes name, std::string_view city, const CardSpec& spec) {
  Bytes ef15 = hex("0000");
  append(ef15, hex(city));
  ef15.resize(16);
  append(ef15, hex("00012345"));
  append(ef15, bcd_bytes(spec.valid_from));
  append(ef15, bcd_bytes(spec.valid_to));
  ef15.resize(30);
  OtherApplication out = application(std::move(name));
  out.fci = fci_of(out.name, tlv(0x9F0C, ef15));
  out.files = {{0x15, ef15}};
  out.balance = spec.balance;
  return out;
}

/// The card holds these applications and no purse of ours.
void only(CardImageData& image, std::vector<OtherApplication> applications) {
  image.has_purse = false;
  image.others = std::move(applications);
}

OtherApplication with_id(OtherApplication out, std::uint16_t file_id) {
  out.file_id = file_id;
  return out;
}

OtherApplication bank(std::string_view aid, std::string_view label, Byte priority) {
  OtherApplication out = application(hex(aid));
  Bytes proprietary = tlv(0x50, as_bytes(label));
  append_tlv(proprietary, 0x87, {&priority, 1});
  append_tlv(proprietary, 0x9F38, hex("9F66049F02069F03069F1A0295055F2A029A039C019F3704"));
  out.fci = fci_of(out.name, proprietary);
  return out;
}

void bank_card(CardImageData& image, const CardSpec& /*spec*/) {
  only(image, {bank(kBankDebit, "UnionPay Debit", 1), bank(kBankCredit, "UnionPay Credit", 2),
               bank(kBankQuasiCredit, "UnionPay Quasi", 3), application(letters(kPse))});
  image.ppse = {{hex(kBankDebit), "UnionPay Debit", 1},
                {hex(kBankCredit), "UnionPay Credit", 2},
                {hex(kBankQuasiCredit), "UnionPay Quasi", 3}};
}

OtherApplication social_security() {
  // File 05 is personal, as the real one is: no terminal has any business in it. This is nobody's.
  OtherApplication out = application(hex(kSocialSecurity));
  out.files = {{0x05, Bytes(16, 0x99)}};
  return out;
}

constexpr std::array kRows{
    Row{"city-union", "A City Union card of old: its own purse, found by its AID.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {with_id(city_purse(hex(kCityUnion), "2000", spec), 0x1001),
                       with_id(application(letters(kPse)), 0x3F00)});
        }},
    Row{"city-union-by-id", "A City Union card of old that is found by file 3F01 only.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {with_id(city_purse(letters("CITYPURSE"), "3100", spec), 0x3F01),
                       with_id(application(letters(kPse)), 0x3F00)});
        }},
    Row{"bank", "A bank card with debit, credit and quasi-credit.", nullptr, bank_card},
    Row{"bank-debit", "A bank card with one application and no old directory.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          only(image, {bank(kBankDebit, "UnionPay Debit", 1)});
          image.ppse = {{hex(kBankDebit), "UnionPay Debit", 1}};
        }},
    Row{"social-security", "A social-security card without a transport purse.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { only(image, {social_security()}); }},
    Row{"social-security-purse",
        "A third-generation social-security card with a T-Union purse beside it.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) {
          image.others = {social_security(), bank(kBankDebit, "UnionPay Debit", 1)};
          image.ppse = {{hex(kBankDebit), "UnionPay Debit", 1}, {image.aid, "MOT_T_EP", 2}};
        }},
    Row{"suzhou", "Suzhou's own card.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {city_purse(letters("SUXIN.DDF01"), "2150", spec)});
        }},
    Row{"suzhou-prepaid", "Suzhou's own prepaid card.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {city_purse(letters("SZPK_ZYY"), "2150", spec)});
        }},
    Row{"shenzhen", "Shenzhen's own card.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {city_purse(letters("PAY.SZT"), "5180", spec)});
        }},
    Row{"hangzhou", "Hangzhou's own card, with the old directory of payment.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {city_purse(letters(kPse), "3100", spec)});
        }},
    Row{"lingnan", "A Lingnan Pass of Guangdong.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {city_purse(letters("PAY.APPY"), "5100", spec),
                       city_purse(letters("PAY.TICL"), "5100", spec)});
        }},
    Row{"wuhan", "Wuhan's own card.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {city_purse(letters("AP1.WHCTC"), "4300", spec)});
        }},
    Row{"beijing", "Beijing's own card.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {with_id(city_purse(hex(kBeijing), "1000", spec), 0x1001),
                       with_id(application(letters(kPse)), 0x3F00)});
        }},
    Row{"tianjin", "Tianjin's own card.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {city_purse(hex(kTianjin), "3000", spec)});
        }},
    Row{"macau", "A Macau Pass.", nullptr,
        [](CardImageData& image, const CardSpec& spec) {
          only(image, {city_purse(hex(kMacau), "9999", spec)});
        }},
    Row{"unknown", "A contactless card that knows no application at all.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { only(image, {}); }},
};

}  // namespace

std::span<const Row> other_cards() {
  return kRows;
}

}  // namespace tidegate::sim::card_types
