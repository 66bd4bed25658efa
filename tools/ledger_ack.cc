// SPDX-License-Identifier: Apache-2.0
// `tidegate ledger ack`: an acknowledgement by hand, for tests and for a box without a clearing
// house.
#include <iostream>
#include <utility>

#include "edge/ledger/acknowledgement.h"
#include "tools/ledger_command.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

/// The first entry at or behind `at`.
Result<edge::StoredEntry> entry_at(const std::filesystem::path& folder, SequenceNo at) {
  std::optional<edge::StoredEntry> found;
  auto read = edge::read_ledger(folder, at, [&](const edge::StoredEntry& stored) {
    found = stored;
    return false;
  });
  if (!read) return fail(std::move(read.error()));
  if (!found || found->sequence != at)
    return fail(Errc::not_found, "there is no entry " + std::to_string(at.get()));
  return *std::move(found);
}

Result<std::string> sign(const std::filesystem::path& folder, const AckOptions& options) {
  const auto first = entry_at(folder, SequenceNo{0});
  if (!first) return fail(Error{first.error()});
  const auto* genesis = std::get_if<edge::Genesis>(&first->entry.body);
  if (genesis == nullptr) return fail(Errc::corrupt, "the first entry is not Genesis");
  const auto head = edge::read_head(folder);
  if (!head) return fail(Error{head.error()});
  const auto last =
      entry_at(folder, options.through ? SequenceNo{*options.through} : head->sequence);
  if (!last) return fail(Error{last.error()});
  const Bytes payload =
      edge::encode_acknowledgement({BoxId{genesis->box}, last->epoch, last->sequence, last->hash});
  if (auto done = write_signed(options.out, FileKind::ack, options.number, payload,
                               {.key = options.key, .realm = genesis->realm});
      !done)
    return fail(std::move(done.error()));
  return options.out.string() + " acknowledges entries of box " + genesis->box + " up to " +
         std::to_string(last->sequence.get()) + ".";
}

}  // namespace

int ledger_ack(const std::filesystem::path& folder, const AckOptions& options, std::ostream& out,
               std::ostream& err) {
  const auto said = sign(folder, options);
  if (!said) {
    err << "tidegate ledger: " << said.error().message() << '\n';
    return 1;
  }
  out << *said << '\n';
  return 0;
}

}  // namespace tidegate::tools
