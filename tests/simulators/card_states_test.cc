// SPDX-License-Identifier: Apache-2.0
// The card's state machine as a table: each command in each state, what it answers, and whether the
// open transaction survives it. And the tear: nothing changes unless 8054 acted.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/simulators/card_fixture.h"

namespace tidegate::sim {
namespace {

using namespace card_fixture;

enum class State { off, idle, purchase, capp, staged, load };
constexpr std::array kStates{State::off,  State::idle,   State::purchase,
                             State::capp, State::staged, State::load};

void bring(CardAtTerminal& at, State state) {
  if (state == State::off) return;
  at.select();
  if (state == State::purchase) {
    ASSERT_EQ(at.initialize(1, 100).substr(30), "9000");
  }
  if (state == State::capp || state == State::staged) {
    ASSERT_EQ(at.initialize(3, 100).substr(30), "9000");
  }
  if (state == State::staged) {
    ASSERT_EQ(at.stage_rail(), "9000");
  }
  if (state == State::load) {
    ASSERT_EQ(at.initialize(0, 100).substr(32), "9000");
  }
}

struct Row {
  const char* name;
  std::string command;  ///< "debit" and "credit" are made for the session
  /// Status word in: off, idle, purchase, capp, staged, load.
  std::array<const char*, 6> status;
  /// The open transaction survives in: purchase, capp, staged, load.
  std::string survives;
};

std::vector<Row> rows() {
  const std::string at_100 = "020B0100000064" + kTerminal;
  return {
      {"select", kSelectPurse, {"9000", "9000", "9000", "9000", "9000", "9000"}, "----"},
      {"select other",
       "00A4040008A00000063201010600",
       {"6A82", "6A82", "6A82", "6A82", "6A82", "6A82"},
       "----"},
      {"read binary", "00B095001E", {"6A82", "9000", "9000", "9000", "9000", "9000"}, "----"},
      {"read record", "00B201D400", {"6A82", "9000", "9000", "9000", "9000", "9000"}, "----"},
      {"get balance", "805C030204", {"6985", "9000", "9000", "9000", "9000", "9000"}, "----"},
      {"get challenge", "0084000004", {"9000", "9000", "9000", "9000", "9000", "9000"}, "----"},
      {"get proof", "805A000902000108", {"6985", "9406", "9406", "9406", "9406", "9406"}, "----"},
      {"unknown", "80EE0000", {"6D00", "6D00", "6D00", "6D00", "6D00", "6D00"}, "----"},
      {"too short", "80", {"6700", "6700", "6700", "6700", "6700", "6700"}, "----"},
      {"update 1A",
       "80DC01D080" + rail_record(1, 9),
       {"6985", "6985", "6985", "9000", "9000", "6985"},
       "-cs-"},
      {"update 1E",
       "80DC00F030" + trip_record(3, 9),
       {"6985", "6985", "6985", "9000", "9000", "6985"},
       "-cs-"},
      {"update of a wrong record",
       "80DC01D080" + ("2702" + rail_record(1, 9).substr(4)),
       {"6985", "6985", "6985", "6A83", "6A83", "6985"},
       "----"},
      {"debit", "debit", {"6985", "6985", "9000", "6985", "9000", "6985"}, "----"},
      {"debit with a wrong MAC1",
       "805401000F00000100202601050800001234567808",
       {"6985", "6985", "9302", "6985", "9302", "6985"},
       "----"},
      {"debit with a wrong Le",
       "805401000F00000100202601050800001234567807",
       {"6985", "6985", "6C08", "6C08", "6C08", "6985"},
       "p-s-"},
      {"credit", "credit", {"6985", "6985", "6985", "6985", "6985", "9000"}, "----"},
      {"credit with a wrong MAC2",
       "805200000B202601050800001234567804",
       {"6985", "6985", "6985", "6985", "6985", "9302"},
       "----"},
      {"initialize beyond the balance",
       "805003020B0100FFFFFF" + kTerminal + "0F",
       {"6985", "9401", "9401", "9401", "9401", "9401"},
       "----"},
      {"initialize with another key",
       "805003020B0900000064" + kTerminal + "0F",
       {"6985", "9403", "9403", "9403", "9403", "9403"},
       "----"},
      {"unload",
       "805005" + at_100 + "10",
       {"6985", "6A86", "6A86", "6A86", "6A86", "6A86"},
       "----"},
  };
}

TEST(CardStates, EachCommandInEachState) {
  for (const Row& row : rows()) {
    for (std::size_t i = 0; i < kStates.size(); ++i) {
      SCOPED_TRACE(std::string{row.name} + " in state " + std::to_string(i));
      const State state = kStates[i];
      CardAtTerminal at;
      bring(at, state);
      const bool is_load = state == State::load;
      const std::string finish = is_load ? at.credit_command() : at.debit_command();
      std::string command = row.command;
      if (command == "debit") command = at.debit_command();
      if (command == "credit") command = is_load ? finish : "805200000B202601050800001234567804";

      const std::string answer = at.send(command);
      ASSERT_EQ(answer.substr(answer.size() - 4), row.status[i]);

      if (i < 2) continue;
      // The state's letter: it survives exactly when the transaction can still be finished. An open
      // composite transaction needs a cached record for that.
      const char letter = "pcsl"[i - 2];
      const std::string end = at.send(finish);
      EXPECT_EQ(end.ends_with("9000") && end.size() > 4, row.survives.contains(letter));
    }
  }
}

TEST(CardStates, AHabitSays6901OutOfState) {
  CardAtTerminal at{5000, {.state_error_6901 = true}};
  at.select();
  EXPECT_EQ(at.stage_trip(), "6901");
  EXPECT_EQ(at.send("805401000F00000100202601050800001234567808"), "6901");
}

TEST(CardStates, AnyErrorLeavesTheCardAsItWas) {
  for (const Row& row : rows()) {
    for (const State state : kStates) {
      SCOPED_TRACE(row.name);
      CardAtTerminal at;
      const CardImageData before = at.card.image();
      bring(at, state);
      const std::string answer =
          at.send(row.command == "debit" || row.command == "credit" ? "80EE0000" : row.command);
      EXPECT_EQ(at.card.image(), before) << answer;
    }
  }
}

TEST(CardStates, PowerOffLosesSelectionAndSession) {
  CardAtTerminal at;
  bring(at, State::staged);
  at.card.power_off();
  EXPECT_EQ(at.send("805C030204"), "6985");
  at.select();
  EXPECT_EQ(at.debit(), "6985");
}

/// Runs a composite purchase of 400 fen and tears before step `torn` (from 0).
void run_torn(CardAtTerminal& at, int torn) {
  int step = 0;
  const auto go = [&] { return step++ < torn; };
  if (go()) at.select();
  if (go()) at.initialize(3, 400);
  if (go()) at.stage_rail(2, 0x77);
  if (go()) at.stage_trip(4, 0x77);
  if (go()) {
    EXPECT_EQ(at.debit(), at.right_debit_answer());
  }
  at.card.power_off();
}

TEST(CardTear, NothingChangesUnlessDebitActed) {
  for (int torn = 0; torn <= 4; ++torn) {
    CardAtTerminal at;
    const CardImageData before = at.card.image();
    run_torn(at, torn);
    EXPECT_EQ(at.card.image(), before) << "torn before step " << torn;
    at.select();
    EXPECT_EQ(at.send("805A000902000108"), "9406");
  }
}

TEST(CardTear, DebitCommitsEverythingAtOnce) {
  CardAtTerminal at;
  run_torn(at, 5);
  const CardImageData after = at.card.image();
  EXPECT_EQ(after.balance, 4600U);
  EXPECT_EQ(after.counter, 1U);
  EXPECT_EQ(to_hex(after.ef1a_2701), rail_record(2, 0x77));
  ASSERT_EQ(after.ef1e.size(), 1U);
  EXPECT_EQ(to_hex(after.ef1e[0]), trip_record(4, 0x77));
  ASSERT_EQ(after.ef18.size(), 1U);
  ASSERT_EQ(after.proofs.size(), 1U);
  EXPECT_EQ(after.proofs[0].counter, 1U);
}

TEST(CardCapp, AnEntryOfZeroFenIsARealTransaction) {
  CardAtTerminal at;
  bring(at, State::idle);
  at.initialize(3, 0);
  at.stage_rail();
  EXPECT_EQ(at.debit(), at.right_debit_answer());
  EXPECT_EQ(at.card.image().balance, 5000U);
  EXPECT_EQ(at.card.image().counter, 1U);
  EXPECT_EQ(at.card.image().ef18.size(), 1U);
}

TEST(CardCapp, ALaterCacheReplacesAnEarlierOne) {
  CardAtTerminal at;
  bring(at, State::idle);
  at.initialize(3, 0);
  at.stage_trip(3, 1);
  at.stage_trip(3, 2);
  at.debit();
  ASSERT_EQ(at.card.image().ef1e.size(), 1U);
  EXPECT_EQ(at.card.image().ef1e[0][47], 2);
}

struct CacheRow {
  const char* name;
  std::string command;
  const char* status;
};

TEST(CardCapp, UpdateChecksFileRecordLockAndLengthInThisOrder) {
  const std::string rail = rail_record(1, 0);
  const std::vector<CacheRow> table{
      {"P1 00 finds the record by its id", "80DC00D080" + rail, "9000"},
      {"P1 names the rail record", "80DC01D080" + rail, "9000"},
      {"P1 names the bus record, which is absent", "80DC02D080" + rail, "6A83"},
      {"P1 of no meaning", "80DC05D080" + rail, "6A86"},
      {"trip with P1 01", "80DC01F030" + trip_record(3, 0), "6A86"},
      {"a file that is not there", "80DC00B030" + trip_record(3, 0), "6A82"},
      {"P2 with mode bits", "80DC00F430" + trip_record(3, 0), "6A86"},
      {"bus record", "80DC00D080" + ("2702" + rail.substr(4)), "6A83"},
      {"rail record too short", "80DC00D07F" + rail.substr(2, 254), "6A83"},
      {"rail record cut", "80DC00D07F" + rail.substr(0, 254), "6A84"},
      {"trip cut", "80DC00F02F" + trip_record(3, 0).substr(2), "6A84"},
      {"length byte wrong", "80DC00D080" + ("27017C" + rail.substr(6)), "6A80"},
      {"with Le", "80DC00F030" + trip_record(3, 0) + "00", "6700"},
      {"Lc too small", "80DC00F02E" + trip_record(3, 0), "6700"},
  };
  for (const CacheRow& row : table) {
    CardAtTerminal at;
    bring(at, State::capp);
    EXPECT_EQ(at.send(row.command), row.status) << row.name;
  }
  CardImageData locked = make_card({});
  locked.ef1a_2701[5] = 1;
  CardAtTerminal at{locked, {}};
  bring(at, State::capp);
  EXPECT_EQ(at.send("80DC00D07F" + rail.substr(0, 254)), "9407") << "the lock before the length";
  bring(at, State::capp);
  EXPECT_EQ(at.stage_trip(), "9000");
}

TEST(CardErrors, ClassLengthAndParameters) {
  const std::vector<CacheRow> table{
      {"select by file id", "00A40000020015", "6A86"},
      {"select with a wrong class", "80A4040008A00000063201010500", "6E00"},
      {"balance with a wrong class", "005C030204", "6E00"},
      {"select of 4 bytes", "00A4040004A000000600", "6A82"},
      {"Lc longer than the data", "00A4040008A0000006", "6700"},
      {"read binary without Le", "00B09500", "6700"},
      {"read binary of the current file", "00B0000000", "6986"},
      {"read binary of an absent file", "00B0990000", "6A82"},
      {"read binary beyond the end", "00B0951E01", "6B00"},
      {"read binary of too much", "00B0951020", "6C0E"},
      {"read binary of EF 17 whole is 3C", "00B0970040", "6C3C"},
      {"read record 0", "00B200C417", "6A83"},
      {"read record of an empty log", "00B201C417", "6A83"},
      {"read record in another mode", "00B201C517", "6A86"},
      {"read record of an absent file", "00B201CC00", "6A82"},
      {"read 2701 with a wrong Le", "00B201D47F", "6C80"},
      {"read the absent 2702", "00B202D480", "6A83"},
      {"balance 06 is of a second purse", "805C060204", "6A86"},
      {"balance of the passbook", "805C030104", "6A86"},
      {"balance with a wrong Le", "805C030205", "6C04"},
      {"challenge of 5", "0084000005", "6700"},
      {"initialize without Le", "805003020B0100000000" + kTerminal, "6700"},
      {"initialize with a wrong Le", "805003020B0100000000" + kTerminal + "10", "6C0F"},
      {"initialize of the passbook", "805003010B0100000000" + kTerminal + "0F", "6A86"},
      {"secured write", "04D6950000", "6D00"},
  };
  for (const CacheRow& row : table) {
    CardAtTerminal at;
    bring(at, State::idle);
    EXPECT_EQ(at.send(row.command), row.status) << row.name;
  }
}

TEST(CardErrors, EmptyRecordsAreZeroByHabit) {
  CardAtTerminal at{5000, {.empty_records_are_zero = true}};
  at.select();
  EXPECT_EQ(at.send("00B201C417"), std::string(46, '0') + "9000");
  EXPECT_EQ(at.send("00B21EF400"), std::string(96, '0') + "9000");
  EXPECT_EQ(at.send("00B20BC417"), "6A83");
  EXPECT_EQ(at.send("00B201C410"), "6C17");
}

TEST(CardErrors, ABlockedCardSaysSoAndTakesNoMoney) {
  CardImageData image = make_card({});
  image.blocked = true;
  CardAtTerminal at{image, {}};
  const std::string fci = at.send(kSelectPurse);
  EXPECT_EQ(fci.substr(0, 4), "6F31");
  EXPECT_EQ(fci.substr(fci.size() - 4), "6283");
  EXPECT_EQ(at.initialize(3, 0), "6985");
}

TEST(CardErrors, ACounterAtItsMaximumTakesNoMoreDebits) {
  CardImageData image = make_card({});
  image.counter = 0xFFFE;
  CardAtTerminal at{image, {}};
  at.select();
  at.initialize(1, 1);
  EXPECT_EQ(at.debit().substr(16), "9000");
  EXPECT_EQ(at.send("00B201C417").substr(0, 4), "FFFF");
  EXPECT_EQ(at.initialize(1, 1), "9402");
}

TEST(CardSelect, ByPrefixOfALongAid) {
  CardImageData image = make_card({});
  image.aid = hex("A00000063201010510009156000014A1");
  CardAtTerminal at{image, {}};
  EXPECT_EQ(at.send(kSelectPurse).substr(4, 36), "8410A00000063201010510009156000014A1");
  EXPECT_EQ(at.send("00A4040009A0000006320101051100"), "6A82");
  EXPECT_EQ(at.send("805C030204").substr(8), "9000") << "a failed SELECT keeps the selection";
}

}  // namespace
}  // namespace tidegate::sim
