// SPDX-License-Identifier: Apache-2.0
// A telephone that makes ride codes, and aisles without sockets to show them at.
#pragma once

#include "edge/gate/code_tap.h"
#include "simulators/qr/make_code.h"
#include "tests/edge/gate/gate_fixture.h"

namespace tidegate::edge::gate_fixture {

inline ActiveBook flat_book() {
  fare::BookModel model = one_stop_model(8);
  model.networks[0].versions = {{parse_date("2026-01-01").value(), fare::FlatTariff{Fen{200}}}};
  Bytes bytes = fare::encode_book(model);
  ActiveBook active = one_stop_book();
  active.number = 8;
  active.book = fare::Book::load(std::move(bytes)).value();
  return active;
}

class CodeFixture : public testing::Test {
 protected:
  CodeFixture() {
    codes_.ca_keys.insert_or_assign(Byte{1},
                                    crypto::Sm2PublicKey::parse(keys_.ca.public_key).value());
    codes_.listed.insert({recipe_.issuer, recipe_.platform});
    recipe_.expiry = 0xFFFFFFFF;
  }
  static std::uint32_t unix_seconds(Timestamp at) {
    return static_cast<std::uint32_t>(
        std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  }
  /// A code that the telephone makes now, and whose issuer the box knows.
  Bytes fresh(TestBox& box) {
    box.change_lists(
        [&](CardLists& lists) { lists.codes = std::make_shared<nfc::CodeLists>(codes_); });
    box.clock.advance(std::chrono::seconds{2});
    recipe_.made = unix_seconds(box.clock.now());
    return sim::make_code(recipe_, keys_);
  }
  TapReport show(TestBox& box, ByteView code, AisleDirection direction = AisleDirection::entry) {
    const AisleConfig aisle{.number = AisleNo{static_cast<std::uint16_t>(direction)},
                            .direction = direction};
    return present_code(box.services, aisle, trust_, box.front, code);
  }
  static void expect_refused(const TapReport& report, fare::RefusalCode code) {
    EXPECT_EQ(report.end, TapReport::End::refused);
    ASSERT_TRUE(report.refusal.has_value());
    EXPECT_EQ(fare::refusal_name(*report.refusal), fare::refusal_name(code)) << report.detail;
  }

  sim::CodeKeys keys_ = sim::code_keys(1);
  sim::CodeRecipe recipe_;
  nfc::CodeLists codes_;  ///< what the issuer list says of codes
  CodeTrust trust_;
};

}  // namespace tidegate::edge::gate_fixture
