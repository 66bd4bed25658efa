// SPDX-License-Identifier: Apache-2.0
// The checks before a price is asked for, each one line.
#include "edge/gate/check.h"

namespace tidegate::edge {
namespace {

using fare::Modes;
using fare::RefusalCode;

ServiceDay date_of(const LocalTime& time) {
  return ServiceDay{std::chrono::sys_days{
      std::chrono::year{time.year} / std::chrono::month{time.month} / std::chrono::day{time.day}}};
}

Problem problem(RefusalCode code) {
  return {code, "check"};
}

/// By the issuer list: is this an issuer we are paid by, is the number its own, is its money real?
std::optional<Problem> by_issuers(const nfc::IssuerList& list, const nfc::CardImage& image,
                                  Realm realm) {
  const nfc::Bcd4 issuer = image.info.issuer_code();
  const nfc::Bcd4 iin = nfc::iin_of(image.info.number);
  const std::string in_list = " in list " + std::to_string(list.number());
  switch (list.lookup(issuer, iin).answer) {
    case nfc::IssuerAnswer::listed: break;
    case nfc::IssuerAnswer::not_listed:
      return Problem{RefusalCode::unknown_issuer, "issuer " + to_hex(issuer) + " is not" + in_list};
    case nfc::IssuerAnswer::iin_of_other_issuer:
      return Problem{RefusalCode::issuer_mismatch,
                     "IIN " + to_hex(iin) + " is not of issuer " + to_hex(issuer) + in_list};
  }
  if (realm == Realm::live && list.is_test_card(issuer, image.info.number, image.kind.card_kind))
    return problem(RefusalCode::test_card);
  return std::nullopt;
}

/// The signed lists, in the order of precedence.
std::optional<Problem> by_lists(const nfc::CardImage& image, const CheckContext& context) {
  const CardLists& lists = *context.lists;
  if (lists.issuers)
    if (auto found = by_issuers(*lists.issuers, image, context.realm)) return found;
  if (const auto reason = lists.denied(image.info.number))
    return Problem{RefusalCode::denylisted, lists.told(*reason)};
  return std::nullopt;
}

RefusalCode expired(const nfc::CardImage& image, const CheckContext& context) {
  const nfc::IssuerList* issuers =
      context.lists != nullptr ? context.lists->issuers.get() : nullptr;
  const bool renewable = issuers != nullptr && issuers->renewable(image.info.issuer_code(),
                                                                  nfc::iin_of(image.info.number));
  return renewable ? RefusalCode::expired_renewable : RefusalCode::expired;
}

}  // namespace

std::optional<Problem> check(const nfc::CardImage& image, const CheckContext& context) {
  const bool coming_in =
      context.kind == fare::TapKind::entry || context.kind == fare::TapKind::board;
  const bool dates = coming_in && context.clock_trusted && !context.modes.has(Modes::kDateFree);
  const ServiceDay today = date_of(context.now);

  if (coming_in && context.modes.has(Modes::kClosed)) return problem(RefusalCode::aisle_closed);
  if (image.blocked) return problem(RefusalCode::application_blocked);
  if (coming_in && !image.info.enabled) return problem(RefusalCode::not_enabled);
  if (coming_in && !image.kind.interoperable && image.kind.city != context.city)
    return problem(RefusalCode::not_interoperable);
  if (dates && today < image.info.valid_from) return problem(RefusalCode::not_yet_valid);
  if (dates && today > image.info.valid_to) return problem(expired(image, context));
  if (coming_in && context.lists != nullptr)
    if (auto found = by_lists(image, context)) return found;
  // By bus it depends on the fare which record is written, if any: OneTap::charge() looks.
  if (!context.by_bus && image.rail.lock != 0) return problem(RefusalCode::record_locked);
  return std::nullopt;
}

}  // namespace tidegate::edge
