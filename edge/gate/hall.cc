// SPDX-License-Identifier: Apache-2.0
// Starts and stops the aisles of a box.
#include "edge/gate/hall.h"

#include <utility>

namespace tidegate::edge {

Status Hall::open(GateLink& gate) {
  std::map<AisleNo, ReaderLink*> links;
  for (const AisleConfig& aisle : services_.config.aisles) {
    links_[aisle.number] = std::make_unique<ReaderLink>(aisle.number);
    links[aisle.number] = links_[aisle.number].get();
  }
  auto readers = ReaderServer::start(services_.config.reader_socket(), std::move(links));
  if (!readers) return fail(std::move(readers.error()));
  readers_ = std::move(*readers);
  const std::lock_guard lock{mutex_};
  for (const AisleConfig& aisle : services_.config.aisles) {
    aisles_[aisle.number] = std::make_unique<Aisle>(services_, aisle, *links_[aisle.number], gate);
  }
  return {};
}

void Hall::close() {
  std::map<AisleNo, std::unique_ptr<Aisle>> ending;
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
