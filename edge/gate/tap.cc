// SPDX-License-Identifier: Apache-2.0
// Runs one tap and tells everybody how it ended: barrier, display, ledger, log.
#include "edge/gate/tap.h"

#include <utility>

#include "base/log.h"
#include "edge/gate/one_tap.h"
#include "edge/gate/texts.h"

namespace tidegate::edge {
namespace {

gate_protocol::Direction direction_of(fare::TapKind kind) {
  const bool in = kind == fare::TapKind::entry || kind == fare::TapKind::board;
  return in ? gate_protocol::Direction::entry : gate_protocol::Direction::exit;
}

void write_log_line(AisleNo aisle, const TapReport& report) {
  std::string_view result = "open";
  if (report.end == TapReport::End::try_again) result = "try_again";
  if (report.end == TapReport::End::refused) result = "refuse";
  const StageTimes& us = report.stages;
  log(Priority::info, "tap",
      {{"aisle", aisle},
       {"card", report.card ? to_hex(report.card->get()) : std::string{"-"}},
       {"kind", fare::name_of(report.kind)},
       {"decision", result},
       {"fare_fen", report.fare},
       {"balance_fen", report.balance},
       {"seq", report.outcome},
       {"reason", report.refusal ? fare::refusal_name(*report.refusal) : std::string_view{"-"}},
       {"detail", report.detail.empty() ? std::string_view{"-"} : std::string_view{report.detail}},
       {"recovered", report.recovered},
       {"identify_us", us.identify},
       {"check_us", us.check},
       {"price_us", us.price},
       {"intend_us", us.intend},
       {"debit_us", us.debit},
       {"record_us", us.record},
       {"apdus", report.waits.commands},
       {"card_us", report.waits.card.count()},
       {"commit_us", report.waits.commit.count()},
       {"flush_us", report.waits.flush.count()},
       {"behind_us", report.waits.behind.count()}});
}

}  // namespace

TapReport TapPipeline::run(FieldCard& card) {
  const Committer::Serving serving{services_.committer};
  OneTap tap{services_, aisle_, sam_, card};
  TapReport report = tap.run();
  finish(report, tap.sealed());
  return report;
}

TapReport TapPipeline::refuse_unread(fare::RefusalCode code, std::string detail) {
  TapReport report;
  report.refusal = code;
  report.detail = std::move(detail);
  report.kind =
      aisle_.direction == AisleDirection::exit ? fare::TapKind::exit : fare::TapKind::entry;
  finish(report, std::nullopt);
  return report;
}

void TapPipeline::finish(const TapReport& report, const std::optional<SealedNumber>& sealed) {
  if (report.end == TapReport::End::opened) {
    // The barrier first: the display can wait for the passenger.
    front_.open(direction_of(report.kind), report.outcome);
    front_.show(accepted_display(report.fare, report.balance));
  } else {
    front_.show(report.end == TapReport::End::try_again ? try_again_display()
                                                        : refused_display(*report.refusal));
    Refusal refusal;
    refusal.code = *report.refusal;
    refusal.detail = report.detail;
    refusal.card = report.card;
    refusal.sealed = sealed;
    refusal.tap_kind = report.kind;
    refusal.stages = report.stages;
    services_.committer.post(
        {entry_head(services_.clock, aisle_.number, services_.modes.get()), std::move(refusal)},
        Commit::ride_along);
  }
  write_log_line(aisle_.number, report);
}

}  // namespace tidegate::edge
