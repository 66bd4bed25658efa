// SPDX-License-Identifier: Apache-2.0
// The real thing below a SAM, for one test: Debian's pcscd with vpcd in it, and simulated SAMs in
// their virtual readers.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nfc/pcsc/pcsc_sam.h"
#include "simulators/sam/virtual_readers.h"

namespace tidegate::pcsc {

/// Much longer than anything takes on an idle machine.
inline constexpr std::chrono::seconds kPatience{60};

/// A process with its output in a file; it dies with this object, and with us.
class Program {
 public:
  Program(std::vector<std::string> arguments, std::filesystem::path log);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  [[nodiscard]] bool wait_for(std::string_view text) const;
  void signal(int number) const;
  /// Stops it and waits until every thread of it stands: the signal alone only begins that.
  [[nodiscard]] bool stop() const;

 private:
  std::filesystem::path log_;
  pid_t pid_ = -1;
};

/// Calls until it says true; false: it never did.
[[nodiscard]] bool eventually(const std::function<bool()>& happened);

class StackTest : public testing::Test {
 protected:
  /// Skips where no pcscd can be started.
  void SetUp() override;
  void TearDown() override;

  /// Starts pcscd, with so many readers when it is the first time.
  void start_pcscd(unsigned readers = 1);
  /// Puts a SAM into the reader; its numbers begin at 0x100 and are kept over the test.
  [[nodiscard]] std::unique_ptr<Program> sam(unsigned reader = 0,
                                             const std::vector<std::string>& more = {});
  [[nodiscard]] std::string name(unsigned reader = 0) const {
    return readers_.readers[reader].name;
  }
  /// Waits until the SAM in the reader can be opened.
  [[nodiscard]] std::unique_ptr<nfc::Sam> open(unsigned reader = 0) const;
  /// The error that opening comes to, once it is of this kind.
  std::string refusal(const std::string& reader, Errc kind) const;

  [[nodiscard]] static nfc::SamRequest golden_entry();
  static constexpr std::array<Byte, 4> kGoldenEntryMac2{0x29, 0x41, 0x35, 0xDF};

  std::filesystem::path folder_;
  sim::VirtualReaders readers_;
  std::unique_ptr<Program> pcscd_;
};

}  // namespace tidegate::pcsc
