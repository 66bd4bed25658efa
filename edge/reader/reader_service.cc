// SPDX-License-Identifier: Apache-2.0
// Connects to the gate, starts a child that serves it, and replaces a child that hangs or dies.
#include "edge/reader/reader_service.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "edge/reader/notify.h"
#include "edge/reader/reader_child.h"
#include "edge/reader/stop_signals.h"

namespace tidegate::edge {
namespace {

using reader_protocol::Cause;
using reader_protocol::ReaderState;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How often the child's notes are looked at. No deadline is as near as this when it is set.
constexpr milliseconds kLook{150};
/// An idle child shows every 500 ms that it lives, but opening a silent reader takes it 1.4 s.
constexpr milliseconds kChildSilence{3000};
/// A child whose gate is gone ends by itself, behind one search at most, and switches the field
/// off.
constexpr milliseconds kChildEnd{500};
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
  auto notes = ChildNotes::make();
  if (!notes) return fail(std::move(notes.error()));
  notes_ = *notes;
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
  if (gate_.connect(now)) greet_gate();
  if (gate_ && !child_ && now >= start_child_at_) start_child();

  // What the gate says is for the child: here only the end of either is heard.
  std::array<pollfd, 3> items{{{signals_.get(), POLLIN, 0},
                               {gate_.fd(), 0, 0},
                               {child_ ? child_.socket().fd() : -1, 0, 0}}};
  const auto wait = until_next_look();
  if (::poll(items.data(), items.size(), static_cast<int>(wait.count())) < 0 && errno != EINTR)
    return fail_errno("waiting for gate and reader");
  if ((items[0].revents & POLLIN) != 0) stop_ = true;
  if (items[1].revents != 0) {
    lose_gate("it closed");
  } else if (items[2].revents != 0) {
    replace_child("it died");
  } else if (child_) {
    look_after_child();
  }
  return {};
}

milliseconds ReaderService::until_next_look() const {
  const milliseconds wait = left_until(watchdog_at_);
  if (!gate_) return std::min(wait, gate_.until_next_try());
  if (!child_) return std::min(wait, left_until(start_child_at_));
  const auto deadline = notes_->deadline();
  return std::min(wait, deadline ? left_until(*deadline) : kLook);
}

// --- the gate ---------------------------------------------------------------------------------

void ReaderService::greet_gate() {
  notes_->begin_afresh();
  to_gate(0, reader_protocol::Hello{.aisle = options_.aisle,
                                    .pid = static_cast<std::uint32_t>(::getpid())});
  if (deaths_ > kDeathsAtOnce) say_lost();
}

/// What the child saw and was asked belongs to this gate: the next one gets a child of its own.
void ReaderService::lose_gate(const std::string& why) {
  if (child_) static_cast<void>(child_.wait(kChildEnd));
  child_ = {};
  gate_.lose(why);
}

void ReaderService::to_gate(std::uint32_t request, reader_protocol::Body body) {
  const auto sent = gate_.send({.request = request, .body = std::move(body)});
  if (!sent) lose_gate(sent.error().message());
}

// --- the child --------------------------------------------------------------------------------

void ReaderService::start_child() {
  const auto body = [this](const posix::SeqpacketSocket&) {
    ReaderChild{gate_.take_socket(),
                *notes_,
                {.aisle = options_.aisle,
                 .connstring = options_.connstring,
                 .wary = deaths_ > kDeathsAtOnce}}
        .run();
    return 0;
  };
  child_started_ = steady_clock::now();
  start_child_at_ = child_started_ + kStartMost;
  notes_->show_life();
  auto started = ChildProcess::start(body, {signals_.get()});
  if (!started) return log(Priority::error, "child_not_started", {{"error", started.error()}});
  child_ = *std::move(started);
}

void ReaderService::look_after_child() {
  const auto now = steady_clock::now();
  const auto deadline = notes_->deadline();
  if (deadline && now >= *deadline) return replace_child("it missed the deadline of a request");
  const SteadyTime sign = notes_->last_sign();
  if (!deadline && now >= sign + kChildSilence) return replace_child("it gave no sign of life");
  if (sign - child_started_ >= kWorkingSpell) deaths_ = 0;
}

void ReaderService::replace_child(const std::string& why) {
  const std::string ending = child_.kill();
  ++deaths_;
  log(Priority::warning, "child_replaced",
      {{"aisle", options_.aisle}, {"why", why}, {"ending", ending}, {"deaths", deaths_}});
  milliseconds pause{0};
  if (deaths_ > kDeathsAtOnce)
    pause = std::min(kStartMost, kStartFirst * (1U << std::min(deaths_ - kDeathsAtOnce, 8U)));
  const auto now = steady_clock::now();
  start_child_at_ = now + pause;
  if (const auto deadline = notes_->deadline()) {
    notes_->end_request();
    to_gate(notes_->request(),
            reader_protocol::Failed{now >= *deadline ? Cause::timeout : Cause::reader, why});
  }
  if (gate_ && deaths_ > kDeathsAtOnce) say_lost();
}

void ReaderService::say_lost() {
  if (notes_->is_told(ReaderState::lost)) return;
  notes_->set_told(ReaderState::lost);
  const reader_protocol::State state{ReaderState::lost,
                                     "the reader's process dies again and again"};
  log(Priority::error, "reader_state",
      {{"aisle", options_.aisle},
       {"state", static_cast<unsigned>(state.state)},
       {"text", state.text}});
  to_gate(0, state);
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
