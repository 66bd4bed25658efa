// SPDX-License-Identifier: Apache-2.0
// One telephone shows a ride code while its purse wakes: one of them is served, not both.
#include <thread>

#include "edge/gate/aisle.h"
#include "tests/edge/gate/code_fixture.h"

namespace tidegate::edge::gate_fixture {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
namespace rp = reader_protocol;

constexpr seconds kPatience{30};
constexpr AisleNo kAisle{1};

class TwoMedia : public CodeFixture {
 protected:
  TwoMedia() {
    box_.book = flat_book();
    box_.config.kind = fare::BoxKind::vehicle;
    config_.number = kAisle;
    box_.sam.reset();  // the aisle opens it
    config_.sam = box_.folder.path / "sam.toml";
    const auto socket = box_.folder.path / "reader.sock";
    gate_ = GateLink::start(box_.folder.path / "gate.sock",
                            {.passage = [](AisleNo, bool) {}, .fire = [](bool) {}})
                .value();
    server_ = ReaderServer::start(socket, {{kAisle, &link_}}).value();
    reader_ = posix::SeqpacketSocket::connect(socket).value();
    say(rp::Hello{kAisle, 1});
    aisle_.emplace(box_.services, config_, link_, *gate_);
  }
  void say(rp::Body body, std::uint32_t request = 0) {
    EXPECT_TRUE(reader_.send(rp::encode({request, std::move(body)}), kPatience).has_value());
  }
  std::optional<rp::Message> hear(milliseconds patience = kPatience) {
    const auto packet = reader_.receive(patience);
    if (!packet) return std::nullopt;
    return rp::decode(*packet).value();
  }
  void card_comes() { say(rp::Target{{0, 8}, 0x20, {1, 2, 3, 4}, {}}); }
  /// Until the gate is done with the card.
  void answer_for(sim::Card& card, std::optional<rp::Message> first = std::nullopt) {
    for (auto heard = first ? first : hear(); heard; heard = hear()) {
      if (std::holds_alternative<rp::Release>(heard->body)) return;
      if (const auto* apdu = std::get_if<rp::Apdu>(&heard->body))
        say(rp::Reply{card.transceive(apdu->command)}, heard->request);
    }
    ADD_FAILURE() << "the gate went silent";
  }
  std::size_t charges() { return box_.all<AccountCharge>().size(); }

  TestBox box_;
  AisleConfig config_;
  ReaderLink link_{kAisle};
  std::unique_ptr<GateLink> gate_;
  std::unique_ptr<ReaderServer> server_;
  posix::SeqpacketSocket reader_;
  std::optional<Aisle> aisle_;
};

TEST_F(TwoMedia, ACardWaitsForThePassageOfWhoOpenedByCode) {
  const auto begun = steady_clock::now();
  aisle_->present(trust_, fresh(box_));
  ASSERT_EQ(charges(), 1U);
  card_comes();
  const auto early = hear(milliseconds{300});
  if (steady_clock::now() - begun < AisleFront::kOtherWaits) {
    EXPECT_FALSE(early.has_value()) << "asked the card while the barrier was open for its holder";
  }
  EXPECT_NE(aisle_->opened_for(true), SequenceNo{});
  sim::TUnionCard card{card_image(1), {}};
  card.power_off();
  answer_for(card, early);
  EXPECT_EQ(card.image().balance, 5000U - 200U) << "the next passenger's";
}

TEST_F(TwoMedia, ACardThatLeavesMeanwhileIsNotAsked) {
  aisle_->present(trust_, fresh(box_));
  const auto begun = steady_clock::now();
  card_comes();
  say(rp::Gone{});
  const auto heard = hear();
  ASSERT_TRUE(heard.has_value());
  if (steady_clock::now() - begun < AisleFront::kOtherWaits) {
    EXPECT_TRUE(std::holds_alternative<rp::Release>(heard->body));
  }
}

TEST_F(TwoMedia, ACodeIsDroppedWhileTheBarrierIsOpenForACard) {
  sim::TUnionCard card{card_image(1), {}};
  card.power_off();
  card_comes();
  answer_for(card);
  ASSERT_EQ(card.image().balance, 5000U - 200U);
  const auto begun = steady_clock::now();
  const Bytes code = fresh(box_);
  aisle_->present(trust_, code);
  if (steady_clock::now() - begun < AisleFront::kOtherWaits / 2) {
    EXPECT_EQ(charges(), 0U);
  }
  EXPECT_NE(aisle_->opened_for(true), SequenceNo{});
  aisle_->present(trust_, fresh(box_));
  EXPECT_GE(charges(), 1U) << "the next passenger's";
}

TEST_F(TwoMedia, ACodeThatIsHeldAfterItOpenedIsNotToldThatItIsUsed) {
  const Bytes code = fresh(box_);
  const auto begun = steady_clock::now();
  aisle_->present(trust_, code);
  aisle_->present(trust_, code);
  const bool soon = steady_clock::now() - begun < seconds{5};
  EXPECT_NE(aisle_->opened_for(true), SequenceNo{});
  aisle_->present(trust_, code);
  aisle_->present(trust_, fresh(box_));  // takes the refusals along
  EXPECT_EQ(charges(), 2U);
  if (soon) {
    EXPECT_EQ(box_.all<Refusal>().size(), 1U) << "only after somebody went through";
  }
}

}  // namespace
}  // namespace tidegate::edge::gate_fixture
