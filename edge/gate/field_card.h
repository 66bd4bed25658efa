// SPDX-License-Identifier: Apache-2.0
// The port to the card in one aisle's field, as the tap sees it.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "nfc/purse/ports.h"

namespace tidegate::edge {

class FieldCard : public nfc::CardChannel {
 public:
  /// Field off and on, then selects whatever card is there: maybe another one. Errc::gone: none.
  [[nodiscard]] virtual Status reselect() = 0;
};

/// A card that answers just in time, again and again, must not keep an aisle: after `deadline`
/// nothing is asked of it any more (Errc::timeout). Counts and times what was asked.
class PatientCard final : public FieldCard {
 public:
  PatientCard(FieldCard& card, const Clock& clock, SteadyTime deadline)
      : card_{card}, clock_{clock}, deadline_{deadline} {}
  [[nodiscard]] Result<Bytes> transceive(ByteView command,
                                         std::chrono::milliseconds timeout) override {
    if (over()) return fail(Errc::timeout, "the card took too long in all");
    const SteadyTime asked = clock_.steady();
    auto answer = card_.transceive(command, timeout);
    answering_ += clock_.steady() - asked;
    ++commands_;
    return answer;
  }
  [[nodiscard]] Status reselect() override {
    if (over()) return fail(Errc::timeout, "the card took too long in all");
    return card_.reselect();
  }
  [[nodiscard]] std::uint32_t commands() const noexcept { return commands_; }
  /// From each command to its answer, in all: card, reader and the way between.
  [[nodiscard]] SteadyTime::duration answering() const noexcept { return answering_; }

 private:
  [[nodiscard]] bool over() const { return clock_.steady() > deadline_; }

  FieldCard& card_;
  const Clock& clock_;
  SteadyTime deadline_;
  std::uint32_t commands_ = 0;
  SteadyTime::duration answering_{};
};

}  // namespace tidegate::edge
