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

// The search that works is one more than those that failed or that came to nothing: 08 and 42
// belong to the question for other cards behind it, 32 to the reset of the field.
INSTANTIATE_TEST_SUITE_P(
    All, LostSearch,
    testing::Values(LostCase{"reply-delay=400/4A@1", 2}, LostCase{"reply-delay=400/4A@3", 4},
                    LostCase{"late-reply=400/4A@1", 2}, LostCase{"ack-only/4A@1", 2},
                    LostCase{"bad-dcs/4A@1", 2}, LostCase{"truncate/4A@1", 2},
                    LostCase{"no-ack/4A@1", 2}, LostCase{"reply-delay=400/08+1@1", 3},
                    LostCase{"ack-only/08+2@1", 3}, LostCase{"reply-delay=400/42@1", 2},
                    LostCase{"status=05/42@1", 3}, LostCase{"lost-ats@1", 66}),
    fault_name);

}  // namespace
}  // namespace tidegate::edge
