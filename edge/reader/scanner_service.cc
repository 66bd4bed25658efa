// SPDX-License-Identifier: Apache-2.0
// Relays between gate and scanner.
#include "edge/reader/scanner_service.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/log.h"
#include "edge/reader/notify.h"
#include "edge/reader/stop_signals.h"

namespace tidegate::edge {
namespace {

using reader_protocol::ReaderState;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kReopen{500};
/// Nobody shows codes faster; what does is noise.
constexpr milliseconds kBetweenCodes{200};
constexpr milliseconds kWatchdogPeriod{1000};

}  // namespace

Status ScannerService::run() {
  auto signals = stop_signals();
  if (!signals) return fail(std::move(signals.error()));
  signals_ = *std::move(signals);
  log(Priority::notice, "scanner_started",
      {{"aisle", options_.aisle}, {"device", options_.device}});
  notify_service_manager("READY=1");
  while (!stop_)
    if (auto done = step(); !done) return done;
  log(Priority::notice, "scanner_stopped", {{"aisle", options_.aisle}});
  return {};
}

Status ScannerService::step() {
  const auto now = steady_clock::now();
  if (now >= watchdog_at_) {
    notify_service_manager("WATCHDOG=1");
    watchdog_at_ = now + kWatchdogPeriod;
  }
  if (!line_ && now >= open_at_) open_line();
  if (gate_.connect(now)) greet_gate();
  std::array<pollfd, 3> items{
      {{signals_.get(), POLLIN, 0}, {gate_.fd(), POLLIN, 0}, {line_ ? line_.fd() : -1, POLLIN, 0}}};
  const auto wait = until_next_deadline();
  if (::poll(items.data(), items.size(), static_cast<int>(wait.count())) < 0 && errno != EINTR)
    return fail_errno("waiting for gate and scanner");
  if ((items[0].revents & POLLIN) != 0) stop_ = true;
  if (items[1].revents != 0 && gate_) {
    // A gate has nothing to say to a scanner: its end is all there is to hear.
    const auto bytes = gate_.receive();
    if (!bytes && bytes.error().code() != Errc::timeout) gate_.lose(bytes.error().message());
  }
  if (items[2].revents != 0 && line_) from_line();
  if (auto rest = framer_.idle(steady_clock::now())) tell_code(*rest);
  return {};
}

milliseconds ScannerService::until_next_deadline() const {
  milliseconds wait = left_until(watchdog_at_);
  if (!gate_) wait = std::min(wait, gate_.until_next_try());
  if (!line_) wait = std::min(wait, left_until(open_at_));
  if (const auto idle = framer_.idle_at()) wait = std::min(wait, left_until(*idle));
  return wait;
}

void ScannerService::greet_gate() {
  to_gate(reader_protocol::Hello{.aisle = options_.aisle,
                                 .pid = static_cast<std::uint32_t>(::getpid()),
                                 .role = reader_protocol::Role::scanner});
  if (state_) to_gate(*state_);
}

void ScannerService::open_line() {
  auto opened = SerialLine::open(options_.device);
  if (!opened) {
    open_at_ = steady_clock::now() + kReopen;
    return tell_state(ReaderState::lost, opened.error().message());
  }
  line_ = *std::move(opened);
  framer_ = CodeFramer{};
  tell_state(ReaderState::ok, "");
}

void ScannerService::from_line() {
  const auto bytes = line_.read();
  if (!bytes) {
    line_ = {};
    open_at_ = steady_clock::now() + kReopen;
    return tell_state(ReaderState::lost, bytes.error().message());
  }
  for (const Bytes& code : framer_.push(*bytes, steady_clock::now())) tell_code(code);
}

void ScannerService::tell_code(const Bytes& code) {
  const auto now = steady_clock::now();
  if (now < next_code_at_) return;
  if (!to_gate(reader_protocol::Code{code})) return;
  next_code_at_ = now + kBetweenCodes;
  framer_.told(code, now);
}

void ScannerService::tell_state(ReaderState state, const std::string& text) {
  if (state_ && state_->state == state) return;
  state_ = reader_protocol::State{state, text};
  log(state == ReaderState::lost ? Priority::error : Priority::notice, "scanner_state",
      {{"aisle", options_.aisle}, {"state", static_cast<unsigned>(state)}, {"text", text}});
  to_gate(*state_);
}

/// A code for a gate that is not there is dropped, and told when the scanner sees it again.
bool ScannerService::to_gate(reader_protocol::Body body) {
  if (!gate_) return false;
  const auto sent = gate_.send({.request = 0, .body = std::move(body)});
  if (!sent) gate_.lose(sent.error().message());
  return sent.has_value();
}

}  // namespace tidegate::edge
