// SPDX-License-Identifier: Apache-2.0
// Reads another box's debit off a card.
#include "edge/gate/sighted.h"

#include <algorithm>

#include "edge/gate/recovery.h"

namespace tidegate::edge {
namespace {

constexpr std::chrono::minutes kWindow{3}, kClocksApart{2};

/// In the journey files a terminal is 0000 and the 6 bytes of its SAM.
std::optional<TerminalNo> terminal_in(const std::array<Byte, 8>& field) {
  if (field[0] != 0 || field[1] != 0) return std::nullopt;
  return TerminalNo{to_array<6>(ByteView{field}.subspan(2))};
}

}  // namespace

std::optional<SightedDebit> sighted_debit(const nfc::RailRecord& rail,
                                          std::span<const TerminalNo> terminals, Timestamp now) {
  const bool in = rail.status == nfc::RailStatus::entered;
  if (!in && rail.status != nfc::RailStatus::exited) return std::nullopt;
  const auto terminal = terminal_in(in ? rail.entry_terminal : rail.exit_terminal);
  const auto& at = in ? rail.entry_at : rail.exit_at;
  if (!terminal || !at || !std::ranges::binary_search(terminals, *terminal)) return std::nullopt;
  const auto when = from_local(*at);
  if (!when || now - *when > kWindow || *when - now > kClocksApart) return std::nullopt;
  return SightedDebit{in ? fare::TapKind::entry : fare::TapKind::exit, *terminal, *at};
}

nfc::FlowResult<Sighting> read_sighting(nfc::CardChannel& card, const nfc::FlowSettings& settings,
                                        const SightedDebit& sighted) {
  Sighting out;
  out.terminal = sighted.terminal;
  const auto log = nfc::read_log(card, settings);
  if (!log && log.error().channel_failed) return std::unexpected{log.error()};
  if (!log) return out;
  const auto record = std::ranges::find_if(*log, [&](const nfc::LogRecord& each) {
    return each.terminal == sighted.terminal && each.at == bcd_time(sighted.at);
  });
  if (record == log->end()) return out;
  out.counter = CardCounter{record->counter};
  const auto bytes = nfc::encode_log_record(*record);
  out.log_record.assign(bytes.begin(), bytes.end());
  // The card keeps the proof of its last debit only; any other number would be somebody else's.
  if (record != log->begin()) return out;
  auto proof = fetch_proof(card, settings, record->type, out.counter);
  if (!proof) {
    // Asked for by the number after the increment; some cards log the one before.
    const CardCounter next{static_cast<std::uint16_t>(record->counter + 1U)};
    proof = fetch_proof(card, settings, record->type, next);
    if (proof) out.counter = next;
  }
  if (proof) {
    append(out.proof, proof->mac2);
    append(out.proof, proof->tac);
  }
  return out;
}

}  // namespace tidegate::edge
