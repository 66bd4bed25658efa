// SPDX-License-Identifier: Apache-2.0
// Values that have pages of their own: where they lie in the file, and writing there.
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/lmdb/lmdb.h"

namespace tidegate::lmdb {
namespace {

/// What LMDB 0.9 writes before such a value (struct MDB_page of mdb.c, data version 1).
struct PageHead {
  std::uint64_t number = 0;
  std::uint16_t unused = 0;
  std::uint16_t flags = 0;
  std::uint32_t pages = 0;
  friend bool operator==(const PageHead&, const PageHead&) = default;
};
static_assert(sizeof(PageHead) == kPlaceInPage);
constexpr std::uint16_t kOverflow = 0x04, kDirty = 0x10;

}  // namespace

Result<std::optional<Place>> Table::place(const ReadTxn& txn, ByteView key) const {
  const auto value = get(txn, key);
  if (!value) return fail(value.error());
  MDB_env* env = mdb_txn_env(txn.raw());
  int fd = -1;
  MDB_stat stat{};
  if (mdb_env_get_fd(env, &fd) != 0 || mdb_env_stat(env, &stat) != 0)
    return fail(Errc::io, "LMDB does not tell its descriptor");
  const std::size_t page_bytes = stat.ms_psize;
  // A small value lies somewhere in a page of many: its page's head is not before it.
  if (!*value || (*value)->size() < page_bytes) return std::nullopt;
  PageHead head;
  std::memcpy(&head, (*value)->data() - sizeof head, sizeof head);
  if ((head.flags & kOverflow) == 0 || (head.flags & kDirty) != 0 ||
      head.pages * page_bytes < (*value)->size() + sizeof head)
    return std::nullopt;
  // Only what the file has there too is believed.
  const std::size_t page = head.number * page_bytes;
  PageHead found;
  if (::pread(fd, &found, sizeof found, static_cast<off_t>(page)) !=
          static_cast<ssize_t>(sizeof found) ||
      found != head)
    return std::nullopt;
  return Place{page + sizeof head, (*value)->size()};
}

Status Environment::write_in_place(const Place& place, std::size_t at, ByteView bytes) const {
  if (at > place.size || bytes.size() > place.size - at)
    return fail(Errc::invalid, "writing over the end of a value");
  int fd = -1;
  if (mdb_env_get_fd(env_, &fd) != 0) return fail(Errc::io, "LMDB does not tell its descriptor");
  std::size_t from = place.offset + at;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(from));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail_errno("writing into a value of data.mdb");
    if (written == 0) return fail(Errc::full, "writing into a value of data.mdb: nothing written");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    from += static_cast<std::size_t>(written);
  }
  return {};
}

}  // namespace tidegate::lmdb
