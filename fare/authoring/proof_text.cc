// SPDX-License-Identifier: Apache-2.0
// Small texts of a proof.
#include "fare/authoring/proof_text.h"

#include <algorithm>

namespace tidegate::fare {
namespace {

/// Length of the well-formed character at the start of `text`; 0: none, or a control character.
std::size_t good_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return lead < 0x20 || lead == 0x7F ? 0 : 1;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool no_character = (lead == 0xED && byte(1) >= 0xA0) || (lead == 0xF4 && byte(1) >= 0x90);
  if (overlong || no_character) return 0;
  const bool control = lead == 0xC2 && byte(1) < 0xA0;  // U+0080 to U+009F
  // U+202A to U+202E and U+2066 to U+2069 turn the direction of what follows.
  const bool turns = lead == 0xE2 && ((byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE) ||
                                      (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9));
  return control || turns ? 0 : size;
}

}  // namespace

std::string plain_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = good_character(text);
    out.append(size > 0 ? text.substr(0, size) : "?");
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::string outcome_text(Outcome outcome) {
  if (outcome.accepted()) return outcome.fen().yuan();
  return "refused (" + std::string{refusal_name(outcome.reason())} + ")";
}

std::string rules_text(const std::vector<TraceStep>& trace) {
  std::string out;
  for (const TraceStep& step : trace)
    if (!step.rule.empty()) out += (out.empty() ? "" : " + ") + plain_text(step.rule.view());
  return out.empty() ? "-" : out;
}

std::string minute_text(Timestamp at) {
  std::string out = iso8601(at).substr(0, 16);
  out[10] = ' ';
  return out;
}

}  // namespace tidegate::fare
