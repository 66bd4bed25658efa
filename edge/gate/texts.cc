// SPDX-License-Identifier: Apache-2.0
// The texts of the passenger's display; those of refusals are in fare/engine/refusal.h.
#include "edge/gate/texts.h"

namespace tidegate::edge {

using gate_protocol::Display;
using gate_protocol::Screen;

Display ready_display() {
  return {.screen = Screen::ready, .zh = "请刷卡", .en = "Please tap"};
}

Display accepted_display(Fen fare, Fen balance) {
  return {.screen = Screen::accepted,
          .fare = fare,
          .balance = balance,
          .zh = "扣款" + fare.yuan() + "元 余额" + balance.yuan() + "元",
          .en = "Fare " + fare.yuan() + " Balance " + balance.yuan()};
}

Display code_charged_display(Fen fare) {
  return {.screen = Screen::accepted,
          .fare = fare,
          .zh = "乘车码 扣款" + fare.yuan() + "元",
          .en = "Ride code, fare " + fare.yuan()};
}

Display code_open_display(bool in) {
  return {.screen = Screen::accepted,
          .zh = in ? "乘车码 请进站" : "请出站 车费稍后结算",
          .en = in ? "Ride code, please enter" : "Please exit, fare follows"};
}

Display codes_only_display() {
  return {.screen = Screen::ready, .zh = "仅限扫码 请出示乘车码", .en = "Ride codes only"};
}

Display refused_display(fare::RefusalCode code) {
  const fare::RefusalText& text = fare::refusal_text(code);
  return {.screen = Screen::refused,
          .refusal = static_cast<std::uint16_t>(code),
          .zh = std::string{text.zh},
          .en = std::string{text.en}};
}

Display try_again_display() {
  return {.screen = Screen::try_again,
          .refusal = static_cast<std::uint16_t>(fare::RefusalCode::unconfirmed),
          .zh = "请再刷同一张卡",
          .en = "Same card again, please"};
}

Display out_of_service_display() {
  return {.screen = Screen::out_of_service, .zh = "暂停服务", .en = "Out of service"};
}

Display emergency_display() {
  return {.screen = Screen::ready, .zh = "紧急放行 请通行", .en = "Emergency: please walk through"};
}

}  // namespace tidegate::edge
