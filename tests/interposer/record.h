// SPDX-License-Identifier: Apache-2.0
// The record the interposer writes: every change of a file or folder under the watched folder,
// every sync and every mark, in the order in which they happened. One Header, then path, then data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tidegate::interposer {

enum class Kind : std::uint8_t {
  write = 1,     ///< data at offset
  sync = 2,      ///< fsync, fdatasync or msync of a file
  resize = 3,    ///< ftruncate; offset is the new size
  allocate = 4,  ///< fallocate; offset is the end of the range
  create = 5,    ///< a file is new in its folder
  make_folder = 6,
  rename = 7,  ///< data is the new path
  remove = 8,  ///< a file or an empty folder
  sync_folder = 9,
  mark = 10,  ///< what a program wrote to <folder>/marks: data
};

/// Flag: failed, but the file has the bytes all the same.
inline constexpr std::uint8_t kLanded = 2;

struct Header {
  std::uint32_t magic = 0;
  Kind kind = Kind::mark;
  std::uint8_t flags = 0;
  std::uint16_t error = 0;  ///< errno the program was given, 0: none
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;
  std::uint32_t path_bytes = 0;
  std::uint32_t data_bytes = 0;
};
inline constexpr std::uint32_t kMagic = 0x54475243;

struct Record {
  Kind kind = Kind::mark;
  std::uint8_t flags = 0;
  int error = 0;
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;
  std::string path;  ///< relative to the watched folder
  std::string data;
};

/// Throws std::runtime_error when the file is no record or ends in the middle of one.
[[nodiscard]] std::vector<Record> read_records(const std::filesystem::path& file);

}  // namespace tidegate::interposer
