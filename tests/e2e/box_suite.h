// SPDX-License-Identifier: Apache-2.0
// One box for all cases of a suite, and its account at the end.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/e2e/line_faults_box.h"

namespace tidegate::e2e {

class BoxSuite : public testing::Test {
 protected:
  static void start(LineBox::Options options) {
    auto started = LineBox::start(std::move(options));
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

  [[nodiscard]] static bool has_box() { return box_ != nullptr; }
  [[nodiscard]] static LineBox& box() { return *box_; }

 private:
  static inline std::unique_ptr<LineBox> box_;
};

}  // namespace tidegate::e2e
