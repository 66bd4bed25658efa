// SPDX-License-Identifier: Apache-2.0
// The rules of a book as sentences in Chinese and English: classes, policies of networks, rules
// between rides and over borders. For whoever reads a book and does not have its source.
#pragma once

#include <string>
#include <vector>

#include "fare/engine/book_model.h"
#include "fare/engine/rule_text.h"

namespace tidegate::fare {

/// Names in these lines are plain_text().
[[nodiscard]] Bilingual class_line(const BookModel& model, const FareClass& one);
/// What a version says beside prices: where it is charged, company, repeated taps.
[[nodiscard]] std::vector<Bilingual> version_lines(const BookModel& model, const Network& network,
                                                   const TariffVersion& version);
/// What a policy says that is not as without one.
[[nodiscard]] std::vector<Bilingual> policy_lines(const Network& network);
[[nodiscard]] Bilingual through_line(const BookModel& model, const ThroughRule& rule);
[[nodiscard]] Bilingual rule_line(const BookModel& model, const TransferRule& rule);
[[nodiscard]] Bilingual rule_line(const BookModel& model, const InterchangeRule& rule);
[[nodiscard]] Bilingual rule_line(const BookModel& model, const CapRule& rule);
[[nodiscard]] Bilingual rule_line(const BookModel& model, const CumulativeRule& rule);
[[nodiscard]] Bilingual rule_line(const BookModel& model, const PassRule& rule);

/// The rules between rides that touch a network, in the order of their kinds.
[[nodiscard]] std::vector<Bilingual> between_lines(const BookModel& model, std::uint16_t network);

}  // namespace tidegate::fare
