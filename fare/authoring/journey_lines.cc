// SPDX-License-Identifier: Apache-2.0
// Splits files of journeys into lines.
#include "fare/authoring/journey_lines.h"

#include <algorithm>
#include <utility>

#include "fare/authoring/reasons.h"
#include "fare/authoring/text_check.h"

namespace tidegate::fare {

std::string_view journey_line(std::string_view line, std::size_t number) noexcept {
  if (number == 1) line = without_mark(line);
  while (!line.empty() && std::string_view{" \t\r\n"}.contains(line.back())) line.remove_suffix(1);
  return line;
}

Result<std::vector<JourneyLine>> parse_journeys(const std::string& name, std::string_view text,
                                                JourneyUse use, std::span<const Rider> riders) {
  if (auto ok = check_text(name, text); !ok) return fail(std::move(ok.error()));
  std::vector<JourneyLine> out;
  Reasons reasons;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), whole.size() + 1));
    const std::string_view line = journey_line(whole, number);
    if (line.empty()) continue;
    auto journey = parse_journey(line, use, riders);
    if (!journey)
      reasons.add(name + ":" + std::to_string(number) + ": " + journey.error().message());
    else
      out.push_back({*std::move(journey), number});
  }
  if (auto ok = reasons.status(); !ok) return fail(std::move(ok.error()));
  return out;
}

}  // namespace tidegate::fare
