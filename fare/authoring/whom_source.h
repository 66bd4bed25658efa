// SPDX-License-Identifier: Apache-2.0
// Reads the keys that say for whom a rule of book.toml is, wherever they stand.
#pragma once

#include <span>
#include <vector>

#include "fare/authoring/toml_reader.h"
#include "fare/engine/types.h"

namespace tidegate::fare {

/// `riders`: built-in ones and those of the book, sorted; none: everybody.
[[nodiscard]] std::vector<RiderCategory> read_riders(TomlReader& in, std::span<const Rider> own);
/// `media`: t-union, qr, sorted; none: any.
[[nodiscard]] std::vector<MediumKind> read_media(TomlReader& in);

}  // namespace tidegate::fare
