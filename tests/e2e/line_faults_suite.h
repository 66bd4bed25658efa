// SPDX-License-Identifier: Apache-2.0
// What the tests of line faults share: one box for all cases of a suite, its account at the end.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/e2e/line_faults_box.h"

namespace tidegate::e2e {

using edge::gate_protocol::Screen;
using fare::RefusalCode;

/// A passenger who was refused comes again: some faults leave a late answer on the line, or a
/// reader that is being opened again.
inline constexpr unsigned kTapsAfterAFault = 4;

class LineSuite : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto started = LineBox::start();
    ASSERT_TRUE(started) << started.error().message();
    box_ = std::move(*started);
  }
  static void TearDownTestSuite() {
    if (!box_) return;
    const std::filesystem::path folder = box_->folder();
    for (const std::string& complaint : box_->close())
      ADD_FAILURE() << complaint << "; kept for a look: " << folder;
    box_.reset();
  }
  void SetUp() override { ASSERT_TRUE(box_) << "the box did not start"; }
  void TearDown() override {
    if (!box_) return;
    box_->line().clear_faults();
    EXPECT_TRUE(box_->line().replug()) << "the cable stays out";
  }

  [[nodiscard]] static LineBox& box() { return *box_; }

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

 private:
  static inline std::unique_ptr<LineBox> box_;
};

}  // namespace tidegate::e2e
