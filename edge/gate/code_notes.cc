// SPDX-License-Identifier: Apache-2.0
#include "edge/gate/code_notes.h"

#include <utility>

#include "base/log.h"

namespace tidegate::edge {
namespace {

/// The charge of this code, when it is its account's newest; 0: it is not.
Result<SequenceNo> find(const Services& services, const DoubtfulCharge& charge) {
  const auto memory =
      services.ledger.code_memory(charge.account, charge.made, services.clock.now());
  if (!memory) return fail(Error{memory.error()});
  if (!memory->used || !memory->last) return SequenceNo{};
  SequenceNo out;
  const auto status = services.ledger.read(memory->last->outcome, [&](const StoredEntry& stored) {
    const auto* body = std::get_if<AccountCharge>(&stored.entry.body);
    if (body != nullptr && body->made == charge.made) out = stored.sequence;
    return false;
  });
  if (!status) return fail(Error{status.error()});
  return out;
}

}  // namespace

std::optional<unsigned> CodeNotes::write_forged(AisleNo aisle, SteadyTime now) {
  const std::lock_guard lock{mutex_};
  const auto [row, first] = forged_.try_emplace(aisle);
  if (!first && now - row->second.written < kBetweenForged) {
    ++row->second.unwritten;
    return std::nullopt;
  }
  row->second.written = now;
  return std::exchange(row->second.unwritten, 0);
}

void CodeNotes::doubt(const DoubtfulCharge& charge) {
  const std::lock_guard lock{mutex_};
  if (doubts_.size() < kDoubtsMax) doubts_.push_back(charge);
}

std::vector<DoubtfulCharge> CodeNotes::take_doubts() {
  const std::lock_guard lock{mutex_};
  return std::exchange(doubts_, {});
}

void settle_doubts(const Services& services, CodeNotes& notes) {
  if (!services.committer.healthy()) return;
  for (const DoubtfulCharge& charge : notes.take_doubts()) {
    const auto at = find(services, charge);
    if (!at) {
      notes.doubt(charge);
    } else if (*at != SequenceNo{}) {
      log(Priority::notice, "charge_had_landed", {{"seq", *at}});
      services.committer.post(
          {charge.head, Void{.because = "its append was said to have failed", .charge = *at}},
          Commit::must_land);
    }
  }
}

}  // namespace tidegate::edge
