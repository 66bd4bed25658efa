// SPDX-License-Identifier: Apache-2.0
// The SAM of an aisle through Debian's pcscd: what it computes, and how it is lost and comes back.
#include <csignal>
#include <future>
#include <set>

#include "nfc/pcsc/reader.h"
#include "tests/pcsc/stack.h"

namespace tidegate::pcsc {
namespace {

using nfc::SamRequest;

/// What it said of a MAC2; nullopt: nothing.
std::optional<bool> said(const Result<bool>& answer) {
  return answer ? std::optional{*answer} : std::nullopt;
}

TEST_F(StackTest, GivesTheNumbersOfTheGoldenTrace) {
  start_pcscd();
  const auto chip = sam();
  const auto opened = open();
  ASSERT_TRUE(opened);
  EXPECT_EQ(to_hex(opened->terminal().get()), "413100000002");
  EXPECT_EQ(opened->key_index(), 1);

  const auto entry = opened->init_for_purchase(golden_entry());
  ASSERT_TRUE(entry) << entry.error().message();
  EXPECT_EQ(entry->txn, SamTxnNo{0x100});
  EXPECT_EQ(to_hex(entry->mac1), "C4A71727");
  EXPECT_EQ(said(opened->credit(kGoldenEntryMac2)), true);

  SamRequest request = golden_entry();
  request.random = {0x55, 0x66, 0x77, 0x88};
  request.counter = CardCounter{1};
  request.amount = Fen{400};
  request.at = parse_bcd_time(Bytes{0x20, 0x26, 0x01, 0x05, 0x08, 0x30, 0x00}).value();
  const auto exit = opened->init_for_purchase(request);
  ASSERT_TRUE(exit) << exit.error().message();
  EXPECT_EQ(exit->txn, SamTxnNo{0x101});
  EXPECT_EQ(to_hex(exit->mac1), "9CF4B594");
  EXPECT_TRUE(opened->alive());  // a look leaves the session open
  EXPECT_EQ(said(opened->credit({0x7C, 0x79, 0xD1, 0xCA})), true);
}

TEST_F(StackTest, AsksAgainWithTheLengthTheSamWantsAndTakesAWrongMacForWrong) {
  start_pcscd();
  // Its serial number is longer than the one asked for: 6Cxx. 8070 answers 61xx in every test.
  const auto chip = sam(0, {"--serial-bytes", "20"});
  const auto opened = open();
  ASSERT_TRUE(opened);
  ASSERT_TRUE(opened->init_for_purchase(golden_entry()));
  EXPECT_EQ(said(opened->credit({0x29, 0x41, 0x35, 0xDE})), false);
  const auto closed = opened->credit(kGoldenEntryMac2);
  ASSERT_FALSE(closed) << "the wrong MAC2 left the session open";
  EXPECT_EQ(closed.error().code(), Errc::invalid);
  EXPECT_TRUE(opened->alive());
}

TEST_F(StackTest, HasNoKeyForAnotherVersionOrAlgorithmAndStaysOpen) {
  start_pcscd();
  const auto chip = sam();
  const auto opened = open();
  ASSERT_TRUE(opened);
  SamRequest other_version = golden_entry();
  other_version.key_version = 2;
  SamRequest sm4 = golden_entry();
  sm4.algorithm = 4;
  for (const SamRequest& request : {other_version, sm4}) {
    const auto refused = opened->init_for_purchase(request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::unsupported) << refused.error().message();
  }
  EXPECT_TRUE(opened->init_for_purchase(golden_entry()));
}

TEST_F(StackTest, IsLostWhenItIsPulledInsideAPurchaseAndComesBackWithNewNumbers) {
  start_pcscd();
  auto chip = sam();
  auto opened = open();
  ASSERT_TRUE(opened);
  std::set<SamTxnNo> given;
  for (int i = 0; i < 2; ++i) {
    const auto begun = opened->init_for_purchase(golden_entry());
    ASSERT_TRUE(begun) << begun.error().message();
    EXPECT_TRUE(given.insert(begun->txn).second) << "a number came twice";
    chip.reset();  // SIGKILL
    const auto lost = opened->credit(kGoldenEntryMac2);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code(), Errc::io) << lost.error().message();
    EXPECT_FALSE(opened->alive());
    EXPECT_FALSE(opened->init_for_purchase(golden_entry()));
    opened.reset();
    EXPECT_NE(refusal(name(), Errc::gone).find("no SAM"), std::string::npos);
    chip = sam();
    opened = open();
    ASSERT_TRUE(opened);
  }
  const auto after = opened->init_for_purchase(golden_entry());
  ASSERT_TRUE(after) << after.error().message();
  EXPECT_GT(after->txn, *given.rbegin());
  EXPECT_EQ(said(opened->credit({})), false);
}

TEST_F(StackTest, IsMissedWhileNobodyAsksItAnything) {
  start_pcscd();
  auto chip = sam();
  const auto opened = open();
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->alive());
  chip.reset();
  EXPECT_TRUE(eventually([&] { return !opened->alive(); }));
}

TEST_F(StackTest, IsLostWithPcscdAndComesBackWithIt) {
  start_pcscd();
  const auto chip = sam();
  auto opened = open();
  ASSERT_TRUE(opened);
  ASSERT_TRUE(opened->init_for_purchase(golden_entry()));
  pcscd_.reset();  // SIGKILL
  const auto lost = opened->credit(kGoldenEntryMac2);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code(), Errc::io);
  opened.reset();
  EXPECT_NE(refusal(name(), Errc::io).find("pcscd does not run"), std::string::npos);
  start_pcscd();
  opened = open();
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->init_for_purchase(golden_entry()));
}

TEST_F(StackTest, IsGivenUpWhenPcscdStopsInsideAPurchaseAndOpensOnceItGoesOn) {
  start_pcscd();
  const auto chip = sam();
  auto opened = open();
  ASSERT_TRUE(opened);
  ASSERT_TRUE(opened->init_for_purchase(golden_entry()));
  ASSERT_TRUE(pcscd_->stop());
  const auto lost = opened->credit(kGoldenEntryMac2);  // without a limit this would never end
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code(), Errc::io);
  opened.reset();
  EXPECT_NE(refusal(name(), Errc::io).find("has not come back"), std::string::npos);
  pcscd_->signal(SIGCONT);
  EXPECT_TRUE(open());
}

TEST_F(StackTest, ServesTwoAislesAtOnceEachWithItsOwn) {
  start_pcscd(2);
  const auto first = sam(0);
  const auto second = sam(1);
  const auto serve = [this](unsigned reader) {
    std::set<SamTxnNo> numbers;
    const auto opened = open(reader);
    if (!opened) return std::pair{TerminalNo{}, numbers};
    for (int i = 0; i < 50; ++i) {
      const auto begun = opened->init_for_purchase(golden_entry());
      const auto wrong = opened->credit({});
      if (begun && said(wrong) == false) numbers.insert(begun->txn);
    }
    return std::pair{opened->terminal(), numbers};
  };
  auto other = std::async(std::launch::async, serve, 1U);
  const auto one = serve(0);
  const auto two = other.get();
  EXPECT_EQ(one.second.size(), 50U);
  EXPECT_EQ(two.second.size(), 50U);
  EXPECT_EQ(to_hex(one.first.get()), "413100000002");
  EXPECT_EQ(to_hex(two.first.get()), "413100000003");

  const auto mine = open(0);
  ASSERT_TRUE(mine);
  EXPECT_FALSE(nfc::open_pcsc_sam(name(0))) << "two at once have one SAM";
}

TEST_F(StackTest, SaysWhatIsWrongWithAReader) {
  const auto without = nfc::open_pcsc_sam("Tidegate SAM");
  ASSERT_FALSE(without);
  EXPECT_NE(without.error().message().find("pcscd does not run"), std::string::npos)
      << without.error().message();

  start_pcscd(2);
  const std::string unknown = refusal("Other", Errc::not_found);
  EXPECT_NE(unknown.find("\"" + name(0) + "\""), std::string::npos) << unknown;
  EXPECT_NE(unknown.find("\"" + name(1) + "\""), std::string::npos) << unknown;
  refusal("Tidegate SAM A", Errc::invalid);
  refusal(name(0), Errc::gone);

  const auto stranger = sam(1, {"--no-application"});
  const std::string no_application = refusal(name(1), Errc::not_found);
  EXPECT_NE(no_application.find("not a T-Union SAM"), std::string::npos) << no_application;
}

TEST(PickReader, TakesTheWholeNameOrTheBeginningOfJustOne) {
  const std::vector<std::string> readers{"Virtual PCD 00 00", "Virtual PCD 00 01", "CCID 00 00",
                                         "CCID 00 00 bis"};
  EXPECT_EQ(nfc::pick_reader(readers, "Virtual PCD 00 01").value_or(""), "Virtual PCD 00 01");
  EXPECT_EQ(nfc::pick_reader(readers, "CCID 00 00").value_or(""), "CCID 00 00");
  EXPECT_EQ(nfc::pick_reader(readers, "CCID 00 00 b").value_or(""), "CCID 00 00 bis");
  const auto several = nfc::pick_reader(readers, "Virtual");
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code(), Errc::invalid);
  EXPECT_EQ(several.error().message().find("CCID"), std::string::npos)
      << "it names those that do not begin so: " << several.error().message();
}

}  // namespace
}  // namespace tidegate::pcsc
