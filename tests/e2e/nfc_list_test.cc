// SPDX-License-Identifier: Apache-2.0
// Debian's own nfc-list, which knows nothing of us, sees the simulated card through the simulated
// reader.
#include <unistd.h>

#include "tests/e2e/programs.h"

namespace tidegate::e2e {
namespace {

using NfcListTest = ProgramTest;

TEST_F(NfcListTest, DebiansNfcListSeesTheCardOnTheSimulatedReader) {
  if (::access("/usr/bin/nfc-list", X_OK) != 0) {
    GTEST_SKIP() << "nfc-list is not installed (package libnfc-bin)";
  }
  const auto card = folder() / "card.json";
  const Ended made = run({program("tidegate-sim"), "card", "new", card}, folder());
  ASSERT_EQ(made.status, 0) << made.err;
  const auto link = folder() / "pn532";
  Started reader{{program("tidegate-sim"), "reader", "--link", link, "--card", card}, folder()};
  ASSERT_TRUE(reader.wait_for("\n", std::chrono::seconds{120}));
  const Ended list = run({"env", "LIBNFC_DEFAULT_DEVICE=pn532_uart:" + link.string(),
                          "LIBNFC_AUTO_SCAN=false", "nfc-list", "-v"},
                         folder());
  EXPECT_EQ(list.status, 0) << list.err;
  EXPECT_NE(list.out.find("1 ISO14443A passive target(s) found"), std::string::npos)
      << list.out << list.err;
  EXPECT_NE(list.out.find("Compliant with ISO/IEC 14443-4"), std::string::npos) << list.out;
  reader.terminate();
  EXPECT_EQ(reader.wait(std::chrono::seconds{120}).status, 0);
}

}  // namespace
}  // namespace tidegate::e2e
