// SPDX-License-Identifier: Apache-2.0
// What binds entries together: the hash chain, the totals and the signed checkpoints.
//
//   hash(0) = SHA-256("tidegate-ledger-1" ‖ bytes(genesis))
//   hash(n) = SHA-256(hash(n-1) ‖ bytes(n))
//   signature of a checkpoint: Ed25519 over
//     "tidegate-checkpoint-1" ‖ epoch 8 ‖ sequence 8 ‖ hash(n-1) 32 ‖ totals 96
//   totals: intents, debited, not_debited, unknown, suspect, refusals, passages, account_charges,
//     debited_fen, unknown_fen, suspect_fen, account_fen, each 8 bytes; all big-endian.
// DO NOT CHANGE.
#pragma once

#include "base/bytes.h"
#include "base/openssl/crypto.h"
#include "edge/ledger/entry.h"

namespace tidegate::edge {

inline constexpr std::size_t kTotalsBytes = 96;

[[nodiscard]] Hash256 genesis_hash(ByteView entry_bytes);
[[nodiscard]] Hash256 next_hash(const Hash256& previous, ByteView entry_bytes);

[[nodiscard]] std::array<Byte, kTotalsBytes> encode_totals(const Totals& totals);
/// Errc::corrupt on a wrong size or a negative amount.
[[nodiscard]] Result<Totals> decode_totals(ByteView bytes);

/// Adds what an entry counts for. Every intent ends as exactly one of debited, not_debited (a Void
/// too), unknown, suspect or account_charges, or is still unconfirmed.
void count_entry(Totals& totals, const EntryBody& body);

[[nodiscard]] Checkpoint sign_checkpoint(const crypto::SigningKey& key, Epoch epoch,
                                         SequenceNo sequence, const Hash256& chain,
                                         const Totals& totals);
[[nodiscard]] bool checkpoint_signed_by(const crypto::Key32& public_key, Epoch epoch,
                                        SequenceNo sequence, const Checkpoint& checkpoint);

}  // namespace tidegate::edge
