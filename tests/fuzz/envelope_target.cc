// SPDX-License-Identifier: Apache-2.0
// Fuzzes the envelope of signed files: nothing is accepted that a trusted key did not sign.
#include <algorithm>

#include "base/envelope/envelope.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

constexpr std::uint64_t kNumberMin = 5;
constexpr std::size_t kFixedBytes = 128;

crypto::SigningKey key(Byte fill) {
  crypto::Key32 seed_bytes{};
  seed_bytes.fill(fill);
  return crypto::signing_key_from_seed(seed_bytes);
}

EnvelopeHeader header() {
  EnvelopeHeader out;
  out.kind = FileKind::issuer_list;
  out.number = kNumberMin + 2;
  out.created = Timestamp{std::chrono::milliseconds{1'770'000'000'000}};
  return out;
}

constexpr std::string_view kPayload = "What a fuzzer must never be able to change.";

/// What the policy below accepts: by either key, or by both.
const std::vector<Bytes>& good() {
  static const std::vector<Bytes> out = [] {
    const std::array one{key(1)};
    const std::array two{key(2)};
    const std::array both{key(1), key(2)};
    return std::vector<Bytes>{seal_envelope(header(), as_bytes(kPayload), one),
                              seal_envelope(header(), as_bytes(kPayload), two),
                              seal_envelope(header(), as_bytes(kPayload), both)};
  }();
  return out;
}

}  // namespace

void envelope_run(ByteView input) {
  static const EnvelopePolicy policy{.kind = FileKind::issuer_list,
                                     .realm = Realm::test,
                                     .number_min = kNumberMin,
                                     .trusted = {key(1).public_key, key(2).public_key},
                                     .payload_bytes_max = 4096};
  const auto peeked = peek_envelope(input);
  const auto opened = open_envelope(input, policy);
  if (!opened) return;
  ASSERT(peeked.has_value());
  ASSERT(as_text(opened->payload) == kPayload);
  ASSERT(!opened->signers.empty());
  // The fixed part is what keys sign. A signature of a key that is not trusted is not looked at.
  ASSERT(std::ranges::any_of(good(), [&](const Bytes& file) {
    return file.size() == input.size() &&
           std::ranges::equal(ByteView{file}.first(kFixedBytes), input.first(kFixedBytes));
  }));
  for (const auto& signer : opened->signers)
    ASSERT(signer == key_id(key(1).public_key) || signer == key_id(key(2).public_key));
}

std::vector<Bytes> envelope_seeds() {
  std::vector<Bytes> out = good();
  const std::array mine{key(1)};
  const std::array stranger{key(3)};
  EnvelopeHeader other = header();
  other.realm = Realm::live;
  out.push_back(seal_envelope(other, as_bytes(kPayload), mine));
  other = header();
  other.number = kNumberMin - 1;
  out.push_back(seal_envelope(other, as_bytes(kPayload), mine));
  other = header();
  other.kind = FileKind::fare_book;
  out.push_back(seal_envelope(other, as_bytes(kPayload), mine));
  out.push_back(seal_envelope(header(), as_bytes(kPayload), stranger));
  out.push_back(seal_envelope(header(), {}, stranger));
  return out;
}

}  // namespace tidegate::fuzz
