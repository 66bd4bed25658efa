// SPDX-License-Identifier: Apache-2.0
// The reader's thread: waits for bytes, for the time and for calls, and holds the lock except while
// it waits. Everything else of the simulator runs under that lock.
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "simulators/pn532/chip.h"
#include "simulators/pn532/faults.h"
#include "simulators/pn532/field.h"
#include "simulators/pn532/link.h"
#include "simulators/pn532/pty.h"
#include "simulators/pn532/reader.h"

namespace tidegate::sim {
namespace {

using pn532::Pty;

SteadyTime now() {
  return std::chrono::steady_clock::now();
}

class PtyReader final : public SimReader {
 public:
  explicit PtyReader(ReaderOptions options);
  ~PtyReader() override;
  [[nodiscard]] Status open();

  void put(Card& card, std::optional<Tear> tear) override;
  void take(Card& card) override;
  [[nodiscard]] bool has(const Card& card) const override;
  [[nodiscard]] unsigned exchanges() const override;
  [[nodiscard]] unsigned commands() const override;
  void unplug() override;
  [[nodiscard]] Status replug() override;
  [[nodiscard]] Status set_fault(const std::string& fault) override;
  void clear_faults() override;

 private:
  void loop();
  void wait(std::unique_lock<std::mutex>& lock);
  void serve_host();
  void pull_cable();
  void do_in_thread(std::function<void()> work);
  void wake() const;
  void write_to_host(ByteView bytes);
  void trace(const char* who, ByteView bytes);
  void report(std::unique_lock<std::mutex>& lock);

  const ReaderOptions options_;
  const SteadyTime started_ = now();
  posix::Fd wake_fd_;
  std::ofstream trace_;

  mutable std::mutex mutex_;  ///< guards all below
  pn532::FaultSet faults_;
  pn532::Field field_;
  pn532::Chip chip_;
  pn532::Link link_;
  Pty pty_;
  bool stop_ = false;
  std::function<void()> work_;  ///< for the thread; the terminal is opened and closed only there
  std::condition_variable work_done_;
  std::mutex one_caller_;

  std::thread thread_;
};

PtyReader::PtyReader(ReaderOptions options)
    : options_{std::move(options)},
      field_{options_.field_off_min},
      chip_{field_, pn532::ChipTiming{options_.card_time, options_.activation_try,
                                      options_.rf_timeout, options_.baud != 0}},
      link_{chip_, faults_, options_.baud, [this](ByteView bytes) { write_to_host(bytes); }} {}

Status PtyReader::open() {
  for (const std::string& fault : options_.faults)
    if (auto added = faults_.add(fault); !added) return added;
  if (!options_.trace.empty()) {
    trace_.open(options_.trace, std::ios::trunc);
    if (!trace_) return fail(Errc::io, "opening " + options_.trace.string());
  }
  wake_fd_ = posix::Fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!wake_fd_) return fail_errno("eventfd");
  auto pty = Pty::open(options_.link);
  if (!pty) return fail(std::move(pty.error()));
  pty_ = std::move(*pty);
  thread_ = std::thread{[this] { loop(); }};
  return {};
}

PtyReader::~PtyReader() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  wake();
  thread_.join();
}

void PtyReader::put(Card& card, std::optional<Tear> tear) {
  const std::lock_guard lock{mutex_};
  field_.put(card, tear);
}

void PtyReader::take(Card& card) {
  const std::lock_guard lock{mutex_};
  field_.take(card);
}

bool PtyReader::has(const Card& card) const {
  const std::lock_guard lock{mutex_};
  return field_.has(card);
}

unsigned PtyReader::exchanges() const {
  const std::lock_guard lock{mutex_};
  return field_.exchanges();
}

unsigned PtyReader::commands() const {
  const std::lock_guard lock{mutex_};
  return link_.commands();
}

Status PtyReader::set_fault(const std::string& fault) {
  const std::lock_guard lock{mutex_};
  return faults_.add(fault);
}

void PtyReader::clear_faults() {
  const std::lock_guard lock{mutex_};
  faults_.clear();
}

void PtyReader::unplug() {
  do_in_thread([this] { pull_cable(); });
}

Status PtyReader::replug() {
  Status out;
  do_in_thread([this, &out] {
    if (pty_) return;
    auto pty = Pty::open(options_.link);
    if (pty) {
      pty_ = std::move(*pty);
    } else {
      out = fail(std::move(pty.error()));
    }
  });
  return out;
}

void PtyReader::pull_cable() {
  pty_.close();
  field_.power_cut();
  link_.power_up();
}

void PtyReader::do_in_thread(std::function<void()> work) {
  const std::lock_guard turn{one_caller_};
  std::unique_lock lock{mutex_};
  work_ = std::move(work);
  wake();
  work_done_.wait(lock, [this] { return !work_; });
}

void PtyReader::wake() const {
  const std::uint64_t one = 1;
  // It can only fail when the counter is full, and then the thread is awake already.
  [[maybe_unused]] const ssize_t n = ::write(wake_fd_.get(), &one, sizeof one);
}

void PtyReader::loop() {
  std::unique_lock lock{mutex_};
  while (!stop_) {
    if (work_) {
      work_();
      work_ = nullptr;
      work_done_.notify_all();
    }
    if (pty_) serve_host();
    report(lock);
    if (!stop_ && !work_) wait(lock);
  }
  pty_.close();
}

void PtyReader::serve_host() {
  const auto bytes = pty_.read();
  if (!bytes) return pull_cable();
  if (!bytes->empty()) {
    trace("H>", *bytes);
    link_.receive(*bytes, now());
  }
  link_.run(now());
  if (link_.wants_unplug()) pull_cable();
}

void PtyReader::wait(std::unique_lock<std::mutex>& lock) {
  std::array<pollfd, 2> fds{{{wake_fd_.get(), POLLIN, 0}, {pty_.fd(), POLLIN, 0}}};
  std::optional<timespec> timeout;
  if (const auto due = link_.due(); due && pty_) {
    const auto left = std::max(*due - now(), SteadyTime::duration::zero());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    timeout = timespec{seconds.count(), (left - seconds).count()};
  }
  lock.unlock();
  const int ready = ::ppoll(fds.data(), fds.size(), timeout ? &*timeout : nullptr, nullptr);
  if (ready > 0 && (fds[0].revents & POLLIN)) {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t n = ::read(wake_fd_.get(), &count, sizeof count);
  }
  lock.lock();
}

void PtyReader::write_to_host(ByteView bytes) {
  trace("<C", bytes);
  if (pty_) pty_.write(bytes);
}

void PtyReader::trace(const char* who, ByteView bytes) {
  if (!trace_.is_open()) return;
  const auto at = std::chrono::duration_cast<std::chrono::microseconds>(now() - started_).count();
  trace_ << at / 1000 << '.' << at / 100 % 10 << ' ' << who;
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const Byte byte : bytes) trace_ << ' ' << kDigits[byte >> 4U] << kDigits[byte & 0xFU];
  trace_ << std::endl;  // whoever looks on sees it at once
}

/// Tells what happened, without the lock: the listener may take its time.
void PtyReader::report(std::unique_lock<std::mutex>& lock) {
  const auto events = field_.take_events();
  if (events.empty() || !options_.on_event) return;
  lock.unlock();
  for (const std::string& event : events) options_.on_event(event);
  lock.lock();
}

}  // namespace

Result<std::unique_ptr<SimReader>> SimReader::start(ReaderOptions options) {
  auto reader = std::make_unique<PtyReader>(std::move(options));
  if (auto opened = reader->open(); !opened)
    return fail(std::move(opened.error()), "simulated reader");
  return reader;
}

}  // namespace tidegate::sim
