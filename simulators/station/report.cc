// SPDX-License-Identifier: Apache-2.0
// The line of JSON that a station ends with, and the list of faults it can be given.
#include "edge/ledger/json_line.h"
#include "simulators/station/station.h"

namespace tidegate::sim {

Result<FaultSet> parse_faults(std::string_view list) {
  FaultSet out;
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string_view name = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    if (name == "none") continue;
    if (name == "sam" || name == "disk-full" || name == "clock") {
      return fail(Errc::unsupported, "the fault \"" + std::string{name} +
                                         "\" is not available yet; available are tear, "
                                         "reader-kill and gate-kill");
    }
    const bool all = name == "all";
    if (!all && name != "tear" && name != "reader-kill" && name != "gate-kill") {
      return fail(Errc::invalid, "\"" + std::string{name} +
                                     "\" is no fault; known are tear, reader-kill, gate-kill, sam, "
                                     "disk-full, clock, all and none");
    }
    out.tear = out.tear || all || name == "tear";
    out.reader_kill = out.reader_kill || all || name == "reader-kill";
    out.gate_kill = out.gate_kill || all || name == "gate-kill";
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
  json.boolean("equal", report.money_equal());
  json.close();
  json.open("ledger");
  json.text("dir", report.ledger_dir.string());
  json.number("head", report.head);
  json.boolean("verified", report.verified);
  json.close();
  json.close();
  return std::move(json).take();
}

}  // namespace tidegate::sim
