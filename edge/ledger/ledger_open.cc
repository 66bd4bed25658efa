// SPDX-License-Identifier: Apache-2.0
// Opening a ledger: whose it is, whether its newest part is sound, and how the first one is made.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edge/ledger/ledger_batch.h"
#include "edge/ledger/ledger_lmdb.h"
#include "edge/ledger/ledger_walk.h"

namespace tidegate::edge {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFolderMode = 0700;
constexpr const char* kUnfinished = "new";  // subfolder in which a ledger is made

bool has_ledger(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "data.mdb", ignored);
}

Status make_private(const fs::path& folder) {
  if (::mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST)
    return fail_errno("making " + folder.string());
  if (::chmod(folder.c_str(), kFolderMode) != 0)
    return fail_errno("setting the mode of " + folder.string());
  return {};
}

Status remove_unfinished(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (error) return fail_errno("removing " + folder.string(), error.value());
  return {};
}

/// A folder that is empty but for an unfinished ledger. Anything else that lies there without a
/// data.mdb means that a ledger was lost: that must be seen by somebody, not written over.
Status expect_empty(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error))
    if (at->path().filename() != kUnfinished)
      return fail(Errc::corrupt, folder.string() + " has no data.mdb, but is not empty: it has " +
                                     at->path().filename().string());
  if (error) return fail_errno("reading " + folder.string(), error.value());
  const fs::path parent = fs::absolute(folder).parent_path();
  const std::string sealed = folder.filename().string() + ".sealed-";
  for (fs::directory_iterator at{parent, error}, end; !error && at != end; at.increment(error))
    if (at->path().filename().string().starts_with(sealed))
      return fail(Errc::corrupt, "there is no ledger, but a sealed one: " + at->path().string());
  return {};
}

Status write_genesis(Store& store, const LedgerIdentity& identity, const LedgerOptions& options,
                     const EpochStart& start) {
  Genesis genesis;
  genesis.realm = identity.realm;
  genesis.box = identity.box.get();
  genesis.network = identity.network.get();
  genesis.stop = identity.stop.get();
  genesis.public_key = identity.key.public_key;
  genesis.previous_epoch = start.previous;
  genesis.previous_head = start.previous_head;
  genesis.previous_hash = start.previous_hash;
  genesis.because = start.because;
  EntryHead head;
  head.at = SystemClock{}.now();
  head.service_day = ServiceCalendar{}.day_of(head.at);
  std::array<Byte, 8> epoch{};
  crypto::random_bytes(epoch);

  auto txn = lmdb::WriteTxn::begin(store.env);
  if (!txn) return fail(txn.error());
  Batch batch{store, *txn, identity.key, options.checkpoint_every, {}};
  if (auto done =
          batch.begin_epoch(Epoch{read_be(epoch)}, {head, genesis}, start.totals, start.boot);
      !done)
    return done;
  if (!start.because.empty())
    if (auto done = batch.add_checkpoint(head); !done) return done;
  if (auto done = batch.finish(); !done) return done;
  return std::move(*txn).commit();
}

/// A crash of new_epoch() between its two renames leaves the new ledger beside an empty place.
Status finish_new_epoch(const fs::path& folder) {
  const fs::path next = next_epoch_folder(folder);
  if (has_ledger(folder) || !has_ledger(next)) return {};
  std::error_code error;
  if (fs::exists(folder, error) && !fs::remove(folder, error))
    return fail(Errc::corrupt, folder.string() + " is in the way of the new epoch");
  fs::rename(next, folder, error);
  if (error) return fail_errno("moving the new epoch to " + folder.string(), error.value());
  return posix::sync_folder(fs::absolute(folder).parent_path());
}

Status check_owner(const fs::path& folder, const LedgerIdentity& identity) {
  auto store = Store::open(folder, {.read_only = true});
  if (!store) return fail(store.error());
  auto txn = lmdb::ReadTxn::begin(store->env);
  if (!txn) return fail(txn.error());
  const auto owner = store->identity(*txn);
  if (!owner) return fail(owner.error());
  if (owner->box != identity.box.get())
    return fail(Errc::refused, "this is the ledger of box " + owner->box);
  if (owner->realm != identity.realm)
    return fail(Errc::refused,
                "this is a ledger of realm " + std::string{realm_name(owner->realm)});
  if (owner->public_key != identity.key.public_key)
    return fail(Errc::refused, "this ledger is signed with another key than this box has");
  return {};
}

}  // namespace

fs::path next_epoch_folder(const fs::path& folder) {
  return folder.string() + ".new-epoch";
}

Result<posix::Fd> lock_folder(const fs::path& folder) {
  posix::Fd fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd) return fail_errno("opening " + folder.string());
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
  if (errno == EWOULDBLOCK)
    return fail(Errc::refused, folder.string() + " is in use by another process");
  return fail_errno("locking " + folder.string());
}

Status create_ledger(const fs::path& folder, const LedgerIdentity& identity,
                     const LedgerOptions& options, const EpochStart& start) {
  const fs::path unfinished = folder / kUnfinished;
  if (auto done = make_private(folder); !done) return done;
  if (auto done = remove_unfinished(unfinished); !done) return done;
  if (auto done = make_private(unfinished); !done) return done;
  {
    const IdentityRow owner{identity.realm, identity.key.public_key, identity.box.get()};
    auto store = Store::create(
        unfinished, {.map_bytes = options.map_bytes, .preallocate = options.preallocate}, owner);
    if (!store) return fail(store.error(), "making a ledger");
    if (auto done = write_genesis(*store, identity, options, start); !done) return done;
  }
  if (::rename((unfinished / "data.mdb").c_str(), (folder / "data.mdb").c_str()) != 0)
    return fail_errno("moving the new ledger into place");
  if (auto done = posix::sync_folder(folder); !done) return done;
  if (auto done = posix::sync_folder(fs::absolute(folder).parent_path()); !done) return done;
  return remove_unfinished(unfinished);
}

Result<std::unique_ptr<Ledger>> Ledger::open(const fs::path& folder, const LedgerIdentity& identity,
                                             const LedgerOptions& options) {
  if (auto done = finish_new_epoch(folder); !done) return fail(done.error());
  if (auto done = make_private(folder); !done) return fail(done.error());
  auto lock = lock_folder(folder);
  if (!lock) return fail(lock.error());
  if (!has_ledger(folder)) {
    if (auto done = expect_empty(folder); !done) return fail(done.error());
    if (auto done = create_ledger(folder, identity, options, {}); !done) return fail(done.error());
  }
  // First in a child: what stops a reader of damaged pages must not stop the gate.
  const auto walked = in_child([&](WalkReport& report) -> Status {
    if (auto done = check_owner(folder, identity); !done) return done;
    return walk_tail(folder, identity.key.public_key, report);
  });
  if (!walked) return fail(walked.error());
  if (walked->damaged)
    return fail(Errc::corrupt, "ledger " + folder.string() + " is damaged at entry " +
                                   std::to_string(walked->damaged_at.get()) + ", " +
                                   "after its last checkpoint: " + walked->text());
  auto ledger = std::make_unique<LmdbLedger>(folder, identity, options, std::move(*lock));
  if (auto done = ledger->reopen(); !done) return fail(done.error());
  // The last process may have died while its root was on the way to the disk.
  if (auto done = ledger->settle(); !done) return fail(done.error(), folder.string());
  return ledger;
}

}  // namespace tidegate::edge
