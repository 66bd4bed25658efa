// SPDX-License-Identifier: Apache-2.0
// What a sync promises, and what a cut may leave.
#include "tests/crash/disk.h"

#include <algorithm>
#include <set>

namespace tidegate::crash {

using interposer::Kind;
using interposer::Record;

namespace {

std::string sector_of(const Image& image, std::uint64_t sector) {
  std::string out = sector * kSector < image.bytes.size()
                        ? image.bytes.substr(sector * kSector, kSector)
                        : std::string{};
  out.resize(kSector, '\0');
  return out;
}

bool happened(const Record& record) {
  return record.error == 0 || (record.flags & interposer::kLanded) != 0;
}

void mix(std::uint64_t& mark, std::uint64_t value) {
  mark = (mark ^ value) * 0x100000001B3ULL;
  mark ^= mark >> 29U;
}

/// Which open versions of a file are kept. Most real accidents are simple, so the simple ones get
/// their share: nothing, everything, all up to some write, all but one write; then by whole write,
/// and by sector.
class Choice {
 public:
  Choice(std::uint64_t first, std::uint64_t last, Random& random)
      : random_{random},
        way_{std::uniform_int_distribution<int>{0, 6}(random)},
        pivot_{std::uniform_int_distribution<std::uint64_t>{first, last}(random)},
        chance_{std::uniform_real_distribution<double>{0.05, 0.95}(random)} {}

  bool keeps(std::uint64_t write) {
    const bool new_write = write != write_;
    if (new_write) whole_ = coin();
    write_ = write;
    switch (way_) {
      case 0: return false;
      case 1: return true;
      case 2: return write < pivot_ || (write == pivot_ && coin());
      case 3: return write != pivot_;
      case 4: return write == pivot_ && coin();
      case 5: return whole_;
      default: return coin();
    }
  }

 private:
  bool coin() { return std::bernoulli_distribution{chance_}(random_); }

  Random& random_;
  int way_;
  std::uint64_t pivot_;
  double chance_;
  std::uint64_t write_ = ~0ULL;
  bool whole_ = false;
};

}  // namespace

void Image::put_sector(std::uint64_t sector, const std::string& data) {
  const std::size_t end = (sector + 1) * kSector;
  if (bytes.size() < end) bytes.resize(end, '\0');
  std::copy(data.begin(), data.end(), bytes.begin() + static_cast<std::ptrdiff_t>(end - kSector));
}

Disk::File* Disk::find(std::uint64_t inode) {
  const auto id = by_inode_.find(inode);
  return id == by_inode_.end() ? nullptr : &files_[id->second];
}

void Disk::write(const Record& record) {
  File* file = find(record.inode);
  if (file == nullptr || record.data.empty()) return;
  const std::uint64_t end = record.offset + record.data.size();
  if (file->seen.bytes.size() < end) file->seen.bytes.resize(end, '\0');
  std::copy(record.data.begin(), record.data.end(),
            file->seen.bytes.begin() + static_cast<std::ptrdiff_t>(record.offset));
  file->seen.size = std::max(file->seen.size, end);
  ++writes_;
  // What a write that failed has put there may be clean all the same, as after a failed sync.
  const bool adrift = record.error != 0;
  for (std::uint64_t s = record.offset / kSector; s * kSector < end; ++s)
    file->open.push_back({writes_, s, sector_of(file->seen, s), adrift});
}

void Disk::begin(const Record& record) {
  if (!happened(record)) return;
  switch (record.kind) {
    case Kind::write: write(record); break;
    case Kind::resize:
    case Kind::allocate:
      if (File* file = find(record.inode)) {
        auto& size = file->seen.size;
        size = record.kind == Kind::resize ? record.offset : std::max(size, record.offset);
        if (file->seen.bytes.size() > size) file->seen.bytes.resize(size);
      }
      break;
    case Kind::create:
      by_inode_[record.inode] = ++last_file_;
      files_[last_file_] = {};
      open_names_.push_back({record.kind, record.path, {}, last_file_});
      break;
    case Kind::make_folder:
    case Kind::rename:
    case Kind::remove: open_names_.push_back({record.kind, record.path, record.data}); break;
    default: break;
  }
}

void Disk::end(const Record& record) {
  File* file = find(record.inode);
  switch (record.kind) {
    case Kind::sync:
      if (file == nullptr || lies_.ignores_sync) return;
      ++generation_;
      if (record.error == 0) {
        sync(*file);
      } else {
        for (Version& version : file->open) version.adrift = true;
      }
      return;
    case Kind::sync_folder:
      if (record.error != 0 || lies_.ignores_sync) return;
      ++generation_;
      for (const NameChange& change : open_names_) apply(certain_names_, change);
      open_names_.clear();
      return;
    default: return;
  }
}

void Disk::sync(File& file) {
  std::set<std::uint64_t> written;
  for (const Version& version : file.open) {
    if (version.adrift) continue;
    file.certain.put_sector(version.sector, version.data);
    written.insert(version.sector);
  }
  file.certain.size = file.seen.size;
  if (file.certain.bytes.size() > file.certain.size) file.certain.bytes.resize(file.certain.size);
  std::erase_if(file.open, [&written](const Version& version) {
    return !version.adrift || written.contains(version.sector);
  });
}

void Disk::apply(std::map<std::string, FileId>& names, const NameChange& change) {
  switch (change.kind) {
    case Kind::create:
    case Kind::make_folder: names[change.path] = change.file; return;
    case Kind::remove: names.erase(change.path); return;
    default: break;
  }
  // A rename: of a folder with all that is in it.
  std::map<std::string, FileId> out;
  for (const auto& [path, file] : names) {
    if (path == change.path || path.starts_with(change.path + "/")) {
      out[change.to + path.substr(change.path.size())] = file;
    } else if (path != change.to) {
      out.emplace(path, file);
    }
  }
  names = std::move(out);
}

void Disk::cut_file(const File& file, Random& random, Image& out, std::uint64_t& mark) const {
  out = file.certain;
  if (file.certain.size != file.seen.size && std::bernoulli_distribution{0.5}(random)) {
    out.size = file.seen.size;
    mix(mark, 1);
  }
  if (file.open.empty()) return;
  Choice choice{file.open.front().write, file.open.back().write, random};
  for (std::size_t i = 0; i < file.open.size(); ++i) {
    const Version& version = file.open[i];
    if (!choice.keeps(version.write)) continue;
    out.put_sector(version.sector, version.data);
    mix(mark, i + 2);
  }
  // Blocks that were written lengthen the file, at most to what the program made it.
  out.size = std::max<std::uint64_t>(out.size, std::min(out.bytes.size(), file.seen.size));
  if (out.bytes.size() > out.size) out.bytes.resize(out.size);
}

State Disk::cut(Random& random) const {
  State out;
  mix(out.fingerprint, generation_);
  // Names change in order: the file systems in question keep a journal of them.
  const std::size_t kept =
      std::uniform_int_distribution<std::size_t>{0, open_names_.size()}(random);
  mix(out.fingerprint, kept);
  out.names = certain_names_;
  for (std::size_t i = 0; i < kept; ++i) apply(out.names, open_names_[i]);
  for (const auto& [path, file] : out.names) {
    if (file == kFolder || out.files.contains(file)) continue;
    mix(out.fingerprint, file);
    cut_file(files_.at(file), random, out.files[file], out.fingerprint);
  }
  return out;
}

std::size_t Disk::open_questions() const {
  std::size_t out = open_names_.size();
  for (const auto& [id, file] : files_)
    out += file.open.size() + (file.certain.size != file.seen.size ? 1 : 0);
  return out;
}

}  // namespace tidegate::crash
