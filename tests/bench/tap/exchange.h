// SPDX-License-Identifier: Apache-2.0
// What a tap says to a card: recorded from a card in front of the gate, and played again to whoever
// asks the same.
#pragma once

#include <chrono>
#include <utility>
#include <vector>

#include "simulators/card/card.h"

namespace tidegate::bench {

using Exchange = std::vector<std::pair<Bytes, Bytes>>;  ///< command and answer

/// A card, and what was asked of it.
class RecordingCard final : public sim::TUnionCard {
 public:
  using TUnionCard::TUnionCard;
  [[nodiscard]] Bytes transceive(ByteView command) override {
    const auto began = std::chrono::steady_clock::now();
    Bytes answer = TUnionCard::transceive(command);
    thinking_ += std::chrono::steady_clock::now() - began;
    exchange_.emplace_back(Bytes{command.begin(), command.end()}, answer);
    return answer;
  }
  [[nodiscard]] const Exchange& exchange() const noexcept { return exchange_; }
  /// What the simulated card itself cost.
  [[nodiscard]] std::chrono::nanoseconds thinking() const noexcept { return thinking_; }

 private:
  Exchange exchange_;
  std::chrono::nanoseconds thinking_{};
};

/// Gives the recorded answers, one after the other, over and over.
class ReplayingCard final : public sim::TUnionCard {
 public:
  ReplayingCard(sim::CardImageData image, Exchange exchange)
      : TUnionCard{std::move(image), {}}, exchange_{std::move(exchange)} {}
  [[nodiscard]] Bytes transceive(ByteView) override {
    return exchange_[next_++ % exchange_.size()].second;
  }

 private:
  Exchange exchange_;
  std::size_t next_ = 0;
};

}  // namespace tidegate::bench
