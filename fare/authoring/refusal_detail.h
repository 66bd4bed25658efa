// SPDX-License-Identifier: Apache-2.0
// Why a tap of a journey has no price, in words: what its author named that the book does not know,
// and what there is instead. For commands; a gate tells passengers the reason alone.
#pragma once

#include <optional>

#include "fare/engine/book_model.h"
#include "fare/engine/rule_text.h"

namespace tidegate::fare {

/// Names the network or stop that is not in the book, and what there is; nullopt: both are.
[[nodiscard]] std::optional<Bilingual> unknown_place(const BookModel& model,
                                                     const TapContext& context);

/// Of a tap that was refused with `no_fare`, or that names what is not in the book; else nullopt.
/// `medium` is as it was before the tap; `decision` is that of a book that was loaded from `model`.
[[nodiscard]] std::optional<Bilingual> refusal_detail(const BookModel& model, const Medium& medium,
                                                      const TapContext& context, const Tap& tap,
                                                      const Decision& decision);

}  // namespace tidegate::fare
