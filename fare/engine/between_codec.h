// SPDX-License-Identifier: Apache-2.0
// Fare book bytes ↔ the rules between rides. Only for the engine's codec files.
#pragma once

#include "fare/engine/codec_parts.h"

namespace tidegate::fare::codec {

/// Nothing at all for a book without such rules.
[[nodiscard]] Offset<fb::BetweenRides> put_between(Builder& out, const BetweenRides& rules);
/// nullptr: none. Structure only; values are check_book()'s.
[[nodiscard]] Result<BetweenRides> get_between(const fb::BetweenRides* in);

}  // namespace tidegate::fare::codec
