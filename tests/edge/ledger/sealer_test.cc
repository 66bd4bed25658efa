// SPDX-License-Identifier: Apache-2.0
// Card numbers: sealed for one reader, never in plain in the files, nonces never twice.
#include "edge/ledger/sealer.h"

#include <algorithm>
#include <set>
#include <thread>

#include "base/posix/fd.h"
#include "tests/edge/ledger/ledger_fixture.h"

namespace tidegate::edge {
namespace {

const CardNumber kNumber{{0x03, 0x10, 0x48, 0x72, 0x91, 0x55, 0x63, 0x80, 0x24, 0x17}};

class SealerTest : public LedgerFixture {
 protected:
  [[nodiscard]] Sealer sealer(std::uint32_t boot = 1) const {
    return Sealer{identity_.box, filled<32>(9), {20'759, clearing_.public_key}, boot};
  }
  crypto::ExchangeKey clearing_ = crypto::make_exchange_key();
};

TEST_F(SealerTest, TheClearingHouseOpensIt) {
  Sealer own = sealer();
  const SealedNumber sealed = own.seal(kNumber);
  EXPECT_EQ(sealed.key_number, 20'759U);
  EXPECT_EQ(sealed.ciphertext.size(), 26U);
  const auto number = unseal(sealed, identity_.box, clearing_.secret);
  ASSERT_TRUE(number.has_value()) << number.error().message();
  EXPECT_EQ(*number, kNumber);
}

TEST_F(SealerTest, NobodyElseOpensItAndNoPartMayChange) {
  Sealer own = sealer();
  const SealedNumber sealed = own.seal(kNumber);
  EXPECT_EQ(unseal(sealed, identity_.box, filled<32>(7)).error().code(), Errc::corrupt);
  EXPECT_EQ(unseal(sealed, BoxId{"other"}, clearing_.secret).error().code(), Errc::corrupt);
  const auto changed = [&](auto change) {
    SealedNumber copy = sealed;
    change(copy);
    return unseal(copy, identity_.box, clearing_.secret).error().code();
  };
  EXPECT_EQ(changed([](SealedNumber& s) { s.ciphertext[0] ^= 1; }), Errc::corrupt);
  EXPECT_EQ(changed([](SealedNumber& s) { s.ciphertext[25] ^= 1; }), Errc::corrupt);
  EXPECT_EQ(changed([](SealedNumber& s) { s.nonce[11] ^= 1; }), Errc::corrupt);
  EXPECT_EQ(changed([](SealedNumber& s) { s.ephemeral[0] ^= 1; }), Errc::corrupt);
  EXPECT_EQ(changed([](SealedNumber& s) { s.ephemeral = {}; }), Errc::corrupt);
  EXPECT_EQ(changed([](SealedNumber& s) { ++s.key_number; }), Errc::corrupt);
  EXPECT_EQ(changed([](SealedNumber& s) { s.ciphertext.clear(); }), Errc::corrupt);
  EXPECT_EQ(changed([](SealedNumber& s) { s.suite = 2; }), Errc::unsupported);
}

TEST_F(SealerTest, NoncesNeverRepeatOverThreadsAndBoots) {
  constexpr int kThreads = 4, kEach = 200;
  std::set<std::pair<std::array<Byte, 32>, std::array<Byte, 12>>> used;
  std::set<std::array<Byte, 12>> nonces;
  for (std::uint32_t boot = 1; boot <= 2; ++boot) {
    Sealer own = sealer(boot);
    std::vector<std::vector<SealedNumber>> made(kThreads);
    std::vector<std::thread> threads;
    for (auto& list : made)
      threads.emplace_back([&own, &list] {
        for (int i = 0; i < kEach; ++i) list.push_back(own.seal(kNumber));
      });
    for (auto& thread : threads) thread.join();
    for (const auto& list : made)
      for (const SealedNumber& sealed : list) {
        used.emplace(sealed.ephemeral, sealed.nonce);
        nonces.insert(sealed.nonce);
        EXPECT_EQ(read_be(ByteView{sealed.nonce}.first(4)), boot);
      }
  }
  EXPECT_EQ(used.size(), 2U * kThreads * kEach);
  EXPECT_EQ(nonces.size(), 2U * kThreads * kEach);
}

TEST_F(SealerTest, HandlesAreStableForOneBoxAndDifferBetweenKeys) {
  EXPECT_EQ(sealer(1).handle(kNumber), sealer(2).handle(kNumber));
  const Sealer other{identity_.box, filled<32>(10), {1, clearing_.public_key}, 1};
  EXPECT_NE(sealer().handle(kNumber), other.handle(kNumber));
  const Hash256 mac = crypto::hmac_sha256(filled<32>(9), kNumber.bcd());
  EXPECT_EQ(sealer().handle(kNumber).get(), to_array<16>(ByteView{mac}.first(16)));
}

TEST_F(SealerTest, TheFilesOfTheLedgerHoldNoNumberInAnyForm) {
  options_.preallocate = false;
  {
    auto ledger = open();
    ASSERT_TRUE(ledger);
    Sealer own = sealer(ledger->next_boot_number());
    for (int i = 0; i < 30; ++i) {
      Intent intent = sample_intent();
      intent.card = own.handle(kNumber);
      intent.sealed = own.seal(kNumber);
      add(*ledger, sample_outcome(add(*ledger, intent), intent));
    }
  }
  const std::string digits = kNumber.reveal();
  const std::uint64_t value = std::stoull(digits);
  Bytes big, little;
  append_be(big, value, 8);
  little.assign(big.rbegin(), big.rend());
  const auto bcd = kNumber.bcd();
  // Without its outer bytes, and one digit further, the BCD form would be as telling.
  const std::vector<Bytes> forms{{digits.begin(), digits.end()},
                                 big,
                                 little,
                                 {bcd.begin() + 1, bcd.end() - 1},
                                 *from_hex(digits.substr(0, 16)),
                                 *from_hex(digits.substr(1, 16))};
  for (const auto& file : std::filesystem::recursive_directory_iterator{folder_}) {
    if (!file.is_regular_file()) continue;
    const auto bytes = posix::read_file(file.path(), 64U << 20U);
    ASSERT_TRUE(bytes.has_value());
    for (const Bytes& form : forms)
      EXPECT_TRUE(std::ranges::search(*bytes, form).empty()) << file.path() << " " << to_hex(form);
  }
}

}  // namespace
}  // namespace tidegate::edge
