// SPDX-License-Identifier: Apache-2.0
// Commands and answers of the card flows.
#include "nfc/flow/exchange.h"

namespace tidegate::nfc {
namespace {

constexpr std::size_t kResponseBytesMax = 258;  // 256 and the status word
/// A purse's longest answer is one record; more rounds than this is a card that plays games.
constexpr int kMoreDataRounds = 3;

Byte high(std::uint16_t sw) {
  return static_cast<Byte>(sw >> 8U);
}
Byte low(std::uint16_t sw) {
  return static_cast<Byte>(sw & 0xFFU);
}

}  // namespace

std::string sw_detail(std::string_view step, std::uint16_t sw) {
  return std::string{step} + ": status word " + to_hex(std::array{high(sw), low(sw)});
}

std::unexpected<FlowError> malformed(std::string_view step, std::string_view what) {
  return std::unexpected{
      FlowError{fare::RefusalCode::card_malformed, std::string{step} + ": " + std::string{what}}};
}

std::unexpected<FlowError> malformed_sw(std::string_view step, std::uint16_t sw) {
  return std::unexpected{FlowError{fare::RefusalCode::card_malformed, sw_detail(step, sw)}};
}

FlowResult<Response> exchange(CardChannel& card, ByteView command,
                              std::chrono::milliseconds timeout, std::string_view step) {
  const auto bytes = card.transceive(command, timeout);
  if (!bytes)
    return std::unexpected{FlowError{fare::RefusalCode::card_torn,
                                     std::string{step} + ": " + bytes.error().message(), true}};
  if (bytes->size() > kResponseBytesMax) return malformed(step, "the answer is too long");
  auto response = split_response(*bytes);
  if (!response) return malformed(step, response.error().message());
  return std::move(*response);
}

FlowResult<Response> fetch(CardChannel& card, Bytes command, std::chrono::milliseconds timeout,
                           std::string_view step) {
  ASSERT(command.size() >= 5);
  auto response = exchange(card, command, timeout, step);
  if (response && high(response->sw) == 0x6C && response->data.empty()) {
    command.back() = low(response->sw);
    response = exchange(card, command, timeout, step);
  }
  if (!response) return response;
  for (int round = 0; high(response->sw) == 0x61; ++round) {
    if (round == kMoreDataRounds) return malformed(step, "61xx without end");
    const std::array<Byte, 5> get_response{0x00, 0xC0, 0x00, 0x00, low(response->sw)};
    auto more = exchange(card, get_response, timeout, step);
    if (!more) return more;
    append(response->data, more->data);
    response->sw = more->sw;
  }
  return response;
}

}  // namespace tidegate::nfc
