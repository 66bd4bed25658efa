// SPDX-License-Identifier: Apache-2.0
#include "nfc/pcsc/worker.h"

#include <condition_variable>
#include <mutex>

namespace tidegate::nfc {
namespace {

constexpr std::chrono::seconds kEndPatience{1};

}  // namespace

struct Worker::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> job, last;
  bool busy = false;
  bool leave = false;
  bool ended = false;

  void serve() {
    std::unique_lock lock{mutex};
    while (true) {
      changed.wait(lock, [this] { return busy || leave; });
      if (!busy) break;
      const auto work = std::move(job);
      lock.unlock();
      work();
      lock.lock();
      busy = false;
      changed.notify_all();
    }
    lock.unlock();
    last();
    lock.lock();
    ended = true;
    changed.notify_all();
  }
};

Worker::Worker(std::function<void()> last) : shared_{std::make_shared<Shared>()} {
  shared_->last = std::move(last);
  thread_ = std::thread{[shared = shared_] { shared->serve(); }};
}

Worker::~Worker() {
  std::unique_lock lock{shared_->mutex};
  shared_->leave = true;
  shared_->changed.notify_all();
  const bool ended =
      !stuck_ && shared_->changed.wait_for(lock, kEndPatience, [this] { return shared_->ended; });
  lock.unlock();
  if (ended) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

bool Worker::run(std::function<void()> job, std::chrono::milliseconds patience) {
  if (stuck_) return false;
  std::unique_lock lock{shared_->mutex};
  shared_->job = std::move(job);
  shared_->busy = true;
  shared_->changed.notify_all();
  stuck_ = !shared_->changed.wait_for(lock, patience, [this] { return !shared_->busy; });
  return !stuck_;
}

}  // namespace tidegate::nfc
