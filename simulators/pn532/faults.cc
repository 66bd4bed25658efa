// SPDX-License-Identifier: Apache-2.0
#include "simulators/pn532/faults.h"

#include <algorithm>
#include <charconv>

namespace tidegate::sim::pn532 {
namespace {

using Value = FaultInfo::Value;
using Scope = FaultInfo::Scope;

constexpr unsigned kMsMax = 600'000;
constexpr std::optional<unsigned> kNoDefault;

// clang-format off: one row a fault
constexpr std::array<FaultInfo, kFaultCount> kTable{{
    {Fault::no_ack, "no-ack", Value::none, 0, Scope::exchange,
     "the command is lost: no ACK, no reply, the card never sees it"},
    {Fault::ack_only, "ack-only", Value::none, 0, Scope::exchange,
     "ACK, the card acts, the reply is lost"},
    {Fault::reply_delay, "reply-delay", Value::ms, kNoDefault, Scope::exchange,
     "the reply comes so much later; an abort or a new command drops it"},
    {Fault::late_reply, "late-reply", Value::ms, kNoDefault, Scope::exchange,
     "as reply-delay, but nothing drops it: it follows the ACK of the next command"},
    {Fault::garbage_before, "garbage-before", Value::none, 0, Scope::exchange,
     "three stray bytes before the ACK"},
    {Fault::garbage_between, "garbage-between", Value::none, 0, Scope::exchange,
     "three stray bytes between ACK and reply"},
    {Fault::garbage_after, "garbage-after", Value::none, 0, Scope::exchange,
     "three stray bytes after the reply"},
    {Fault::bad_lcs, "bad-lcs", Value::none, 0, Scope::exchange, "wrong length checksum"},
    {Fault::bad_dcs, "bad-dcs", Value::none, 0, Scope::exchange, "wrong data checksum"},
    {Fault::bad_tfi, "bad-tfi", Value::none, 0, Scope::exchange, "reply marked D4, as a host's"},
    {Fault::bad_cc, "bad-cc", Value::none, 0, Scope::exchange, "reply to another command code"},
    {Fault::bad_postamble, "bad-postamble", Value::none, 0, Scope::exchange,
     "last byte FF instead of 00"},
    {Fault::no_preamble, "no-preamble", Value::none, 0, Scope::exchange,
     "reply without its first 00"},
    {Fault::double_preamble, "double-preamble", Value::none, 0, Scope::exchange,
     "reply with one 00 too many in front"},
    {Fault::nack, "nack", Value::none, 0, Scope::exchange,
     "NACK instead of ACK; the command is not carried out"},
    {Fault::error_frame, "error-frame", Value::none, 0, Scope::exchange,
     "ACK, then error frame 7F; the command is not carried out"},
    {Fault::truncate, "truncate", Value::none, 0, Scope::exchange,
     "only the first half of the reply"},
    {Fault::dribble, "dribble", Value::ms, kNoDefault, Scope::exchange,
     "the reply comes byte by byte, one each so many milliseconds"},
    {Fault::two_parts, "two-parts", Value::ms, 5, Scope::exchange,
     "the reply comes in two halves so far apart"},
    {Fault::len_too_long, "len-too-long", Value::none, 0, Scope::exchange,
     "LEN announces 8 bytes more than come"},
    {Fault::len_one, "len-one", Value::none, 0, Scope::exchange,
     "reply with LEN 1: TFI and nothing else"},
    {Fault::empty_reply, "empty-reply", Value::none, 0, Scope::exchange,
     "reply without status byte and data"},
    {Fault::status, "status", Value::hex, kNoDefault, Scope::exchange,
     "this status byte; with an error in bits 5..0 the data is left out"},
    {Fault::mi_chaining, "mi-chaining", Value::number, kNoDefault, Scope::exchange,
     "the response is handed over in parts of so many bytes, with MI set"},
    {Fault::slow_card, "slow-card", Value::ms, kNoDefault, Scope::exchange,
     "the card acts at once and answers so much later"},
    {Fault::unplug, "unplug", Value::none, 0, Scope::exchange,
     "the cable is pulled when the command has come; the card never sees it"},
    {Fault::silent, "silent", Value::none, 0, Scope::any, "no command is answered at all"},
    {Fault::silent_at_open, "silent-at-open", Value::none, 0, Scope::open,
     "SAMConfiguration is not answered, nor what follows it"},
    {Fault::lost_firmware_version, "lost-firmware-version", Value::none, 0, Scope::firmware,
     "GetFirmwareVersion is lost"},
    {Fault::ats_tl, "ats-tl", Value::hex, kNoDefault, Scope::selection,
     "this length byte in the ATS that is reported"},
    {Fault::lost_ats, "lost-ats", Value::none, 0, Scope::selection,
     "the card is selected, but the chip has not heard its ATS and knows of no card"},
    {Fault::first_open_fails, "first-open-fails", Value::none, 0, Scope::event,
     "after power-up the command behind the first wake-up is lost"},
    {Fault::deaf_after_abort, "deaf-after-abort", Value::ms, kNoDefault, Scope::event,
     "bytes are lost for so long after a host's abort"},
}};
// clang-format on

std::optional<unsigned> number(std::string_view text, int base) {
  unsigned out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<unsigned> value_of(const FaultInfo& info, std::string_view text) {
  switch (info.value) {
    case Value::none: return std::nullopt;
    case Value::ms: {
      const auto ms = number(text, 10);
      return ms && *ms <= kMsMax ? ms : std::nullopt;
    }
    case Value::hex: {
      const auto byte = number(text, 16);
      return byte && *byte <= 0xFF ? byte : std::nullopt;
    }
    case Value::number: {
      const auto count = number(text, 10);
      return count && *count >= 1 && *count <= 262 ? count : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

std::span<const FaultInfo> fault_table() {
  return kTable;
}

bool FaultSet::Rule::covers(Byte command) const {
  if (any_command) return true;
  if (code) return *code == command;
  switch (info->scope) {
    case Scope::exchange: return command == 0x40;
    case Scope::any: return true;
    case Scope::open: return command == 0x14;
    case Scope::firmware: return command == 0x02;
    case Scope::selection: return command == 0x4A || command == 0x60;
    case Scope::event: return false;
  }
  return false;
}

Status FaultSet::parse_limits(std::string_view limits, Rule& rule) {
  while (!limits.empty()) {
    const char mark = limits.front();
    const auto end = std::min(limits.find_first_of("/+@#", 1), limits.size());
    const std::string_view text = limits.substr(1, end - 1);
    limits.remove_prefix(end);
    const auto count = number(text, mark == '/' ? 16 : 10);
    if (mark == '/' && text == "any") {
      rule.any_command = true;
    } else if (mark == '/' && count && *count <= 0xFF) {
      rule.code = static_cast<Byte>(*count);
    } else if (mark == '+' && count && *count > 0) {
      rule.spared = *count;
    } else if (mark == '@' && count && *count > 0) {
      rule.left = count;
    } else if (mark == '#' && count && *count > 0) {
      rule.exchange = count;
    } else {
      return fail(Errc::invalid, "limit " + std::string{mark} + std::string{text});
    }
  }
  return {};
}

Result<FaultSet::Rule> FaultSet::parse(std::string_view text) {
  const auto name_end = std::min(text.find_first_of("=/+@#"), text.size());
  const std::string_view name = text.substr(0, name_end);
  const auto info = std::find_if(kTable.begin(), kTable.end(),
                                 [name](const FaultInfo& row) { return row.name == name; });
  if (info == kTable.end()) return fail(Errc::invalid, "there is no such fault");
  Rule rule;
  rule.info = &*info;
  text.remove_prefix(name_end);
  if (text.starts_with('=')) {
    const auto end = std::min(text.find_first_of("/+@#"), text.size());
    const auto value = value_of(*info, text.substr(1, end - 1));
    if (!value) return fail(Errc::invalid, "the value does not fit this fault");
    rule.value = *value;
    text.remove_prefix(end);
  } else if (info->value_default) {
    rule.value = *info->value_default;
  } else {
    return fail(Errc::invalid, "this fault needs a value");
  }
  if (auto limits = parse_limits(text, rule); !limits) return fail(std::move(limits.error()));
  return rule;
}

Status FaultSet::add(std::string_view text) {
  auto rule = parse(text);
  if (!rule) return fail(std::move(rule.error()), "fault " + std::string{text});
  rules_.push_back(*rule);
  return {};
}

Striking FaultSet::strike(Byte code, unsigned exchange) {
  Striking out;
  for (Rule& rule : rules_) {
    if (!rule.covers(code)) continue;
    if (rule.exchange && *rule.exchange != exchange) continue;
    if (rule.spared > 0) {
      --rule.spared;
      continue;
    }
    if (rule.left) --*rule.left;
    out.set(rule.info->fault, rule.value);
  }
  std::erase_if(rules_, [](const Rule& rule) { return rule.left == 0U; });
  return out;
}

std::optional<unsigned> FaultSet::strike_event(Fault fault) {
  const auto rule = std::find_if(rules_.begin(), rules_.end(),
                                 [fault](const Rule& r) { return r.info->fault == fault; });
  if (rule == rules_.end()) return std::nullopt;
  const unsigned value = rule->value;
  if (rule->left && --*rule->left == 0) rules_.erase(rule);
  return value;
}

}  // namespace tidegate::sim::pn532
