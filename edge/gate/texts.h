// SPDX-License-Identifier: Apache-2.0
// What the passenger's display says, in Chinese and English.
#pragma once

#include "base/money.h"
#include "edge/protocol/gate_protocol.h"
#include "fare/engine/refusal.h"

namespace tidegate::edge {

[[nodiscard]] gate_protocol::Display ready_display();
[[nodiscard]] gate_protocol::Display accepted_display(Fen fare, Fen balance);
/// A ride code was charged; it has no balance to show.
[[nodiscard]] gate_protocol::Display code_charged_display(Fen fare);
/// A ride code opened, and the fare is known later.
[[nodiscard]] gate_protocol::Display code_open_display(bool in);
/// The scanner works, the reader or its SAM does not.
[[nodiscard]] gate_protocol::Display codes_only_display();
[[nodiscard]] gate_protocol::Display refused_display(fare::RefusalCode code);
/// An unconfirmed tap: the same card once more, please; it is charged only once.
[[nodiscard]] gate_protocol::Display try_again_display();
[[nodiscard]] gate_protocol::Display out_of_service_display();
/// Emergency: all barriers are open and no card is needed.
[[nodiscard]] gate_protocol::Display emergency_display();

}  // namespace tidegate::edge
