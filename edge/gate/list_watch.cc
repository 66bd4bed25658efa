// SPDX-License-Identifier: Apache-2.0
// Looks for new lists and puts them in force.
#include "edge/gate/list_watch.h"

#include <utility>

#include "base/log.h"

namespace tidegate::edge {

ListWatch::ListWatch(ListStore& store, ListsInForce& in_force,
                     std::function<void(const ListActivation&)> on_activation,
                     std::chrono::milliseconds look_every)
    : store_{store},
      in_force_{in_force},
      on_activation_{std::move(on_activation)},
      look_every_{look_every},
      next_ages_{std::chrono::steady_clock::now() + kAgesEvery},
      thread_{[this] { run(); }} {}

ListWatch::~ListWatch() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void ListWatch::run() {
  std::unique_lock lock{mutex_};
  while (!stop_.wait_for(lock, look_every_, [this] { return stopping_; })) {
    lock.unlock();
    look();
    lock.lock();
  }
}

void ListWatch::look() {
  std::erase_if(retired_, [](const auto& lists) { return lists.use_count() == 1; });
  CardLists next = *in_force_.get();
  const auto activations = store_.renew(next);
  // The ledger first: no tap that goes by a list stands before the entry that tells of it.
  for (const ListActivation& list : activations) {
    on_activation_(list);
    log(Priority::notice, "list_taken",
        {{"what", file_kind_name(list.kind)}, {"number", list.number}});
  }
  if (!activations.empty()) retired_.push_back(in_force_.put(std::move(next)));
  if (std::chrono::steady_clock::now() < next_ages_) return;
  next_ages_ += kAgesEvery;
  store_.tell_ages();
}

}  // namespace tidegate::edge
