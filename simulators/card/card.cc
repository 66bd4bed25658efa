// SPDX-License-Identifier: Apache-2.0
// The simulated card's outer face: anticollision data, command dispatch, SELECT and GET CHALLENGE.
#include "simulators/card/card.h"

#include <algorithm>

#include "simulators/card/card_impl.h"

namespace tidegate::sim {

namespace {

constexpr std::string_view kPpse = "2PAY.SYS.DDF01";
constexpr std::string_view kPurseLabel = "MOT_T_EP";
/// ISO 7816-4 lets a reader select by the beginning of an AID; the registered part is 5 bytes.
constexpr std::size_t kAidPrefixMin = 5;

void append_tlv(Bytes& out, std::initializer_list<Byte> tag, ByteView value) {
  ASSERT(value.size() < 0x80);
  out.insert(out.end(), tag);
  out.push_back(static_cast<Byte>(value.size()));
  append(out, value);
}

Bytes ppse_fci(ByteView aid) {
  const Byte priority = 0x01;
  Bytes entry;
  append_tlv(entry, {0x4F}, aid);
  append_tlv(entry, {0x50}, as_bytes(kPurseLabel));
  append_tlv(entry, {0x87}, {&priority, 1});
  Bytes directory;
  append_tlv(directory, {0x61}, entry);
  Bytes proprietary;
  append_tlv(proprietary, {0xBF, 0x0C}, directory);
  Bytes content;
  append_tlv(content, {0x84}, as_bytes(kPpse));
  append_tlv(content, {0xA5}, proprietary);
  Bytes fci;
  append_tlv(fci, {0x6F}, content);
  return fci;
}

Bytes purse_fci(ByteView aid, ByteView ef15) {
  const Byte version = 0x02;
  Bytes proprietary;
  append_tlv(proprietary, {0x9F, 0x08}, {&version, 1});
  append_tlv(proprietary, {0x9F, 0x0C}, ef15);
  Bytes content;
  append_tlv(content, {0x84}, aid);
  append_tlv(content, {0xA5}, proprietary);
  Bytes fci;
  append_tlv(fci, {0x6F}, content);
  return fci;
}

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
      Row{0x00, 0xA4, &Impl::select},       Row{0x00, 0x84, &Impl::get_challenge},
      Row{0x00, 0xB0, &Impl::read_binary},  Row{0x00, 0xB2, &Impl::read_record},
      Row{0x80, 0x5C, &Impl::get_balance},  Row{0x80, 0x50, &Impl::initialize},
      Row{0x80, 0xDC, &Impl::update_cache}, Row{0x80, 0x54, &Impl::debit},
      Row{0x80, 0x5A, &Impl::get_proof},    Row{0x80, 0x52, &Impl::credit},
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

Answer TUnionCard::Impl::select(const Apdu& apdu) {
  if (apdu.p1 != 0x04 || apdu.p2 != 0x00) return sw::kWrongParameters;
  if (apdu.data.empty() || apdu.data.size() > 16) return sw::kWrongLength;
  if (as_text(apdu.data) == kPpse) {
    selected = Selected::ppse;
    return Answer{ppse_fci(image.aid)};
  }
  const bool ours = apdu.data.size() >= kAidPrefixMin && apdu.data.size() <= image.aid.size() &&
                    std::ranges::equal(apdu.data, ByteView{image.aid}.first(apdu.data.size()));
  if (!ours) return sw::kNotFound;
  selected = Selected::purse;
  return {purse_fci(image.aid, image.ef15), image.blocked ? sw::kBlocked : sw::kOk};
}

Answer TUnionCard::Impl::get_challenge(const Apdu& apdu) {
  if (apdu.p1 != 0 || apdu.p2 != 0) return sw::kWrongParameters;
  if (!apdu.data.empty() || !apdu.le || (*apdu.le != 4 && *apdu.le != 8)) return sw::kWrongLength;
  Bytes out;
  while (out.size() < *apdu.le) append(out, next_random());
  return Answer{out};
}

std::array<Byte, 4> TUnionCard::Impl::next_random() {
  if (randoms_used < habits.next_randoms.size()) return habits.next_randoms[randoms_used++];
  std::array<Byte, 4> out{};
  crypto::random_bytes(out);
  return out;
}

TUnionCard::TUnionCard(CardImageData image, CardHabits habits) : impl_{std::make_unique<Impl>()} {
  ASSERT(image.overdraft_used <= image.overdraft_limit);
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
