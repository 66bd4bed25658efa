// SPDX-License-Identifier: Apache-2.0
// Holds a display and a barrier against what the passenger expects.
#include "simulators/station/judge.h"

namespace tidegate::sim {

namespace {

namespace protocol = edge::gate_protocol;
using fare::RefusalCode;

/// Nothing was taken, or nobody can tell yet: the passenger is asked to come again.
[[nodiscard]] bool asks_to_return(const protocol::Display& display, const FaultSet& faults) {
  if (display.screen == protocol::Screen::try_again ||
      display.screen == protocol::Screen::out_of_service) {
    return true;
  }
  if (display.screen != protocol::Screen::refused) return false;
  const auto code = fare::refusal_from_number(display.refusal);
  // A SAM writes too, so it may fail with the disk.
  if (code == RefusalCode::sam_unavailable) return faults.sam || faults.disk_full;
  if (code == RefusalCode::ledger_unavailable) return faults.disk_full;
  return code == RefusalCode::card_torn || code == RefusalCode::unconfirmed ||
         code == RefusalCode::aisle_closed;
}

/// A gate that was killed may have forgotten a passage that was not on disk yet, and another box of
/// the station never knew it. Both open once more for nothing, the way the gate did: that risk is
/// taken, so that nobody who paid stays outside.
[[nodiscard]] bool may_repeat(const Job& job, const Spot& spot, unsigned gate_starts, Fen fare) {
  const Passed& passed = job.passed;
  return passed.box != 0 && passed.stop == spot.box->stop && fare == Fen{} &&
         (passed.box != spot.box->number || passed.gate_starts != gate_starts);
}

/// The card's log has been overrun since a debit that nobody saw the end of: the gate cannot know
/// it any more and goes by the journey record. Staff lets this passenger through; what the card
/// paid is held against the ledgers in the end.
[[nodiscard]] bool sent_to_staff(const Job& job, std::optional<RefusalCode> code) {
  const bool entry = job.now().direction == AisleUse::entry;
  return job.overrun && code == (entry ? RefusalCode::already_entered : RefusalCode::not_entered);
}

[[nodiscard]] Verdict judge_refusal(const Job& job, const Seen& seen) {
  const auto code = fare::refusal_from_number(seen.display.refusal);
  if (job.now().home_box != 0) return Verdict::settled;
  const bool right = code && code == job.now().expected.refusal;
  return right || sent_to_staff(job, code) ? Verdict::settled : Verdict::wrong;
}

/// With a clock that cannot be trusted no date is judged.
[[nodiscard]] bool forgiven(const Visit& visit, const FaultSet& faults) {
  return faults.clock && (visit.expected.refusal == RefusalCode::expired ||
                          visit.expected.refusal == RefusalCode::not_yet_valid);
}

}  // namespace

bool opened_this_way(const Visit& visit, const Seen& seen) {
  if (visit.home_box != 0) return seen.open.has_value();
  return seen.open && (seen.open->direction == protocol::Direction::entry) ==
                          (visit.direction == AisleUse::entry);
}

Verdict judge(const Job& job, const Spot& spot, const std::optional<Seen>& seen,
              const HouseRules& rules) {
  if (!seen || asks_to_return(seen->display, rules.faults)) return Verdict::again;
  const Visit& visit = job.now();
  if (seen->display.screen == protocol::Screen::refused) return judge_refusal(job, *seen);
  if (!seen->open) return Verdict::again;  // shown, but the barrier stayed shut
  if (visit.home_box != 0) return Verdict::settled;
  const bool way_fits = opened_this_way(visit, *seen);
  const Fen fare = seen->display.fare;
  if (may_repeat(job, spot, rules.gate_starts, fare)) {
    if (visit.expected.refusal == RefusalCode::already_entered) return Verdict::settled;
    // An aisle for both ways took who wants out for who did not get in yet.
    if (!way_fits) return Verdict::again;
  }
  if (visit.expected.refusal) {
    return forgiven(visit, rules.faults) && way_fits && fare == Fen{} ? Verdict::settled
                                                                      : Verdict::wrong;
  }
  // Who was charged by an attempt that nobody saw the end of passes at 0 fen.
  const bool fare_fits = fare == visit.expected.fare || (job.uncertain && fare == Fen{});
  return way_fits && fare_fits ? Verdict::settled : Verdict::wrong;
}

std::string what_was_shown(const std::optional<Seen>& seen) {
  if (!seen) return "无显示 no answer";
  const protocol::Display& display = seen->display;
  switch (display.screen) {
    case protocol::Screen::accepted:
      return "票价 fare " + display.fare.yuan() + "  余额 balance " + display.balance.yuan() +
             (seen->open ? "" : "  门未开 barrier stayed shut");
    case protocol::Screen::refused: {
      const auto code = fare::refusal_from_number(display.refusal);
      const std::string name = code ? std::string{fare::refusal_name(*code)} : "?";
      return "拒绝 refused: " + display.zh + " " + display.en + " (" + name + ")";
    }
    case protocol::Screen::try_again: return "请再刷一次 same card again, please";
    case protocol::Screen::out_of_service: return "暂停服务 out of service";
    case protocol::Screen::ready: break;
  }
  return "请刷卡 ready";
}

}  // namespace tidegate::sim
