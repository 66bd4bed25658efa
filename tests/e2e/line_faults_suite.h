// SPDX-License-Identifier: Apache-2.0
// What the tests of line faults share.
#pragma once

#include <string>

#include "tests/e2e/box_suite.h"

namespace tidegate::e2e {

using edge::gate_protocol::Screen;
using fare::RefusalCode;

/// A passenger who was refused comes again: some faults leave a late answer on the line, or a
/// reader that is being opened again.
inline constexpr unsigned kTapsAfterAFault = 4;

class LineSuite : public BoxSuite {
 protected:
  static void SetUpTestSuite() { start({}); }
  void TearDown() override {
    if (!has_box()) return;
    box().line().clear_faults();
    EXPECT_TRUE(box().line().replug()) << "the cable stays out";
  }

  /// The next card passes at its first tap, and gate and reader are the processes they were.
  static void expect_all_is_well(const std::string& story) {
    EXPECT_EQ(box().pass(LineBox::kStruck, box().arriving("after " + story), 1), "");
    for (const std::string& death : box().deaths()) ADD_FAILURE() << death;
  }

  /// The passenger goes through in the end, whatever the first tap showed, and pays once.
  static void expect_passes_once(Rider& rider) {
    if (rider.passages == 0) {
      EXPECT_EQ(box().pass(LineBox::kStruck, rider, kTapsAfterAFault), "");
    }
    EXPECT_EQ(rider.passages, 1U);
    EXPECT_EQ(rider.spent(), rider.fare);
  }
};

}  // namespace tidegate::e2e
