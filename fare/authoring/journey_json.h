// SPDX-License-Identifier: Apache-2.0
// Journeys as JSON: the input and output of `tidegate fare price`, and the golden journeys of a
// book's source. Field names are a contract: they stay.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "fare/authoring/json.h"
#include "fare/engine/book.h"
#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// A journey that says nothing of its balance has this much: no price is refused for want of money.
inline constexpr Fen kPlentyOfBalance{999'999};

enum class JourneyUse : std::uint8_t {
  price,   ///< to be priced
  golden,  ///< each tap also says `fen` (0 if absent) and, when it is refused, `reason`
};

/// The fields that each object may have (docs/formats/journeys.md).
struct JourneyFields {
  std::span<const std::string_view> journey, tap, golden_tap, trip, mode_interval, state;
};
[[nodiscard]] const JourneyFields& journey_fields() noexcept;

/// One journey from one line. Errc::invalid says which field, and what was expected.
/// `riders` are those that the book declares.
[[nodiscard]] Result<GoldenJourney> parse_journey(std::string_view line, JourneyUse use,
                                                  std::span<const Rider> riders = {});

/// Prices each tap in turn, carrying state, balance and open journey along: the output object. With
/// the model that the book was loaded from, refused taps that name what is not in it say so.
[[nodiscard]] Json price_journey(const Book& book, const GoldenJourney& journey,
                                 const BookModel* model = nullptr);

/// The fields of CardState by name.
[[nodiscard]] Json card_state_json(const CardState& state);
/// "bicycle"
[[nodiscard]] std::string_view item_name(ItemClass item) noexcept;
[[nodiscard]] std::optional<ItemClass> item_from_name(std::string_view name) noexcept;
/// "train-failure+fare-free"; empty for normal service.
[[nodiscard]] std::string mode_names(Modes modes);
/// The reverse; none: normal service. Errc::invalid names what is no mode.
[[nodiscard]] Result<Modes> modes_from_names(std::string_view names);

}  // namespace tidegate::fare
