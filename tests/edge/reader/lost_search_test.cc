// SPDX-License-Identifier: Apache-2.0
// A search for a card whose end the reader never saw may have selected the card, which answers no
// other search from then on. It is found all the same, soon.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <string>

#include "tests/edge/reader/rig.h"

namespace tidegate::edge {
namespace {

const Bytes kGetBalance{0x80, 0x5C, 0x00, 0x02, 0x04};

struct LostCase {
  const char* fault;
  unsigned searches;  ///< the most there may be until the card is told
};
void PrintTo(const LostCase& value, std::ostream* out) {
  *out << value.fault;
}

class LostSearch : public ReaderRig, public testing::WithParamInterface<LostCase> {
 protected:
  /// Searches (InListPassiveTarget) that went over the line.
  [[nodiscard]] unsigned searches() const {
    unsigned out = 0;
    std::ifstream trace{folder_ / "trace"};
    for (std::string line; std::getline(trace, line);)
      if (line.find("d4 4a") != std::string::npos) ++out;
    return out;
  }
};

TEST_P(LostSearch, DoesNotLoseTheCardThatLiesThere) {
  plug_in({GetParam().fault});
  sim_->put(card_, std::nullopt);
  start_reader();
  start_gate();
  ASSERT_EQ(next_target(), card_.uid());
  EXPECT_LE(searches(), GetParam().searches);
  EXPECT_TRUE(echoes(kGetBalance));
}

std::string fault_name(const testing::TestParamInfo<LostCase>& lost) {
  std::string name = lost.param.fault;
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

// A search that works is one more than those that are struck; each card is searched three times.
INSTANTIATE_TEST_SUITE_P(
    All, LostSearch,
    testing::Values(LostCase{"reply-delay=400/4A@1", 4}, LostCase{"reply-delay=400/4A+1@1", 5},
                    LostCase{"reply-delay=400/4A+2@1", 6}, LostCase{"reply-delay=400/4A@3", 6},
                    LostCase{"late-reply=400/4A@1", 4}, LostCase{"late-reply=400/4A+2@1", 6},
                    LostCase{"ack-only/4A@1", 4}, LostCase{"ack-only/4A+2@1", 6},
                    LostCase{"bad-dcs/4A@1", 4}, LostCase{"truncate/4A@1", 4},
                    LostCase{"no-ack/4A@1", 4}, LostCase{"error-frame/4A@1", 4},
                    LostCase{"lost-ats@1", 80}),
    fault_name);

}  // namespace
}  // namespace tidegate::edge
