// SPDX-License-Identifier: Apache-2.0
// A disk under a recorded program: what is on it for certain, and what may or may not have got
// there. docs/crash-states.md has the rules.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/interposer/record.h"

namespace tidegate::crash {

inline constexpr std::size_t kSector = 512;
using Random = std::mt19937_64;
using FileId = std::uint64_t;  ///< unlike an inode's number never used twice
inline constexpr FileId kFolder = 0;

/// A file's bytes; what is behind them up to `size` is zero.
struct Image {
  std::string bytes;
  std::uint64_t size = 0;
  friend bool operator==(const Image&, const Image&) = default;
  void put_sector(std::uint64_t sector, const std::string& data);
};

/// What a power cut left: names (relative) and files.
struct State {
  std::map<std::string, FileId> names;
  std::map<FileId, Image> files;
  std::uint64_t fingerprint = 0;  ///< of the choices made: equal states have equal ones
};

/// For tests of the test: a disk that does not do what it says.
struct Lies {
  bool ignores_sync = false;  ///< fsync and fdatasync do nothing
};

class Disk {
 public:
  explicit Disk(Lies lies = {}) : lies_{lies} {}

  /// The call has begun: it may have reached the disk. Cut here for what it may leave.
  void begin(const interposer::Record& record);
  /// The call has returned: what it promises is now certain.
  void end(const interposer::Record& record);

  /// One of the states that a cut now can leave.
  [[nodiscard]] State cut(Random& random) const;
  /// How many sectors, sizes and names are open: 0 means that there is one state only.
  [[nodiscard]] std::size_t open_questions() const;

 private:
  /// A sector as one write left it.
  struct Version {
    std::uint64_t write = 0;  ///< which write, rising
    std::uint64_t sector = 0;
    std::string data;
    bool adrift = false;  ///< a sync failed: it may be there, and later syncs do not write it again
  };
  struct File {
    Image certain;
    Image seen;  ///< what the program reads back
    std::vector<Version> open;
  };
  struct NameChange {
    interposer::Kind kind = interposer::Kind::create;
    std::string path, to;
    FileId file = kFolder;
  };

  void write(const interposer::Record& record);
  static void sync(File& file);
  static void apply(std::map<std::string, FileId>& names, const NameChange& change);
  void cut_file(const File& file, Random& random, Image& out, std::uint64_t& mark) const;
  File* find(std::uint64_t inode);

  Lies lies_;
  std::map<std::uint64_t, FileId> by_inode_;
  std::map<FileId, File> files_;
  FileId last_file_ = kFolder;
  std::map<std::string, FileId> certain_names_;
  std::vector<NameChange> open_names_;
  std::uint64_t writes_ = 0;
  std::uint64_t generation_ = 0;  ///< rises with every change of what is certain
};

}  // namespace tidegate::crash
