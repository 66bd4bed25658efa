// SPDX-License-Identifier: Apache-2.0
// Types of card as libnfc sees them on the simulated reader: the longest answers come whole, and a
// card without a purse is a card all the same.
#include "nfc/libnfc/pn532_port.h"
#include "simulators/card/card_types.h"
#include "tests/simulators/card_fixture.h"
#include "tests/simulators/pn532_host.h"

namespace tidegate::sim::pn532 {
namespace {

using card_fixture::hex;

class CardTypesOverLibnfc : public Pn532 {
 protected:
  /// Puts a card of this type down and sends each command to it; the answers in hex.
  std::vector<std::string> talk(std::string_view type, const std::vector<std::string>& commands) {
    std::vector<std::string> out;
    const auto card = make_card_of_type(type);
    auto started = SimReader::start(options_);
    if (!started) return {started.error().message()};
    (*started)->put(*card, std::nullopt);
    auto port = nfc::open_reader("pn532_uart:" + options_.link.string());
    if (!port) return {port.error().message()};
    const auto target = (*port)->select();
    if (!target || !*target) return {"no card"};
    EXPECT_EQ((*target)->uid, card->uid());
    for (const std::string& command : commands) {
      const auto answer = (*port)->transceive(hex(command), std::chrono::seconds{5});
      out.push_back(answer ? to_hex(*answer) : answer.error().message());
    }
    (*started)->take(*card);
    return out;
  }
};

TEST_F(CardTypesOverLibnfc, ALongFciAndARecordComeWhole) {
  const auto answers =
      talk("fci-labels", {"00A4040008A00000063201010500", "00B201D400", "805C030204"});
  ASSERT_EQ(answers.size(), 3U) << answers.front();
  EXPECT_NE(answers[0].find("9F0C1E" + to_hex(make_card({}).ef15) + "9000"), std::string::npos);
  EXPECT_EQ(answers[1].size(), 260U);
  EXPECT_EQ(answers[2], "000013889000");
}

TEST_F(CardTypesOverLibnfc, ABankCardIsACardWithoutAPurse) {
  const auto answers = talk("bank", {"00A404000E325041592E5359532E444446303100",
                                     "00A4040008A00000063201010500", "00A4040005A00000033300"});
  ASSERT_EQ(answers.size(), 3U) << answers.front();
  EXPECT_NE(answers[0].find("4F08A000000333010103"), std::string::npos) << answers[0];
  EXPECT_EQ(answers[1], "6A82");
  EXPECT_TRUE(answers[2].starts_with("6F")) << answers[2];
}

}  // namespace
}  // namespace tidegate::sim::pn532
