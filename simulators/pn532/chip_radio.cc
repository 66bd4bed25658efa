// SPDX-License-Identifier: Apache-2.0
// The commands of the chip that speak to cards.
#include <algorithm>

#include "simulators/pn532/air_time.h"
#include "simulators/pn532/chip.h"

namespace tidegate::sim::pn532 {
namespace {

constexpr Byte kTimeout = 0x01;     // the card has not answered
constexpr Byte kCollision = 0x06;   // several cards answered, not all the same
constexpr Byte kOverflow = 0x07;    // communication buffer too small
constexpr Byte kNotInState = 0x27;  // no such target, or not now
constexpr Byte kMoreInformation = 0x40;
constexpr Byte kRawReply = 0x43;  // of InCommunicateThru
constexpr Byte kReqa = 0x26, kWupa = 0x52;
constexpr Byte kSakIso14443_4 = 0x20;
constexpr Byte kAutomaticRats = 0x10;
constexpr Byte kInfinite = 0xFF;
/// Registers of the radio, and their bits: CRC on; bits of the last byte to send, 0 for all 8.
constexpr std::uint16_t kTxMode = 0x6302, kRxMode = 0x6303, kBitFraming = 0x633D;
constexpr Byte kCrc = 0x80, kLastBits = 0x07;
constexpr std::size_t kPartMax = 262;
constexpr std::size_t kChainMax = 65'544;  // an extended APDU
constexpr std::chrono::milliseconds kPollUnit{150};

/// InListPassiveTarget names a UID with its cascade tags. nullopt: no such length.
std::optional<Bytes> without_cascade_tags(ByteView data) {
  Bytes out;
  switch (data.size()) {
    case 4: break;
    case 8: append(out, data.subspan(1, 3)); break;
    case 12:
      append(out, data.subspan(1, 3));
      append(out, data.subspan(5, 3));
      break;
    default: return std::nullopt;
  }
  append(out, data.last(4));
  return out;
}

bool is_poll_type(Byte type) {
  return type <= 0x04 || type == 0x10 || type == 0x11 || type == 0x12 || type == 0x20 ||
         type == 0x23 || (type >= 0x40 && type <= 0x42) || (type >= 0x80 && type <= 0x82);
}

}  // namespace

microseconds Chip::configured_timeout() const {
  if (rf_timeout_code_ == 0 || rf_timeout_code_ > 0x10) return microseconds{0};
  return microseconds{100} * (1L << (rf_timeout_code_ - 1U));
}

Step Chip::no_answer(Byte reply_code) {
  const bool raw = reply_code == kRawReply || timing_.rf_timeout.count() == 0;
  return wait_then(raw ? configured_timeout() : timing_.rf_timeout,
                   [this, reply_code](SteadyTime) { return status_reply(reply_code, kTimeout); });
}

Stay* Chip::current() {
  if (!current_ || !field_->on()) return nullptr;
  Stay* stay = field_->find(targets_[*current_].stay);
  return stay && stay->state == CardState::protocol ? stay : nullptr;
}

void Chip::put_to_sleep(std::size_t index) {
  Stay* stay = field_->find(targets_[index].stay);
  if (stay && field_->on() &&
      (stay->state == CardState::protocol || stay->state == CardState::active))
    field_->halt(*stay);
  if (current_ == index) current_.reset();
}

void Chip::set_up_frames() {
  registers_[kTxMode] |= kCrc;
  registers_[kRxMode] |= kCrc;
  registers_[kBitFraming] &= static_cast<Byte>(~kLastBits);
}

bool Chip::frames_are_whole() {
  return (registers_[kTxMode] & registers_[kRxMode] & kCrc) != 0 &&
         (registers_[kBitFraming] & kLastBits) == 0;
}

bool Chip::frames_are_short() {
  return ((registers_[kTxMode] | registers_[kRxMode]) & kCrc) == 0 &&
         (registers_[kBitFraming] & kLastBits) == kLastBits;
}

void Chip::forget_targets() {
  targets_.clear();
  current_.reset();
}

bool Chip::make_current(std::size_t index) {
  if (current_ == index) return current() != nullptr;
  if (current_) put_to_sleep(*current_);
  Stay* stay = field_->find(targets_[index].stay);
  if (!stay || !field_->on() || !targets_[index].iso14443_4) return false;
  if (stay->state != CardState::halted) return false;  // reset since: the chip's SELECT fails
  field_->start_protocol(*stay);
  current_ = index;
  return true;
}

Bytes Chip::adopt(Stay& stay) {
  const Card& card = *stay.card;
  const auto atqa = card.atqa();
  const Bytes uid = card.uid();
  const bool protocol = (card.sak() & kSakIso14443_4) && (settings_ & kAutomaticRats);
  if (current_) put_to_sleep(*current_);
  targets_.push_back({stay.id, protocol});
  current_ = targets_.size() - 1;

  Bytes out{static_cast<Byte>(targets_.size()), atqa[0], atqa[1], card.sak(),
            static_cast<Byte>(uid.size())};
  append(out, uid);
  if (protocol) {
    field_->start_protocol(stay);
    Bytes ats = card.ats();
    const auto hostile = faults_.value(Fault::ats_tl);
    if (hostile && !ats.empty()) ats[0] = static_cast<Byte>(*hostile);
    append(out, ats);
  } else {
    field_->note("selected", stay);
  }
  return out;
}

Step Chip::list_passive_target(ByteView parameters, SteadyTime now) {
  const Byte targets_max = parameters[0];
  const Byte modulation = parameters[1];
  if (targets_max < 1 || targets_max > 2 || modulation > 0x04) return {};
  forget_targets();
  set_up_frames();
  field_->switch_on(now);
  const bool infinite = activation_retries_ == kInfinite;
  const unsigned tries = infinite ? 0U : activation_retries_ + 1U;
  if (modulation != 0x00) {  // FeliCa, type B, Jewel: no such card was ever put here
    if (infinite) return {Step::Kind::forever, {}};
    return wait_then(timing_.activation_try * tries,
                     [](SteadyTime) { return Step::answer({0x4B, 0x00}); });
  }
  std::optional<Bytes> uid;
  if (parameters.size() > 2) {
    uid = without_cascade_tags(parameters.subspan(2));
    if (!uid) return {};
  }
  return try_list(targets_max, uid, tries);
}

/// `tries` 0: for ever.
Step Chip::try_list(std::size_t targets_max, const std::optional<Bytes>& uid, unsigned tries) {
  Bytes found;
  while (targets_.size() < targets_max) {
    Stay* stay = field_->activate(uid);
    if (!stay) break;
    append(found, adopt(*stay));
    if (faults_.has(Fault::lost_ats)) forget_targets();
  }
  if (!targets_.empty()) {
    Bytes out{0x4B, static_cast<Byte>(targets_.size())};
    append(out, found);
    const auto found_count = static_cast<int>(targets_.size());
    const microseconds wait = timing_.air ? kActivationTime * found_count : microseconds{0};
    return wait_then(wait, [out](SteadyTime) { return Step::answer(out); });
  }
  const bool last = tries == 1;
  const unsigned left = tries == 0 ? 0 : tries - 1;
  return wait_then(timing_.activation_try, [this, targets_max, uid, left, last](SteadyTime) {
    return last ? Step::answer({0x4B, 0x00}) : try_list(targets_max, uid, left);
  });
}

Step Chip::auto_poll(ByteView parameters, SteadyTime now) {
  const Bytes types(parameters.begin() + 2, parameters.end());
  if (parameters[0] == 0 || parameters[1] < 1 || parameters[1] > 0x0F ||
      !std::all_of(types.begin(), types.end(), is_poll_type))
    return {};
  forget_targets();
  set_up_frames();
  field_->switch_on(now);
  const std::size_t rounds = parameters[0] == kInfinite ? 0 : parameters[0];
  return try_poll(types, kPollUnit * parameters[1], 0, rounds * types.size());
}

/// One type asked for in each slot; `slots` 0: for ever.
Step Chip::try_poll(const Bytes& types, microseconds period, std::size_t slot, std::size_t slots) {
  const Byte type = types[slot % types.size()];
  if (type == 0x00 || type == 0x10 || type == 0x20) {
    Stay* stay = field_->activate(std::nullopt);
    const bool iso14443_4 = stay && (stay->card->sak() & kSakIso14443_4);
    if (stay && (type == 0x00 || iso14443_4 == (type == 0x20))) {
      const Bytes data = adopt(*stay);
      if (faults_.has(Fault::lost_ats)) {
        forget_targets();
        return try_poll(types, period, slot, slots);
      }
      Bytes out{0x61, 0x01, iso14443_4 ? Byte{0x20} : Byte{0x10}, static_cast<Byte>(data.size())};
      append(out, data);
      const microseconds wait = timing_.air ? kActivationTime : microseconds{0};
      return wait_then(wait, [out](SteadyTime) { return Step::answer(out); });
    }
    if (stay) stay->state = CardState::idle;  // of the other kind: left alone
  }
  const bool last = slots != 0 && slot + 1 == slots;
  return wait_then(period, [this, types, period, slot, slots, last](SteadyTime) {
    return last ? Step::answer({0x61, 0x00}) : try_poll(types, period, slot + 1, slots);
  });
}

unsigned Chip::exchange_number(ByteView command) {
  if (command.size() < 2 || command[0] != 0x40 || targets_.empty()) return 0;
  const std::size_t tg = command[1] & 0x07U;
  if (tg == 0 || tg > targets_.size()) return 0;
  const Stay* stay = field_->find(targets_[tg - 1].stay);
  if (!stay) return 0;
  const bool fetches_part = command.size() == 2 && !chain_out_.empty();
  return stay->exchanges + (fetches_part ? 0 : 1);
}

Step Chip::data_exchange(ByteView parameters, SteadyTime) {
  const std::size_t tg = parameters[0] & 0x07U;
  const bool more = (parameters[0] & kMoreInformation) != 0;
  const ByteView data = parameters.subspan(1);
  if (tg == 0 || tg > targets_.size() || !targets_[tg - 1].iso14443_4)
    return status_reply(0x41, kNotInState);
  if (data.empty() && !more && !chain_out_.empty()) return next_part();
  chain_out_.clear();
  if (!make_current(tg - 1)) {
    chain_in_.clear();
    return no_answer(0x41);
  }
  if (chain_in_.size() + data.size() > kChainMax) {
    chain_in_.clear();
    return status_reply(0x41, kOverflow);
  }
  append(chain_in_, data);
  if (more) return status_reply(0x41, 0x00);

  const Bytes apdu = std::exchange(chain_in_, {});
  const std::uint64_t stay = targets_[tg - 1].stay;
  if (apdu.empty() || !frames_are_whole()) return no_answer(0x41);
  auto response = field_->exchange(stay, apdu);
  if (!response) return no_answer(0x41);
  microseconds wait = timing_.card_time;
  if (timing_.air) wait += air_time(apdu.size(), response->size());
  wait += std::chrono::milliseconds{faults_.value(Fault::slow_card).value_or(0)};
  const std::size_t part = faults_.value(Fault::mi_chaining).value_or(kPartMax);
  return wait_then(wait, [this, stay, part, answer = std::move(*response)](SteadyTime) {
    return take_response(stay, answer, part);
  });
}

Step Chip::take_response(std::uint64_t stay, Bytes response, std::size_t part) {
  // Taken away while it was working: it has acted, but nobody hears the answer.
  if (!field_->find(stay)) return no_answer(0x41);
  chain_out_ = std::move(response);
  chain_part_ = part;
  return next_part();
}

Step Chip::next_part() {
  const std::size_t size = std::min(chain_part_, chain_out_.size());
  const bool more = size < chain_out_.size();
  last_error_ = 0;
  Bytes out{0x41, more ? kMoreInformation : Byte{0x00}};
  append(out, ByteView{chain_out_}.first(size));
  chain_out_.erase(chain_out_.begin(), chain_out_.begin() + static_cast<std::ptrdiff_t>(size));
  return Step::answer(std::move(out));
}

/// R(NAK): a card that is there answers with R(ACK) and its own block number.
Step Chip::presence(Byte reply_code) {
  const Stay* stay = current();
  if (!stay) return no_answer(reply_code);
  const Byte r_ack = static_cast<Byte>(0xA2U | stay->block);
  const microseconds wait = timing_.air ? air_time(0, 0) : microseconds{0};
  return wait_then(
      wait, [reply_code, r_ack](SteadyTime) { return Step::answer({reply_code, 0x00, r_ack}); });
}

Step Chip::communicate_thru(ByteView parameters, SteadyTime now) {
  field_->switch_on(now);
  // Without data it only listens; raw frames of other card types find nobody.
  if (parameters.size() != 1) return no_answer(kRawReply);
  const Byte block = parameters[0];
  if ((block == kReqa || block == kWupa) && frames_are_short()) return request(block == kWupa);
  if (!frames_are_whole()) return no_answer(kRawReply);
  if (block == 0xB2 || block == 0xB3) return presence(0x43);
  if (block == 0xC2 && current()) {  // S(DESELECT)
    put_to_sleep(*current_);
    return Step::answer({0x43, 0x00, 0xC2});
  }
  return no_answer(kRawReply);
}

/// REQA or WUPA by hand: what all cards say that hear it.
Step Chip::request(bool wakes_halted) {
  const auto answers = field_->request(wakes_halted);
  if (answers.empty()) return no_answer(kRawReply);
  const microseconds wait = timing_.air ? air_time(0, 0) : microseconds{0};
  const auto first = answers.front();
  if (std::ranges::any_of(answers, [&first](const auto& answer) { return answer != first; }))
    return wait_then(wait, [this](SteadyTime) { return status_reply(kRawReply, kCollision); });
  // On the air the low byte comes first.
  return wait_then(
      wait, [first](SteadyTime) { return Step::answer({kRawReply, 0x00, first[1], first[0]}); });
}

Step Chip::deselect(ByteView parameters, SteadyTime) {
  const std::size_t tg = parameters[0];
  if (tg > targets_.size()) return status_reply(0x45, kNotInState);
  for (std::size_t i = 0; i < targets_.size(); ++i)
    if (tg == 0 || tg == i + 1) put_to_sleep(i);
  return status_reply(0x45, 0x00);
}

Step Chip::release(ByteView parameters, SteadyTime now) {
  Step out = deselect(parameters, now);
  out.reply[0] = 0x53;
  // Tg 2 stays Tg 2 when 1 is released: only the last ones can be forgotten at once.
  if (parameters[0] == 0 || targets_.size() == 1) {
    if (out.reply[1] == 0x00) targets_.clear();
  } else if (parameters[0] == targets_.size()) {
    targets_.pop_back();
  }
  return out;
}

Step Chip::select(ByteView parameters, SteadyTime) {
  const std::size_t tg = parameters[0];
  if (tg == 0 || tg > targets_.size()) return status_reply(0x55, kNotInState);
  if (!make_current(tg - 1)) return no_answer(0x55);
  return status_reply(0x55, 0x00);
}

Step Chip::change_speed(ByteView parameters, SteadyTime) {
  const std::size_t tg = parameters[0];
  const bool known = tg != 0 && tg <= targets_.size();
  return status_reply(0x4F, known ? Byte{0x00} : kNotInState);
}

}  // namespace tidegate::sim::pn532
