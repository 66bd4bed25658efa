// SPDX-License-Identifier: Apache-2.0
// Builds a box and starts what systemd would start.
#include "tests/bench/footprint/box.h"

#include <algorithm>
#include <thread>

#include "base/assert.h"
#include "simulators/card/make_card.h"
#include "simulators/station/hall.h"

namespace tidegate::bench {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{60};
/// A PN532 by serial line at its usual rate, so that asking it for cards takes its time.
constexpr unsigned kBaud = 115'200;

sim::SiteFiles make(const fs::path& folder, unsigned aisles) {
  auto site = sim::make_site({.dir = folder,
                              .tariff = TIDEGATE_SOURCE_DIR "/tariffs/demo",
                              .network = "shanghai-metro",
                              .stops = {"0121"},
                              .aisles = aisles});
  ASSERT(site);
  return std::move(*site);
}

/// When the aisle said that the card is refused; before that it may have been out of service.
Clock::time_point refused_at(sim::SimGate& gate, AisleNo aisle) {
  const auto deadline = Clock::now() + kPatience;
  while (true) {
    const auto seen = gate.wait(aisle, kPatience);
    if (seen && seen->display.screen == edge::gate_protocol::Screen::refused) return seen->at;
    ASSERT(Clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

/// A card of its own for each reader, which every aisle refuses.
std::unique_ptr<sim::TUnionCard> make_refused_card(unsigned aisle) {
  sim::CardSpec spec;
  spec.number = std::to_string(3'104'770'000'000'000'000ULL + aisle);
  spec.enabled = false;
  return std::make_unique<sim::TUnionCard>(sim::make_card(spec), sim::CardHabits{});
}

}  // namespace

Box::Box(const fs::path& folder, unsigned aisles) : site_{make(folder, aisles)} {
  for (const sim::SimAisle& aisle : files().aisles) {
    sim::ReaderOptions options;
    options.link = aisle.link;
    options.baud = kBaud;
    auto reader = sim::SimReader::start(std::move(options));
    ASSERT(reader);
    readers_.push_back(std::move(*reader));
    cards_.push_back(make_refused_card(aisle.number));
  }
}

Start Box::start() {
  const fs::path bin = fs::read_symlink("/proc/self/exe").parent_path();
  const sim::BoxFiles& box = files();
  std::vector<sim::Unit> units{{.name = sim::gate_unit(box),
                                .arguments = {bin / "tidegate-gate", "--config", box.config},
                                .log = box.log / "gate.log"}};
  for (const sim::SimAisle& aisle : box.aisles) {
    const std::string number = std::to_string(aisle.number);
    units.push_back(
        {.name = sim::reader_unit(box, aisle),
         .arguments = {bin / "tidegate-reader", "--config", box.config, "--aisle", number},
         .log = box.log / ("reader-" + number + ".log")});
  }
  for (std::size_t i = 0; i < readers_.size(); ++i) readers_[i]->put(*cards_[i], std::nullopt);
  const auto begin = Clock::now();
  auto daemons = sim::Supervisor::start(std::move(units));
  ASSERT(daemons);
  daemons_ = std::move(*daemons);
  auto gate = sim::SimGate::start(box.gate_socket(), kPatience);
  ASSERT(gate);
  gate_ = std::move(*gate);
  Clock::time_point answered;
  for (const sim::SimAisle& aisle : box.aisles)
    answered = std::max(answered, refused_at(*gate_, AisleNo{aisle.number}));
  const auto beat = gate_->first_heartbeat();
  ASSERT(beat);
  for (std::size_t i = 0; i < readers_.size(); ++i) readers_[i]->take(*cards_[i]);
  return {.beat = *beat - begin, .answered = answered - begin};
}

void Box::stop() {
  ASSERT(daemons_->stop(kPatience).empty());
  daemons_.reset();
  gate_.reset();
}

}  // namespace tidegate::bench
