// SPDX-License-Identifier: Apache-2.0
// One command of a card flow and its answer: what the channel and the transport level (61xx, 6Cxx)
// do to it ends here. Internal to nfc/flow.
#pragma once

#include <string>
#include <string_view>

#include "nfc/flow/t_union_flow.h"

namespace tidegate::nfc {

/// "READ 2701: status word 6A83".
[[nodiscard]] std::string sw_detail(std::string_view step, std::uint16_t sw);
[[nodiscard]] std::unexpected<FlowError> malformed(std::string_view step, std::string_view what);
[[nodiscard]] std::unexpected<FlowError> malformed_sw(std::string_view step, std::uint16_t sw);

/// One command, one answer. card_torn when the channel fails, card_malformed when the answer cannot
/// be one.
[[nodiscard]] FlowResult<Response> exchange(CardChannel& card, ByteView command,
                                            std::chrono::milliseconds timeout,
                                            std::string_view step);

/// exchange() for a command that ends in Le: asks once more with the length a 6Cxx names and
/// collects what 61xx has left.
[[nodiscard]] FlowResult<Response> fetch(CardChannel& card, Bytes command,
                                         std::chrono::milliseconds timeout, std::string_view step);

}  // namespace tidegate::nfc
