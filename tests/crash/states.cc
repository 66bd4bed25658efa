// SPDX-License-Identifier: Apache-2.0
// Walks a record, asks the disk for states, lays them out and has them looked at.
#include "tests/crash/states.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>

#include "tests/crash/check.h"

namespace tidegate::crash {

namespace fs = std::filesystem;
using interposer::Kind;
using interposer::Record;

namespace {

constexpr std::size_t kBlock = 4096;
constexpr time_t kOldTime = 1;  ///< no write leaves a file with this

/// LMDB makes it anew when nobody has it open; it is never synced. So after a cut it is anything.
bool is_lock(const std::string& path) {
  return path.ends_with("lock.mdb");
}

void check_call(bool ok, const fs::path& path) {
  if (!ok) throw std::runtime_error{"laying out " + path.string()};
}

/// The folder a state is laid out in. Only what differs from the state before is written.
class Stage {
 public:
  explicit Stage(fs::path root) : root_{std::move(root)} {}

  void lay_out(const State& state, Random& random) {
    std::map<std::string, FileId> names;
    for (const auto& [path, file] : state.names)
      if (!is_lock(path)) names.emplace(path, file);
    if (names != names_ || touched()) {
      for (const auto& each : fs::directory_iterator{root_}) fs::remove_all(each.path());
      shadow_.clear();
      for (const auto& [path, file] : names)
        if (file == kFolder) fs::create_directory(root_ / path);
      names_ = std::move(names);
    }
    for (const auto& [path, file] : names_)
      if (file != kFolder) write(root_ / path, state.files.at(file), shadow_[path]);
    for (const auto& [path, file] : state.names)
      if (is_lock(path)) write_lock(root_ / path, random);
  }

 private:
  /// Opening the ledger may have changed what lies here: files are given a time that no write
  /// leaves.
  bool touched() const {
    std::size_t found = 0;
    for (const auto& each : fs::recursive_directory_iterator{root_})
      if (!is_lock(each.path().string())) ++found;
    if (found != names_.size()) return true;
    for (const auto& [path, file] : names_) {
      struct stat info{};
      if (::stat((root_ / path).c_str(), &info) != 0) return true;
      if (file != kFolder && info.st_mtime != kOldTime) return true;
    }
    return false;
  }

  static void write(const fs::path& path, const Image& image, Image& shadow) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    check_call(fd >= 0, path);
    for (std::size_t at = 0; at < std::max(image.bytes.size(), shadow.bytes.size()); at += kBlock) {
      std::string now = at < image.bytes.size() ? image.bytes.substr(at, kBlock) : "";
      std::string before = at < shadow.bytes.size() ? shadow.bytes.substr(at, kBlock) : "";
      now.resize(kBlock, '\0');
      before.resize(kBlock, '\0');
      if (now == before) continue;
      check_call(::pwrite(fd, now.data(), kBlock, static_cast<off_t>(at)) == ssize_t{kBlock}, path);
    }
    shadow = image;
    check_call(::ftruncate(fd, static_cast<off_t>(image.size)) == 0, path);
    const timespec old[2] = {{kOldTime, 0}, {kOldTime, 0}};
    check_call(::futimens(fd, old) == 0, path);
    ::close(fd);
  }

  static void write_lock(const fs::path& path, Random& random) {
    std::string junk(random() % 3 == 0 ? 0 : 8192, '\0');
    if (random() % 2 == 0)
      for (char& c : junk) c = static_cast<char>(random());
    std::ofstream{path, std::ios::binary | std::ios::trunc} << junk;
  }

  fs::path root_;
  std::map<std::string, FileId> names_;
  std::map<std::string, Image> shadow_;
};

bool matters(const Record& record) {
  return record.kind == Kind::mark || record.kind == Kind::create || !is_lock(record.path) ||
         record.kind == Kind::remove;
}

/// How many states to ask for at each record: more where more is open.
std::vector<std::size_t> quotas(const std::vector<Record>& records, const StatesOptions& options) {
  std::vector<std::size_t> out;
  std::size_t sum = 0, cut = options.seed % options.cut_every;
  Disk disk{options.lies};
  for (const Record& record : records) {
    disk.begin(record);
    const bool looked_at = record.kind != Kind::mark && cut++ % options.cut_every == 0;
    const std::size_t weight = looked_at ? 1 + std::min<std::size_t>(disk.open_questions(), 24) : 0;
    disk.end(record);
    out.push_back(weight);
    sum += weight;
  }
  for (std::size_t& each : out)
    if (each != 0) each = std::max<std::size_t>(1, (each * options.states + sum - 1) / sum);
  return out;
}

class Trial {
 public:
  Trial(const StatesOptions& options, const fs::path& root)
      : options_{options}, root_{root}, stage_{root}, random_{options.seed} {}

  /// Looks at `quota` states that were not seen before; what a cut does not have is asked of the
  /// next.
  void cut(const Disk& disk, const Expectation& expected, std::size_t quota, std::size_t place) {
    ++result_.cuts;
    quota += owed_;
    std::size_t found = 0;
    for (std::size_t i = 0; i < 2 * quota + 4 && found < quota && !is_over(); ++i) {
      const State state = disk.cut(random_);
      if (!seen_.insert(state.fingerprint).second) continue;
      ++found;
      look(state, expected, place);
    }
    owed_ = quota - found;
  }
  /// What is expected has changed: the same bytes must be looked at again.
  void forget_seen() { seen_.clear(); }
  [[nodiscard]] bool is_over() const { return result_.violations >= options_.violations_max; }
  [[nodiscard]] StatesResult result() { return std::move(result_); }

 private:
  void look(const State& state, const Expectation& expected, std::size_t place) {
    stage_.lay_out(state, random_);
    ++result_.states;
    const bool append = options_.append_every != 0 && result_.states % options_.append_every == 0;
    if (append) ++result_.appended;
    const std::string wrong = expected.check(root_, append);
    if (wrong.empty()) return;
    if (result_.violations++ < 5)
      result_.first.push_back("cut in record " + std::to_string(place) + ", state " +
                              std::to_string(result_.states) + ", seed " +
                              std::to_string(options_.seed) + ": " + wrong);
  }

  StatesOptions options_;
  fs::path root_;
  Stage stage_;
  Random random_;
  std::set<std::uint64_t> seen_;
  std::size_t owed_ = 0;
  StatesResult result_;
};

}  // namespace

TempFolder::TempFolder() {
  const char* other = std::getenv("TMPDIR");
  for (const std::string& base :
       {std::string{"/dev/shm"}, std::string{other == nullptr ? "/tmp" : other}}) {
    std::string name = base + "/tidegate-crash-XXXXXX";
    std::error_code error;
    const auto room = fs::space(base, error);
    if (error || room.available < (64U << 20U) || ::mkdtemp(name.data()) == nullptr) continue;
    path_ = fs::canonical(name);
    return;
  }
  throw std::runtime_error{"no folder for the crash test"};
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

StatesResult try_states(const std::vector<Record>& all, const StatesOptions& options) {
  std::vector<Record> records;
  std::copy_if(all.begin(), all.end(), std::back_inserter(records), matters);
  const auto quota = quotas(records, options);
  const TempFolder root;
  Trial trial{options, root.path()};
  Disk disk{options.lies};
  Expectation expected;
  for (std::size_t i = 0; i < records.size() && !trial.is_over(); ++i) {
    if (records[i].kind == Kind::mark) {
      expected.hear(records[i].data);
      trial.forget_seen();
      continue;
    }
    disk.begin(records[i]);
    trial.cut(disk, expected, quota[i], i);
    disk.end(records[i]);
  }
  return trial.result();
}

std::vector<Record> acknowledged_early(std::vector<Record> records) {
  std::size_t begun = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].kind != Kind::mark) continue;
    if (records[i].data.starts_with("try")) begun = i;
    if (!records[i].data.starts_with("ack") || begun == 0) continue;
    const auto first = records.begin() + static_cast<std::ptrdiff_t>(begun) + 1;
    const auto ack = records.begin() + static_cast<std::ptrdiff_t>(i);
    std::rotate(first, ack, ack + 1);
    begun = 0;
  }
  return records;
}

}  // namespace tidegate::crash
