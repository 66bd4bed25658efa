// SPDX-License-Identifier: Apache-2.0
// The SAM's commands. (JT/T 978: INIT_SAM_FOR_PURCHASE, CREDIT_SAM_FOR_PURCHASE)
#include "simulators/sam/psam.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "simulators/card/purse_crypto.h"

namespace tidegate::sim {

namespace {

constexpr std::uint16_t kOk = 0x9000, kMoreData = 0x6100, kWrongLe = 0x6C00, kWrongLength = 0x6700,
                        kConditions = 0x6985, kNotFound = 0x6A82, kNoMemory = 0x6581,
                        kWrongMac = 0x9302, kKeyUnknown = 0x9403, kWrongP1P2 = 0x6A86,
                        kWrongInstruction = 0x6D00, kWrongClass = 0x6E00;
constexpr std::size_t kHeaderBytes = 4, kPurchaseBytes = 36, kMacBytes = 4;

/// Where the fields of 8070 stand in its data.
constexpr std::size_t kRandom = 0, kCounter = 4, kAmount = 6, kType = 10, kTime = 11, kVersion = 18,
                      kAlgorithm = 19, kNumberFactor = 20, kIssuerFactor = 28;

[[nodiscard]] Bytes word(unsigned sw) {
  Bytes out;
  append_be(out, sw, 2);
  return out;
}

/// The data of a command that brings some; nullopt: its length is not `size`. A last byte Le is
/// none of T=0's, but readers that know more let it through.
[[nodiscard]] std::optional<ByteView> data_of(ByteView command, std::size_t size) {
  const std::size_t with_data = kHeaderBytes + 1 + size;
  if (command.size() != with_data && command.size() != with_data + 1) return std::nullopt;
  if (command[kHeaderBytes] != size) return std::nullopt;
  return command.subspan(kHeaderBytes + 1, size);
}

}  // namespace

Psam::~Psam() {
  close_session();
  crypto::cleanse(spec_.purchase_key);
}

Bytes Psam::answer_to_reset() {
  // Direct convention, TB1 and TC1, T=0, eight historical bytes.
  Bytes out{0x3B, 0x68, 0x00, 0x00};
  append(out, as_bytes("TGPSAM01"));
  return out;
}

void Psam::power_on() {
  power_off();
  powered_ = true;
}

void Psam::power_off() {
  powered_ = false;
  at_ = At::master;
  waiting_.clear();
  close_session();
}

void Psam::close_session() {
  if (session_) crypto::cleanse(session_->key);
  session_.reset();
}

Bytes Psam::transceive(ByteView command) {
  ASSERT(powered_);
  if (command.size() < kHeaderBytes + 1) return word(kWrongLength);
  const auto instruction = read_be(command.first(2));
  if (instruction == 0x00C0) return get_response(command[kHeaderBytes]);
  waiting_.clear();
  switch (instruction) {
    case 0x00A4: return select(command);
    case 0x00B0: return read_binary(command);
    case 0x8070: return init_for_purchase(command);
    case 0x8072: return credit_for_purchase(command);
    default: break;
  }
  const bool known_class = command[0] == 0x00 || command[0] == 0x80;
  return word(known_class ? kWrongInstruction : kWrongClass);
}

Bytes Psam::select(ByteView command) {
  const auto id = data_of(command, 2);
  if (!id) return word(kWrongLength);
  const auto wanted = read_be(*id);
  if (wanted == 0x3F00) {
    at_ = At::master;
  } else if (wanted == 0x8011 && spec_.application) {
    at_ = At::purse;
  } else {
    return word(kNotFound);
  }
  close_session();
  waiting_ = {0x6F, 0x04, 0x84, 0x02, (*id)[0], (*id)[1]};
  return word(kMoreData + static_cast<unsigned>(waiting_.size()));
}

Bytes Psam::file(Byte sfi) const {
  if (at_ == At::purse) return sfi == 0x17 ? Bytes{spec_.key_index} : Bytes{};
  if (sfi == 0x16) return {spec_.terminal.begin(), spec_.terminal.end()};
  if (sfi != 0x15) return {};
  // The serial number ends like the terminal number, so that people can tell SAMs apart.
  Bytes serial(spec_.serial_bytes, 0x00);
  std::ranges::copy_backward(spec_.terminal, serial.end());
  return serial;
}

Bytes Psam::read_binary(ByteView command) const {
  const Byte p1 = command[2];
  if ((p1 & 0xE0U) != 0x80U || command[3] != 0 || command.size() != kHeaderBytes + 1)
    return word(kWrongP1P2);
  Bytes content = file(p1 & 0x1FU);
  if (content.empty()) return word(kNotFound);
  if (command[kHeaderBytes] != content.size())
    return word(kWrongLe + static_cast<unsigned>(content.size()));
  append_be(content, kOk, 2);
  return content;
}

Bytes Psam::get_response(Byte wanted) {
  if (waiting_.empty()) return word(kConditions);
  if (wanted != waiting_.size()) return word(kWrongLe + static_cast<unsigned>(waiting_.size()));
  Bytes out = std::exchange(waiting_, {});
  append_be(out, kOk, 2);
  return out;
}

Bytes Psam::init_for_purchase(ByteView command) {
  close_session();
  if (at_ != At::purse) return word(kConditions);
  const auto data = data_of(command, kPurchaseBytes);
  if (!data) return word(kWrongLength);
  if ((*data)[kVersion] != spec_.key_version || (*data)[kAlgorithm] != 0) return word(kKeyUnknown);
  const auto number = numbers_.next();
  if (!number) return word(kNoMemory);

  crypto::Key16 issuer_key =
      diversify(spec_.purchase_key, to_array<8>(data->subspan(kIssuerFactor, 8)));
  crypto::Key16 key = diversify(issuer_key, to_array<8>(data->subspan(kNumberFactor, 8)));
  session_ =
      Session{.key = session_key(key, to_array<4>(data->subspan(kRandom, 4)),
                                 static_cast<std::uint16_t>(read_be(data->subspan(kCounter, 2))),
                                 static_cast<std::uint16_t>(*number & 0xFFFFU)),
              .amount = to_array<4>(data->subspan(kAmount, 4))};
  crypto::cleanse(issuer_key);
  crypto::cleanse(key);

  Bytes message{session_->amount.begin(), session_->amount.end()};
  message.push_back((*data)[kType]);
  append(message, spec_.terminal);
  append(message, data->subspan(kTime, 7));
  append_be(waiting_, *number, 4);
  append(waiting_, purse_mac(session_->key, message));
  return word(kMoreData + static_cast<unsigned>(waiting_.size()));
}

Bytes Psam::credit_for_purchase(ByteView command) {
  if (!session_) return word(kConditions);
  const auto mac = data_of(command, kMacBytes);
  if (!mac) return word(kWrongLength);
  const Mac4 right = purse_mac(session_->key, session_->amount);
  close_session();
  return word(std::ranges::equal(*mac, right) ? kOk : kWrongMac);
}

}  // namespace tidegate::sim
