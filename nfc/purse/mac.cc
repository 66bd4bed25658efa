// SPDX-License-Identifier: Apache-2.0
// The purse's cryptography with 3DES, step by step as JT/T 978 and the PBOC purse have it.
#include "nfc/purse/mac.h"

namespace tidegate::nfc {
namespace {

constexpr crypto::Block8 kZeroIv{};

/// What MAC1 and TAC share: amount ‖ type ‖ terminal [‖ SAM transaction number] ‖ date ‖ time.
Bytes mac_data(Fen amount, PurchaseType type, const TerminalNo& terminal) {
  Bytes out;
  append_be(out, static_cast<std::uint64_t>(amount.count()), 4);
  out.push_back(static_cast<Byte>(type));
  append(out, terminal.get());
  return out;
}

}  // namespace

crypto::Key16 diversify(const crypto::Key16& key, const crypto::Block8& factor) {
  crypto::Block8 inverse{};
  for (std::size_t i = 0; i < inverse.size(); ++i) inverse[i] = static_cast<Byte>(~factor[i]);
  const crypto::Block8 left = crypto::tdes_encrypt(key, factor);
  const crypto::Block8 right = crypto::tdes_encrypt(key, inverse);
  crypto::Key16 out{};
  std::memcpy(out.data(), left.data(), 8);
  std::memcpy(out.data() + 8, right.data(), 8);
  return out;
}

crypto::Key16 card_key(const crypto::Key16& root, const crypto::Block8& issuer_factor,
                       const crypto::Block8& pan_factor) {
  crypto::Key16 issuer_key = diversify(root, issuer_factor);
  const crypto::Key16 out = diversify(issuer_key, pan_factor);
  crypto::cleanse(issuer_key);
  return out;
}

crypto::Block8 session_key(const crypto::Key16& purchase_key, const std::array<Byte, 4>& random,
                           CardCounter counter, SamTxnNo txn) {
  crypto::Block8 input{};
  std::memcpy(input.data(), random.data(), 4);
  write_be(std::span{input}.subspan(4, 2), counter.get());
  write_be(std::span{input}.subspan(6, 2), txn.get() & 0xFFFFU);
  return crypto::tdes_encrypt(purchase_key, input);
}

Mac purse_mac(const crypto::Block8& key, const crypto::Block8& iv, ByteView data) {
  Bytes padded{data.begin(), data.end()};
  padded.push_back(0x80);  // always, also when the data already fills its last block
  while (padded.size() % 8 != 0) padded.push_back(0x00);
  const crypto::Block8 last = crypto::des_cbc_last_block(key, iv, padded);
  return to_array<4>(ByteView{last}.first(4));
}

Mac mac1(const crypto::Block8& session, Fen amount, PurchaseType type, const TerminalNo& terminal,
         const LocalTime& at) {
  Bytes data = mac_data(amount, type, terminal);
  append(data, bcd_time(at));
  return purse_mac(session, kZeroIv, data);
}

Mac mac2(const crypto::Block8& session, Fen amount) {
  Bytes data;
  append_be(data, static_cast<std::uint64_t>(amount.count()), 4);
  return purse_mac(session, kZeroIv, data);
}

Mac tac(const crypto::Key16& tac_key, Fen amount, PurchaseType type, const TerminalNo& terminal,
        SamTxnNo txn, const LocalTime& at) {
  crypto::Block8 folded{};
  for (std::size_t i = 0; i < folded.size(); ++i)
    folded[i] = static_cast<Byte>(tac_key[i] ^ tac_key[i + 8]);
  Bytes data = mac_data(amount, type, terminal);
  append_be(data, txn.get(), 4);
  append(data, bcd_time(at));
  const Mac out = purse_mac(folded, kZeroIv, data);
  crypto::cleanse(folded);
  return out;
}

}  // namespace tidegate::nfc
