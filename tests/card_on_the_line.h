// SPDX-License-Identifier: Apache-2.0
// A card with something between it and the reader: forwards everything. Tests override what they
// listen to, change or lose.
#pragma once

#include "simulators/card/card.h"

namespace tidegate {

class CardOnTheLine : public sim::Card {
 public:
  /// The card must outlive it.
  explicit CardOnTheLine(sim::Card& card) : card_{card} {}
  [[nodiscard]] Bytes uid() const override { return card_.uid(); }
  [[nodiscard]] Bytes ats() const override { return card_.ats(); }
  [[nodiscard]] std::array<Byte, 2> atqa() const override { return card_.atqa(); }
  [[nodiscard]] Byte sak() const override { return card_.sak(); }
  void power_off() override { card_.power_off(); }
  [[nodiscard]] Bytes transceive(ByteView command) override { return card_.transceive(command); }

 private:
  sim::Card& card_;
};

}  // namespace tidegate
