// SPDX-License-Identifier: Apache-2.0
// Finds and reads the files of a ZIP archive.
#include "fare/authoring/gtfs/zip.h"

#include <algorithm>
#include <array>

namespace tidegate::fare::gtfs {
namespace {

// PKWARE APPNOTE 4.3: signatures and sizes of the fixed parts.
constexpr std::uint32_t kLocal = 0x04034B50, kCentral = 0x02014B50, kEnd = 0x06054B50;
constexpr std::size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kCommentMax = 0xFFFF;
constexpr std::size_t kFilesMax = 1'000;

std::uint32_t le(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint32_t out = 0;
  for (std::size_t i = size; i-- > 0;) out = out << 8U | bytes[at + i];
  return out;
}

std::uint32_t crc32(std::string_view text) {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> out{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit)
        value = (value & 1U) != 0 ? value >> 1U ^ 0xEDB88320U : value >> 1U;
      out[i] = value;
    }
    return out;
  }();
  std::uint32_t out = 0xFFFFFFFF;
  for (const char c : text) out = out >> 8U ^ kTable[(out ^ static_cast<unsigned char>(c)) & 0xFFU];
  return ~out;
}

std::unexpected<Error> bad(const char* what) {
  return fail(Errc::invalid, std::string{"archive: "} + what);
}

}  // namespace

bool is_zip(ByteView bytes) noexcept {
  return bytes.size() >= 4 && (le(bytes, 0, 4) == kLocal || le(bytes, 0, 4) == kEnd);
}

Result<ZipDirectory> read_zip_directory(ByteView archive) {
  if (archive.size() < kEndSize) return bad("is cut off");
  const std::size_t last = archive.size() - kEndSize;
  std::size_t end = last;
  while (le(archive, end, 4) != kEnd) {
    if (end == 0 || last - end >= kCommentMax) return bad("has no directory; it is cut off");
    --end;
  }
  const std::size_t count = le(archive, end + 10, 2), begin = le(archive, end + 16, 4);
  if (le(archive, end + 4, 2) != 0 || count == 0xFFFF || begin == 0xFFFFFFFF)
    return fail(Errc::unsupported, "archive: of several parts, or ZIP64");
  if (count > kFilesMax) return bad("has more than 1000 files");
  ZipDirectory out;
  std::size_t at = begin;
  for (std::size_t i = 0; i < count; ++i) {
    if (at > end || end - at < kCentralSize || le(archive, at, 4) != kCentral)
      return bad("directory is broken");
    const std::size_t name = le(archive, at + 28, 2);
    const std::size_t more = le(archive, at + 30, 2) + std::size_t{le(archive, at + 32, 2)};
    if (end - at - kCentralSize < name + more) return bad("directory is broken");
    if ((le(archive, at + 8, 2) & 1U) != 0) return fail(Errc::unsupported, "archive: is encrypted");
    out.insert_or_assign(std::string{as_text(archive.subspan(at + kCentralSize, name))},
                         ZipEntry{.method = static_cast<std::uint16_t>(le(archive, at + 10, 2)),
                                  .crc = le(archive, at + 16, 4),
                                  .packed = le(archive, at + 20, 4),
                                  .size = le(archive, at + 24, 4),
                                  .offset = le(archive, at + 42, 4)});
    at += kCentralSize + name + more;
  }
  return out;
}

Result<std::string> read_zip_file(ByteView archive, const ZipEntry& entry, std::size_t limit) {
  if (entry.size > limit)
    return fail(Errc::full, "is larger than " + std::to_string(limit) + " bytes");
  const std::size_t at = entry.offset;
  if (archive.size() < kLocalSize || at > archive.size() - kLocalSize ||
      le(archive, at, 4) != kLocal)
    return bad("directory names a place where no file is");
  const std::size_t begin =
      at + kLocalSize + le(archive, at + 26, 2) + std::size_t{le(archive, at + 28, 2)};
  if (begin > archive.size() || archive.size() - begin < entry.packed) return bad("is cut off");
  const ByteView packed = archive.subspan(begin, entry.packed);
  Result<std::string> out = bad("compressed in a way that is not read (deflate is)");
  if (entry.method == 0) out = std::string{as_text(packed)};
  if (entry.method == 8) out = inflate(packed, entry.size);
  if (out && (out->size() != entry.size || crc32(*out) != entry.crc))
    return bad("checksum of a file is wrong");
  return out;
}

}  // namespace tidegate::fare::gtfs
