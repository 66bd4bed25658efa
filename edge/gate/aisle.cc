// SPDX-License-Identifier: Apache-2.0
// The life of one aisle's thread.
#include "edge/gate/aisle.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "edge/gate/texts.h"
#include "nfc/pcsc/pcsc_sam.h"
#include "nfc/softsam/softsam.h"

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
namespace protocol = reader_protocol;

constexpr milliseconds kPatience{200};
constexpr milliseconds kRetryPause{100};
/// How long a passenger may read how a code ended.
constexpr milliseconds kCodeShown{2000};
/// How long the code that opened may be held before the scanner without being told that it is used.
constexpr std::chrono::seconds kHeldCode{10};
/// How often a card that waits looks whether it is its turn.
constexpr milliseconds kTurnLook{20};
/// How often an idle aisle sees whether its SAM is there, and asks pcscd for one that is not.
constexpr milliseconds kSamLook{1000}, kSamRetry{500};

}  // namespace

Aisle::Aisle(const Services& services, const AisleConfig& config, ReaderLink& link, GateLink& gate)
    : services_{services}, config_{config}, link_{link}, front_{gate, config.number} {
  thread_ = std::thread{[this] { run(); }};
}

void Aisle::stop() {
  stopping_ = true;
}

Aisle::~Aisle() {
  stop();
  // A tap that runs keeps its reader to the end: each of its steps has a deadline.
  thread_.join();
  link_.stop();
}

void Aisle::run() {
  while (!stopping_) {
    if (may_serve()) {
      serve_one();
    } else {
      show_state(closed_display());
      pause();
    }
  }
  front_.show(out_of_service_display());
}

void Aisle::pause() {
  if (link_.wait_connected(kRetryPause)) std::this_thread::sleep_for(kRetryPause);
}

bool Aisle::may_serve() {
  if (!sam_ready()) return false;
  if (!services_.committer.healthy()) return false;
  if (!link_.wait_connected(milliseconds{0})) {
    reader_ok_ = true;  // the next connection tells by itself what is wrong with it
    return false;
  }
  return true;
}

bool Aisle::sam_ready() {
  const SteadyTime now = services_.clock.steady();
  if (now < sam_due_) return sam_ != nullptr;
  if (sam_) {
    sam_due_ = now + kSamLook;
    const auto there = sam_->alive();
    if (there) return true;
    // The display first: opening the next one may take a while.
    show_state(out_of_service_display());
    log(Priority::alert, "sam_lost", {{"aisle", config_.number}, {"error", there.error()}});
    sam_.reset();
  }
  const bool ready = open_sam();
  if (ready) {
    sam_due_ = now + kSamLook;
  } else if (!config_.sam_reader.empty()) {
    sam_due_ = now + kSamRetry;
  }
  return ready;
}

bool Aisle::open_sam() {
  auto sam = config_.sam_reader.empty() ? nfc::open_softsam(config_.sam, services_.config.realm)
                                        : nfc::open_pcsc_sam(config_.sam_reader);
  if (!sam) {
    if (!std::exchange(sam_missing_told_, true))
      log(Priority::alert, "sam_missing", {{"aisle", config_.number}, {"error", sam.error()}});
    return false;
  }
  sam_ = std::move(*sam);
  sam_missing_told_ = false;
  const TerminalNo terminal = sam_->terminal();
  services_.memory.terminals.add(terminal);
  log(Priority::info, "sam_ready",
      {{"aisle", config_.number}, {"terminal", to_hex(terminal.get())}});
  const auto before = std::exchange(terminal_, terminal);
  if (before && *before != terminal) {
    services_.committer.post({entry_head(services_.clock, config_.number, services_.modes.get()),
                              SamChange{.before = *before, .after = terminal}},
                             Commit::ride_along);
  }
  return true;
}

void Aisle::serve_one() {
  const bool fire = services_.modes.get().has(fare::Modes::kEmergency);
  if (!reader_ok_) {
    show_state(closed_display());
  } else if (!two_cards_told_) {
    show_state(fire ? emergency_display() : ready_display());
  }
  const ReaderLink::Event event = link_.next(kPatience);
  if (std::holds_alternative<protocol::Target>(event)) {
    reader_ok_ = true;
    two_cards_told_ = false;
    if (services_.modes.get().has(fare::Modes::kEmergency)) {
      emergency();
    } else {
      tap();
    }
    link_.release();
    wait_gone();
  } else if (const auto* state = std::get_if<protocol::State>(&event)) {
    reader_ok_ = state->state != protocol::ReaderState::lost;
    if (!reader_ok_)
      log(Priority::alert, "reader_down", {{"aisle", config_.number}, {"text", state->text}});
    if (state->state == protocol::ReaderState::two_cards) {
      two_cards(state->text);
    } else {
      two_cards_told_ = false;
    }
  } else if (std::holds_alternative<protocol::Gone>(event)) {
    two_cards_told_ = false;
  }
}

/// A card waits for the passage of who has just opened by code: it may be in the same telephone.
void Aisle::tap() {
  while (!stopping_) {
    {
      const std::lock_guard serving{serving_};
      if (!front_.is_taken_from(Medium::card)) return serve_card();
    }
    ReaderLink::Event event = link_.next(kTurnLook);
    if (std::holds_alternative<ReaderLink::Nothing>(event)) continue;
    link_.hold(std::move(event));
    return;
  }
}

void Aisle::serve_card() {
  front_.serve(Medium::card);
  TapPipeline pipeline{services_, config_, *sam_, front_};
  const TapReport report = pipeline.run(link_);
  if (report.refusal == fare::RefusalCode::sam_unavailable) {
    sam_.reset();
    sam_due_ = {};
  }
}

void Aisle::two_cards(const std::string& text) {
  if (front_.is_taken_from(Medium::card)) return;
  if (std::exchange(two_cards_told_, true)) return;
  const std::lock_guard serving{serving_};
  TapPipeline pipeline{services_, config_, *sam_, front_};
  pipeline.refuse_unread(fare::RefusalCode::two_cards, text);
}

/// Nothing is written and nothing is asked of the card.
void Aisle::emergency() {
  const bool out = config_.direction != AisleDirection::entry;
  front_.open(out ? gate_protocol::Direction::exit : gate_protocol::Direction::entry, {});
  front_.show_state_anew(emergency_display());
}

void Aisle::wait_gone() {
  while (!stopping_) {
    ReaderLink::Event event = link_.next(kPatience);
    if (std::holds_alternative<protocol::Gone>(event)) return;
    if (std::holds_alternative<ReaderLink::Lost>(event)) return;
    if (const auto* state = std::get_if<protocol::State>(&event)) {
      reader_ok_ = state->state != protocol::ReaderState::lost;
      return;  // a reader that began anew has no card of ours any more
    }
    if (auto* target = std::get_if<protocol::Target>(&event)) {
      link_.hold(std::move(*target));
      return;
    }
  }
}

void Aisle::present(CodeTrust& trust, ByteView code) {
  const std::lock_guard serving{serving_};
  if (stopping_) return;
  if (services_.modes.get().has(fare::Modes::kEmergency)) return emergency();
  // What cannot be recorded is not taken; the display says so already.
  if (!services_.committer.healthy()) return;
  // What is dropped here the scanner tells again while it is shown.
  if (front_.is_taken_from(Medium::code) || has_just_opened(code)) return;
  front_.serve(Medium::code);
  const TapReport report = present_code(services_, config_, trust, front_, code);
  front_.hold(kCodeShown);
  if (report.end != TapReport::End::opened) return;
  opened_code_.assign(code.begin(), code.end());
  opened_code_at_ = std::chrono::steady_clock::now();
}

bool Aisle::has_just_opened(ByteView code) const {
  return front_.waits_for_passage() && std::ranges::equal(opened_code_, code) &&
         std::chrono::steady_clock::now() - opened_code_at_ < kHeldCode;
}

gate_protocol::Display Aisle::closed_display() const {
  const bool codes = scanner_works_ && services_.committer.healthy();
  return codes ? codes_only_display() : out_of_service_display();
}

}  // namespace tidegate::edge
