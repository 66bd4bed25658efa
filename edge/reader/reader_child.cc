// SPDX-License-Identifier: Apache-2.0
#include "edge/reader/reader_child.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/log.h"

namespace tidegate::edge {
namespace {

using reader_protocol::Cause;
using reader_protocol::ReaderState;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// libnfc may need 50 ms more than it was given; the rest is for a busy machine.
constexpr milliseconds kApduMargin{150};
constexpr milliseconds kReselectDeadline{1500};
constexpr milliseconds kSignOfLife{500};
constexpr milliseconds kGatePatience{200};
/// So long a wary child must have worked before it says that it does.
constexpr milliseconds kWarySpell{1000};
/// Between two presence checks; a loop without a pause floods the reader.
constexpr milliseconds kPresencePause{50};
constexpr unsigned kAbsencesToReset = 2;
constexpr unsigned kFailuresToLose = 5;
constexpr milliseconds kFailurePause{20};
constexpr milliseconds kTwoCardsPause{100};
constexpr milliseconds kReselectTime{300};
constexpr milliseconds kReselectPause{10};
constexpr milliseconds kReopenFirst{50};
constexpr milliseconds kReopenMost{1000};
/// A gate that says nothing of its card for so long has forgotten it.
constexpr milliseconds kForgotten{10'000};

Cause cause_of(Errc code) {
  switch (code) {
    case Errc::gone: return Cause::gone;
    case Errc::timeout: return Cause::timeout;
    case Errc::io: return Cause::reader;
    default: return Cause::invalid;
  }
}

/// Phones make up a new UID, 08 and three random bytes, each time the field comes back.
bool random_uid(const Bytes& uid) {
  return uid.size() == 4 && uid[0] == 0x08;
}

/// The card in the field can be the one the gate was told of. The gate itself asks its number.
bool may_be_same(const std::optional<Bytes>& known, const Bytes& seen) {
  return !known || *known == seen || (random_uid(*known) && random_uid(seen));
}

}  // namespace

ReaderChild::ReaderChild(posix::SeqpacketSocket gate, ChildNotes& notes, ReaderChildOptions options)
    : gate_{std::move(gate)},
      notes_{notes},
      options_{std::move(options)},
      started_{steady_clock::now()} {}

void ReaderChild::run() {
  last_request_ = steady_clock::now();
  while (gate_here_) {
    if (!reader_) {
      open_until_it_works();
      continue;
    }
    switch (notes_.phase()) {
      case CardPhase::looking: look(); break;
      case CardPhase::held: hold(); break;
      case CardPhase::released: watch_leaving(); break;
    }
  }
}

void ReaderChild::open_until_it_works() {
  milliseconds pause = kReopenFirst;
  selected_ = false;
  while (gate_here_) {
    show_life();
    auto opened = nfc::open_reader(options_.connstring);
    if (opened) {
      reader_ = *std::move(opened);
      failures_ = 0;
      last_request_ = steady_clock::now();
      return set_state(ReaderState::ok, "");
    }
    set_state(ReaderState::lost, opened.error().message());
    const auto until = steady_clock::now() + pause;
    while (gate_here_ && steady_clock::now() < until)
      serve(std::chrono::ceil<milliseconds>(until - steady_clock::now()));
    pause = std::min(pause * 2, kReopenMost);
  }
}

void ReaderChild::look() {
  serve(milliseconds{0});
  if (!reader_ || notes_.phase() != CardPhase::looking) return;
  auto found = reader_->select();
  if (!found && found.error().code() == Errc::exists) {
    set_state(ReaderState::two_cards, found.error().message());
    serve(kTwoCardsPause);
    return;
  }
  if (!found) return reader_failed(found.error());
  failures_ = 0;
  set_state(ReaderState::ok, "");
  if (*found) announce(**found, 0);
}

void ReaderChild::announce(const nfc::Target& target, std::uint32_t request) {
  notes_.set_card(target.uid);
  notes_.set_phase(CardPhase::held);
  selected_ = true;
  options_.wary = false;
  tell_state();
  last_request_ = steady_clock::now();
  send(request, reader_protocol::Target{
                    .atqa = target.atqa, .sak = target.sak, .uid = target.uid, .ats = target.ats});
}

void ReaderChild::hold() {
  if (serve(kSignOfLife)) return;
  if (steady_clock::now() - last_request_ > kForgotten) notes_.set_phase(CardPhase::released);
}

void ReaderChild::watch_leaving() {
  if (serve(kPresencePause)) return;
  if (selected_ && absences_ < kAbsencesToReset) {
    const auto present = reader_->present();
    if (!present) return reader_failed(present.error());
    failures_ = 0;
    absences_ = *present ? 0 : absences_ + 1;
    return;
  }
  // A halted card does not answer a presence check, but it answers after a reset.
  absences_ = 0;
  selected_ = false;
  if (auto reset = reader_->reset_field(); !reset) return reader_failed(reset.error());
  auto found = reader_->select();
  if (!found && found.error().code() == Errc::exists) return;  // ours may be one of the two
  if (!found) return reader_failed(found.error());
  failures_ = 0;
  if (*found && may_be_same(notes_.card(), (*found)->uid)) {
    selected_ = true;
    return;
  }
  notes_.set_phase(CardPhase::looking);
  send(0, reader_protocol::Gone{});
  if (*found) announce(**found, 0);
}

bool ReaderChild::serve(milliseconds timeout) {
  show_life();
  const auto bytes = gate_.receive(std::min(timeout, kSignOfLife));
  if (!bytes) {
    if (bytes.error().code() != Errc::timeout) gate_here_ = false;
    return false;
  }
  const auto message = reader_protocol::decode(*bytes);
  if (message) {
    handle(*message);
  } else {
    give_up_gate(message.error());
  }
  return true;
}

void ReaderChild::handle(const reader_protocol::Message& message) {
  const auto now = steady_clock::now();
  last_request_ = now;
  if (const auto* apdu = std::get_if<reader_protocol::Apdu>(&message.body)) {
    notes_.begin_request(message.request, now + apdu->timeout + kApduMargin);
    send(message.request, exchange(*apdu));
    notes_.end_request();
    last_request_ = steady_clock::now();
  } else if (std::holds_alternative<reader_protocol::Reselect>(message.body)) {
    notes_.begin_request(message.request, now + kReselectDeadline);
    reselect(message.request);
    notes_.end_request();
  } else if (std::holds_alternative<reader_protocol::Release>(message.body)) {
    if (notes_.phase() == CardPhase::held) notes_.set_phase(CardPhase::released);
    absences_ = 0;
  }
}

reader_protocol::Body ReaderChild::exchange(const reader_protocol::Apdu& apdu) {
  if (!reader_) return reader_protocol::Failed{Cause::reader, "the reader is lost"};
  if (notes_.phase() != CardPhase::held || !selected_)
    return reader_protocol::Failed{Cause::gone, "no card is selected"};
  auto answer = reader_->transceive(apdu.command, apdu.timeout);
  if (answer) {
    failures_ = 0;
    return reader_protocol::Reply{*std::move(answer)};
  }
  const Error error = answer.error();
  // Whatever went wrong, nobody knows what the card has done: nothing more until it was reset.
  selected_ = false;
  if (error.code() == Errc::io) reader_failed(error);
  return reader_protocol::Failed{cause_of(error.code()), error.message()};
}

void ReaderChild::reselect(std::uint32_t request) {
  const auto until = steady_clock::now() + kReselectTime;
  selected_ = false;
  Error last{Errc::gone, "no card answers after a reset of the field"};
  while (reader_) {
    Result<std::optional<nfc::Target>> found = std::nullopt;
    if (auto reset = reader_->reset_field(); !reset) {
      found = fail(reset.error());
    } else {
      found = reader_->select();
    }
    if (found && *found) {
      failures_ = 0;
      if (may_be_same(notes_.card(), (*found)->uid)) return announce(**found, request);
      last = Error{Errc::gone, "another card is in the field"};
      break;
    }
    if (!found) {
      last = found.error();
      if (last.code() == Errc::io) reader_failed(last);
      if (last.code() == Errc::exists) last = Error{Errc::gone, "more than one card in the field"};
    }
    if (steady_clock::now() >= until) break;
    std::this_thread::sleep_for(kReselectPause);
  }
  if (!reader_) last = Error{Errc::io, "the reader is lost"};
  send(request, reader_protocol::Failed{cause_of(last.code()), last.message()});
}

void ReaderChild::send(std::uint32_t request, Body body) {
  const auto bytes = reader_protocol::encode({.request = request, .body = std::move(body)});
  if (const auto sent = gate_.send(bytes, kGatePatience); !sent) give_up_gate(sent.error());
}

/// The parent sees it and connects anew.
void ReaderChild::give_up_gate(const Error& why) {
  log(Priority::warning, "gate_given_up", {{"aisle", options_.aisle}, {"error", why}});
  gate_.shut_down();
  gate_here_ = false;
}

void ReaderChild::set_state(ReaderState state, const std::string& text) {
  if (!state_ || state_->state != state)
    state_ = reader_protocol::State{.state = state, .text = text};
  show_life();
}

void ReaderChild::show_life() {
  notes_.show_life();
  tell_state();
}

/// Once each, also over several children: a gate takes a new state for a new beginning.
void ReaderChild::tell_state() {
  if (!state_ || notes_.is_told(state_->state)) return;
  if (options_.wary && steady_clock::now() - started_ < kWarySpell) return;
  notes_.set_told(state_->state);
  log(state_->state == ReaderState::lost ? Priority::error : Priority::notice, "reader_state",
      {{"aisle", options_.aisle},
       {"state", static_cast<unsigned>(state_->state)},
       {"text", state_->text}});
  send(0, *state_);
}

void ReaderChild::reader_failed(const Error& error) {
  if (++failures_ < kFailuresToLose) {
    std::this_thread::sleep_for(kFailurePause);
    return;
  }
  reader_.reset();
  selected_ = false;
  set_state(ReaderState::lost, error.message());
}

}  // namespace tidegate::edge
