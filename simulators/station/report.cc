// SPDX-License-Identifier: Apache-2.0
// The line of JSON that a station ends with, and the list of faults it can be given.
#include <algorithm>

#include "edge/ledger/json_line.h"
#include "simulators/station/station.h"

namespace tidegate::sim {

namespace {

void write(edge::JsonLine& json, const char* name, const std::vector<LeftOpen>& list) {
  json.open_list(name);
  for (const LeftOpen& left : list) {
    json.open();
    json.number("passenger", left.passenger);
    json.number("box", left.box);
    json.number("intent", left.intent.get());
    json.fen("fen", left.amount);
    json.boolean("paid", left.paid);
    json.close();
  }
  json.close_list();
}

}  // namespace

Result<FaultSet> parse_faults(std::string_view list) {
  FaultSet out;
  const std::pair<std::string_view, bool FaultSet::*> known[] = {
      {"tear", &FaultSet::tear},           {"reader-kill", &FaultSet::reader_kill},
      {"gate-kill", &FaultSet::gate_kill}, {"sam", &FaultSet::sam},
      {"disk-full", &FaultSet::disk_full}, {"clock", &FaultSet::clock},
  };
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string_view name = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    if (name == "none") continue;
    bool found = false;
    for (const auto& [fault, flag] : known) {
      if (name != "all" && name != fault) continue;
      out.*flag = found = true;
    }
    if (!found) {
      return fail(Errc::invalid, "\"" + std::string{name} +
                                     "\" is no fault; known are tear, reader-kill, gate-kill, sam, "
                                     "disk-full, clock, all and none");
    }
  }
  return out;
}

std::string to_json(const StationReport& report) {
  edge::JsonLine json;
  json.open();
  json.number("taps", report.taps);
  json.number("accepted", report.accepted);
  json.open("refused");
  for (const auto& [code, count] : report.refused) json.number(code, count);
  json.close();
  json.number("unconfirmed", report.unconfirmed);
  json.open("stages_us");
  for (const auto& [stage, times] : report.stages_us) {
    json.open(stage);
    json.number("p50", times.p50);
    json.number("p99", times.p99);
    json.number("p999", times.p999);
    json.close();
  }
  json.close();
  json.open("money");
  json.fen("purses_fen", report.purses);
  json.fen("ledger_fen", report.ledger);
  json.fen("foreign_fen", report.foreign);
  json.fen("unsettled_fen", report.unsettled);
  json.boolean("equal", report.money_equal());
  json.close();
  json.open("ledger");
  json.text("dir", report.ledger_dir.string());
  json.number("head", report.head);
  json.boolean("verified", report.verified);
  json.close();
  json.number("boxes", report.boxes);
  json.number("foreign_debits", report.foreign_debits);
  write(json, "never_returned", report.never_returned);
  write(json, "unknown", report.unknown);
  if (report.kills.count > 0) {
    const Percentiles ready = percentiles(report.kills.ready_ms);
    json.open("kills");
    json.number("count", report.kills.count);
    json.open("ready_ms");
    json.number("p50", ready.p50);
    json.number("p99", ready.p99);
    json.number("max", report.kills.ready_ms.empty()
                           ? 0
                           : *std::ranges::max_element(report.kills.ready_ms));
    json.close();
    json.close();
  }
  json.close();
  return std::move(json).take();
}

}  // namespace tidegate::sim
