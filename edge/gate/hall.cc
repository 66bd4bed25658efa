// SPDX-License-Identifier: Apache-2.0
// Starts and stops the aisles of a box.
#include "edge/gate/hall.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace tidegate::edge {
namespace {

/// A code has no memory: at an aisle for both ways nobody knows which side its holder stands on.
void warn_of_guesses(const BoxConfig& config, AisleNo number) {
  const auto aisle = std::ranges::find(config.aisles, number, &AisleConfig::number);
  if (aisle == config.aisles.end() || aisle->direction != AisleDirection::both ||
      config.kind == fare::BoxKind::vehicle)
    return;
  log(Priority::warning, "code_direction_is_guessed",
      {{"aisle", number}, {"advice", "give codes aisles for one way; docs/codes.md"}});
}

}  // namespace

Status Hall::open(GateLink& gate) {
  std::map<AisleNo, ReaderLink*> links;
  std::map<AisleNo, ScannerLink*> scanners;
  for (const AisleConfig& aisle : services_.config.aisles) {
    links_[aisle.number] = std::make_unique<ReaderLink>(aisle.number);
    links[aisle.number] = links_[aisle.number].get();
    if (aisle.scanner.empty()) continue;
    scanners_[aisle.number] = std::make_unique<ScannerLink>(aisle.number);
    scanners[aisle.number] = scanners_[aisle.number].get();
  }
  auto readers =
      ReaderServer::start(services_.config.reader_socket(), std::move(links), std::move(scanners));
  if (!readers) return fail(std::move(readers.error()));
  readers_ = std::move(*readers);
  const std::lock_guard lock{mutex_};
  for (const AisleConfig& aisle : services_.config.aisles) {
    aisles_[aisle.number] = std::make_unique<Aisle>(services_, aisle, *links_[aisle.number], gate);
  }
  for (const auto& [number, scanner] : scanners_) {
    Aisle& aisle = *aisles_.at(number);
    warn_of_guesses(services_.config, number);
    desks_.push_back(std::make_unique<CodeDesk>(
        *scanner, CodeDesk::Callbacks{
                      .present = [&aisle, this](ByteView code) { aisle.present(trust_, code); },
                      .works =
                          [&aisle, this](bool works) {
                            aisle.scanner_works(works);
                            settle_doubts(services_, trust_.notes);
                          }}));
  }
  return {};
}

void Hall::close() {
  std::map<AisleNo, std::unique_ptr<Aisle>> ending;
  desks_.clear();  // each ends with the code it is serving
  {
    const std::lock_guard lock{mutex_};
    ending.swap(aisles_);
  }
  // First nobody takes another card, then each tap that runs comes to its end.
  for (auto& [number, aisle] : ending) aisle->stop();
  ending.clear();  // joins the threads, outside the lock
}

void Hall::passage(AisleNo number, bool passed) {
  SequenceNo outcome;
  {
    const std::lock_guard lock{mutex_};
    const auto aisle = aisles_.find(number);
    if (aisle == aisles_.end()) return;
    outcome = aisle->second->opened_for(passed);
  }
  services_.memory.passages.note(outcome, passed);
  services_.committer.post(
      {entry_head(services_.clock, number, services_.modes.get()), Passage{outcome, passed}},
      Commit::ride_along);
}

}  // namespace tidegate::edge
