// SPDX-License-Identifier: Apache-2.0
#include "simulators/pn532/link.h"

#include <algorithm>

#include "simulators/pn532/air_time.h"
#include "simulators/pn532/spoil.h"

namespace tidegate::sim::pn532 {
namespace {

constexpr Byte kWakeUp = 0x55;
constexpr Byte kSamConfiguration = 0x14;
const Bytes kGarbage{0xDE, 0xAD, 0xBE};

std::chrono::milliseconds ms(const Striking& faults, Fault fault) {
  return std::chrono::milliseconds{faults.value(fault).value_or(0)};
}

}  // namespace

void Link::power_up() {
  chip_->power_up();
  baud_ = power_up_baud_;
  parser_.reset();
  outbox_.clear();
  running_ = false;
  step_due_.reset();
  last_reply_.clear();
  first_wake_ = true;
  lose_next_command_ = false;
  silent_session_ = false;
  deaf_until_.reset();
  wants_unplug_ = false;
}

void Link::receive(ByteView bytes, SteadyTime now) {
  for (const Byte byte : bytes) {
    if (wants_unplug_) return;
    if (deaf_until_) {
      if (now < *deaf_until_) return;
      deaf_until_.reset();
    }
    if (chip_->asleep()) {
      if (byte != kWakeUp) continue;
      chip_->wake();
      parser_.reset();
      if (std::exchange(first_wake_, false))
        lose_next_command_ = faults_->strike_event(Fault::first_open_fails).has_value();
      continue;
    }
    if (const auto frame = parser_.feed(byte)) on_frame(*frame, now);
  }
  run(now);
}

void Link::on_frame(const HostFrame& frame, SteadyTime now) {
  switch (frame.kind) {
    case HostFrame::Kind::broken: return;
    case HostFrame::Kind::ack: return on_ack(now);
    case HostFrame::Kind::nack:
      if (!last_reply_.empty())
        send(last_reply_, now + line_time(frame.line_bytes + last_reply_.size(), baud_));
      return;
    case HostFrame::Kind::command: return on_command(frame, now);
  }
}

void Link::on_ack(SteadyTime now) {
  if (const auto baud = chip_->confirmed_baud()) {
    if (baud_ != 0) baud_ = *baud;
    return;
  }
  const bool busy = running_ || !outbox_.empty();
  if (!busy) return;
  drop_running();
  if (const auto deaf = faults_->strike_event(Fault::deaf_after_abort))
    deaf_until_ = now + std::chrono::milliseconds{*deaf};
}

void Link::drop_running() {
  chip_->abort();
  running_ = false;
  step_due_.reset();
  std::erase_if(outbox_, [](const Output& output) { return !output.keep; });
}

bool Link::deaf_to(const Striking& faults) const {
  return silent_session_ || faults.has(Fault::silent) || faults.has(Fault::no_ack) ||
         faults.has(Fault::lost_firmware_version);
}

void Link::on_command(const HostFrame& frame, SteadyTime now) {
  run(now);  // what was due has left before this command came
  ++commands_;
  if (std::exchange(lose_next_command_, false)) return;
  const Byte code = frame.command[0];
  const Striking striking = faults_->strike(code, chip_->exchange_number(frame.command));
  if (code == kSamConfiguration) silent_session_ = striking.has(Fault::silent_at_open);
  if (deaf_to(striking)) return;  // not heard, so it drops nothing either
  drop_running();
  striking_ = striking;
  if (striking_.has(Fault::unplug)) {
    wants_unplug_ = true;
    return;
  }
  auto late = std::exchange(outbox_, {});
  const SteadyTime heard = now + line_time(frame.line_bytes, baud_);
  if (striking_.has(Fault::garbage_before)) send(kGarbage, heard);
  if (striking_.has(Fault::nack)) return send(nack_frame(), heard);
  const SteadyTime acked = heard + line_time(ack_frame().size(), baud_);
  send(ack_frame(), acked);
  for (Output& output : late) send(std::move(output.bytes), acked);
  if (striking_.has(Fault::garbage_between)) send(kGarbage, acked);
  running_ = true;
  Step step;
  if (!striking_.has(Fault::error_frame)) step = chip_->begin(frame.command, striking_, now);
  carry_out(step, acked);
}

void Link::carry_out(const Step& step, SteadyTime base) {
  if (step.kind == Step::Kind::wait) {
    step_due_ = base + step.wait;
  } else if (step.kind != Step::Kind::forever) {
    running_ = false;
    if (!striking_.has(Fault::ack_only)) reply(step, base);
  }
}

void Link::reply(const Step& step, SteadyTime base) {
  Bytes bytes =
      step.kind == Step::Kind::reply ? spoiled_reply(step.reply, striking_) : error_frame();
  last_reply_ = bytes;
  const bool keep = striking_.has(Fault::late_reply);
  SteadyTime due = base + line_time(bytes.size(), baud_) + ms(striking_, Fault::reply_delay) +
                   ms(striking_, Fault::late_reply);
  if (striking_.has(Fault::truncate)) bytes.resize(bytes.size() / 2);
  if (striking_.has(Fault::garbage_after)) append(bytes, kGarbage);
  const auto part = [&bytes](std::size_t from, std::size_t to) {
    return Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                 bytes.begin() + static_cast<std::ptrdiff_t>(to));
  };
  if (striking_.has(Fault::dribble)) {
    for (std::size_t i = 0; i < bytes.size(); ++i, due += ms(striking_, Fault::dribble))
      send(part(i, i + 1), due, keep);
  } else if (striking_.has(Fault::two_parts)) {
    send(part(0, bytes.size() / 2), due, keep);
    send(part(bytes.size() / 2, bytes.size()), due + ms(striking_, Fault::two_parts), keep);
  } else {
    send(std::move(bytes), due, keep);
  }
}

void Link::send(Bytes bytes, SteadyTime due, bool keep) {
  if (!outbox_.empty()) due = std::max(due, outbox_.back().due);
  outbox_.push_back({due, std::move(bytes), keep});
}

std::optional<SteadyTime> Link::due() const {
  std::optional<SteadyTime> out = step_due_;
  if (!outbox_.empty() && (!out || outbox_.front().due < *out)) out = outbox_.front().due;
  return out;
}

void Link::run(SteadyTime now) {
  while (const auto next = due()) {
    if (*next > now) return;
    if (!outbox_.empty() && outbox_.front().due <= *next) {
      const Output output = std::move(outbox_.front());
      outbox_.pop_front();
      write_(output.bytes);
    } else {
      const SteadyTime base = *std::exchange(step_due_, {});
      carry_out(chip_->again(now), base);
    }
  }
}

}  // namespace tidegate::sim::pn532
