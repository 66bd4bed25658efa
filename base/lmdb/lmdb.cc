// SPDX-License-Identifier: Apache-2.0
// Turns LMDB's calls and numbers into the owned values of lmdb.h.
#include "base/lmdb/lmdb.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/log.h"

namespace tidegate::lmdb {
namespace {

constexpr mdb_mode_t kFileMode = 0600;
/// lock.mdb with the usual 126 readers.
constexpr off_t kLockBytes = 8192;

/// LMDB's own numbers are negative, the system's are errno. MDB_PANIC means that an earlier commit
/// failed half way: the environment must be closed and opened again.
std::unexpected<Error> fail_lmdb(std::string_view doing, int rc) {
  if (rc > 0 && rc != EFBIG) return fail_errno(doing, rc);
  Errc code = Errc::io;
  switch (rc) {
    case EFBIG:
    case MDB_MAP_FULL:
    case MDB_TXN_FULL: code = Errc::full; break;
    case MDB_NOTFOUND: code = Errc::not_found; break;
    case MDB_KEYEXIST: code = Errc::exists; break;
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_BAD_TXN:
    case MDB_VERSION_MISMATCH: code = Errc::corrupt; break;
    case MDB_BAD_VALSIZE: code = Errc::invalid; break;
    default: break;
  }
  return fail(code, std::string{doing} + ": " + mdb_strerror(rc));
}

MDB_val to_val(ByteView bytes) {
  // LMDB's interface is not const-correct; it only reads keys, and values that are put.
  return {bytes.size(), const_cast<Byte*>(bytes.data())};
}
ByteView from_val(const MDB_val& val) {
  return {static_cast<const Byte*>(val.mv_data), val.mv_size};
}

/// So that a disk that fills up is noticed now and not under a passenger's hand. A file system that
/// cannot allocate ahead is used without it, with a warning; emulating it would write the file.
Status allocate_blocks(MDB_env* env, std::size_t map_bytes) {
  int fd = -1;
  if (const int rc = mdb_env_get_fd(env, &fd); rc != 0) return fail_lmdb("LMDB descriptor", rc);
  struct stat info{};
  if (::fstat(fd, &info) != 0) return fail_errno("reading the size of data.mdb");
  if (static_cast<std::size_t>(info.st_size) >= map_bytes) return {};
  int rc = 0;
  do {
    rc = ::fallocate(fd, 0, 0, static_cast<off_t>(map_bytes)) == 0 ? 0 : errno;
  } while (rc == EINTR);
  if (rc == EOPNOTSUPP || rc == ENOSYS) {
    log(Priority::warning, "lmdb_not_preallocated", {{"bytes", map_bytes}});
    return {};
  }
  if (rc != 0) return fail_errno("allocating data.mdb", rc);
  return {};
}

/// LMDB writes to lock.mdb through a map: on a full disk a page without a block is a SIGBUS. So the
/// blocks are there before, or this is an error. Its size stays LMDB's business.
Status allocate_lock(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  if (fd < 0) {
    if (errno == ENOSPC || errno == EDQUOT) return fail_errno("making " + file.string());
    return {};  // read-only, or not ours: LMDB knows what it can do without
  }
  int rc = 0;
  do {
    rc = ::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, kLockBytes) == 0 ? 0 : errno;
  } while (rc == EINTR);
  // Before LMDB opens it: closing a descriptor ends every lock this process has on the file.
  ::close(fd);
  if (rc == ENOSPC || rc == EDQUOT) return fail_errno("allocating " + file.string(), rc);
  return {};
}

/// Without a configured size LMDB takes the stored one, so that is asked first.
Status settle_map(MDB_env* env, std::size_t configured) {
  MDB_envinfo info{};
  mdb_env_info(env, &info);
  if (info.me_mapsize >= configured) return {};
  if (const int rc = mdb_env_set_mapsize(env, configured); rc != 0)
    return fail_lmdb("growing the LMDB map", rc);
  return {};
}

/// Where the first block that was never written begins, from `from` on; the file's end when there
/// is none, or nobody knows.
off_t first_unwritten(int fd, off_t from, off_t file_end) {
  const off_t hole = ::lseek(fd, from, SEEK_HOLE);
  return hole < 0 ? file_end : hole;
}

Status write_zeros(int fd, off_t from, off_t to) {
  static constexpr std::array<Byte, 64UL << 10U> kZeros{};
  while (from < to) {
    const auto size = std::min(kZeros.size(), static_cast<std::size_t>(to - from));
    const ssize_t written = ::pwrite(fd, kZeros.data(), size, from);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail_errno("filling pages of data.mdb");
    from += written;
  }
  return {};
}

constexpr std::size_t kRoots = 2;  // the first pages of the file
/// The two tables every environment has.
constexpr MDB_dbi kFreePages = 0, kTables = 1;

Result<std::size_t> bytes_of(MDB_txn* txn, MDB_dbi table) {
  MDB_stat stat{};
  if (const int rc = mdb_stat(txn, table, &stat); rc != 0)
    return fail_lmdb("counting pages of LMDB", rc);
  return (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
}

}  // namespace

Result<Environment> Environment::open(const std::filesystem::path& directory,
                                      const Options& options) {
  MDB_env* raw = nullptr;
  if (const int rc = mdb_env_create(&raw); rc != 0) return fail_lmdb("creating LMDB handle", rc);
  Environment env{raw};  // owns it from here: a failed open must be closed too
  std::error_code ignored;
  const bool is_new = !std::filesystem::exists(directory / "data.mdb", ignored);
  if (is_new && options.read_only)
    return fail(Errc::not_found, "no data.mdb in " + directory.string());
  if (auto done = allocate_lock(directory / "lock.mdb"); !done) return fail(done.error());
  if (is_new) mdb_env_set_mapsize(raw, options.map_bytes);
  mdb_env_set_maxdbs(raw, options.max_tables);
  // Roots are not synced by LMDB itself: commit() does it, and commit_unsynced_root() leaves it
  // out.
  const unsigned flags = MDB_NOTLS | (options.read_only ? MDB_RDONLY : MDB_NOMETASYNC);
  if (const int rc = mdb_env_open(raw, directory.c_str(), flags, kFileMode); rc != 0)
    return fail_lmdb("opening " + directory.string(), rc);
  if (options.read_only) return env;
  if (auto grown = settle_map(raw, options.map_bytes); !grown) return fail(grown.error());
  if (options.preallocate)
    if (auto done = allocate_blocks(raw, env.usage().map_bytes); !done) return fail(done.error());
  return env;
}

Environment::~Environment() {
  if (env_ != nullptr) mdb_env_close(env_);
}

void Environment::clear_dead_readers() const {
  int dead = 0;
  mdb_reader_check(env_, &dead);
}

Status Environment::settle() const {
  int fd = -1;
  if (const int rc = mdb_env_get_fd(env_, &fd); rc != 0) return fail_lmdb("LMDB descriptor", rc);
  MDB_stat stat{};
  if (const int rc = mdb_env_stat(env_, &stat); rc != 0) return fail_lmdb("LMDB page size", rc);
  Bytes roots(kRoots * stat.ms_psize);
  const auto size = static_cast<ssize_t>(roots.size());
  if (::pread(fd, roots.data(), roots.size(), 0) != size) return fail_errno("reading LMDB's roots");
  // Written, not only synced: after a failed sync the kernel takes the page for clean.
  const ssize_t written = ::pwrite(fd, roots.data(), roots.size(), 0);
  if (written < 0) return fail_errno("writing LMDB's roots again");
  if (written != size) return fail(Errc::full, "writing LMDB's roots again: written in part");
  if (const int rc = mdb_env_sync(env_, 1); rc != 0) return fail_lmdb("syncing LMDB", rc);
  return {};
}

Result<bool> Environment::fill_pages(std::size_t ahead, std::size_t slice) const {
  // Pages behind the last one are nobody's as long as nobody else can begin to write. LMDB seeks
  // before it writes, so its descriptor's place may be moved meanwhile.
  const auto alone = WriteTxn::begin(*this);
  if (!alone) return fail(alone.error());
  int fd = -1;
  if (const int rc = mdb_env_get_fd(env_, &fd); rc != 0) return fail_lmdb("LMDB descriptor", rc);
  struct stat info{};
  if (::fstat(fd, &info) != 0) return fail_errno("reading the size of data.mdb");
  const auto used = static_cast<off_t>(usage().used_bytes);
  const off_t enough = std::min(info.st_size, used + static_cast<off_t>(ahead));
  const off_t from = first_unwritten(fd, used, info.st_size);
  if (from >= enough) return false;
  const off_t to = std::min(info.st_size, from + static_cast<off_t>(slice));
  if (auto done = write_zeros(fd, from, to); !done) return fail(done.error());
  if (::fdatasync(fd) != 0) return fail_errno("syncing filled pages of data.mdb");
  return to < enough;
}

Environment::Usage Environment::usage() const {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env_, &info);
  mdb_env_stat(env_, &stat);
  return {info.me_mapsize, (info.me_last_pgno + 1) * stat.ms_psize};
}

Result<std::size_t> Environment::own_bytes(const Txn& txn) const {
  MDB_stat stat{};
  mdb_env_stat(env_, &stat);
  std::size_t out = kRoots * stat.ms_psize;
  for (const MDB_dbi table : {kFreePages, kTables}) {
    const auto bytes = bytes_of(txn.raw(), table);
    if (!bytes) return fail(bytes.error());
    out += *bytes;
  }
  return out;
}

Txn::~Txn() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

Result<ReadTxn> ReadTxn::begin(const Environment& env) {
  MDB_txn* txn = nullptr;
  const int rc = mdb_txn_begin(env.raw(), nullptr, MDB_RDONLY, &txn);
  if (rc != 0) return fail_lmdb("beginning to read LMDB", rc);
  return ReadTxn{txn};
}

Status ReadTxn::keep_tables() && {
  const int rc = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (rc != 0) return fail_lmdb("ending to read LMDB", rc);
  return {};
}

Result<WriteTxn> WriteTxn::begin(const Environment& env) {
  MDB_txn* txn = nullptr;
  const int rc = mdb_txn_begin(env.raw(), nullptr, 0, &txn);
  if (rc != 0) return fail_lmdb("beginning to write LMDB", rc);
  return WriteTxn{txn};
}

Status WriteTxn::commit() && {
  MDB_env* env = mdb_txn_env(txn_);
  if (auto done = std::move(*this).commit_unsynced_root(); !done) return done;
  if (const int rc = mdb_env_sync(env, 1); rc != 0) return fail_lmdb("syncing LMDB's root", rc);
  return {};
}

// LMDB writes the pages, syncs the file, and writes the root behind that (MDB_NOMETASYNC). Pages
// are used again only when neither of the last two roots has them, and the root before this one is
// on disk with that sync: whichever of the two a power cut leaves, its tree is whole.
Status WriteTxn::commit_unsynced_root() && {
  const int rc = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (rc != 0) return fail_lmdb("committing to LMDB", rc);
  return {};
}

Result<Table> Table::open(const Txn& txn, const char* name) {
  MDB_dbi dbi = 0;
  const int rc = mdb_dbi_open(txn.raw(), name, 0, &dbi);
  if (rc != 0) return fail_lmdb(std::string{"opening table "} + name, rc);
  return Table{dbi};
}

Result<Table> Table::create(const WriteTxn& txn, const char* name) {
  MDB_dbi dbi = 0;
  const int rc = mdb_dbi_open(txn.raw(), name, MDB_CREATE, &dbi);
  if (rc != 0) return fail_lmdb(std::string{"creating table "} + name, rc);
  return Table{dbi};
}

Result<std::optional<ByteView>> Table::get(const Txn& txn, ByteView key) const {
  MDB_val k = to_val(key);
  MDB_val v{};
  const int rc = mdb_get(txn.raw(), dbi_, &k, &v);
  if (rc == MDB_NOTFOUND) return std::nullopt;
  if (rc != 0) return fail_lmdb("reading LMDB", rc);
  return from_val(v);
}

Status Table::put(const WriteTxn& txn, ByteView key, ByteView value) const {
  MDB_val k = to_val(key);
  MDB_val v = to_val(value);
  if (const int rc = mdb_put(txn.raw(), dbi_, &k, &v, 0); rc != 0)
    return fail_lmdb("writing LMDB", rc);
  return {};
}

Status Table::append(const WriteTxn& txn, ByteView key, ByteView value) const {
  MDB_val k = to_val(key);
  MDB_val v = to_val(value);
  if (const int rc = mdb_put(txn.raw(), dbi_, &k, &v, MDB_APPEND); rc != 0)
    return fail_lmdb("appending to LMDB", rc);
  return {};
}

Status Table::erase(const WriteTxn& txn, ByteView key) const {
  MDB_val k = to_val(key);
  const int rc = mdb_del(txn.raw(), dbi_, &k, nullptr);
  if (rc != 0 && rc != MDB_NOTFOUND) return fail_lmdb("erasing in LMDB", rc);
  return {};
}

Result<std::size_t> Table::size(const Txn& txn) const {
  MDB_stat stat{};
  if (const int rc = mdb_stat(txn.raw(), dbi_, &stat); rc != 0)
    return fail_lmdb("counting in LMDB", rc);
  return stat.ms_entries;
}

Result<std::size_t> Table::bytes(const Txn& txn) const {
  return bytes_of(txn.raw(), dbi_);
}

Result<Cursor> Cursor::open(const Txn& txn, const Table& table) {
  MDB_cursor* cursor = nullptr;
  if (const int rc = mdb_cursor_open(txn.raw(), table.raw(), &cursor); rc != 0)
    return fail_lmdb("opening LMDB cursor", rc);
  return Cursor{cursor};
}

Cursor::~Cursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

Result<std::optional<KeyValue>> Cursor::move(MDB_cursor_op op, MDB_val key) {
  MDB_val value{};
  const int rc = mdb_cursor_get(cursor_, &key, &value, op);
  if (rc == MDB_NOTFOUND) return std::nullopt;
  if (rc != 0) return fail_lmdb("walking LMDB", rc);
  return KeyValue{from_val(key), from_val(value)};
}

Result<std::optional<KeyValue>> Cursor::first() {
  return move(MDB_FIRST, {});
}
Result<std::optional<KeyValue>> Cursor::last() {
  return move(MDB_LAST, {});
}
Result<std::optional<KeyValue>> Cursor::next() {
  return move(MDB_NEXT, {});
}
Result<std::optional<KeyValue>> Cursor::seek(ByteView key) {
  return move(MDB_SET_RANGE, to_val(key));
}

}  // namespace tidegate::lmdb
