// SPDX-License-Identifier: Apache-2.0
// Published and recomputed vectors of the purse's 3DES cryptography.
#include "nfc/purse/mac.h"

#include "tests/nfc/test_support.h"

namespace tidegate::nfc {
namespace {

const auto kKey = hex_array<16>("11223344556677888877665544332211");
const auto kRandom = hex_array<4>("11223344");
constexpr crypto::Block8 kZeroIv{};

TEST(PurseMac, LoadVectorSessionKeyAndMacs) {
  // A load's session key has 8000 where a purchase has the transaction number.
  const auto session = session_key(kKey, kRandom, CardCounter{0}, SamTxnNo{0x8000});
  EXPECT_EQ(to_hex(session), "9B1D924E05595603");
  EXPECT_EQ(to_hex(purse_mac(session, kZeroIv, hex("00000000 00001000 01 001122334455"))),
            "2988AE5A");
  EXPECT_EQ(to_hex(purse_mac(session, kZeroIv, hex("00001000 01 001122334455 20111221214822"))),
            "3A845BF0");
}

TEST(PurseMac, PurchaseVectorSessionKeyMac1AndMac2) {
  const auto session = session_key(kKey, kRandom, CardCounter{0}, SamTxnNo{1});
  EXPECT_EQ(to_hex(session), "003238ABC57659DD");
  const TerminalNo terminal{hex_array<6>("001122334455")};
  EXPECT_EQ(to_hex(mac1(session, Fen{0x1000}, PurchaseType::purchase, terminal,
                        local(2012, 2, 29, 13, 51, 0))),
            "F15CAB75");
  EXPECT_EQ(to_hex(mac2(session, Fen{0x1000})), "56988A13");
}

TEST(PurseMac, SecureMessagingVectorWithIv) {
  EXPECT_EQ(to_hex(purse_mac(hex_array<8>("FFFFFFFFFFFFFFFF"), hex_array<8>("9EA0401A00000000"),
                             hex("04D6850E06AABB"))),
            "ED3A0133");
}

TEST(PurseMac, DiversifiesIssuerFirstThenCard) {
  const auto root = hex_array<16>("404142434445464748494A4B4C4D4E4F");
  const auto issuer = hex_array<8>("02002900FFFFFFFF");
  const auto pan = hex_array<8>("4770000000000426");
  EXPECT_EQ(to_hex(diversify(root, issuer)), "AB4D12A15986BB0F5A4E0B32F02FB985");
  EXPECT_EQ(to_hex(card_key(root, issuer, pan)), "BFE7752BC7E25A6D00BEE8746B9BB34C");
}

TEST(PurseMac, OnlyTheLastTwoBytesOfTheTransactionNumberAreInTheSessionKey) {
  const auto one = session_key(kKey, kRandom, CardCounter{7}, SamTxnNo{0x00010203});
  EXPECT_EQ(one, session_key(kKey, kRandom, CardCounter{7}, SamTxnNo{0x00990203}));
  EXPECT_NE(one, session_key(kKey, kRandom, CardCounter{7}, SamTxnNo{0x00010204}));
}

TEST(PurseMac, TacCoversEveryField) {
  const auto key = card_key(hex_array<16>("505152535455565758595A5B5C5D5E5F"),
                            hex_array<8>("02002900FFFFFFFF"), hex_array<8>("4770000000000426"));
  const TerminalNo terminal{hex_array<6>("413100000002")};
  const auto at = local(2026, 1, 5, 8, 30, 0);
  const Mac right = tac(key, Fen{400}, PurchaseType::capp, terminal, SamTxnNo{0x101}, at);
  EXPECT_EQ(to_hex(right), "01425DE8");
  EXPECT_NE(right, tac(key, Fen{401}, PurchaseType::capp, terminal, SamTxnNo{0x101}, at));
  EXPECT_NE(right, tac(key, Fen{400}, PurchaseType::purchase, terminal, SamTxnNo{0x101}, at));
  EXPECT_NE(right, tac(key, Fen{400}, PurchaseType::capp, terminal, SamTxnNo{0x10101}, at));
}

}  // namespace
}  // namespace tidegate::nfc
