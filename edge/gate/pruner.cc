// SPDX-License-Identifier: Apache-2.0
// Decides on the next slice.
#include "edge/gate/pruner.h"

#include <utility>

#include "base/log.h"

namespace tidegate::edge {
namespace {

bool is_due(const std::optional<SteadyTime>& at, SteadyTime now) {
  return !at || *at <= now;
}

}  // namespace

Pruner::Pruner(Ledger& ledger, const BoxConfig& config, const Clock& clock,
               std::function<EntryHead()> head, Options options)
    : ledger_{ledger},
      inbox_{config, ledger},
      clock_{clock},
      head_{std::move(head)},
      options_{options} {}

std::chrono::milliseconds Pruner::step() {
  const SteadyTime now = clock_.steady();
  if (is_due(next_look_, now)) {
    inbox_.look();
    next_look_ = now + options_.look_every;
  }
  const auto ack = inbox_.in_force();
  const auto use = ledger_.use();
  if (!ack || !use) {
    run_ = Run::none;
    return options_.look_every;
  }
  const unsigned percent = use->percent();
  if (run_ == Run::none) begin_run(percent);
  if (run_ == Run::none) return options_.look_every;
  const bool last = run_ == Run::space && percent < options_.end_below;
  const auto done = ledger_.prune(order(*ack, last));
  if (!done) {
    log(Priority::alert, "prune_failed", {{"error", done.error()}});
    end_run(true);
    return options_.look_every;
  }
  gone_ += done->entries;
  if (last || !done->more) end_run(run_ == Run::space && percent >= options_.begin_at);
  return percent >= options_.hurry_at ? options_.hurry_every : options_.slice_every;
}

void Pruner::begin_run(unsigned percent) {
  const SteadyTime now = clock_.steady();
  if (percent >= options_.begin_at && is_due(next_space_, now)) {
    run_ = Run::space;
  } else if (clock_.trust().trusted && is_due(next_age_, now)) {
    run_ = Run::age;
    next_age_ = now + options_.kept_every;
  }
}

PruneOrder Pruner::order(const Acknowledgement& ack, bool last) const {
  PruneOrder out{.through = ack.sequence, .hash = ack.hash};
  out.now = clock_.now();
  out.younger_than = out.now - (run_ == Run::age ? options_.kept : options_.kept_always);
  out.entries_max = options_.entries_max;
  out.last = last;
  out.head = head_();
  return out;
}

void Pruner::end_run(bool futile) {
  if (gone_ > 0) {
    const auto base = ledger_.base();
    log(Priority::notice, "pruned",
        {{"entries", gone_}, {"first", base ? base->first : SequenceNo{}}});
  }
  gone_ = 0;
  run_ = Run::none;
  next_space_.reset();
  if (futile) next_space_ = clock_.steady() + options_.futile_pause;
}

}  // namespace tidegate::edge
