// SPDX-License-Identifier: Apache-2.0
// The simulated card's outer face: anticollision data, command dispatch, GET CHALLENGE and
// the switch of algorithms.
#include "simulators/card/card.h"

#include <algorithm>

#include "simulators/card/card_impl.h"

namespace tidegate::sim {

namespace {

/// Header and body of a short APDU; nullopt when Lc and the length disagree. The caller has seen to
/// it that there are 4 bytes.
std::optional<Apdu> parse(ByteView command) {
  Apdu apdu{.cla = command[0], .ins = command[1], .p1 = command[2], .p2 = command[3]};
  const ByteView body = command.subspan(4);
  if (body.empty()) return apdu;
  if (body.size() == 1) {
    apdu.le = body[0];
    return apdu;
  }
  const std::size_t lc = body[0];
  if (lc == 0 || (body.size() != lc + 1 && body.size() != lc + 2)) return std::nullopt;
  apdu.data = body.subspan(1, lc);
  if (body.size() == lc + 2) apdu.le = body.back();
  return apdu;
}

}  // namespace

bool TUnionCard::Impl::continues_session(Byte ins) const {
  if (!session) return false;
  switch (session->type) {
    case kTypeCapp: return ins == 0xDC || ins == 0x54;
    case kTypePurchase: return ins == 0x54;
    case kTypeLoad: return ins == 0x52;
    default: return false;
  }
}

Answer TUnionCard::Impl::run(ByteView command) {
  struct Row {
    Byte cla, ins;
    Handler handler;
  };
  static constexpr std::array kCommands{
      Row{0x00, 0xA4, &Impl::select},           Row{0x00, 0x84, &Impl::get_challenge},
      Row{0x00, 0xB0, &Impl::read_binary},      Row{0x00, 0xB2, &Impl::read_record},
      Row{0x80, 0x5C, &Impl::get_balance},      Row{0x80, 0x50, &Impl::initialize},
      Row{0x80, 0xDC, &Impl::update_cache},     Row{0x80, 0x54, &Impl::debit},
      Row{0x80, 0x5A, &Impl::get_proof},        Row{0x80, 0x52, &Impl::credit},
      Row{0x80, 0xCD, &Impl::switch_algorithm},
  };
  // Whatever is not the next step of an open transaction ends it, a malformed command too.
  if (command.size() < 4 || !continues_session(command[1])) session.reset();
  if (command.size() < 4) return sw::kWrongLength;
  const auto* row = std::ranges::find(kCommands, command[1], &Row::ins);
  Answer answer{sw::kWrongInstruction};
  if (row != kCommands.end()) {
    const std::optional<Apdu> apdu = parse(command);
    if (command[0] != row->cla) {
      answer = sw::kWrongClass;
    } else if (!apdu) {
      answer = sw::kWrongLength;
    } else {
      answer = (this->*row->handler)(*apdu);
    }
  }
  // A refused step ends the transaction; after 6Cxx the card waits for the same step again.
  if (answer.status != sw::kOk && (answer.status & 0xFF00U) != sw::kWrongLe) session.reset();
  return answer;
}

Answer TUnionCard::Impl::get_challenge(const Apdu& apdu) {
  if (apdu.p1 != 0 || apdu.p2 != 0) return sw::kWrongParameters;
  if (!apdu.data.empty() || !apdu.le || (*apdu.le != 4 && *apdu.le != 8)) return sw::kWrongLength;
  Bytes out;
  while (out.size() < *apdu.le) append(out, next_random());
  return Answer{out};
}

Answer TUnionCard::Impl::switch_algorithm(const Apdu& apdu) {
  if (!habits.dual_algorithm) return sw::kWrongInstruction;
  if (selected != Selected::purse) return out_of_state();
  const bool ask = apdu.p1 == 0x00 && apdu.p2 == 0x00;
  const bool change = (apdu.p1 == 0x01 || apdu.p1 == 0x02) && (apdu.p2 == 0x00 || apdu.p2 == 0x03);
  if (!ask && !change) return sw::kWrongParameters;
  if (ask) return apdu.le_is(1) ? Answer{{&image.algorithm, 1}} : wrong_le(1);
  image.algorithm = image.algorithm == kAlgorithmTdes ? kAlgorithmSm4 : kAlgorithmTdes;
  return sw::kOk;
}

std::array<Byte, 4> TUnionCard::Impl::next_random() {
  if (randoms_used < habits.next_randoms.size()) return habits.next_randoms[randoms_used++];
  std::array<Byte, 4> out{};
  crypto::random_bytes(out);
  return out;
}

TUnionCard::TUnionCard(CardImageData image, CardHabits habits) : impl_{std::make_unique<Impl>()} {
  ASSERT(image.overdraft_used <= image.overdraft_limit);
  for (const NamedHabit& habit : kNamedHabits)
    habits.*habit.knob = habits.*habit.knob || image.habits.*habit.knob;
  impl_->image = std::move(image);
  impl_->habits = std::move(habits);
}

TUnionCard::~TUnionCard() = default;

Bytes TUnionCard::uid() const {
  return impl_->image.uid;
}

Bytes TUnionCard::ats() const {
  // As read from a card in the field: 256-byte frames, 106 kbit/s only, FWI 8, CID; the historical
  // bytes begin with "MT" and end with the last four of the UID.
  Bytes out{0x11, 0x78, 0x80, 0x80, 0x02, 0x4D, 0x54, 0x00, 0x9D, 0x00, 0x60, 0x86, 0x9B};
  ASSERT(impl_->image.uid.size() >= 4);
  append(out, ByteView{impl_->image.uid}.last(4));
  return out;
}

std::array<Byte, 2> TUnionCard::atqa() const {
  // Bits 8 and 7 of the low byte tell the UID's size: one, two or three cascade levels.
  switch (impl_->image.uid.size()) {
    case 7: return {0x00, 0x48};
    case 10: return {0x00, 0x88};
    default: return {0x00, 0x08};
  }
}

Byte TUnionCard::sak() const {
  return 0x20;
}

void TUnionCard::power_off() {
  impl_->session.reset();
  impl_->selected = Impl::Selected::nothing;
}

Bytes TUnionCard::transceive(ByteView command) {
  Answer answer = impl_->run(command);
  append_be(answer.data, answer.status, 2);
  return std::move(answer.data);
}

CardImageData TUnionCard::image() const {
  return impl_->image;
}

}  // namespace tidegate::sim
