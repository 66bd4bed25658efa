// SPDX-License-Identifier: Apache-2.0
// Hash chain, totals and checkpoint signatures.
#include "edge/ledger/ledger_chain.h"

namespace tidegate::edge {
namespace {

Bytes checkpoint_message(Epoch epoch, SequenceNo sequence, const Hash256& chain,
                         const Totals& totals) {
  Bytes out;
  append(out, as_bytes("tidegate-checkpoint-1"));
  append_be(out, epoch.get(), 8);
  append_be(out, sequence.get(), 8);
  append(out, chain);
  append(out, encode_totals(totals));
  return out;
}

struct Counter {
  Totals& t;

  void operator()(const Intent&) { ++t.intents; }
  void operator()(const Outcome& o) {
    switch (o.result) {
      case OutcomeResult::debited:
        ++t.debited;
        t.debited_fen += o.amount;
        break;
      case OutcomeResult::not_debited: ++t.not_debited; break;
      case OutcomeResult::unknown:
        ++t.unknown;
        t.unknown_fen += o.amount;
        break;
      case OutcomeResult::suspect:
        ++t.suspect;
        t.suspect_fen += o.amount;
        break;
    }
  }
  void operator()(const AccountCharge& a) {
    ++t.account_charges;
    t.account_fen += a.amount;
  }
  /// A voided account charge stays counted: totals never go back.
  void operator()(const Void& gone) { t.not_debited += gone.charge == SequenceNo{} ? 1U : 0U; }
  void operator()(const Refusal&) { ++t.refusals; }
  void operator()(const Passage& p) { t.passages += p.passed ? 1U : 0U; }
  template <class Other>
  void operator()(const Other&) {}
};

}  // namespace

Hash256 genesis_hash(ByteView entry_bytes) {
  return crypto::sha256({as_bytes("tidegate-ledger-1"), entry_bytes});
}
Hash256 next_hash(const Hash256& previous, ByteView entry_bytes) {
  return crypto::sha256({previous, entry_bytes});
}

std::array<Byte, kTotalsBytes> encode_totals(const Totals& t) {
  Bytes out;
  for (const std::uint64_t count : {t.intents, t.debited, t.not_debited, t.unknown, t.suspect,
                                    t.refusals, t.passages, t.account_charges})
    append_be(out, count, 8);
  for (const Fen fen : {t.debited_fen, t.unknown_fen, t.suspect_fen, t.account_fen})
    append_be(out, static_cast<std::uint64_t>(fen.count()), 8);
  return to_array<kTotalsBytes>(out);
}

Result<Totals> decode_totals(ByteView bytes) {
  if (bytes.size() != kTotalsBytes) return fail(Errc::corrupt, "totals have the wrong size");
  ByteReader reader{bytes};
  Totals t;
  for (std::uint64_t* count : {&t.intents, &t.debited, &t.not_debited, &t.unknown, &t.suspect,
                               &t.refusals, &t.passages, &t.account_charges})
    *count = reader.be(8);
  for (Fen* fen : {&t.debited_fen, &t.unknown_fen, &t.suspect_fen, &t.account_fen}) {
    const std::uint64_t value = reader.be(8);
    if (value > 1ULL << 53U) return fail(Errc::corrupt, "totals hold an impossible amount");
    *fen = Fen{static_cast<std::int64_t>(value)};
  }
  return t;
}

void count_entry(Totals& totals, const EntryBody& body) {
  std::visit(Counter{totals}, body);
}

Checkpoint sign_checkpoint(const crypto::SigningKey& key, Epoch epoch, SequenceNo sequence,
                           const Hash256& chain, const Totals& totals) {
  Checkpoint out;
  out.totals = totals;
  out.chain = chain;
  out.signature = crypto::sign(key, checkpoint_message(epoch, sequence, chain, totals));
  return out;
}

bool checkpoint_signed_by(const crypto::Key32& public_key, Epoch epoch, SequenceNo sequence,
                          const Checkpoint& checkpoint) {
  return crypto::verify(public_key,
                        checkpoint_message(epoch, sequence, checkpoint.chain, checkpoint.totals),
                        checkpoint.signature);
}

}  // namespace tidegate::edge
