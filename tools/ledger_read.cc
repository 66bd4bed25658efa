// SPDX-License-Identifier: Apache-2.0
// `tidegate ledger read`: the entries of a running gate over its socket, chain checked, as export
// prints them.
#include <iostream>
#include <optional>
#include <utility>

#include "edge/ledger/entry_codec.h"
#include "edge/ledger/ledger_chain.h"
#include "edge/protocol/ledger_client.h"
#include "tools/ledger_command.h"

namespace tidegate::tools {
namespace {

namespace protocol = edge::ledger_protocol;

/// Where the chain is: an entry must continue it.
struct Chain {
  std::optional<Hash256> hash;  ///< of the last row; nullopt: none was read
  SequenceNo next;

  [[nodiscard]] Result<edge::StoredEntry> take(Epoch epoch, const Hash256& before,
                                               const protocol::Row& row) {
    const std::string name = "entry " + std::to_string(row.sequence.get());
    const Hash256 own = row.sequence.get() == 0 ? edge::genesis_hash(row.entry)
                                                : edge::next_hash(before, row.entry);
    if (own != row.hash || (hash && (row.sequence != next || before != *hash)))
      return fail(Errc::corrupt, name + " does not fit the chain");
    auto entry = edge::decode_entry(row.entry);
    if (!entry) return fail(std::move(entry.error()), name);
    hash = row.hash;
    next = SequenceNo{row.sequence.get() + 1};
    return edge::StoredEntry{epoch, row.sequence, row.hash, *std::move(entry)};
  }
};

Status print_all(edge::LedgerClient& gate, const ReadOptions& options, std::ostream& out,
                 std::ostream& err) {
  constexpr std::chrono::milliseconds kFollowed{10'000};
  Chain chain{.hash = {}, .next = SequenceNo{options.from}};
  const SequenceNo end = gate.where().head;  // what comes meanwhile belongs to --follow
  while (out && (options.follow || chain.next <= end)) {
    auto batch = gate.read(
        {.from = chain.next, .wait = options.follow ? kFollowed : std::chrono::milliseconds{0}});
    if (!batch) return fail(std::move(batch.error()));
    Hash256 before = batch->before;
    if (!batch->rows.empty() && !chain.hash && batch->rows.front().sequence > chain.next)
      err << "tidegate ledger: entries before " << batch->rows.front().sequence.get()
          << " were pruned\n";
    for (const protocol::Row& row : batch->rows) {
      auto stored = chain.take(gate.where().epoch, before, row);
      if (!stored) return fail(std::move(stored.error()));
      out << edge::to_json(*stored) << '\n';
      before = row.hash;
    }
    out.flush();
    if (batch->rows.empty() && !options.follow) return {};
  }
  return {};
}

}  // namespace

int ledger_read(const ReadOptions& options, std::ostream& out, std::ostream& err) {
  auto gate = edge::LedgerClient::connect(options.socket);
  const Status done = gate ? print_all(*gate, options, out, err) : fail(Error{gate.error()});
  if (done) return 0;
  err << "tidegate ledger: " << done.error().message() << '\n';
  return 1;
}

}  // namespace tidegate::tools
