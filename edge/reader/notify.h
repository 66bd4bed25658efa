// SPDX-License-Identifier: Apache-2.0
// One datagram to the service manager (sd_notify), without its library.
#pragma once

#include <string_view>

namespace tidegate::edge {

/// "READY=1", "WATCHDOG=1". Nothing happens when nobody asked ($NOTIFY_SOCKET is not set).
void notify_service_manager(std::string_view text) noexcept;

}  // namespace tidegate::edge
