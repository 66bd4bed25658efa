// SPDX-License-Identifier: Apache-2.0
// Replays the golden journeys of a book.
#include "fare/engine/golden.h"

#include <string>
#include <utility>

#include "fare/engine/book_data.h"
#include "fare/engine/journey.h"

namespace tidegate::fare {
namespace {

std::string outcome(const std::optional<RefusalCode>& refusal, Fen fen) {
  if (refusal) return "refusal " + std::string{refusal_name(*refusal)};
  return std::to_string(fen.count()) + " fen";
}

Status replay(const Book& book, const GoldenJourney& journey) {
  Medium medium = journey.medium;
  for (std::size_t i = 0; i < journey.taps.size(); ++i) {
    const GoldenTap& golden = journey.taps[i];
    const Decision decision = price(book, medium, golden.context, golden.tap);
    if (decision.refusal != golden.expected_refusal || decision.total() != golden.expected_fen)
      return fail(Errc::refused, "golden journey " + journey.id + ", tap " + std::to_string(i + 1) +
                                     ": computed " + outcome(decision.refusal, decision.total()) +
                                     ", expected " +
                                     outcome(golden.expected_refusal, golden.expected_fen));
    carry_on(book, medium, golden.context, golden.tap, decision);
  }
  return {};
}

}  // namespace

Status check_golden_journeys(const Book& book, std::size_t most) {
  std::string reasons;
  std::size_t count = 0;
  for (const GoldenJourney& journey : BookData::of(book).model().golden) {
    const auto ok = replay(book, journey);
    if (ok) continue;
    reasons.append(reasons.empty() ? "" : "\n").append(ok.error().message());
    if (++count == most) break;
  }
  if (count == 0) return {};
  return fail(Errc::refused, std::move(reasons));
}

std::size_t golden_journey_count(const Book& book) {
  return BookData::of(book).model().golden.size();
}

}  // namespace tidegate::fare
