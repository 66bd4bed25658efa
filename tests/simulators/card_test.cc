// SPDX-License-Identifier: Apache-2.0
// The simulated card against published crypto examples, a recorded trace, and its own book-keeping.
#include "simulators/card/card.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/simulators/card_fixture.h"

namespace tidegate::sim {
namespace {

using namespace card_fixture;

TEST(PurseCrypto, PublishedLoadExample) {
  const auto key = array_from_hex<16>("11223344556677888877665544332211").value();
  const auto session = session_key(key, {0x11, 0x22, 0x33, 0x44}, 0, 0x8000);
  EXPECT_EQ(to_hex(session), "9B1D924E05595603");
  EXPECT_EQ(to_hex(purse_mac(session, hex("000000000000100001001122334455"))), "2988AE5A");
  EXPECT_EQ(to_hex(purse_mac(session, hex("000010000100112233445520111221214822"))), "3A845BF0");
}

TEST(PurseCrypto, PublishedPurchaseExample) {
  const auto key = array_from_hex<16>("11223344556677888877665544332211").value();
  const auto session = session_key(key, {0x11, 0x22, 0x33, 0x44}, 0, 0x0001);
  EXPECT_EQ(to_hex(session), "003238ABC57659DD");
  EXPECT_EQ(to_hex(purse_mac(session, hex("000010000600112233445520120229135100"))), "F15CAB75");
  EXPECT_EQ(to_hex(purse_mac(session, hex("00001000"))), "56988A13");
}

TEST(PurseCrypto, PublishedSecuredWriteExample) {
  crypto::Block8 key;
  key.fill(0xFF);
  const auto iv = array_from_hex<8>("9EA0401A00000000").value();
  const auto last = crypto::des_cbc_last_block(key, iv, hex("04D6850E06AABB80"));
  EXPECT_EQ(to_hex(ByteView{last}.first(4)), "ED3A0133");
}

TEST(PurseCrypto, KeysAreDiversifiedByIssuerThenNumber) {
  const CardImageData image = make_card({});
  EXPECT_EQ(to_hex(image.purchase_key), "BFE7752BC7E25A6D00BEE8746B9BB34C");
  EXPECT_EQ(to_hex(image.tac_key), "C96C3558D7EC4CD372B1747B250D84C9");
}

/// The ["card", command, answer] rows of a trace file.
std::vector<std::pair<std::string, std::string>> card_steps(const std::filesystem::path& file) {
  std::ifstream in{file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const std::regex row{R"re("card",\s*"([0-9A-F]+)",\s*"([0-9A-F]+)")re"};
  std::vector<std::pair<std::string, std::string>> out;
  for (std::sregex_iterator it{text.begin(), text.end(), row}, end; it != end; ++it)
    out.emplace_back((*it)[1], (*it)[2]);
  return out;
}

TEST(Card, ReplaysTheGoldenMetroTrace) {
  const char* shared = std::getenv("TIDEGATE_SHARED");
  const auto folder = shared != nullptr
                          ? std::filesystem::path{shared}
                          : std::filesystem::path{TIDEGATE_SOURCE_DIR} / "../shared/data";
  const auto file = folder / "cards/golden_3des_metro.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no recorded trace at " << file;
  const auto steps = card_steps(file);
  ASSERT_GE(steps.size(), 13U);

  CardHabits habits;
  habits.next_randoms = {{0x11, 0x22, 0x33, 0x44}, {0x55, 0x66, 0x77, 0x88}};
  TUnionCard card{make_card({.balance = 5000}), habits};
  for (const auto& [command, answer] : steps)
    EXPECT_EQ(to_hex(card.transceive(hex(command))), answer) << "command " << command;
  EXPECT_EQ(card.image().balance, 4600U);
  EXPECT_EQ(card.image().counter, 2U);
}

TEST(Card, PpseNamesThePurse) {
  CardAtTerminal at;
  EXPECT_EQ(at.send("00A404000E325041592E5359532E444446303100"),
            "6F2E840E325041592E5359532E4444463031A51CBF0C1961174F08A00000063201010550084D4F545F545F"
            "45508701019000");
}

TEST(Card, AnticollisionDataFollowTheUid) {
  CardImageData image = make_card({});
  EXPECT_EQ(image.uid.size(), 4U);
  const TUnionCard small{image, {}};
  EXPECT_EQ(small.sak(), 0x20);
  EXPECT_EQ(small.atqa(), (std::array<Byte, 2>{0x00, 0x08}));
  EXPECT_EQ(small.ats().size(), small.ats()[0]);
  image.uid = {1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ((TUnionCard{image, {}}.atqa()), (std::array<Byte, 2>{0x00, 0x48}));
}

TEST(Card, DebitAnswersRightTacAndMac2) {
  CardAtTerminal at;
  at.select();
  at.initialize(1, 300);
  const std::string expected = at.right_debit_answer();
  EXPECT_EQ(at.debit(), expected);
  EXPECT_EQ(at.card.image().balance, 4700U);
}

TEST(Card, TwelveTransactionsKeepTheTenNewestFirst) {
  CardAtTerminal at;
  at.select();
  for (std::uint32_t i = 1; i <= 12; ++i) {
    at.initialize(1, i);
    const std::string answer = at.debit(i);
    ASSERT_EQ(answer.substr(16), "9000");
  }
  ASSERT_EQ(at.card.image().ef18.size(), 10U);
  for (std::uint32_t i = 0; i < 10; ++i) {
    const std::string record = at.send("00B2" + be_hex(i + 1, 1) + "C417");
    EXPECT_EQ(record, be_hex(12 - i, 2) + "000000" + be_hex(12 - i, 4) + "06" + kTerminal +
                          kDateTime + "9000");
  }
  EXPECT_EQ(at.send("00B20BC417"), "6A83");
  EXPECT_EQ(at.card.image().counter, 12U);
  EXPECT_EQ(at.card.image().balance, 5000U - 78U);
}

TEST(Card, TripsAreCyclicToo) {
  CardAtTerminal at;
  at.select();
  for (Byte i = 1; i <= 32; ++i) {
    at.initialize(3, 0);
    at.stage_trip(3, i);
    ASSERT_EQ(at.debit().substr(16), "9000");
  }
  EXPECT_EQ(at.card.image().ef1e.size(), 30U);
  EXPECT_EQ(at.send("00B201F430"), trip_record(3, 32) + "9000");
  EXPECT_EQ(at.send("00B21EF400"), trip_record(3, 3) + "9000");
}

TEST(Card, AHabitLogsTheCounterBeforeTheIncrement) {
  CardAtTerminal at{5000, {.log_counter_before = true}};
  at.select();
  at.initialize(1, 7);
  at.debit();
  EXPECT_EQ(at.send("00B201C417").substr(0, 4), "0000");
  EXPECT_EQ(at.card.image().counter, 1U);
}

TEST(Card, AHabitLogsTheBalanceAfter) {
  CardAtTerminal shanghai{5000, {.log_balance_after = true}, 800};
  CardAtTerminal other{5000, {}, 800};
  for (CardAtTerminal* at : {&shanghai, &other}) {
    at->select();
    at->initialize(1, 7);
    at->debit();
  }
  EXPECT_EQ(shanghai.send("00B201C417").substr(4, 6), be_hex(4993, 3));
  EXPECT_EQ(other.send("00B201C417").substr(4, 6), be_hex(800, 3));
}

TEST(Card, OverdraftIsSpentAfterTheBalance) {
  CardAtTerminal at{100, {}, 800};
  at.select();
  EXPECT_EQ(at.send("805C000204"), be_hex(900, 4) + "9000");
  EXPECT_EQ(at.initialize(1, 901), "9401");
  EXPECT_EQ(at.initialize(1, 400).substr(0, 18), be_hex(900, 4) + "0000" + be_hex(800, 3));
  at.debit();
  EXPECT_EQ(at.send("805C000204"), be_hex(500, 4) + "9000");
  EXPECT_EQ(at.send("805C010204"), be_hex(800, 4) + "9000");
  EXPECT_EQ(at.send("805C020204"), be_hex(300, 4) + "9000");
  EXPECT_EQ(at.send("805C030200"), be_hex(0, 4) + "9000");
  EXPECT_EQ(at.send("805C050210"),
            be_hex(0, 4) + be_hex(0xFFFFFF - 800, 4) + be_hex(800, 4) + be_hex(300, 4) + "9000");
}

TEST(Card, LoadPaysBackTheOverdraftFirst) {
  CardAtTerminal at{100, {}, 800};
  at.select();
  at.initialize(1, 400);
  at.debit();
  at.initialize(0, 1000);
  EXPECT_EQ(at.send(at.credit_command()).substr(8), "9000");
  EXPECT_EQ(at.card.image().balance, 700U);
  EXPECT_EQ(at.card.image().overdraft_used, 0U);
  EXPECT_EQ(at.card.image().counter, 1U);
  EXPECT_EQ(at.card.image().load_counter, 1U);
}

TEST(Card, LoadIsAuthenticatedBothWays) {
  CardAtTerminal at;
  at.select();
  const CardImageData before = at.card.image();
  const std::string init = at.initialize(0, 2000);
  ASSERT_EQ(init.size(), 36U);
  const auto key = session_key(before.load_key, to_array<4>(hex(init.substr(16, 8))), 0, 0x8000);
  EXPECT_EQ(init.substr(24, 8),
            to_hex(purse_mac(key, hex(be_hex(5000, 4) + be_hex(2000, 4) + "02" + kTerminal))));
  const std::string tac = at.send(at.credit_command());
  EXPECT_EQ(tac, to_hex(purse_tac(before.tac_key, hex(be_hex(7000, 4) + "0000" + be_hex(2000, 4) +
                                                      "02" + kTerminal + kDateTime))) +
                     "9000");
  EXPECT_EQ(at.send("00B201C417"),
            "0001000000" + be_hex(2000, 4) + "02" + kTerminal + kDateTime + "9000");

  at.initialize(0, 2000);
  EXPECT_EQ(at.send("805200000B" + kDateTime + "0000000004"), "9302");
  EXPECT_EQ(at.card.image().balance, 7000U);
}

TEST(Card, ALoadBeyondTheCeilingIsRefused) {
  CardAtTerminal at{0xFFFFFF, {}};
  at.select();
  EXPECT_EQ(at.initialize(0, 1), "6985");
}

TEST(Proof, AnswersMacThenTacForTheCounterAfter) {
  CardAtTerminal at;
  at.select();
  at.initialize(3, 0);
  at.stage_trip();
  const std::string debit = at.debit();
  const std::string proof = debit.substr(8, 8) + debit.substr(0, 8) + "9000";
  at.card.power_off();
  at.select();
  EXPECT_EQ(at.send("805A000902000108"), proof);
  EXPECT_EQ(at.send("805A000902000008"), "9406");
  EXPECT_EQ(at.send("805A000602000108"), "9406");
  EXPECT_EQ(at.send("805A000202000108"), "9406");
  EXPECT_EQ(at.send("805A000A02000108"), "6A86");
}

TEST(Proof, IsKeptPerTypeUntilTheNextOfThatType) {
  CardAtTerminal at;
  at.select();
  at.initialize(3, 100);
  at.stage_trip();
  at.debit();
  at.initialize(1, 200);
  at.debit();
  EXPECT_EQ(at.send("805A000902000108").substr(16), "9000");
  EXPECT_EQ(at.send("805A000602000208").substr(16), "9000");
  at.initialize(3, 100);
  at.stage_trip();
  at.debit();
  EXPECT_EQ(at.send("805A000902000108"), "9406") << "replaced by a later debit";
  EXPECT_EQ(at.send("805A000902000308").substr(16), "9000");
}

TEST(Proof, OfALoadIsKeyedByTheOnlineCounter) {
  CardAtTerminal at;
  at.select();
  at.initialize(0, 100);
  const std::string tac = at.send(at.credit_command()).substr(0, 8);
  EXPECT_EQ(at.send("805A000202000108").substr(8), tac + "9000");
}

TEST(Mint, AnOpenEntryLooksLikeATransactionOfThatStation) {
  CardImageData image = make_card({.balance = 3000});
  open_entry(image, {.city = 0x3050,
                     .acquirer = {0x11, 0x42, 0x30, 0x50, 0xFF, 0xFF, 0xFF, 0xFF},
                     .station = {0, 0, 0, 0, 0x00, 0x02, 0x00, 0x13},
                     .terminal = {0x00, 0x00, 0x41, 0x31, 0x00, 0x00, 0x77, 0x77},
                     .line = 2,
                     .at = {2026, 11, 2, 7, 59, 58},
                     .max_fare = 900});
  CardAtTerminal at{image, {}};
  at.select();
  const std::string rail = at.send("00B201D400");
  EXPECT_EQ(rail.substr(0, 6), "27017D");
  EXPECT_EQ(rail.substr(28, 2), "01");
  EXPECT_EQ(rail.substr(30, 4), "3050");
  EXPECT_EQ(rail.substr(38, 16), "11423050FFFFFFFF");
  EXPECT_EQ(rail.substr(70, 16), "0000000000020013");
  EXPECT_EQ(rail.substr(102, 16), "0000413100007777");
  EXPECT_EQ(rail.substr(134, 14), "20261102075958");
  EXPECT_EQ(rail.substr(162, 10), be_hex(900, 4) + "02");
  EXPECT_EQ(rail.substr(182, 8), be_hex(3000, 4));
  EXPECT_EQ(at.send("00B201F430"), "030000413100007777010002001300000000000000" + be_hex(3000, 4) +
                                       "20261102075958305011423050FFFFFFFF0000000000009000");
  EXPECT_EQ(at.send("00B201C417"),
            "0001000000000000000941310000777720261102075958"
            "9000");
  EXPECT_EQ(at.initialize(3, 0).substr(8, 4), "0001") << "the counter has moved";
}

TEST(Mint, RefusesWhatCannotBeOnACard) {
  EXPECT_TRUE(check_card_spec({}).has_value());
  EXPECT_FALSE(check_card_spec({.issuer = "0200290"}).has_value());
  EXPECT_FALSE(check_card_spec({.number = "310477000000000042X"}).has_value());
  EXPECT_FALSE(check_card_spec({.city = 0x29A0}).has_value());
  EXPECT_FALSE(check_card_spec({.valid_to = "20260231"}).has_value());
  EXPECT_FALSE(check_card_spec({.balance = 0x1000000}).has_value());
  EXPECT_FALSE(check_card_spec({.balance = 0xFFFFFF, .overdraft_limit = 1}).has_value());
  EXPECT_FALSE(check_card_spec({.uid = {1, 2, 3}}).has_value());
}

}  // namespace
}  // namespace tidegate::sim
