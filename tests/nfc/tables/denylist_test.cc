// SPDX-License-Identifier: Apache-2.0
// The denylist: handles, lookups, and which bytes are none.
#include "nfc/tables/denylist.h"

#include "tests/nfc/tables/sample_tables.h"

namespace tidegate::nfc {
namespace {

constexpr crypto::Key16 kKey{0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                             0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};

CardNumber card(unsigned number) {
  const std::string digits = std::to_string(number);
  return card_number("31047700" + std::string(11 - digits.size(), '0') + digits);
}
std::shared_ptr<const Denylist> list_of(const std::vector<unsigned>& cards,
                                        DenyReason reason = DenyReason::lost) {
  std::vector<DenyRow> rows;
  for (const unsigned number : cards) rows.push_back({list_handle(kKey, card(number)), reason});
  return Denylist::make({.number = 7, .key_check = list_key_check(kKey)}, rows).value();
}

TEST(ListHandle, IsOneBlockOverTheNumber) {
  std::array<Byte, 16> block{};
  std::ranges::copy(card(426).bcd(), block.begin() + 6);
  EXPECT_EQ(list_handle(kKey, card(426)).get(), crypto::aes128_block(kKey, block));
  EXPECT_EQ(to_hex(list_handle(kKey, card(426)).get()), "9A3AB327F8AE9363F4B52AAD84C17F64");
  EXPECT_NE(list_handle(kKey, card(426)), list_handle(kKey, card(427)));
  EXPECT_NE(list_handle(kKey, card(426)), list_handle({1}, card(426)));
  EXPECT_NE(list_key_check(kKey), list_key_check({1}));
}

TEST(Denylist, FindsExactlyItsCards) {
  std::vector<unsigned> even;
  for (unsigned i = 0; i < 1000; i += 2) even.push_back(i);
  const auto list = list_of(even);
  EXPECT_EQ(list->size(), 500U);
  for (unsigned i = 0; i < 1000; ++i)
    EXPECT_EQ(list->find(list_handle(kKey, card(i))).has_value(), i % 2 == 0) << i;
  EXPECT_EQ(list_of({})->find(list_handle(kKey, card(0))), std::nullopt);
}

TEST(Denylist, KeepsTheReasonOfEachCard) {
  const auto list = Denylist::make({.number = 1}, {{list_handle(kKey, card(1)), DenyReason::fraud},
                                                   {list_handle(kKey, card(2)), DenyReason::debt},
                                                   {list_handle(kKey, card(3)), DenyReason::debt}})
                        .value();
  EXPECT_EQ(list->find(list_handle(kKey, card(1))), DenyReason::fraud);
  EXPECT_EQ(list->find(list_handle(kKey, card(3))), DenyReason::debt);
  EXPECT_EQ(list->count(DenyReason::debt), 2U);
  EXPECT_EQ(list->count(DenyReason::lost), 0U);
}

TEST(Denylist, IsTheSameAfterSavingAndLoading) {
  const auto list = list_of({9, 1, 5});
  const Bytes payload = list->encode();
  EXPECT_EQ(payload.size(), 32U + 3 * 17);
  const auto again = Denylist::load(payload);
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ((*again)->encode(), payload);
  EXPECT_EQ((*again)->number(), 7U);
  EXPECT_EQ((*again)->key_check(), list_key_check(kKey));
}

TEST(Denylist, CountsCardsThatComeAndGo) {
  EXPECT_EQ(list_of({1, 2, 3})->changed_since(*list_of({1, 2, 3}, DenyReason::debt)), 0U);
  EXPECT_EQ(list_of({1, 2, 3})->changed_since(*list_of({3, 4})), 3U);
  EXPECT_EQ(list_of({})->changed_since(*list_of({3, 4})), 2U);
  EXPECT_EQ(list_of({3, 4})->changed_since(*list_of({})), 2U);
}

TEST(Denylist, WhatIsOutOfOrderIsRefusedWhole) {
  const auto error = [](Bytes payload) {
    const auto list = Denylist::load(payload);
    return list ? "taken" : list.error().message();
  };
  const Bytes good = list_of({1, 2, 3})->encode();
  EXPECT_EQ(error(good), "taken");
  Bytes bad = good;
  bad[0] = 'X';
  EXPECT_EQ(error(bad), "denylist: its payload is not one (magic)");
  bad = good;
  bad.pop_back();
  EXPECT_EQ(error(bad), "denylist: longer or shorter than it says");
  bad = good;
  std::swap_ranges(bad.begin() + 32, bad.begin() + 49, bad.begin() + 49);
  EXPECT_EQ(error(bad), "denylist: row 1 is not above the one before it");
  bad = good;
  std::copy(bad.begin() + 32, bad.begin() + 49, bad.begin() + 49);
  EXPECT_EQ(error(bad), "denylist: row 1 is not above the one before it") << "the same twice";
  bad = good;
  bad[32 + 16] = 5;
  EXPECT_EQ(error(bad), "denylist: row 0 has an unknown reason");
  bad = good;
  bad[15] = 0;
  EXPECT_EQ(error(bad), "denylist: number must not be 0");
  bad = good;
  bad[7] = 24;
  EXPECT_EQ(error(bad), "denylist: its rows are not of 17 bytes");
  bad = good;
  bad[24] = 0xFF;
  EXPECT_EQ(error(bad), "denylist: more than 3,000,000 rows");
  EXPECT_EQ(error(Bytes(good.begin(), good.begin() + 31)), "denylist: cut off in its head");
  EXPECT_EQ(error({}), "denylist: its payload is not one (magic)");
}

}  // namespace
}  // namespace tidegate::nfc
