// SPDX-License-Identifier: Apache-2.0
// Relays between gate and child, and replaces a child that hangs.
#include "edge/reader/reader_service.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "edge/reader/notify.h"
#include "edge/reader/stop_signals.h"

namespace tidegate::edge {
namespace {

using reader_protocol::Cause;
using reader_protocol::Message;
using reader_protocol::ReaderState;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// libnfc may need 50 ms more than it was given; the rest is for a busy machine.
constexpr milliseconds kApduMargin{150};
constexpr milliseconds kReselectTime{1500};
/// An idle child says every 250 ms that it lives, but opening a silent reader takes it 1.4 s.
constexpr milliseconds kChildSilence{3000};
/// The first two new children come at once; a reader or card that kills each one gets slower ones.
constexpr unsigned kDeathsAtOnce = 2;
constexpr milliseconds kStartFirst{50};
constexpr milliseconds kStartMost{1000};
constexpr milliseconds kWorkingSpell{1000};
constexpr milliseconds kWatchdogPeriod{1000};
constexpr milliseconds kCheckTime{8000};

}  // namespace

Status ReaderService::run() {
  auto signals = stop_signals();
  if (!signals) return fail(std::move(signals.error()));
  signals_ = *std::move(signals);
  log(Priority::notice, "reader_started",
      {{"aisle", options_.aisle}, {"device", options_.connstring}});
  notify_service_manager("READY=1");
  while (!stop_)
    if (auto done = step(); !done) return done;
  child_ = {};
  log(Priority::notice, "reader_stopped", {{"aisle", options_.aisle}});
  return {};
}

Status ReaderService::step() {
  const auto now = steady_clock::now();
  if (now >= watchdog_at_) {
    notify_service_manager("WATCHDOG=1");
    watchdog_at_ = now + kWatchdogPeriod;
  }
  if (!child_ && now >= start_child_at_) start_child();
  if (gate_.connect(now)) greet_gate();

  std::array<pollfd, 3> items{{{signals_.get(), POLLIN, 0},
                               {gate_.fd(), POLLIN, 0},
                               {child_ ? child_.socket().fd() : -1, POLLIN, 0}}};
  const auto wait = until_next_deadline();
  if (::poll(items.data(), items.size(), static_cast<int>(wait.count())) < 0 && errno != EINTR)
    return fail_errno("waiting for gate and reader");
  if ((items[0].revents & POLLIN) != 0) stop_ = true;
  if (items[2].revents != 0) from_child();  // first: what the child said came before new wishes
  if (items[1].revents != 0 && gate_) from_gate();

  const auto after = steady_clock::now();
  if (child_ && active_ && after >= active_->deadline)
    replace_child("it missed the deadline of a request");
  else if (child_ && !active_ && after >= last_sign_ + kChildSilence)
    replace_child("it gave no sign of life");
  return {};
}

milliseconds ReaderService::until_next_deadline() const {
  milliseconds wait = left_until(watchdog_at_);
  if (!gate_) wait = std::min(wait, gate_.until_next_try());
  if (!child_) return std::min(wait, left_until(start_child_at_));
  return std::min(wait, left_until(active_ ? active_->deadline : last_sign_ + kChildSilence));
}

// --- the gate ---------------------------------------------------------------------------------

void ReaderService::greet_gate() {
  told_.reset();
  waiting_.clear();
  phase_ = CardPhase::looking;
  const reader_protocol::Hello hello{.aisle = options_.aisle,
                                     .pid = static_cast<std::uint32_t>(::getpid())};
  to_gate(0, hello);
  if (state_) tell_state(*state_);
  if (!child_) return;
  // What the child saw for an earlier gate is not for this one: it says Hello back when it has
  // reset the field, and nothing counts before that.
  fresh_ = false;
  const auto bytes = reader_protocol::encode({.request = 0, .body = hello});
  if (!child_.socket().send(bytes, milliseconds{0})) replace_child("it does not listen");
}

void ReaderService::lose_gate(const std::string& why) {
  gate_.lose(why);
  waiting_.clear();
  if (active_) active_->orphan = true;
}

void ReaderService::from_gate() {
  const auto bytes = gate_.receive();
  if (!bytes) {
    if (bytes.error().code() != Errc::timeout) lose_gate(bytes.error().message());
    return;
  }
  auto message = reader_protocol::decode(*bytes);
  if (!message) return lose_gate(message.error().message());
  waiting_.push_back(*std::move(message));
  pump();
}

void ReaderService::pump() {
  while (child_ && !active_ && !waiting_.empty()) {
    const Message message = std::move(waiting_.front());
    waiting_.pop_front();
    const bool lost = state_ && state_->state == ReaderState::lost;
    const auto now = steady_clock::now();
    if (const auto* apdu = std::get_if<reader_protocol::Apdu>(&message.body)) {
      if (phase_ != CardPhase::held || lost) {
        to_gate(message.request,
                reader_protocol::Failed{lost ? Cause::reader : Cause::gone,
                                        lost ? "the reader is lost" : "no card is selected"});
        continue;
      }
      active_ = Active{.request = message.request, .deadline = now + apdu->timeout + kApduMargin};
    } else if (std::holds_alternative<reader_protocol::Reselect>(message.body)) {
      if (lost) {
        to_gate(message.request, reader_protocol::Failed{Cause::reader, "the reader is lost"});
        continue;
      }
      active_ = Active{.request = message.request, .deadline = now + kReselectTime};
    } else if (std::holds_alternative<reader_protocol::Release>(message.body)) {
      if (phase_ == CardPhase::held) phase_ = CardPhase::released;
    } else {
      continue;  // nothing a gate has to say
    }
    if (!child_.socket().send(reader_protocol::encode(message), milliseconds{0}))
      replace_child("it does not listen");
  }
}

void ReaderService::to_gate(std::uint32_t request, reader_protocol::Body body) {
  const auto sent = gate_.send({.request = request, .body = std::move(body)});
  if (!sent) lose_gate(sent.error().message());
}

void ReaderService::tell_state(const reader_protocol::State& state) {
  if (told_ && told_->state == state.state) return;
  told_ = state;
  log(state.state == ReaderState::lost ? Priority::error : Priority::notice, "reader_state",
      {{"aisle", options_.aisle},
       {"state", static_cast<unsigned>(state.state)},
       {"text", state.text}});
  to_gate(0, state);
}

// --- the child --------------------------------------------------------------------------------

void ReaderService::start_child() {
  const auto body = [this](posix::SeqpacketSocket socket) {
    ReaderChild{std::move(socket), options_.connstring, phase_}.run();
    return 0;
  };
  auto started = ChildProcess::start(body, {gate_.fd(), signals_.get()});
  const auto now = steady_clock::now();
  start_child_at_ = now + kStartMost;
  if (!started) return log(Priority::error, "child_not_started", {{"error", started.error()}});
  child_ = *std::move(started);
  child_started_ = last_sign_ = now;
  state_.reset();
  fresh_ = true;
  pump();
}

void ReaderService::replace_child(const std::string& why) {
  const bool hung = active_ && steady_clock::now() >= active_->deadline;
  const std::string ending = child_.kill();
  ++deaths_;
  log(Priority::warning, "child_replaced",
      {{"aisle", options_.aisle}, {"why", why}, {"ending", ending}, {"deaths", deaths_}});
  milliseconds pause{0};
  if (deaths_ > kDeathsAtOnce)
    pause = std::min(kStartMost, kStartFirst * (1U << std::min(deaths_ - kDeathsAtOnce, 8U)));
  start_child_at_ = steady_clock::now() + pause;
  fail_active(hung ? Cause::timeout : Cause::reader, why);
  if (deaths_ > kDeathsAtOnce) {
    state_ = reader_protocol::State{ReaderState::lost, "the reader's process dies again and again"};
    tell_state(*state_);
  }
}

void ReaderService::from_child() {
  const auto bytes = child_.socket().receive(milliseconds{0});
  if (!bytes) {
    if (bytes.error().code() != Errc::timeout) replace_child("it died");
    return;
  }
  const auto message = reader_protocol::decode(*bytes);
  if (!message) return replace_child("it talks nonsense");
  last_sign_ = steady_clock::now();
  if (const auto* state = std::get_if<reader_protocol::State>(&message->body)) {
    on_child_state(*state);
  } else if (std::holds_alternative<reader_protocol::Hello>(message->body)) {
    fresh_ = true;
  } else {
    on_child_answer(*message);
  }
  pump();
}

void ReaderService::on_child_state(const reader_protocol::State& state) {
  const bool settled = last_sign_ - child_started_ >= kWorkingSpell;
  if (deaths_ > kDeathsAtOnce && !settled) return;  // each new child says first that all is well
  if (settled) deaths_ = 0;
  state_ = state;
  tell_state(state);
  if (state.state == ReaderState::lost) fail_active(Cause::reader, state.text);
}

void ReaderService::on_child_answer(const Message& message) {
  const bool unasked = message.request == 0;
  bool wanted = fresh_ && gate_;
  if (active_ && message.request == active_->request && !unasked) {
    wanted = wanted && !active_->orphan;
    active_.reset();
  } else if (!unasked) {
    wanted = false;  // the gate has had its answer
  }
  if (!wanted) return;
  if (std::holds_alternative<reader_protocol::Target>(message.body)) {
    phase_ = CardPhase::held;
    tell_state({ReaderState::ok, ""});  // a child that finds cards works, however young it is
  }
  if (std::holds_alternative<reader_protocol::Gone>(message.body)) phase_ = CardPhase::looking;
  to_gate(message.request, message.body);
}

void ReaderService::fail_active(Cause cause, const std::string& text) {
  if (!active_) return;
  const Active failed = *std::exchange(active_, std::nullopt);
  if (!failed.orphan) to_gate(failed.request, reader_protocol::Failed{cause, text});
}

Result<std::string> ReaderService::check(const std::string& connstring) {
  const auto body = [&](const posix::SeqpacketSocket& socket) {
    std::string text;
    auto reader = nfc::open_reader(connstring);
    if (!reader) {
      text = reader.error().message();
    } else if (auto found = (*reader)->select(); !found) {
      text = found.error().message();
    } else {
      text = *found ? "the reader works, a card is in its field" : "the reader works, no card";
    }
    const bool sent = socket.send(as_bytes(text), milliseconds{100}).has_value();
    return reader && sent ? 0 : 1;
  };
  auto child = ChildProcess::start(body, {});
  if (!child) return fail(std::move(child.error()));
  const auto text = child->socket().receive(kCheckTime);
  const auto code = child->wait(kCheckTime);
  if (!code) return fail(code.error());
  if (!text) return fail(text.error());
  std::string sentence{as_text(*text)};
  if (*code != 0) return fail(Errc::io, sentence);
  return sentence;
}

}  // namespace tidegate::edge
