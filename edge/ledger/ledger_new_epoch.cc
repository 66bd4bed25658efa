// SPDX-License-Identifier: Apache-2.0
// The way out of a damaged ledger: it is sealed aside, whole, and a new epoch cites it.
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "edge/ledger/ledger_lmdb.h"
#include "edge/ledger/ledger_walk.h"

namespace tidegate::edge {
namespace {

namespace fs = std::filesystem;

std::string epoch_hex(Epoch epoch) {
  std::array<Byte, 8> bytes{};
  write_be(bytes, epoch.get());
  return to_hex(bytes);
}

/// What can still be known of the old epoch. A ledger that cannot be read at all is epoch 0.
EpochStart read_old(const fs::path& folder, const std::string& because) {
  EpochStart out;
  out.because = because;
  const auto walked = in_child([&](WalkReport& report) { return walk_all(folder, report); });
  if (!walked) {
    log(Priority::error, "ledger_unreadable", {{"error", walked.error()}});
    return out;
  }
  out.previous = walked->epoch;
  out.boot = walked->boot;
  if (walked->any_good) {
    out.previous_head = walked->last_good;
    out.previous_hash = walked->last_good_hash;
    out.totals = walked->totals;
  }
  return out;
}

/// The last commit may be in memory only, and a power cut may have left it to be appended again:
/// what is cited and sealed is to have it. Nothing is written into damage, which stays as it is.
void settle_old(const fs::path& folder, const LedgerIdentity& identity) {
  const auto done = in_child([&](WalkReport& report) -> Status {
    if (auto walked = walk_tail(folder, identity.key.public_key, report); !walked) return walked;
    if (report.damaged) return fail(Errc::corrupt, report.text());
    LmdbLedger ledger{folder, identity, {.map_bytes = 0, .preallocate = false}, posix::Fd{}};
    if (auto opened = ledger.reopen(); !opened) return opened;
    return ledger.settle();
  });
  if (done && !done->damaged) return;
  log(Priority::warning, "ledger_not_settled",
      {{"why", done ? done->text() : done.error().message()}});
  // What the damage spares is read from memory: it is to be on the disk as well.
  const posix::Fd file{::open((folder / "data.mdb").c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file || ::fdatasync(file.get()) != 0)
    log(Priority::error, "ledger_not_synced", {{"error", fail_errno("data.mdb").error()}});
}

fs::path sealed_folder(const fs::path& folder, Epoch epoch) {
  const fs::path base = folder.string() + ".sealed-" + epoch_hex(epoch);
  fs::path out = base;
  std::error_code ignored;
  for (int i = 2; fs::exists(out, ignored); ++i) out = base.string() + "-" + std::to_string(i);
  return out;
}

}  // namespace

Status new_epoch(const fs::path& folder, const LedgerIdentity& identity,
                 const LedgerOptions& options, const std::string& because) {
  if (because.empty()) return fail(Errc::invalid, "a new epoch needs a reason");
  const auto lock = lock_folder(folder);
  if (!lock) return fail(lock.error());
  settle_old(folder, identity);
  const EpochStart start = read_old(folder, because);

  // Built beside and whole; then two renames, between which open() can finish the work.
  const fs::path next = next_epoch_folder(folder);
  const fs::path parent = fs::absolute(folder).parent_path();
  std::error_code error;
  fs::remove_all(next, error);
  if (error) return fail_errno("removing " + next.string(), error.value());
  if (auto done = create_ledger(next, identity, options, start); !done) return done;
  fs::rename(folder, sealed_folder(folder, start.previous), error);
  if (error) return fail_errno("sealing " + folder.string(), error.value());
  if (auto done = posix::sync_folder(parent); !done) return done;
  fs::rename(next, folder, error);
  if (error) return fail_errno("moving the new epoch into place", error.value());
  return posix::sync_folder(parent);
}

}  // namespace tidegate::edge
