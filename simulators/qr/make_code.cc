// SPDX-License-Identifier: Apache-2.0
#include "simulators/qr/make_code.h"

#include "base/assert.h"

namespace tidegate::sim {
namespace {

constexpr std::size_t kFixedBytes = 329;  // of the fields behind the length, without custom data
constexpr Byte kSignatureHead = 0x15;

crypto::Sm2SigningKey key_of(std::uint64_t seed, std::string_view level) {
  Bytes number;
  append_be(number, seed, 8);
  for (Byte attempt = 0;; ++attempt) {
    number.push_back(attempt);
    const auto key = crypto::sm2_key_from_secret(crypto::sha256({as_bytes(level), number}));
    if (key) return *key;
  }
}

Bytes certificate(const CodeRecipe& recipe, const CodeKeys& keys) {
  Bytes body{0x12};
  append(body, recipe.certificate_issuer);
  append(body, recipe.certificate_expiry);
  append(body, recipe.certificate_serial);
  append(body, Bytes{0x04, 0x04, 0x00, 0x21});
  append(body, keys.issuer.public_key);
  Bytes out{0x24, 0x01, 0x01, 0x00, 0x00, recipe.ca_index};
  append(out, body);
  append(out, crypto::sm2_sign(keys.ca, body));
  return out;
}

}  // namespace

CodeKeys code_keys(std::uint64_t seed) {
  return {key_of(seed, "certification authority"), key_of(seed, "issuer"), key_of(seed, "user")};
}

Bytes make_code(const CodeRecipe& recipe, const CodeKeys& keys) {
  ASSERT(recipe.account.size() <= 16 && recipe.card_account.size() == 20);
  Bytes authorised = certificate(recipe, keys);
  std::string account = recipe.account;
  account.resize(16, '\0');
  append(authorised, as_bytes(account));
  append(authorised, from_hex(recipe.card_account).value());  // BCD, or filled up with F
  append(authorised, recipe.issuer);
  append(authorised, recipe.platform);
  authorised.push_back(recipe.account_type);
  append_be(authorised, recipe.cap_fen, 3);
  append(authorised, keys.user.public_key);
  append_be(authorised, recipe.expiry, 4);
  append_be(authorised, recipe.validity, 2);
  append_be(authorised, recipe.custom.size(), 1);
  append(authorised, recipe.custom);

  Bytes code{recipe.version};
  append_be(code, recipe.length.value_or(kFixedBytes + recipe.custom.size()), 2);
  append(code, authorised);
  code.push_back(kSignatureHead);
  append(code, crypto::sm2_sign(keys.issuer, authorised));
  append_be(code, recipe.made, 4);
  const crypto::Signature signature = crypto::sm2_sign(keys.user, code);
  code.push_back(kSignatureHead);
  append(code, signature);
  return code;
}

}  // namespace tidegate::sim
