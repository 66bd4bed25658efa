// SPDX-License-Identifier: Apache-2.0
// The simulated card's purse: balance, purchase, composite (CAPP) purchase, load and proof. A
// transaction changes the card in one place only, at the end of debit() or credit().
#include <algorithm>

#include "simulators/card/card_impl.h"

namespace tidegate::sim {

namespace {

constexpr Byte kPurse = 0x02;  // P2: the electronic purse
constexpr std::size_t kLockFlag = 5;
constexpr std::uint16_t kCounterMax = 0xFFFF;
constexpr std::uint32_t kHighestBit = 0x80000000;
constexpr std::uint16_t kLoadTail = 0x8000;

constexpr std::size_t kPurchaseInitBytes = 15;
constexpr std::size_t kLoadInitBytes = 16;

/// Puts the newest record first and lets the oldest fall out.
template <class Record>
void append_cyclic(std::vector<Record>& file, const Record& record, std::size_t capacity) {
  file.insert(file.begin(), record);
  if (file.size() > capacity) file.resize(capacity);
}

/// amount ‖ type ‖ terminal: what every MAC of a transaction has in common.
Bytes what_and_where(const Session& session) {
  Bytes out;
  append_be(out, session.amount, 4);
  out.push_back(session.type);
  append(out, session.terminal);
  return out;
}

}  // namespace

Answer TUnionCard::Impl::get_balance(const Apdu& apdu) {
  const bool elsewhere = selected == Selected::other && image.others[other].balance.has_value();
  if (selected != Selected::purse && !elsewhere) return out_of_state();
  const Byte last = habits.balance_parts ? 0x02 : 0x05;
  if (apdu.p1 > last || apdu.p2 != kPurse) return sw::kWrongParameters;
  if (!apdu.data.empty() || !apdu.le) return sw::kWrongLength;
  if (elsewhere) {
    Bytes out;
    append_be(out, *image.others[other].balance, 4);
    return apdu.le_is(4) ? Answer{out} : wrong_le(4);
  }
  const std::uint32_t ceiling = kMoneyMax - image.overdraft_limit;
  std::vector<std::uint32_t> values;
  switch (apdu.p1) {
    case 0x00: values = {available()}; break;
    case 0x01: values = {image.overdraft_limit}; break;
    case 0x02: values = {image.overdraft_used}; break;
    case 0x03: values = {image.balance}; break;
    case 0x04: values = {ceiling}; break;
    default: values = {image.balance, ceiling, image.overdraft_limit, image.overdraft_used}; break;
  }
  if (!apdu.le_is(values.size() * 4)) return wrong_le(values.size() * 4);
  Bytes out;
  for (std::uint32_t value : values)
    append_be(out, value | (habits.balance_flag ? kHighestBit : 0), 4);
  return Answer{out};
}

Answer TUnionCard::Impl::initialize(const Apdu& apdu) {
  if (selected != Selected::purse) return out_of_state();
  if (apdu.p2 != kPurse) return sw::kWrongParameters;
  Byte type = 0;
  switch (apdu.p1) {
    case 0x00: type = kTypeLoad; break;
    case 0x01: type = kTypePurchase; break;
    case 0x03: type = kTypeCapp; break;
    default: return sw::kWrongParameters;
  }
  if (apdu.data.size() != 11 || !apdu.le) return sw::kWrongLength;
  const std::size_t size = type == kTypeLoad ? kLoadInitBytes : kPurchaseInitBytes;
  if (!apdu.le_is(size)) return wrong_le(size);
  if (image.blocked) return sw::kConditions;
  if (apdu.data[0] != image.key_index) return sw::kUnknownKeyIndex;
  session = Session{.type = type,
                    .amount = static_cast<std::uint32_t>(read_be(apdu.data.subspan(1, 4))),
                    .terminal = to_array<6>(apdu.data.last(6))};
  return type == kTypeLoad ? initialize_load() : initialize_purchase();
}

Answer TUnionCard::Impl::initialize_purchase() {
  if (image.counter == kCounterMax && !habits.counter_wraps) return sw::kCounterAtMaximum;
  if (session->amount > available()) return sw::kInsufficient;
  session->random = next_random();
  Bytes out;
  append_be(out, available(), 4);
  append_be(out, image.counter, 2);
  append_be(out, image.overdraft_limit, 3);
  out.push_back(image.key_version);
  out.push_back(image.algorithm);
  append(out, session->random);
  return Answer{out};
}

Answer TUnionCard::Impl::initialize_load() {
  if (image.load_counter == kCounterMax) return sw::kCounterAtMaximum;
  const std::uint64_t after = std::uint64_t{available()} + session->amount;
  if (after > kMoneyMax) return sw::kConditions;
  session->random = next_random();
  const auto key = session_key(image.load_key, session->random, image.load_counter, kLoadTail);
  Bytes message;
  append_be(message, available(), 4);
  append(message, what_and_where(*session));
  Bytes out;
  append_be(out, available(), 4);
  append_be(out, image.load_counter, 2);
  out.push_back(image.key_version);
  out.push_back(image.algorithm);
  append(out, session->random);
  append(out, purse_mac(key, message));
  return Answer{out};
}

Answer TUnionCard::Impl::update_cache(const Apdu& apdu) {
  if (selected != Selected::purse || !session || session->type != kTypeCapp) return out_of_state();
  if (apdu.data.empty() || apdu.le) return sw::kWrongLength;
  if ((apdu.p2 & 0x07U) != 0) return sw::kWrongParameters;
  switch (apdu.p2 >> 3U) {
    case 0x1A: return cache_journey(apdu);
    case 0x1E: return cache_trip(apdu);
    default: return sw::kNotFound;
  }
}

Answer TUnionCard::Impl::cache_journey(const Apdu& apdu) {
  // P1 is 00 by the test manual, the low byte of the record id by terminals in the field; the
  // record is found by the id in the data.
  if (apdu.p1 > kBusRecordId) return sw::kWrongParameters;
  if (apdu.data.size() < 2 || apdu.data[0] != 0x27) return sw::kNoRecord;
  const Byte id = apdu.data[1];
  if (apdu.p1 != 0 && apdu.p1 != id) return sw::kNoRecord;
  if (habits.cache_p1_zero && apdu.p1 != 0) return sw::kWrongParameters;
  if (habits.cache_p1_id && apdu.p1 == 0) return sw::kWrongParameters;
  const auto* record = journey_record(image, id);
  if (record == nullptr) return sw::kNoRecord;
  if ((*record)[kLockFlag] != 0) return sw::kRecordLocked;
  if (apdu.data.size() != record->size()) return sw::kRecordLength;
  if (apdu.data[2] != apdu.data.size() - 3) return sw::kWrongData;
  (id == kRailRecordId ? session->rail : session->bus) = to_array<128>(apdu.data);
  return sw::kOk;
}

Answer TUnionCard::Impl::cache_trip(const Apdu& apdu) {
  if (apdu.p1 != 0) return sw::kWrongParameters;
  if (apdu.data.size() != 48) return sw::kRecordLength;
  session->trip = to_array<48>(apdu.data);
  return sw::kOk;
}

Answer TUnionCard::Impl::debit(const Apdu& apdu) {
  if (selected != Selected::purse || !session || session->type == kTypeLoad) return out_of_state();
  const bool composite = session->type == kTypeCapp;
  const Byte p1 = image.kernel == PurseKernel::k6 && !composite ? 0x02 : 0x01;
  if (apdu.p1 != p1 || apdu.p2 != 0x00) return sw::kWrongParameters;
  if (apdu.data.size() != 15 || !apdu.le) return sw::kWrongLength;
  if (!apdu.le_is(8)) return wrong_le(8);
  if (composite && !session->rail && !session->bus && !session->trip) return out_of_state();
  if (image.kernel != PurseKernel::k1 || image.algorithm == kAlgorithmSm4) return sw::kWrongMac;

  const ByteView txn = apdu.data.first(4);
  const ByteView date_time = apdu.data.subspan(4, 7);
  const auto key = session_key(image.purchase_key, session->random, image.counter,
                               static_cast<std::uint16_t>(read_be(txn.last(2))));
  Bytes message = what_and_where(*session);
  append(message, date_time);
  if (!std::ranges::equal(purse_mac(key, message), apdu.data.last(4))) return sw::kWrongMac;

  Bytes amount;
  append_be(amount, session->amount, 4);
  Bytes tac_message = what_and_where(*session);
  append(tac_message, txn);
  append(tac_message, date_time);
  const Mac4 mac2 = purse_mac(key, amount);
  const Mac4 tac = purse_tac(image.tac_key, tac_message);

  // The commit: money, counter, log, journey, trip and proof, or none of it.
  const std::uint32_t own = std::min(session->amount, image.balance);
  image.balance -= own;
  image.overdraft_used += session->amount - own;
  log_transaction(image.counter, date_time);
  ++image.counter;
  if (session->rail) image.ef1a_2701 = *session->rail;
  if (session->bus) image.ef1a_2702 = *session->bus;
  if (session->trip) append_cyclic(image.ef1e, *session->trip, kTripRecordsMax);
  keep_proof(image.counter, mac2, tac);
  session.reset();

  Answer answer{tac};
  append(answer.data, mac2);
  return answer;
}

Answer TUnionCard::Impl::credit(const Apdu& apdu) {
  if (selected != Selected::purse || !session || session->type != kTypeLoad) return out_of_state();
  if (apdu.p1 != 0x00 || (apdu.p2 != 0x00 && apdu.p2 != kPurse)) return sw::kWrongParameters;
  if (apdu.data.size() != 11 || !apdu.le) return sw::kWrongLength;
  if (!apdu.le_is(4)) return wrong_le(4);

  const ByteView date_time = apdu.data.first(7);
  const Mac4 mac2 = to_array<4>(apdu.data.last(4));
  const auto key = session_key(image.load_key, session->random, image.load_counter, kLoadTail);
  Bytes message = what_and_where(*session);
  append(message, date_time);
  if (purse_mac(key, message) != mac2) return sw::kWrongMac;

  Bytes tac_message;
  append_be(tac_message, available() + session->amount, 4);
  append_be(tac_message, image.load_counter, 2);
  append(tac_message, message);
  const Mac4 tac = purse_tac(image.tac_key, tac_message);

  // The commit. What was borrowed is paid back first.
  const std::uint32_t repaid = std::min(session->amount, image.overdraft_used);
  image.overdraft_used -= repaid;
  image.balance += session->amount - repaid;
  log_transaction(image.load_counter, date_time);
  ++image.load_counter;
  keep_proof(image.load_counter, mac2, tac);
  session.reset();
  return Answer{tac};
}

void TUnionCard::Impl::log_transaction(std::uint16_t counter_before, ByteView date_time) {
  const std::uint32_t logged = habits.log_counter_before ? counter_before : counter_before + 1U;
  Bytes record;
  append_be(record, logged & kCounterMax, 2);
  append_be(record, habits.log_balance_after ? image.balance : image.overdraft_limit, 3);
  append(record, what_and_where(*session));
  append(record, date_time);
  append_cyclic(image.ef18, to_array<23>(record), kLogRecordsMax);
}

void TUnionCard::Impl::keep_proof(std::uint16_t counter_after, const Mac4& mac2, const Mac4& tac) {
  std::erase_if(image.proofs, [&](const CardProof& proof) { return proof.type == session->type; });
  image.proofs.push_back({session->type, counter_after, mac2, tac});
}

Answer TUnionCard::Impl::get_proof(const Apdu& apdu) {
  if (selected != Selected::purse) return out_of_state();
  // 03 unload and 07 overdraft update are known types, but this card never makes them.
  static constexpr std::array<Byte, 5> kTypes{0x02, 0x03, 0x06, 0x07, 0x09};
  if (apdu.p1 != 0 || std::ranges::find(kTypes, apdu.p2) == kTypes.end())
    return sw::kWrongParameters;
  if (apdu.data.size() != 2 || !apdu.le) return sw::kWrongLength;
  if (!apdu.le_is(8)) return wrong_le(8);
  const auto proof = std::ranges::find_if(image.proofs, [&](const CardProof& kept) {
    return kept.type == apdu.p2 && kept.counter == read_be(apdu.data);
  });
  if (proof == image.proofs.end()) return sw::kNoProof;
  Answer answer{proof->mac};
  append(answer.data, proof->tac);
  return answer;
}

}  // namespace tidegate::sim
