// SPDX-License-Identifier: Apache-2.0
// Seals and opens the envelope of every signed file.
#include "base/envelope/envelope.h"

#include <algorithm>
#include <optional>

namespace tidegate {
namespace {

constexpr std::array<Byte, 8> kMagic{'T', 'G', 'A', 'T', 'E', 0x00, '\r', '\n'};
constexpr std::uint16_t kEnvelopeVersion = 1;
constexpr std::size_t kFixedBytes = 128, kSignatureBytes = 80, kSignaturesMax = 8;
constexpr std::size_t kPayloadAlignment = 64;
constexpr std::size_t kReservedBytes = 48;
constexpr std::int64_t kCreatedMax = 253'402'300'799'999;  // the end of the year 9999
constexpr std::string_view kSignedPrefix = "tidegate-envelope-1";

std::size_t payload_offset(std::size_t signatures) {
  const std::size_t end = kFixedBytes + signatures * kSignatureBytes;
  return (end + kPayloadAlignment - 1) / kPayloadAlignment * kPayloadAlignment;
}

Bytes signed_message(ByteView fixed) {
  Bytes out;
  append(out, as_bytes(kSignedPrefix));
  append(out, fixed);
  return out;
}

struct SignatureBlock {
  std::array<Byte, 8> key{};
  crypto::Signature signature{};
};

/// An envelope whose bytes are in order and whose payload matches its hash; nothing is trusted yet.
struct Parsed {
  EnvelopeHeader header;
  std::vector<SignatureBlock> signatures;
  ByteView fixed;
  ByteView payload;
};

Result<FileKind> file_kind(std::uint64_t number) {
  if (number < static_cast<std::uint64_t>(FileKind::fare_book) ||
      number > static_cast<std::uint64_t>(FileKind::places))
    return fail(Errc::invalid, "envelope: unknown kind of file");
  return static_cast<FileKind>(number);
}

Result<std::vector<SignatureBlock>> parse_signatures(ByteReader& in, std::size_t count) {
  std::vector<SignatureBlock> out;
  for (std::size_t i = 0; i < count; ++i) {
    const ByteView key = in.take(8), zero = in.take(8), signature = in.take(64);
    if (!in.ok()) return fail(Errc::invalid, "envelope: cut off in its signatures");
    if (!all_zero(zero)) return fail(Errc::invalid, "envelope: reserved bytes are not zero");
    const SignatureBlock block{.key = to_array<8>(key), .signature = to_array<64>(signature)};
    for (const SignatureBlock& other : out)
      if (other.key == block.key) return fail(Errc::invalid, "envelope: one key signed twice");
    out.push_back(block);
  }
  return out;
}

Result<Parsed> parse(ByteView file, std::size_t payload_bytes_max) {
  if (file.size() < kFixedBytes) return fail(Errc::invalid, "envelope: shorter than its header");
  Parsed out;
  out.fixed = file.first(kFixedBytes);
  ByteReader in{file};
  if (!std::ranges::equal(in.take(8), kMagic)) return fail(Errc::invalid, "envelope: wrong magic");
  if (in.be(2) != kEnvelopeVersion) return fail(Errc::invalid, "envelope: unknown version");
  const auto kind = file_kind(in.be(2));
  if (!kind) return fail(kind.error());
  out.header.kind = *kind;
  out.header.format_version = static_cast<std::uint16_t>(in.be(2));
  const std::uint64_t realm = in.be(1);
  if (realm != 1 && realm != 2) return fail(Errc::invalid, "envelope: unknown realm");
  out.header.realm = static_cast<Realm>(realm);
  const std::size_t count = in.be(1);
  if (count < 1 || count > kSignaturesMax)
    return fail(Errc::invalid, "envelope: number of signatures is not from 1 to 8");
  out.header.number = in.be(8);
  const std::uint64_t size = in.be(8);
  const std::uint64_t created = in.be(8);
  if (created > static_cast<std::uint64_t>(kCreatedMax))
    return fail(Errc::invalid, "envelope: impossible time of creation");
  out.header.created = Timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(created)}};
  const std::uint64_t offset = in.be(8);
  out.header.payload_hash = to_array<32>(in.take(32));
  if (!all_zero(in.take(kReservedBytes)))
    return fail(Errc::invalid, "envelope: reserved bytes are not zero");

  if (offset != payload_offset(count)) return fail(Errc::invalid, "envelope: wrong payload offset");
  if (file.size() < offset || file.size() - offset != size)
    return fail(Errc::invalid, "envelope: the file is longer or shorter than it says");
  if (size > payload_bytes_max) return fail(Errc::invalid, "envelope: payload is too large");
  auto signatures = parse_signatures(in, count);
  if (!signatures) return fail(std::move(signatures.error()));
  out.signatures = std::move(*signatures);
  if (!all_zero(in.take(offset - kFixedBytes - count * kSignatureBytes)))
    return fail(Errc::invalid, "envelope: padding is not zero");
  out.payload = in.rest();
  if (crypto::sha256({out.payload}) != out.header.payload_hash)
    return fail(Errc::invalid, "envelope: the payload does not match its hash");
  return out;
}

/// Key ids of the trusted keys that signed; a wrong signature of a trusted key is an error.
Result<std::vector<std::array<Byte, 8>>> trusted_signers(const Parsed& parsed,
                                                         std::span<const crypto::Key32> trusted) {
  std::vector<std::array<Byte, 8>> out;
  const Bytes message = signed_message(parsed.fixed);
  for (const SignatureBlock& block : parsed.signatures) {
    for (const crypto::Key32& key : trusted) {
      if (key_id(key) != block.key) continue;
      if (!crypto::verify(key, message, block.signature))
        return fail(Errc::refused, "envelope: a signature of a trusted key is wrong");
      out.push_back(block.key);
      break;
    }
  }
  if (out.empty()) return fail(Errc::refused, "envelope: no trusted key signed it");
  return out;
}

}  // namespace

std::string_view realm_name(Realm realm) noexcept {
  return realm == Realm::live ? "live" : "test";
}

std::string_view file_kind_name(FileKind kind) noexcept {
  switch (kind) {
    case FileKind::fare_book: return "fare-book";
    case FileKind::denylist: return "denylist";
    case FileKind::issuer_list: return "issuer-list";
    case FileKind::mode_notice: return "mode-notice";
    case FileKind::calendar: return "calendar";
    case FileKind::entitlements: return "entitlements";
    case FileKind::ack: return "ack";
    case FileKind::directive: return "directive";
    case FileKind::places: return "places";
  }
  return "unknown";
}

std::array<Byte, 8> key_id(const crypto::Key32& public_key) {
  return to_array<8>(ByteView{crypto::sha256({public_key})}.first(8));
}

Bytes seal_envelope(EnvelopeHeader header, ByteView payload,
                    std::span<const crypto::SigningKey> keys) {
  ASSERT(!keys.empty() && keys.size() <= kSignaturesMax);
  const std::int64_t created = header.created.time_since_epoch().count();
  ASSERT(created >= 0 && created <= kCreatedMax);
  header.payload_hash = crypto::sha256({payload});
  const std::size_t offset = payload_offset(keys.size());

  Bytes out{kMagic.begin(), kMagic.end()};
  append_be(out, kEnvelopeVersion, 2);
  append_be(out, static_cast<std::uint16_t>(header.kind), 2);
  append_be(out, header.format_version, 2);
  append_be(out, static_cast<Byte>(header.realm), 1);
  append_be(out, keys.size(), 1);
  append_be(out, header.number, 8);
  append_be(out, payload.size(), 8);
  append_be(out, static_cast<std::uint64_t>(created), 8);
  append_be(out, offset, 8);
  append(out, header.payload_hash);
  out.resize(kFixedBytes);
  const Bytes message = signed_message(out);
  out.reserve(offset + payload.size());
  for (const crypto::SigningKey& key : keys) {
    append(out, key_id(key.public_key));
    out.resize(out.size() + 8);
    append(out, crypto::sign(key, message));
  }
  out.resize(offset);
  append(out, payload);
  return out;
}

Result<Envelope> open_envelope(ByteView file, const EnvelopePolicy& policy) {
  const auto parsed = parse(file, policy.payload_bytes_max);
  if (!parsed) return fail(parsed.error());
  const EnvelopeHeader& header = parsed->header;
  if (header.kind != policy.kind)
    return fail(Errc::refused, "envelope: it is a file of kind " +
                                   std::string{file_kind_name(header.kind)} + ", not " +
                                   std::string{file_kind_name(policy.kind)});
  if (header.realm != policy.realm)
    return fail(Errc::refused,
                "envelope: it belongs to the realm " + std::string{realm_name(header.realm)});
  auto signers = trusted_signers(*parsed, policy.trusted);
  if (!signers) return fail(std::move(signers.error()));
  if (header.number < policy.number_min)
    return fail(Errc::refused, "envelope: number " + std::to_string(header.number) + " is below " +
                                   std::to_string(policy.number_min) + ", a replay");
  Envelope out;
  out.header = header;
  out.signers = std::move(*signers);
  out.payload.assign(parsed->payload.begin(), parsed->payload.end());
  return out;
}

Result<EnvelopeHeader> peek_envelope(ByteView file) {
  const auto parsed = parse(file, file.size());
  if (!parsed) return fail(parsed.error());
  return parsed->header;
}

}  // namespace tidegate
