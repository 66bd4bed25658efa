// SPDX-License-Identifier: Apache-2.0
// What the commands that make and read signed files share: keys, sealing, opening.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/envelope/envelope.h"
#include "base/result.h"

namespace tidegate::tools {

/// "tidegate: …" on stderr; returns the exit code 1.
int no(const Error& error);
/// One line on standard output.
void print(const std::string& line);

/// A file with the seed of an Ed25519 key, one line of hex.
[[nodiscard]] Result<crypto::SigningKey> read_signing_key(const std::filesystem::path& path);

/// A file with the region's list key, one line of hex.
[[nodiscard]] Result<crypto::Key16> read_list_key(const std::filesystem::path& path);

/// How a file is signed.
struct Signing {
  std::filesystem::path key;  ///< empty (test realm only): a key made for this one file
  Realm realm = Realm::test;
};
/// read_signing_key(), or a fresh key where none is named.
[[nodiscard]] Result<crypto::SigningKey> signing_key(const Signing& signing);
/// Errc::refused: the live realm without a key.
[[nodiscard]] Status write_signed(const std::filesystem::path& out, FileKind kind,
                                  std::uint64_t number, ByteView payload, const Signing& signing);

struct OpenedFile {
  EnvelopeHeader header;
  Bytes payload;
};
/// With `trust` (hex of a public key) its signature must be right; without, only the hash.
[[nodiscard]] Result<OpenedFile> open_signed(const std::filesystem::path& path,
                                             const std::string& trust);
/// Errc::refused for a file of another kind.
[[nodiscard]] Result<OpenedFile> open_signed(const std::filesystem::path& path, FileKind kind,
                                             const std::string& trust);

}  // namespace tidegate::tools
