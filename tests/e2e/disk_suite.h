// SPDX-License-Identifier: Apache-2.0
// A box whose gate has the interposer preloaded, watching its state folder, and the switch for the
// disk's faults.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "tests/e2e/box_suite.h"
#include "tests/e2e/programs.h"

namespace tidegate::e2e {

using edge::OutcomeResult;
using edge::gate_protocol::Screen;
using fare::RefusalCode;

inline constexpr unsigned kTaps = 4;

/// The library of the sanitizer this test is built with; "" without one. A program that has one
/// must get it preloaded first, and then it looks for the C library behind itself and finds the
/// interposer.
[[nodiscard]] inline std::string sanitizer_runtime() {
  std::ifstream maps{"/proc/self/maps"};
  for (std::string line; std::getline(maps, line);) {
    const std::size_t path = line.find('/');
    if (path == std::string::npos) continue;
    if (line.find("/libasan.so") != std::string::npos ||
        line.find("/libtsan.so") != std::string::npos)
      return line.substr(path);
  }
  return {};
}

class DiskSuite : public BoxSuite {
 protected:
  static void start(bool gate_may_fail) {
    BoxSuite::start(
        {.gate_environment = [](const sim::BoxFiles& files) { return environment(files); },
         .gate_may_fail = gate_may_fail});
  }
  void TearDown() override {
    if (has_box()) heal();
  }

  /// The rules are those of tests/interposer/faults.h. Written beside and moved: the gate reads the
  /// file at each call.
  static void strike(const std::string& rules) {
    std::filesystem::path next = control_;
    next += ".next";
    std::ofstream{next} << rules << '\n';
    std::filesystem::rename(next, control_);
  }
  static void heal() { strike("# nothing"); }

  [[nodiscard]] static unsigned logged(const std::string& what) {
    const std::string log = box().gate_log();
    unsigned times = 0;
    for (std::size_t at = log.find(what); at != std::string::npos; at = log.find(what, at + 1))
      ++times;
    return times;
  }
  [[nodiscard]] static unsigned alarms() { return logged("<1>event=ledger_write_failed"); }

  static void expect_closed(unsigned alarms_before) {
    EXPECT_TRUE(box().wait_closed(LineBox::kStruck));
    EXPECT_TRUE(box().wait_closed(LineBox::kBeside));
    EXPECT_GT(alarms(), alarms_before) << "nobody was told";
  }
  /// A closed aisle does not so much as look at a card.
  static void expect_no_card_is_taken(AisleNo aisle, Rider& rider) {
    box().arm(aisle);
    box().lay(aisle, rider, std::nullopt);
    const Shown shown = box().watch(aisle, true, std::chrono::seconds{1});
    EXPECT_FALSE(shown.open) << shown.text();
    EXPECT_FALSE(shown.is(Screen::accepted)) << shown.text();
    box().take(aisle, rider, shown);
    EXPECT_EQ(rider.image(), rider.before);
  }
  static void expect_both_open() {
    ASSERT_TRUE(box().wait_ready(LineBox::kStruck)) << "it does not reopen by itself";
    ASSERT_TRUE(box().wait_ready(LineBox::kBeside)) << "it does not reopen by itself";
  }

 private:
  static std::vector<std::string> environment(const sim::BoxFiles& files) {
    const std::filesystem::path state = std::filesystem::canonical(files.ledger.parent_path());
    control_ = std::filesystem::canonical(files.dir) / "disk-faults";
    heal();
    const std::string runtime = sanitizer_runtime();
    const std::string interposer = program("libtidegate_interposer.so");
    return {"LD_PRELOAD=" + (runtime.empty() ? interposer : runtime + ":" + interposer),
            "TIDEGATE_INTERPOSER_FOLDER=" + state.string(),
            "TIDEGATE_INTERPOSER_CONTROL=" + control_.string()};
  }

  static inline std::filesystem::path control_;
};

}  // namespace tidegate::e2e
