// SPDX-License-Identifier: Apache-2.0
// What the book has to say when a box looks a tap up in the region's lists: which day it is, and
// which of the modes that were in force can matter. Pure, allocates nothing.
#pragma once

#include <span>

#include "base/time.h"
#include "fare/engine/book.h"

namespace tidegate::fare {

/// The service day of a network at an instant, by which an entitlement's last day is judged; the
/// usual one where the book does not know the network.
[[nodiscard]] ServiceDay service_day_of(const Book& book, const NetworkId& network, Timestamp at);

/// Networks in order, and in each the newest first: how mode_history() wants its notices.
[[nodiscard]] bool newest_first(const ModeInterval& a, const ModeInterval& b) noexcept;

/// Of the region's notices those that the price of this tap may depend on: in the network of the
/// journey that a tap of this kind finds open, since it began. What forgives an open journey must
/// be a mode of the network's policy and have begun by the end of its service day, what forgives an
/// overstay be of its station or of the whole network; of these the newest. None where no journey
/// is open or the book does not know where.
[[nodiscard]] ModeHistory mode_history(const Book& book, const Medium& medium, TapKind kind,
                                       std::span<const ModeInterval> notices);

}  // namespace tidegate::fare
