// SPDX-License-Identifier: Apache-2.0
// The envelope: the worked example of docs/formats/envelope.md, and everything it must refuse.
#include "base/envelope/envelope.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

namespace tidegate {
namespace {

crypto::SigningKey key_of(Byte filler) {
  crypto::Key32 seed{};
  seed.fill(filler);
  return crypto::signing_key_from_seed(seed);
}

EnvelopeHeader header_of(std::uint64_t number = 7) {
  EnvelopeHeader out;
  out.kind = FileKind::denylist;
  out.format_version = 1;
  out.realm = Realm::test;
  out.number = number;
  out.created = parse_iso8601("2026-11-02T08:00:00+08:00").value();
  return out;
}

EnvelopePolicy policy_of(std::vector<crypto::Key32> trusted) {
  EnvelopePolicy out;
  out.kind = FileKind::denylist;
  out.realm = Realm::test;
  out.trusted = std::move(trusted);
  return out;
}

Bytes sealed(std::string_view payload = "tide\n", std::uint64_t number = 7) {
  const std::array keys{key_of(0x11)};
  return seal_envelope(header_of(number), as_bytes(payload), keys);
}

Errc open_error(ByteView file, const EnvelopePolicy& policy) {
  const auto opened = open_envelope(file, policy);
  EXPECT_FALSE(opened.has_value());
  return opened ? Errc::unsupported : opened.error().code();
}

/// Writes bytes of the header and signs it again, so that only the check in question can object.
Bytes resigned(Bytes file, std::size_t at, ByteView bytes) {
  std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
  Bytes message;
  append(message, as_bytes("tidegate-envelope-1"));
  append(message, ByteView{file}.first(128));
  const auto signature = crypto::sign(key_of(0x11), message);
  std::copy(signature.begin(), signature.end(), file.begin() + 128 + 16);
  return file;
}

TEST(Envelope, WorkedExampleOfTheDocument) {
  const Bytes file = sealed();
  std::ifstream in{TIDEGATE_SOURCE_DIR "/docs/formats/envelope.md"};
  ASSERT_TRUE(in.is_open());
  std::string line, dump;
  bool inside = false;
  while (std::getline(in, line)) {
    if (line.starts_with("```"))
      inside = line == "```hexdump";
    else if (inside)
      dump += line.substr(line.find(' ') + 1);
  }
  const auto documented = from_hex(dump);
  ASSERT_TRUE(documented.has_value());
  EXPECT_EQ(to_hex(*documented), to_hex(file));
  ASSERT_EQ(file.size(), 261U);
  EXPECT_EQ(to_hex(ByteView{file}.first(48)),
            "5447415445000D0A00010002000101010000000000000007000000000000000500"
            "0001A1998E44000000000000000100");
}

TEST(Envelope, OpensWhatItSealed) {
  const auto opened = open_envelope(sealed(), policy_of({key_of(0x11).public_key}));
  ASSERT_TRUE(opened.has_value()) << opened.error().message();
  EXPECT_EQ(as_text(opened->payload), "tide\n");
  EXPECT_EQ(opened->header.kind, FileKind::denylist);
  EXPECT_EQ(opened->header.number, 7U);
  EXPECT_EQ(opened->header.created, header_of().created);
  EXPECT_EQ(opened->header.payload_hash, crypto::sha256({as_bytes("tide\n")}));
  ASSERT_EQ(opened->signers.size(), 1U);
  EXPECT_EQ(opened->signers[0], key_id(key_of(0x11).public_key));
}

TEST(Envelope, PayloadIsAlignedForAnyNumberOfSignatures) {
  std::vector<crypto::SigningKey> keys;
  for (Byte i = 1; i <= 8; ++i) {
    keys.push_back(key_of(i));
    const Bytes file = seal_envelope(header_of(), as_bytes("x"), keys);
    EXPECT_EQ((file.size() - 1) % 64, 0U);
    const auto opened = open_envelope(file, policy_of({key_of(i).public_key}));
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    EXPECT_EQ(opened->signers.size(), 1U) << "only signers that are trusted";
  }
}

TEST(Envelope, AnEmptyPayloadIsOne) {
  const auto opened = open_envelope(sealed(""), policy_of({key_of(0x11).public_key}));
  ASSERT_TRUE(opened.has_value()) << opened.error().message();
  EXPECT_TRUE(opened->payload.empty());
}

TEST(Envelope, RefusesAnotherKindRealmOlderNumberAndUnknownSigners) {
  const auto trusted = key_of(0x11).public_key;
  auto policy = policy_of({trusted});
  policy.kind = FileKind::fare_book;
  EXPECT_EQ(open_error(sealed(), policy), Errc::refused);
  policy = policy_of({trusted});
  policy.realm = Realm::live;
  EXPECT_EQ(open_error(sealed(), policy), Errc::refused);
  policy = policy_of({trusted});
  policy.number_min = 8;
  EXPECT_EQ(open_error(sealed(), policy), Errc::refused);
  policy.number_min = 7;
  EXPECT_TRUE(open_envelope(sealed(), policy).has_value());
  EXPECT_EQ(open_error(sealed(), policy_of({key_of(0x22).public_key})), Errc::refused);
  EXPECT_EQ(open_error(sealed(), policy_of({})), Errc::refused);
}

TEST(Envelope, EverySignatureOfATrustedKeyMustBeRight) {
  const std::array keys{key_of(0x11), key_of(0x22)};
  Bytes file = seal_envelope(header_of(), as_bytes("tide\n"), keys);
  file[128 + 80 + 16] ^= 1;
  EXPECT_EQ(open_error(file, policy_of({keys[0].public_key, keys[1].public_key})), Errc::refused);
  EXPECT_TRUE(open_envelope(file, policy_of({keys[0].public_key})).has_value())
      << "a key that nobody here knows is nobody's business";
}

TEST(Envelope, NoByteCanBeChanged) {
  const Bytes file = sealed();
  const auto policy = policy_of({key_of(0x11).public_key});
  for (std::size_t at = 0; at < file.size(); ++at) {
    Bytes touched = file;
    touched[at] ^= 0x01;
    EXPECT_FALSE(open_envelope(touched, policy).has_value()) << at;
  }
}

TEST(Envelope, NoLengthButItsOwnIsAccepted) {
  Bytes file = sealed();
  const auto policy = policy_of({key_of(0x11).public_key});
  for (std::size_t size = 0; size < file.size(); ++size)
    EXPECT_EQ(open_error(ByteView{file}.first(size), policy), Errc::invalid) << size;
  file.push_back(0);
  EXPECT_EQ(open_error(file, policy), Errc::invalid);
}

TEST(Envelope, LyingSizesAreInvalidEvenWhenSigned) {
  const Bytes file = sealed();
  const auto policy = policy_of({key_of(0x11).public_key});
  EXPECT_TRUE(open_envelope(resigned(file, 0, {}), policy).has_value());
  const Bytes huge(8, 0xFF);
  EXPECT_EQ(open_error(resigned(file, 24, huge), policy), Errc::invalid) << "payload size";
  EXPECT_EQ(open_error(resigned(file, 32, huge), policy), Errc::invalid) << "created";
  EXPECT_EQ(open_error(resigned(file, 40, huge), policy), Errc::invalid) << "payload offset";
  EXPECT_EQ(open_error(resigned(file, 40, Bytes{0, 0, 0, 0, 0, 0, 0, 0xC0}), policy),
            Errc::invalid);
  EXPECT_EQ(open_error(resigned(file, 15, Bytes{0}), policy), Errc::invalid) << "no signature";
  EXPECT_EQ(open_error(resigned(file, 15, Bytes{9}), policy), Errc::invalid) << "nine";
  EXPECT_EQ(open_error(resigned(file, 14, Bytes{3}), policy), Errc::invalid) << "realm";
  EXPECT_EQ(open_error(resigned(file, 10, Bytes{0, 10}), policy), Errc::invalid) << "kind";
  EXPECT_EQ(open_error(resigned(file, 8, Bytes{0, 2}), policy), Errc::invalid) << "version";
  EXPECT_EQ(open_error(resigned(file, 127, Bytes{1}), policy), Errc::invalid) << "reserved";
}

TEST(Envelope, OneKeySignsOnce) {
  const std::array keys{key_of(0x11), key_of(0x11)};
  EXPECT_EQ(
      open_error(seal_envelope(header_of(), as_bytes("x"), keys), policy_of({keys[0].public_key})),
      Errc::invalid);
}

TEST(Envelope, PayloadAboveTheLimitIsInvalid) {
  auto policy = policy_of({key_of(0x11).public_key});
  policy.payload_bytes_max = 5;
  EXPECT_TRUE(open_envelope(sealed("12345"), policy).has_value());
  EXPECT_EQ(open_error(sealed("123456"), policy), Errc::invalid);
}

TEST(Envelope, PeekShowsTheHeaderWithoutTrust) {
  Bytes file = sealed();
  file[128 + 16] ^= 1;  // a wrong signature
  const auto header = peek_envelope(file);
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->number, 7U);
  file.back() ^= 1;
  EXPECT_EQ(peek_envelope(file).error().code(), Errc::invalid);
}

TEST(Envelope, RandomBytesAreInvalid) {
  std::mt19937_64 random{1};
  for (int i = 0; i < 5'000; ++i) {
    Bytes bytes = sealed();
    for (int n = 0; n < 8; ++n) bytes[random() % bytes.size()] = static_cast<Byte>(random());
    bytes.resize(random() % 400);
    EXPECT_FALSE(peek_envelope(bytes).has_value() && bytes.size() != 261);
  }
}

TEST(Envelope, NamesOfRealmsAndKinds) {
  EXPECT_EQ(realm_name(Realm::test), "test");
  EXPECT_EQ(realm_name(Realm::live), "live");
  EXPECT_EQ(file_kind_name(FileKind::fare_book), "fare-book");
  EXPECT_EQ(file_kind_name(FileKind::mode_notice), "mode-notice");
}

}  // namespace
}  // namespace tidegate
