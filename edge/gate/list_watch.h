// SPDX-License-Identifier: Apache-2.0
// Takes up lists that are put while the gate runs, with a thread of its own: a tap goes by the
// lists that were in force when it began and never waits for one that is being read.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/time.h"
#include "edge/gate/card_lists.h"
#include "edge/gate/list_store.h"

namespace tidegate::edge {

class ListWatch {
 public:
  /// How often the files are looked at, and how often ages are told.
  static constexpr std::chrono::milliseconds kLookEvery{1000};
  static constexpr std::chrono::hours kAgesEvery{24};

  /// `store`: after its activate(). `on_activation` is called on the thread here, before the list
  /// that it names is in force. All must outlive it.
  ListWatch(ListStore& store, ListsInForce& in_force,
            std::function<void(const ListActivation&)> on_activation,
            std::chrono::milliseconds look_every = kLookEvery);
  ~ListWatch();
  ListWatch(const ListWatch&) = delete;
  ListWatch& operator=(const ListWatch&) = delete;

 private:
  void run();
  void look();

  ListStore& store_;
  ListsInForce& in_force_;
  std::function<void(const ListActivation&)> on_activation_;
  std::chrono::milliseconds look_every_;
  /// Millions of rows are not freed by the tap that happens to be the last to let go of them.
  std::vector<std::shared_ptr<const CardLists>> retired_;
  SteadyTime next_ages_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tidegate::edge
