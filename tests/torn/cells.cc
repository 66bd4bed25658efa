// SPDX-License-Identifier: Apache-2.0
// Runs cells: tears the card (and kills the gate), sends it where it goes, taps until it is
// through.
#include "tests/torn/cells.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "simulators/card/make_card.h"
#include "tests/torn/foreign.h"

namespace tidegate::edge::torn {
namespace {

constexpr AisleNo kFirst{1}, kSecond{2}, kWayIn{9};
constexpr unsigned kTries = 3;
constexpr unsigned kMoreThanTheLog = 11;

TerminalNo terminal(Byte number) {
  return TerminalNo{{0x41, 0x31, 0x00, 0x00, 0x00, number}};
}

BoxSpec box_spec(const std::string& name, const std::filesystem::path& folder, Byte terminals,
                 AisleDirection direction) {
  BoxSpec out{.name = name,
              .folder = folder / name,
              .aisles = {{kFirst, direction, terminal(terminals)},
                         {kSecond, direction, terminal(terminals + 1)},
                         {kWayIn, AisleDirection::entry, terminal(terminals + 2)}},
              .station = {}};
  std::filesystem::create_directories(out.folder);
  return out;
}

}  // namespace

std::string_view name_of(Back back) {
  switch (back) {
    case Back::same_aisle: return "same aisle";
    case Back::other_aisle: return "other aisle";
    case Back::other_box: return "other box";
    case Back::one_debit: return "after 1 foreign debit";
    case Back::one_capp: return "after 1 foreign composite";
    case Back::eleven_debits: return "after 11 foreign debits";
    case Back::never: return "never";
  }
  return "?";
}

std::string text_of(const Setting& setting) {
  std::string out = setting.direction == AisleDirection::entry ? "entry" : "exit";
  out += setting.kill ? ", gate killed" : ", card torn";
  if (setting.logs_before) out += ", card logs the counter before";
  return out;
}

Hallway::Hallway(const Setting& setting, const std::filesystem::path& folder)
    : setting_{setting}, now_{parse_iso8601("2026-11-02T08:00:00+08:00").value()} {
  BoxSpec here = box_spec("here", folder, 0x10, setting.direction);
  BoxSpec there = box_spec("there", folder, 0x20, setting.direction);
  std::vector<TerminalNo> station;
  for (const BoxSpec* box : {&here, &there})
    for (const AisleSpec& aisle : box->aisles) station.push_back(aisle.terminal);
  std::ranges::sort(station);
  here.station = there.station = station;
  here_ = std::make_unique<GateProcess>(std::move(here));
  there_ = std::make_unique<GateProcess>(std::move(there));
}

std::vector<std::string> Hallway::exchanges() {
  Passenger who = next_passenger();
  come_in(who);
  const TapSeen seen = here_->tap(who, kFirst, later(std::chrono::seconds{30}));
  EXPECT_TRUE(seen.opened) << seen.detail;
  return seen.exchanges;
}

CellRun Hallway::run(const Cell& cell) {
  CellRun run{.cell = cell, .who = next_passenger()};
  come_in(run.who);
  const Strike strike{cell.exchange, cell.after_card, setting_.kill};
  run.taps.push_back(here_->tap(run.who, kFirst, later(std::chrono::seconds{30}), strike));
  if (run.taps.back().opened) {
    run.opened_at = 1;
  } else if (cell.back != Back::never) {
    meet_others(run);
    come_back(run);
  }
  if (run.opened_at == 0 || run.taps.back().killed) return run;
  // Through the barrier, and once more to the same aisle: it must not open for the same passage.
  GateProcess& box = run.opened_at_other_box ? *there_ : *here_;
  const bool other_aisle = run.opened_at > 1 && cell.back == Back::other_aisle;
  const AisleNo aisle = other_aisle ? kSecond : kFirst;
  box.passage(aisle, later(std::chrono::seconds{2}), run.taps.back().outcome);
  run.opened_again = box.tap(run.who, aisle, later(std::chrono::seconds{2})).opened;
  return run;
}

void Hallway::stop() {
  here_->stop();
  there_->stop();
}

Passenger Hallway::next_passenger() {
  std::string digits = std::to_string(++cards_);
  digits.insert(0, 11 - digits.size(), '0');
  sim::CardImageData image = sim::make_card({.number = "31047700" + digits, .balance = kBalance});
  const sim::CardHabits habits{.log_counter_before = setting_.logs_before};
  return {std::make_unique<sim::TUnionCard>(std::move(image), habits), {}};
}

void Hallway::come_in(Passenger& who) {
  if (setting_.direction == AisleDirection::entry) return;
  const TapSeen seen = here_->tap(who, kWayIn, later(std::chrono::seconds{30}));
  EXPECT_TRUE(seen.opened) << seen.detail;
  here_->passage(kWayIn, later(std::chrono::seconds{1}), seen.outcome);
  who.debits.clear();  // the account of a cell is that of its exit alone
}

void Hallway::meet_others(CellRun& run) {
  unsigned debits = 0;
  if (run.cell.back == Back::one_debit || run.cell.back == Back::one_capp) debits = 1;
  if (run.cell.back == Back::eleven_debits) debits = kMoreThanTheLog;
  for (unsigned i = 0; i < debits; ++i) {
    const Timestamp at = later(std::chrono::seconds{3});
    const bool done = run.cell.back == Back::one_capp ? foreign_capp(*run.who.card, at)
                                                      : foreign_purchase(*run.who.card, at);
    EXPECT_TRUE(done);
    run.foreign += Fen{kForeignFen};
  }
}

void Hallway::come_back(CellRun& run) {
  const bool elsewhere = run.cell.back == Back::other_box;
  const AisleNo aisle = run.cell.back == Back::other_aisle ? kSecond : kFirst;
  GateProcess& box = elsewhere ? *there_ : *here_;
  const unsigned tries = kTries + (run.cell.second.exchange != 0 ? 1 : 0);
  for (unsigned i = 0; i < tries && run.opened_at == 0; ++i) {
    const Strike strike = i == 0 ? run.cell.second : Strike{};
    run.taps.push_back(box.tap(run.who, aisle, later(std::chrono::seconds{2}), strike));
    if (i == 0) run.struck_twice = run.taps.back().exchanges.size() >= strike.exchange;
    if (!run.taps.back().opened) continue;
    run.opened_at = static_cast<unsigned>(run.taps.size());
    run.opened_at_other_box = elsewhere;
  }
}

}  // namespace tidegate::edge::torn
