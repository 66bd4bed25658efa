// SPDX-License-Identifier: Apache-2.0
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

constexpr milliseconds kGatePatience{200};
constexpr milliseconds kConnectFirst{20};
constexpr milliseconds kConnectMost{500};
constexpr milliseconds kReopen{500};
/// Nobody shows codes faster; what does is noise.
constexpr milliseconds kBetweenCodes{200};
constexpr milliseconds kWatchdogPeriod{1000};

milliseconds left_until(SteadyTime at) {
  return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(at - steady_clock::now()));
}

}  // namespace

Status ScannerService::run() {
  auto signals = stop_signals();
  if (!signals) return fail(std::move(signals.error()));
  signals_ = *std::move(signals);
  connect_pause_ = kConnectFirst;
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
  if (!gate_ && now >= connect_at_) connect_gate();
  std::array<pollfd, 3> items{{{signals_.get(), POLLIN, 0},
                               {gate_ ? gate_.fd() : -1, POLLIN, 0},
                               {line_ ? line_.fd() : -1, POLLIN, 0}}};
  const auto wait = until_next_deadline();
  if (::poll(items.data(), items.size(), static_cast<int>(wait.count())) < 0 && errno != EINTR)
    return fail_errno("waiting for gate and scanner");
  if ((items[0].revents & POLLIN) != 0) stop_ = true;
  if (items[1].revents != 0 && gate_) {
    // A gate has nothing to say to a scanner: its end is all there is to hear.
    const auto bytes = gate_.receive(milliseconds{0});
    if (!bytes && bytes.error().code() != Errc::timeout) lose_gate(bytes.error().message());
  }
  if (items[2].revents != 0 && line_) from_line();
  if (auto rest = framer_.idle(steady_clock::now())) tell_code(std::move(*rest));
  return {};
}

milliseconds ScannerService::until_next_deadline() const {
  milliseconds wait = left_until(watchdog_at_);
  if (!gate_) wait = std::min(wait, left_until(connect_at_));
  if (!line_) wait = std::min(wait, left_until(open_at_));
  if (const auto idle = framer_.idle_at()) wait = std::min(wait, left_until(*idle));
  return wait;
}

void ScannerService::connect_gate() {
  auto connected = posix::SeqpacketSocket::connect(options_.socket);
  if (!connected) {
    connect_at_ = steady_clock::now() + connect_pause_;
    connect_pause_ = std::min(connect_pause_ * 2, kConnectMost);
    return;
  }
  gate_ = *std::move(connected);
  connect_pause_ = kConnectFirst;
  log(Priority::notice, "gate_connected", {{"aisle", options_.aisle}});
  to_gate(reader_protocol::Hello{.aisle = options_.aisle,
                                 .pid = static_cast<std::uint32_t>(::getpid()),
                                 .role = reader_protocol::Role::scanner});
  if (state_) to_gate(*state_);
}

void ScannerService::lose_gate(const std::string& why) {
  log(Priority::warning, "gate_lost", {{"aisle", options_.aisle}, {"why", why}});
  gate_ = {};
  connect_at_ = steady_clock::now() + connect_pause_;
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
  for (Bytes& code : framer_.push(*bytes, steady_clock::now())) tell_code(std::move(code));
}

void ScannerService::tell_code(Bytes code) {
  const auto now = steady_clock::now();
  if (now < next_code_at_) return;
  next_code_at_ = now + kBetweenCodes;
  to_gate(reader_protocol::Code{std::move(code)});
}

void ScannerService::tell_state(ReaderState state, const std::string& text) {
  if (state_ && state_->state == state) return;
  state_ = reader_protocol::State{state, text};
  log(state == ReaderState::lost ? Priority::error : Priority::notice, "scanner_state",
      {{"aisle", options_.aisle}, {"state", static_cast<unsigned>(state)}, {"text", text}});
  to_gate(*state_);
}

/// A code for a gate that is not there is dropped: its passenger shows it again.
void ScannerService::to_gate(reader_protocol::Body body) {
  if (!gate_) return;
  const auto bytes = reader_protocol::encode({.request = 0, .body = std::move(body)});
  if (auto sent = gate_.send(bytes, kGatePatience); !sent) lose_gate(sent.error().message());
}

}  // namespace tidegate::edge
