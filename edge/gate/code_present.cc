// SPDX-License-Identifier: Apache-2.0
// Runs one code and tells barrier, display, ledger and log how it ended.
#include <string>

#include "base/log.h"
#include "edge/gate/code_tap.h"
#include "edge/gate/texts.h"

namespace tidegate::edge {
namespace {

void write_log_line(AisleNo aisle, const TapReport& report, Settlement settlement) {
  const bool open = report.end == TapReport::End::opened;
  const StageTimes& us = report.stages;
  log(Priority::info, "code",
      {{"aisle", aisle},
       {"account", report.card ? to_hex(report.card->get()) : std::string{"-"}},
       {"kind", fare::name_of(report.kind)},
       {"decision", open ? std::string_view{"open"} : std::string_view{"refuse"}},
       {"settlement", open ? name_of(settlement) : std::string_view{"-"}},
       {"fare_fen", report.fare},
       {"seq", report.outcome},
       {"reason", report.refusal ? fare::refusal_name(*report.refusal) : std::string_view{"-"}},
       {"detail", report.detail.empty() ? std::string_view{"-"} : std::string_view{report.detail}},
       {"identify_us", us.identify},
       {"check_us", us.check},
       {"price_us", us.price},
       {"record_us", us.record}});
}

void write_refusal(const Services& services, AisleNo aisle, CodeNotes& notes, bool genuine,
                   const TapReport& report) {
  Refusal refusal;
  refusal.detail = report.detail;
  if (!genuine) {
    const auto unwritten = notes.write_forged(aisle, services.clock.steady());
    if (!unwritten) return;
    if (*unwritten > 0)
      refusal.detail += "; not written since the last one: " + std::to_string(*unwritten);
  }
  refusal.code = *report.refusal;
  refusal.card = report.card;
  refusal.tap_kind = report.kind;
  refusal.stages = report.stages;
  services.committer.post({entry_head(services.clock, aisle, services.modes.get()), refusal},
                          Commit::ride_along);
}

}  // namespace

TapReport present_code(const Services& services, const AisleConfig& aisle, CodeTrust& trust,
                       Front& front, ByteView scanned) {
  const Committer::Serving serving{services.committer};
  settle_doubts(services, trust.notes);
  CodeTap tap{services, aisle, trust};
  const TapReport report = tap.run(scanned);
  const bool in = report.kind == fare::TapKind::entry || report.kind == fare::TapKind::board;
  if (report.end == TapReport::End::opened) {
    front.open(in ? gate_protocol::Direction::entry : gate_protocol::Direction::exit,
               report.outcome);
    front.show(tap.settlement() == Settlement::charged ? code_charged_display(report.fare)
                                                       : code_open_display(in));
  } else {
    front.show(refused_display(*report.refusal));
    write_refusal(services, aisle.number, trust.notes, tap.genuine(), report);
  }
  write_log_line(aisle.number, report, tap.settlement());
  return report;
}

}  // namespace tidegate::edge
