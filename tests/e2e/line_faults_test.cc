// SPDX-License-Identifier: Apache-2.0
// Every fault of a reader's line through the whole stack: the tap fails with a reason or is not
// disturbed, the aisle beside does not notice, the next card works, and nobody pays twice.
#include <thread>

#include "tests/e2e/line_faults_suite.h"

namespace tidegate::e2e {
namespace {

/// What the passenger sees of a fault that strikes each exchange of a tap.
enum class Ends : std::uint8_t {
  opens,  ///< libnfc copes
  torn,   ///< tap again, nothing was taken
};

struct Row {
  std::string fault;
  Ends ends = Ends::torn;
  bool child_dies = false;  ///< libnfc kills its process, or hangs and is killed
};
struct Family {
  const char* name;
  std::vector<Row> rows;
};
void PrintTo(const Family& family, std::ostream* out) {
  *out << family.name;
}

class LineFaults : public LineSuite, public testing::WithParamInterface<Family> {
 protected:
  /// From the first word to the last.
  static void strike_the_whole_tap(const Row& row) {
    SCOPED_TRACE(row.fault);
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
    const unsigned replaced = box().children_replaced();
    Rider& rider = box().arriving(row.fault);
    ASSERT_TRUE(box().line().set_fault(row.fault));
    const Shown shown = box().put(LineBox::kStruck, rider, std::nullopt, false);
    if (row.ends == Ends::opens) {
      EXPECT_TRUE(shown.open) << shown.text();
    } else {
      EXPECT_EQ(shown.refusal(), RefusalCode::card_torn) << shown.text();
      EXPECT_FALSE(shown.open);
      EXPECT_FALSE(shown.display && shown.display->zh.empty()) << "no reason was told";
      EXPECT_EQ(box().pass(LineBox::kBeside, box().entering("beside " + row.fault), 1), "");
    }
    // On a machine that is too busy a child that would have answered is replaced as well.
    if (row.child_dies) {
      EXPECT_GT(box().children_replaced(), replaced);
    }
    box().line().clear_faults();
    box().take(LineBox::kStruck, rider, shown);
    if (!shown.open) {
      EXPECT_EQ(rider.spent(), Fen{}) << "it was refused and paid";
    }
    expect_passes_once(rider);
    expect_all_is_well(row.fault);
  }

  /// Where it hurts most: the command that moves the money, or its answer, is lost.
  static void strike_the_debit(const Row& row) {
    const std::string fault = row.fault + "#" + std::to_string(box().debit_exchange()) + "@1";
    SCOPED_TRACE(fault);
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
    Rider& rider = box().arriving(fault);
    ASSERT_TRUE(box().line().set_fault(fault));
    const Shown shown = box().put(LineBox::kStruck, rider, std::nullopt, false);
    // The gate looks at once what became of it; where the reader needs longer, the passenger does.
    EXPECT_TRUE(shown.open || shown.is(Screen::try_again)) << shown.text();
    if (row.ends == Ends::opens) {
      EXPECT_TRUE(shown.open) << shown.text();
    } else if (shown.open) {
      EXPECT_GT(box().line().exchanges(), box().debit_exchange()) << "the fault did not strike";
    }
    box().line().clear_faults();
    box().take(LineBox::kStruck, rider, shown);
    expect_passes_once(rider);
    expect_all_is_well(fault);
  }
};

TEST_P(LineFaults, StrikeAWholeTap) {
  for (const Row& row : GetParam().rows) strike_the_whole_tap(row);
}

TEST_P(LineFaults, StrikeTheDebit) {
  for (const Row& row : GetParam().rows) strike_the_debit(row);
}

std::vector<Family> families() {
  return {
      {"Lost", {{"no-ack"}, {"ack-only"}, {"silent/40"}, {"nack"}, {"error-frame"}, {"status=01"}}},
      {"Late",
       {{"reply-delay=1500"},
        {"reply-delay=20", Ends::opens},
        {"late-reply=1200"},
        {"slow-card=1500"},
        {"slow-card=20", Ends::opens}}},
      {"Noise",
       {{"garbage-before"},
        {"garbage-between"},
        {"garbage-after", Ends::opens},
        {"no-preamble"},
        {"double-preamble"},
        {"bad-postamble"}}},
      {"Wrong", {{"bad-lcs"}, {"bad-dcs"}, {"bad-tfi"}, {"bad-cc"}, {"len-one"}, {"empty-reply"}}},
      {"Pieces",
       {{"truncate"},
        {"len-too-long"},
        {"two-parts", Ends::opens},
        {"dribble=2", Ends::opens},
        {"dribble=400", Ends::torn, true},
        {"mi-chaining=1", Ends::opens},
        {"mi-chaining=7", Ends::opens}}},
      {"Status",
       {{"status=05"}, {"status=13"}, {"status=14"}, {"status=27"}, {"status=29"}, {"status=3F"}}},
      {"Killers", {{"status=80", Ends::torn, true}, {"status=C0", Ends::torn, true}}},
  };
}

INSTANTIATE_TEST_SUITE_P(All, LineFaults, testing::ValuesIn(families()),
                         [](const auto& family) { return std::string{family.param.name}; });

// --- the cable and the reader's power ------------------------------------------------------------

using LineLoss = LineSuite;

/// Pulled and put back, with what may be wrong when the reader is opened again.
TEST_F(LineLoss, APulledReaderClosesItsAisleAndAnOpenedOneReopensIt) {
  // Without a fault too: a reader that gets its power back sleeps until it is woken.
  for (const std::string fault :
       {"", "first-open-fails@1", "silent-at-open@1", "silent-at-open@2", "lost-firmware-version@1",
        "lost-firmware-version@2", "no-ack/32@1", "garbage-before/14@1", "bad-dcs/06@1"}) {
    SCOPED_TRACE(fault);
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
    if (!fault.empty()) {
      ASSERT_TRUE(box().line().set_fault(fault));
    }
    box().arm(LineBox::kStruck);
    box().line().unplug();
    EXPECT_TRUE(box().wait_closed());
    EXPECT_EQ(box().pass(LineBox::kBeside, box().entering("beside a pulled reader"), 1), "");
    ASSERT_TRUE(box().line().replug());
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck)) << "it does not reopen by itself";
    expect_all_is_well("a pulled reader");
    box().line().clear_faults();
  }
}

TEST_F(LineLoss, ACablePulledInTheMiddleOfATapTakesNothingOrOnce) {
  const unsigned debit = box().debit_exchange();
  for (const unsigned exchange : {1U, 3U, debit - 1, debit}) {
    const std::string fault = "unplug#" + std::to_string(exchange) + "@1";
    SCOPED_TRACE(fault);
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
    Rider& rider = box().arriving(fault);
    ASSERT_TRUE(box().line().set_fault(fault));
    const Shown shown = box().put(LineBox::kStruck, rider, std::nullopt, false);
    EXPECT_FALSE(shown.open) << shown.text();
    EXPECT_TRUE(shown.display && !shown.is(Screen::ready)) << shown.text();
    EXPECT_TRUE(box().wait_closed());
    box().take(LineBox::kStruck, rider, shown);
    ASSERT_TRUE(box().line().replug());
    // A reader that is opened again looks first whether the card it knew still lies there: who is
    // that quick counts as lying, and has to lift the card once more.
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
    std::this_thread::sleep_for(std::chrono::milliseconds{400});
    expect_passes_once(rider);
    expect_all_is_well(fault);
  }
}

TEST_F(LineLoss, AReaderThatFallsSilentIsClosedAndComesBack) {
  ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
  box().arm(LineBox::kStruck);
  ASSERT_TRUE(box().line().set_fault("silent"));
  EXPECT_TRUE(box().wait_closed());
  EXPECT_EQ(box().pass(LineBox::kBeside, box().entering("beside a silent reader"), 1), "");
  box().line().clear_faults();
  ASSERT_TRUE(box().wait_ready(LineBox::kStruck)) << "it does not reopen by itself";
  expect_all_is_well("silence");
}

/// tidegate-reader waits for its timeout and never aborts a command, so a chip that hears nothing
/// for a while after an abort must make no difference.
TEST_F(LineLoss, AChipThatIsDeafAfterAnAbortIsHeardAgain) {
  ASSERT_TRUE(box().wait_ready(LineBox::kStruck));
  Rider& rider = box().arriving("deaf");
  ASSERT_TRUE(box().line().set_fault("ack-only#2@1"));
  ASSERT_TRUE(box().line().set_fault("deaf-after-abort=50"));
  const Shown shown = box().put(LineBox::kStruck, rider, std::nullopt, false);
  EXPECT_EQ(shown.refusal(), RefusalCode::card_torn) << shown.text();
  box().take(LineBox::kStruck, rider, shown);
  expect_passes_once(rider);
  expect_all_is_well("deafness");
}

}  // namespace
}  // namespace tidegate::e2e
