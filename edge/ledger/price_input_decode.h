// SPDX-License-Identifier: Apache-2.0
// The part of an entry that fare::price saw and said. For the entry codec alone.
#pragma once

#include "edge/ledger/entry_fields.h"
#include "edge/ledger/entry_flatbuffers.h"
#include "fare/engine/types.h"

namespace tidegate::edge {

inline constexpr std::size_t kHistoryMax = 30;

[[nodiscard]] fare::Medium take(FieldCheck& c, const fb::Medium* m);
[[nodiscard]] fare::TapContext take(FieldCheck& c, const fb::TapContext* x);
[[nodiscard]] fare::Tap take(FieldCheck& c, const fb::Tap* tap);
[[nodiscard]] fare::Decision take(FieldCheck& c, const fb::Decision* d);
[[nodiscard]] fare::TapKind tap_kind(FieldCheck& c, std::uint8_t kind);
[[nodiscard]] fare::Modes modes(FieldCheck& c, std::uint16_t bits, std::string_view field);

}  // namespace tidegate::edge
