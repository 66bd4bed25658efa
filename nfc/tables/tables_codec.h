// SPDX-License-Identifier: Apache-2.0
// Payload bytes of the two tables ↔ plain data, over the FlatBuffers schema tables.fbs. Only for
// nfc/tables.
#pragma once

#include "nfc/tables/issuer_list.h"
#include "nfc/tables/places.h"

namespace tidegate::nfc {

inline constexpr std::size_t kTableBytesMax = 32UL << 20U;
inline constexpr std::size_t kTableTextMax = 200;
inline constexpr std::size_t kIssuersMax = 20'000;
inline constexpr std::size_t kPlacesMax = 200'000;

/// Name or other text of a table: UTF-8 without control characters, at most kTableTextMax bytes.
[[nodiscard]] bool is_table_text(std::string_view text) noexcept;
/// Every byte holds two decimal digits.
[[nodiscard]] bool is_bcd(ByteView bytes) noexcept;

[[nodiscard]] Bytes encode_model(const IssuerListModel& model);
[[nodiscard]] Bytes encode_model(const PlacesModel& model);
/// Structure and limits only; ranges are checked by make().
[[nodiscard]] Result<IssuerListModel> decode_issuer_model(ByteView payload);
[[nodiscard]] Result<PlacesModel> decode_places_model(ByteView payload);

}  // namespace tidegate::nfc
