// SPDX-License-Identifier: Apache-2.0
// A purchase, composite or plain: 8050, 80DC, 8054 and the SAM's part in it.
#include <algorithm>

#include "nfc/flow/exchange.h"
#include "nfc/flow/t_union_flow.h"

namespace tidegate::nfc {
namespace {

using fare::RefusalCode;

constexpr std::uint16_t kInsufficientOld = 0x9301, kLockedForEver = 0x9303, kInsufficient = 0x9401,
                        kCounterAtMaximum = 0x9402, kKeyUnknown = 0x9403, kRecordLocked = 0x9407,
                        kGreyLocked = 0x9408;
/// Answers to 8054 by which nothing was changed: the card names what it did not like before it
/// touches the purse.
constexpr std::array<std::uint16_t, 7> kNothingChanged{0x9302, 0x6985, 0x6901, 0x6700,
                                                       0x6A86, 0x9401, 0x9403};

std::unexpected<FlowError> failure(RefusalCode code, std::string detail) {
  return std::unexpected{FlowError{code, std::move(detail)}};
}

std::unexpected<FlowError> init_refused(std::uint16_t sw) {
  switch (sw) {
    case kInsufficient:
    case kInsufficientOld: return failure(RefusalCode::insufficient_balance, sw_detail("8050", sw));
    case kCounterAtMaximum: return failure(RefusalCode::purse_mismatch, sw_detail("8050", sw));
    case kGreyLocked:
    case kLockedForEver: return failure(RefusalCode::application_blocked, sw_detail("8050", sw));
    case kKeyUnknown: return failure(RefusalCode::unsupported_algorithm, sw_detail("8050", sw));
    default: return malformed_sw("8050", sw);
  }
}

/// 8050 adds the overdraft that is left, which is at most its limit, to the real balance.
bool fits_image(const PurchaseInit& init, Fen real_balance) {
  return init.balance >= real_balance && init.balance <= real_balance + init.overdraft_limit;
}

FlowResult<void> update(CardChannel& card, ByteView command, std::chrono::milliseconds timeout,
                        std::string_view step) {
  const auto response = exchange(card, command, timeout, step);
  if (!response) return std::unexpected{response.error()};
  if (response->sw == kRecordLocked)
    return failure(RefusalCode::record_locked, sw_detail(step, response->sw));
  if (!response->ok()) return malformed_sw(step, response->sw);
  if (!response->data.empty()) return malformed(step, "data where none belongs");
  return {};
}

}  // namespace

Purchase::Purchase(CardChannel& card, Sam& sam, const CardImage& image,
                   const FlowSettings& settings)
    : card_{card}, sam_{sam}, image_{image}, settings_{settings} {}

FlowResult<Purchase::Begun> Purchase::begin(Fen amount, const LocalTime& at, PurchaseType type) {
  ASSERT(step_ == Step::made && amount >= Fen{} && amount <= kPurseMax);
  if (image_.blocked)
    return failure(RefusalCode::application_blocked, "SELECT said the application is blocked");
  // The overdraft is not for fares, unless somebody says so: only real money is.
  const Fen spendable =
      settings_.overdraft ? image_.balance + image_.overdraft_left : image_.balance;
  if (spendable < amount)
    return failure(RefusalCode::insufficient_balance, "the real balance is below the amount");

  const Bytes command = init_purchase(type, sam_.key_index(), amount, sam_.terminal());
  const auto response = fetch(card_, command, settings_.apdu_timeout, "8050");
  if (!response) return std::unexpected{response.error()};
  if (!response->ok()) return init_refused(response->sw);
  const auto init = decode_purchase_init(response->data);
  if (!init) return malformed("8050", init.error().message());
  if (init->balance < amount || !fits_image(*init, image_.balance))
    return failure(RefusalCode::purse_mismatch, "8050: not the balance that was read before");

  const auto debit = sam_.init_for_purchase({.random = init->random,
                                             .counter = init->counter,
                                             .amount = amount,
                                             .type = type,
                                             .at = at,
                                             .key_version = init->key_version,
                                             .algorithm = init->algorithm,
                                             .pan_factor = image_.info.pan_factor(),
                                             .issuer_factor = image_.info.issuer});
  if (!debit) {
    // An algorithm nobody has keys for is the card's word; it must not close the aisle.
    const bool card = debit.error().code() == Errc::unsupported;
    return failure(card ? RefusalCode::unsupported_algorithm : RefusalCode::sam_unavailable,
                   "8070: " + debit.error().message());
  }
  begun_ = {.init = *init, .sam = *debit};
  at_ = at;
  type_ = type;
  step_ = Step::begun;
  return begun_;
}

FlowResult<void> Purchase::stage(const CardWrites& writes) {
  ASSERT(step_ == Step::begun);
  ASSERT((type_ == PurchaseType::capp) == (writes.journey || writes.trip));
  if (writes.journey) {
    const auto journey = update(card_, update_journey(*writes.journey, settings_.journey_p1_zero),
                                settings_.apdu_timeout, "80DC 1A");
    if (!journey) return journey;
  }
  if (writes.trip) {
    const auto appended = update(card_, update_trip(encode_trip_record(*writes.trip)),
                                 settings_.apdu_timeout, "80DC 1E");
    if (!appended) return appended;
  }
  step_ = Step::staged;
  return {};
}

Purchase::Finished Purchase::finish() {
  // A second 8054 would be refused by the card and then look like "not debited".
  ASSERT(step_ == Step::staged);
  step_ = Step::finished;
  const Bytes command = debit(begun_.sam.txn, at_, begun_.sam.mac1);
  const auto bytes = card_.transceive(command, settings_.apdu_timeout);
  if (!bytes) return {};
  const auto response = split_response(*bytes);
  if (!response) return {};

  Finished out;
  out.sw = response->sw;
  if (!response->ok()) {
    if (response->data.empty() &&
        std::ranges::find(kNothingChanged, out.sw) != kNothingChanged.end())
      out.end = End::not_debited;
    return out;
  }
  const auto answer = decode_debit(response->data);
  if (!answer) {
    out.end = End::suspect;
    return out;
  }
  out.answer = *answer;
  const auto right = sam_.credit(answer->mac2);
  if (right) out.end = *right ? End::debited : End::suspect;
  return out;
}

}  // namespace tidegate::nfc
