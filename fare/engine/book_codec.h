// SPDX-License-Identifier: Apache-2.0
// Fare book bytes ↔ BookModel, and the checks that a model must pass. The only
// places that know FlatBuffers are the codec files (codec_parts.h).
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

inline constexpr std::size_t kBookBytesMax = 64UL << 20U;
inline constexpr std::size_t kNetworksMax = 4'096;
inline constexpr std::size_t kStopsMax = 2'000;  ///< in one network
inline constexpr std::size_t kVersionsMax = 64;  ///< in one network
inline constexpr std::size_t kGoldenMax = 5'000;
inline constexpr std::size_t kGoldenTapsMax = 32;  ///< in one journey
inline constexpr std::size_t kOtherCodesMax = 32;  ///< of one stop
inline constexpr std::size_t kTextBytesMax = 200;
inline constexpr std::size_t kRiderNumbersMax = 255;
inline constexpr std::size_t kTimeframesMax = 256;
inline constexpr std::size_t kSpansMax = 64;         ///< of one timeframe
inline constexpr std::size_t kClassesMax = 64;       ///< of one tariff version
inline constexpr std::size_t kClassRidersMax = 32;   ///< of one class
inline constexpr std::size_t kClassMediaMax = 2;     ///< of one class
inline constexpr std::size_t kBetweenRulesMax = 64;  ///< of one kind
inline constexpr std::size_t kRuleIssuersMax = 1'024;
inline constexpr std::size_t kRulePairsMax = 512;
inline constexpr std::size_t kRuleZonesMax = 20'000;  ///< stops with a zone in one cap
inline constexpr std::size_t kRuleTiersMax = 32;
inline constexpr std::size_t kClassIssuersMax = 64;  ///< of one class
inline constexpr std::size_t kClassItemsMax = 3;     ///< of one class
inline constexpr std::size_t kCalendarDaysMax = 4'000;
inline constexpr std::size_t kCardKindsMax = 256;
inline constexpr std::size_t kThroughMax = 256;
inline constexpr std::size_t kBordersMax = 16;  ///< of one through rule
inline constexpr std::size_t kIdBytesMax = 64;
inline constexpr std::size_t kLimitBandsMax = 32;      ///< of one network
inline constexpr std::size_t kCompletionsMax = 1'000;  ///< of one network

/// The same model always gives the same bytes.
[[nodiscard]] Bytes encode_book(const BookModel& model);
/// Structure only: identifier, FlatBuffers verifier with explicit limits, known kinds.
/// Errc::invalid, Errc::unsupported for a tariff kind or an engine of a later version.
[[nodiscard]] Result<BookModel> decode_book(ByteView payload);
/// Of check_book(), what concerns riders and timeframes.
[[nodiscard]] Status check_declarations(const BookModel& model);
/// Ranges, order, uniqueness, references. Errc::invalid says what and where.
[[nodiscard]] Status check_book(const BookModel& model);

}  // namespace tidegate::fare
