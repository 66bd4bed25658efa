// SPDX-License-Identifier: Apache-2.0
// What became of an intent, by the card's log and journey record.
#include <gtest/gtest.h>

#include "edge/gate/recovery.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge {
namespace {

LocalTime at(int month, int day, int hour = 8) {
  return {2026,
          static_cast<std::uint8_t>(month),
          static_cast<std::uint8_t>(day),
          static_cast<std::uint8_t>(hour),
          0,
          0};
}

constexpr TerminalNo kOurs{{0x41, 0x31, 0, 0, 0, 2}};
constexpr TerminalNo kOther{{0x41, 0x31, 0, 0, 0, 9}};

Intent intent_at(std::uint16_t counter) {
  Intent intent;
  intent.counter = CardCounter{counter};
  intent.terminal = kOurs;
  intent.amount = Fen{300};
  intent.card_time = at(11, 2);
  return intent;
}
nfc::LogRecord logged(std::uint16_t counter, const TerminalNo& terminal = kOther, int hour = 7,
                      Byte type = 0x09) {
  return {counter, Fen{}, Fen{300}, type, terminal, bcd_time(at(11, 2, hour))};
}
nfc::LogRecord ours(std::uint16_t counter) {
  return logged(counter, kOurs, 8);
}

constexpr Judgement kDebited{OutcomeResult::debited, OutcomeEvidence::card_log};
constexpr Judgement kNotDebited{OutcomeResult::not_debited, OutcomeEvidence::card_log};
constexpr Judgement kOverrun{OutcomeResult::unknown, OutcomeEvidence::log_overrun};
constexpr Judgement kWritten{OutcomeResult::debited, OutcomeEvidence::journey_record};
constexpr Judgement kUnbelievable{OutcomeResult::unknown, OutcomeEvidence::card_log};

std::vector<nfc::LogRecord> full_log(std::uint16_t newest) {
  std::vector<nfc::LogRecord> log;
  for (std::uint16_t i = 0; i < 10; ++i)
    log.push_back(logged(static_cast<std::uint16_t>(newest - i)));
  return log;
}

struct JudgeCase {
  const char* name;
  std::uint16_t counter;
  std::vector<nfc::LogRecord> log;
  Judgement expected;
};

class JudgeTest : public testing::TestWithParam<JudgeCase> {};
TEST_P(JudgeTest, Says) {
  const JudgeCase& given = GetParam();
  EXPECT_EQ(judge(intent_at(given.counter), given.log), given.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, JudgeTest,
    testing::Values(
        JudgeCase{"our_record", 5, {ours(6), logged(5)}, kDebited},
        JudgeCase{"our_record_further_back", 5, {logged(8), logged(7), ours(6)}, kDebited},
        JudgeCase{"counter_still_a", 5, {logged(5), logged(4)}, kNotDebited},
        JudgeCase{"number_belongs_to_another_terminal", 5, {logged(6), logged(5)}, kNotDebited},
        JudgeCase{"number_belongs_to_another_time", 5, {logged(6, kOurs, 9)}, kNotDebited},
        JudgeCase{"empty_log", 0, {}, kNotDebited},
        JudgeCase{"only_loads", 0, {logged(1, kOurs, 8, 0x02)}, kNotDebited},
        JudgeCase{"a_load_with_our_number", 5, {logged(6, kOurs, 8, 0x02), logged(5)}, kNotDebited},
        JudgeCase{"left_the_log", 5, full_log(16), kOverrun},
        // A card that logs the number before the increment may just have lost ours.
        JudgeCase{"left_the_log_if_it_logs_before", 5, full_log(15), kOverrun},
        JudgeCase{"both_numbers_are_in_the_log", 5, full_log(14), kNotDebited},
        JudgeCase{"a_full_log_before_us", 5, full_log(5), kNotDebited},
        JudgeCase{"ten_loads", 5, std::vector<nfc::LogRecord>(10, logged(1, kOther, 7, 0x02)),
                  kOverrun},
        JudgeCase{"wraps", 0xFFFF, {ours(0), logged(0xFFFF)}, kDebited},
        JudgeCase{"wraps_not_debited", 0xFFFF, {logged(0xFFFF)}, kNotDebited},
        JudgeCase{"wraps_overrun", 0xFFFE, full_log(9), kOverrun},
        JudgeCase{"wraps_in_a_full_log", 0xFFFE, full_log(7), kNotDebited},
        JudgeCase{"logged_before", 5, {ours(5), logged(4)}, kDebited},
        JudgeCase{"logged_before_not_debited", 5, {logged(4)}, kNotDebited},
        JudgeCase{"logged_before_another", 5, {logged(5), logged(4)}, kNotDebited}),
    [](const auto& test) { return std::string{test.param.name}; });

/// Log and record 2701 together: one step on the card writes both.
class JudgeByRecordTest : public testing::Test {
 protected:
  JudgeByRecordTest() {
    planned_.rail.serial = {0, 0, 0, 0, 0, 0, 0, 7};
    const auto bytes = nfc::encode_rail_record(planned_.rail);
    intent_.journey_record.assign(bytes.begin(), bytes.end());
  }
  Intent intent_ = intent_at(5);
  nfc::CardImage planned_, other_;
};

TEST_F(JudgeByRecordTest, ThePlannedRecordIsADebitWhateverBecameOfTheLog) {
  EXPECT_EQ(judge(intent_, std::nullopt, planned_), kWritten);
  EXPECT_EQ(judge(intent_, full_log(16), planned_), kWritten);
  EXPECT_EQ(judge(intent_, std::vector{ours(6)}, planned_), kDebited);
}

TEST_F(JudgeByRecordTest, AnotherRecordLeavesItToTheLog) {
  EXPECT_EQ(judge(intent_, std::nullopt, other_), kUnbelievable);
  EXPECT_EQ(judge(intent_, full_log(16), other_), kOverrun);
  EXPECT_EQ(judge(intent_, std::vector{logged(7), ours(6)}, other_), kDebited);
  EXPECT_EQ(judge(intent_, std::vector{logged(5)}, other_), kNotDebited);
}

TEST_F(JudgeByRecordTest, LogAndRecordThatContradictEachOtherAreNotBelieved) {
  EXPECT_EQ(judge(intent_, std::vector{ours(6)}, other_), kUnbelievable);
  EXPECT_EQ(judge(intent_, std::vector{logged(5)}, planned_), kUnbelievable);
}

TEST_F(JudgeByRecordTest, AProofWroteWhatWasThereAlready) {
  intent_.purpose = Purpose::proof;
  EXPECT_EQ(judge(intent_, std::nullopt, planned_), kUnbelievable);
  EXPECT_EQ(judge(intent_, std::vector{logged(5)}, planned_), kNotDebited);
}

TEST_F(JudgeByRecordTest, ARideByBusIsJudgedByRecord2702) {
  nfc::BusRecord bus;
  bus.serial = {0, 0, 0, 0, 0, 0, 0, 7};
  const auto bytes = nfc::encode_bus_record(bus);
  intent_.journey_record.assign(bytes.begin(), bytes.end());
  EXPECT_EQ(judge(intent_, std::nullopt, planned_), kUnbelievable) << "2702 was not read";
  planned_.bus = bus;
  EXPECT_EQ(judge(intent_, std::nullopt, planned_), kWritten);
  planned_.bus->reserved[25] = 1;
  EXPECT_EQ(judge(intent_, std::vector{logged(5)}, planned_), kNotDebited);
}

TEST_F(JudgeByRecordTest, APlainPurchaseHasItsLogAlone) {
  intent_.journey_record.clear();
  EXPECT_EQ(judge(intent_, std::nullopt, planned_), kUnbelievable);
  EXPECT_EQ(judge(intent_, std::vector{ours(6)}, planned_), kDebited);
  EXPECT_EQ(judge(intent_, std::vector{logged(5)}, planned_), kNotDebited);
}

}  // namespace
}  // namespace tidegate::edge
