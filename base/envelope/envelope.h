// SPDX-License-Identifier: Apache-2.0
// The envelope of every signed file: fare book, denylist, issuer list, mode notice, calendar,
// entitlements, ACK, directive, places. Fixed part of 128 bytes, signatures, padding, payload at a
// multiple of 64. Layout and a worked example: docs/formats/envelope.md.
//
//   off len
//    0   8  magic "TGATE\0\r\n"
//    8   2  envelope version 1
//   10   2  kind
//   12   2  format version of the payload
//   14   1  realm (1 test, 2 live)
//   15   1  number of signatures (1..8)
//   16   8  number, rising for each kind: a lower one is a replay
//   24   8  payload size
//   32   8  created, Unix milliseconds
//   40   8  payload offset (multiple of 64)
//   48  32  SHA-256 of the payload
//   80  48  zero
//  128  80  each signature: key id 8 (first bytes of SHA-256 of the public key) ‖ 8 zero ‖ Ed25519
//  64
//           over "tidegate-envelope-1" ‖ bytes 0..127
// DO NOT CHANGE THESE NUMBERS.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/openssl/crypto.h"
#include "base/result.h"
#include "base/time.h"

namespace tidegate {

enum class Realm : std::uint8_t { test = 1, live = 2 };
[[nodiscard]] std::string_view realm_name(Realm realm) noexcept;

enum class FileKind : std::uint16_t {
  fare_book = 1,
  denylist = 2,
  issuer_list = 3,
  mode_notice = 4,
  calendar = 5,
  entitlements = 6,
  ack = 7,
  directive = 8,
  places = 9
};
[[nodiscard]] std::string_view file_kind_name(FileKind kind) noexcept;

struct EnvelopeHeader {
  FileKind kind = FileKind::fare_book;
  std::uint16_t format_version = 1;
  Realm realm = Realm::test;
  std::uint64_t number = 0;
  Timestamp created{};
  Hash256 payload_hash{};
};

struct Envelope {
  EnvelopeHeader header;
  std::vector<std::array<Byte, 8>> signers;  ///< key ids whose signature was verified
  Bytes payload;
};

/// Id of a public key: the first 8 bytes of its SHA-256.
[[nodiscard]] std::array<Byte, 8> key_id(const crypto::Key32& public_key);

/// Wraps and signs; payload_hash of `header` is computed here.
[[nodiscard]] Bytes seal_envelope(EnvelopeHeader header, ByteView payload,
                                  std::span<const crypto::SigningKey> keys);

/// What the receiver insists on.
struct EnvelopePolicy {
  FileKind kind = FileKind::fare_book;
  Realm realm = Realm::test;
  std::uint64_t number_min = 0;        ///< a lower number is a replay
  std::vector<crypto::Key32> trusted;  ///< at least one of these must have signed
  std::size_t payload_bytes_max = 256UL << 20U;
};
/// Checks everything: magic, sizes, zero bytes, hash, kind, realm, number, signatures.
/// Errc::invalid (bytes), Errc::refused (realm, kind, replay, no trusted signature). Every
/// signature present whose key is trusted must be right.
[[nodiscard]] Result<Envelope> open_envelope(ByteView file, const EnvelopePolicy& policy);
/// Header and signers without any trust, for `show`. Errc::invalid as above.
[[nodiscard]] Result<EnvelopeHeader> peek_envelope(ByteView file);

}  // namespace tidegate
