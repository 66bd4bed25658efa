// SPDX-License-Identifier: Apache-2.0
// Reads ZIP archives as GTFS feeds are published in: stored and deflated files (PKWARE's APPNOTE,
// RFC 1951), without encryption, spanning and ZIP64.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace tidegate::fare::gtfs {

/// A file in an archive.
struct ZipEntry {
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  std::uint32_t packed = 0, size = 0;
  std::uint32_t offset = 0;  ///< of its local header
};
using ZipDirectory = std::map<std::string, ZipEntry, std::less<>>;

[[nodiscard]] bool is_zip(ByteView bytes) noexcept;
/// The central directory. Errc::invalid, Errc::unsupported.
[[nodiscard]] Result<ZipDirectory> read_zip_directory(ByteView archive);
/// A file of it, whole and with the right checksum; at most `limit` bytes (else Errc::full).
[[nodiscard]] Result<std::string> read_zip_file(ByteView archive, const ZipEntry& entry,
                                                std::size_t limit);

/// Raw deflate data that must make exactly `size` bytes. Errc::invalid.
[[nodiscard]] Result<std::string> inflate(ByteView packed, std::size_t size);

}  // namespace tidegate::fare::gtfs
