// SPDX-License-Identifier: Apache-2.0
// Cards that lie about money: balances, counters, debits, and a log or proof of what never was.
#include <optional>
#include <utility>

#include "simulators/card/hostile_liar.h"

namespace tidegate::sim::hostile {

namespace {

// ---- Money.

Bytes balance_above_the_purse(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kBalance || ins(command) == kInitialize,
                 [](std::span<Byte> data) { put(data, 0, "80000001"); });
}
Bytes balance_boasting(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kBalance || ins(command) == kInitialize,
                 [](std::span<Byte> data) { put(data, 0, "000F4240"); });
}
Bytes balance_differs_at_init(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kInitialize,
                 [](std::span<Byte> data) { data[3] = static_cast<Byte>(data[3] + 1); });
}
Bytes counter_lies(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kInitialize,
                 [](std::span<Byte> data) { put(data, 4, "FFFF"); });
}
Bytes initialize_cut(Liar& card, ByteView command) {
  Bytes answer = card.honest.transceive(command);
  if (ins(command) != kInitialize || !good(answer)) return answer;
  answer.resize(9);
  return ok(answer);
}
Bytes update_not_kept(Liar& card, ByteView command) {
  // Says yes to the journey record and forgets it; the money is honest.
  if (ins(command) == kUpdate && command.size() > 3 && command[3] == 0xD0) return ok({});
  return card.honest.transceive(command);
}
Bytes debit_refused(Liar& card, ByteView command) {
  if (ins(command) != kDebit) return card.honest.transceive(command);
  return {0x93, 0x02};
}
Bytes debit_wrong_mac2(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kDebit,
                 [](std::span<Byte> data) { data[7] = static_cast<Byte>(data[7] ^ 1U); });
}
Bytes debit_wrong_tac(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kDebit,
                 [](std::span<Byte> data) { data[0] = static_cast<Byte>(data[0] ^ 1U); });
}
Bytes debit_swapped(Liar& card, ByteView command) {
  return changed(card, command, ins(command) == kDebit, [](std::span<Byte> data) {
    std::ranges::swap_ranges(data.first(4), data.subspan(4, 4));
  });
}
Bytes debit_pretended(Liar& card, ByteView command) {
  if (ins(command) != kDebit) return card.honest.transceive(command);
  return ok(noise(8, card.commands));
}
Bytes debit_taken_but_denied(Liar& card, ByteView command) {
  Bytes answer = card.honest.transceive(command);
  return ins(command) == kDebit ? Bytes{0x69, 0x85} : answer;
}
Bytes debit_taken_in_silence(Liar& card, ByteView command) {
  Bytes answer = card.honest.transceive(command);
  return ins(command) == kDebit ? Bytes{} : answer;
}
Bytes debit_answer_cut(Liar& card, ByteView command) {
  Bytes answer = card.honest.transceive(command);
  if (ins(command) != kDebit || !good(answer)) return answer;
  answer.resize(4);
  return ok(answer);
}
Bytes debit_wants_more(Liar& card, ByteView command) {
  if (ins(command) != kDebit) return card.honest.transceive(command);
  return {0x61, 0x08};
}

// ---- Old answers, and memories of what never was.

Bytes answers_one_late(Liar& card, ByteView command) {
  return std::exchange(card.previous, card.honest.transceive(command));
}
Bytes debit_replayed(Liar& card, ByteView command) {
  // The first debit is honest; each later one repeats its answer and takes nothing.
  if (ins(command) != kDebit) return card.honest.transceive(command);
  if (card.previous.empty()) {
    Bytes answer = card.honest.transceive(command);
    if (good(answer)) card.previous = answer;
    return answer;
  }
  return card.previous;
}
/// The log record that the 8054 last seen would have left.
std::optional<Bytes> claimed_record(const Liar& card) {
  if (card.debit_seen.size() < 16 || card.initialize_seen.size() < 16) return std::nullopt;
  const ByteView init = card.initialize_seen;
  Bytes out;
  append_be(out, (card.honest.image().counter + 1U) & 0xFFFFU, 2);
  out.insert(out.end(), 3, 0x00);
  append(out, init.subspan(6, 4));
  out.push_back(init[2] == 0x03 ? 0x09 : 0x06);
  append(out, init.subspan(10, 6));
  append(out, ByteView{card.debit_seen}.subspan(9, 7));
  return out;
}
Bytes log_claims_a_debit(Liar& card, ByteView command) {
  // Goes silent at 8054 without acting; afterwards the log says that it was done.
  if (ins(command) == kInitialize) card.initialize_seen.assign(command.begin(), command.end());
  if (ins(command) == kDebit) {
    card.debit_seen.assign(command.begin(), command.end());
    return {};
  }
  if (reads_file(command, kLogP2) && command[2] == 1)
    if (auto record = claimed_record(card)) return ok(std::move(*record));
  return card.honest.transceive(command);
}
Bytes log_denies_a_debit(Liar& card, ByteView command) {
  // Acts on 8054 and goes silent; afterwards neither log nor proof knows of it.
  Bytes answer = card.honest.transceive(command);
  if (ins(command) == kDebit) return {};
  if (reads_file(command, kLogP2)) return {0x6A, 0x83};
  if (ins(command) == kProof) return {0x94, 0x06};
  return answer;
}
Bytes proof_forged(Liar& card, ByteView command) {
  if (ins(command) == kDebit) return {};
  if (ins(command) == kProof) return ok(noise(8, card.commands));
  return card.honest.transceive(command);
}

using enum HostileMoney;
constexpr std::array kRows{
    Row{"balance-above-the-purse", "bit 31 of the balance is set", honest, balance_above_the_purse},
    Row{"balance-boasting", "claims 10,000 yuan", honest, balance_boasting},
    Row{"balance-differs-at-init", "8050 tells another balance", honest, balance_differs_at_init},
    Row{"counter-lies", "8050 tells a counter it does not have", honest, counter_lies},
    Row{"initialize-cut", "8050 answers 9 bytes", honest, initialize_cut},
    Row{"update-not-kept", "forgets the journey record it accepted", honest, update_not_kept},
    Row{"debit-refused", "refuses each debit with 9302", never_9000, debit_refused},
    Row{"debit-wrong-mac2", "takes the money, MAC2 is wrong", proof_wrong, debit_wrong_mac2},
    Row{"debit-wrong-tac", "takes the money, TAC is wrong", honest, debit_wrong_tac},
    Row{"debit-swapped", "takes the money, TAC and MAC2 swapped", proof_wrong, debit_swapped},
    Row{"debit-pretended", "9000 and noise, takes nothing", proof_wrong, debit_pretended},
    Row{"debit-taken-but-denied", "takes the money, answers 6985", silent, debit_taken_but_denied},
    Row{"debit-taken-in-silence", "takes the money, answers nothing", silent,
        debit_taken_in_silence},
    Row{"debit-answer-cut", "takes the money, answers 4 bytes", proof_wrong, debit_answer_cut},
    Row{"debit-wants-more", "answers 6108 to the debit, takes nothing", never_9000,
        debit_wants_more},
    Row{"answers-one-late", "each answer belongs to the command before", silent, answers_one_late},
    Row{"debit-replayed", "repeats the answer of its first debit", proof_wrong, debit_replayed},
    Row{"log-claims-a-debit", "takes nothing, its log says it did", silent, log_claims_a_debit},
    Row{"log-denies-a-debit", "takes the money, its log knows nothing", silent, log_denies_a_debit},
    Row{"proof-forged", "takes nothing, gives noise as proof", never_9000, proof_forged},
};

}  // namespace

std::span<const Row> lies_of_money() {
  return kRows;
}

}  // namespace tidegate::sim::hostile
