// SPDX-License-Identifier: Apache-2.0
// A thread for calls that may never come back: winscard's wait for pcscd without a limit. Whoever
// posts one waits with a limit; past that, thread and call are left to themselves.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

namespace tidegate::nfc {

class Worker {
 public:
  /// `last` runs in the thread when nothing more will be posted.
  explicit Worker(std::function<void()> last);
  /// Waits a moment for the thread's end, then leaves it. It must own all it uses.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Runs `job` in the thread. false: it has not ended in time; no further call is possible.
  [[nodiscard]] bool run(std::function<void()> job, std::chrono::milliseconds patience);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
  std::thread thread_;
  bool stuck_ = false;
};

}  // namespace tidegate::nfc
