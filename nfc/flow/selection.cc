// SPDX-License-Identifier: Apache-2.0
// SELECT, first of what most cards carry, then of what the card itself lists, then of what else
// passengers hold against a reader.
#include "nfc/flow/selection.h"

#include <algorithm>

#include "nfc/flow/exchange.h"

namespace tidegate::nfc {
namespace {

using fare::RefusalCode;

constexpr std::uint16_t kBlocked = 0x6283, kLocked = 0x6A81, kLockedForEver = 0x9303;

/// Words that say "no such application", each by some card.
bool is_absent(std::uint16_t sw) {
  constexpr std::array<std::uint16_t, 8> kAbsent{0x6A82, 0x6D00, 0x6E00, 0x6A86,
                                                 0x6700, 0x6985, 0x6999, 0x6B00};
  return std::ranges::find(kAbsent, sw) != kAbsent.end();
}

std::unexpected<FlowError> refuse(RefusalCode code, std::string detail) {
  return std::unexpected{FlowError{code, std::move(detail)}};
}

RefusalCode code_of(OtherApplication kind) {
  switch (kind) {
    case OtherApplication::city_union: return RefusalCode::city_union_card;
    case OtherApplication::bank: return RefusalCode::bank_card;
    case OtherApplication::social_security: return RefusalCode::social_security_only;
    case OtherApplication::local: return RefusalCode::local_card;
  }
  return RefusalCode::not_transport_card;
}

class Selection {
 public:
  Selection(CardChannel& card, const FlowSettings& settings) : card_{card}, settings_{settings} {}

  FlowResult<Selected> run() {
    if (settings_.selection == FlowSettings::Selection::direct) {
      auto purse = purse_by(aid_of(Kernel::k1));
      if (!purse) return std::unexpected{purse.error()};
      if (*purse) return std::move(**purse);
    }
    return listed();
  }

 private:
  /// nullopt: the card has no such application.
  FlowResult<std::optional<Selected>> purse_by(ByteView aid) {
    auto response = fetch(card_, select_name(aid), settings_.apdu_timeout, "SELECT");
    if (!response) return std::unexpected{response.error()};
    Selected out;
    out.blocked = response->sw == kBlocked;
    if (response->sw == kLocked || response->sw == kLockedForEver)
      return refuse(RefusalCode::application_blocked, sw_detail("SELECT", response->sw));
    if (is_absent(response->sw) && response->data.empty()) return std::optional<Selected>{};
    if (!response->ok() && !out.blocked) return malformed_sw("SELECT", response->sw);
    auto fci = decode_fci(response->data);
    if (!fci && out.blocked)
      return refuse(RefusalCode::application_blocked, sw_detail("SELECT", response->sw));
    if (!fci) return malformed("SELECT", fci.error().message());
    out.fci = std::move(*fci);
    return std::optional{std::move(out)};
  }

  /// By the card's own list, where it has one; else by trying.
  FlowResult<Selected> listed() {
    auto list = read_list();
    if (!list) return std::unexpected{list.error()};
    std::ranges::stable_sort(*list, {}, [](const ListedApplication& each) {
      return each.priority == 0 ? 16 : each.priority;
    });
    for (const ListedApplication& each : *list) {
      const auto kernel = kernel_of(each.aid);
      if (!kernel || !can_debit(*kernel)) continue;
      auto purse = purse_by(each.aid);
      if (!purse) return std::unexpected{purse.error()};
      if (*purse) return std::move(**purse);
    }
    for (const Kernel kernel : {Kernel::k1, Kernel::k2}) {
      const bool tried =
          kernel == Kernel::k1 && settings_.selection == FlowSettings::Selection::direct;
      if (tried) continue;
      auto purse = purse_by(aid_of(kernel));
      if (!purse) return std::unexpected{purse.error()};
      if (*purse) return std::move(**purse);
    }
    return something_else(*list);
  }

  /// Empty: no PPSE, or one that cannot be read.
  FlowResult<std::vector<ListedApplication>> read_list() {
    const auto response = fetch(card_, select_ppse(), settings_.apdu_timeout, "SELECT PPSE");
    if (!response) return std::unexpected{response.error()};
    if (!response->ok()) return std::vector<ListedApplication>{};
    auto list = decode_ppse(response->data);
    if (!list) return std::vector<ListedApplication>{};
    return std::move(*list);
  }

  std::unexpected<FlowError> something_else(const std::vector<ListedApplication>& list) {
    for (const ListedApplication& each : list)
      if (const auto kernel = kernel_of(each.aid))
        return refuse(RefusalCode::unsupported_kernel,
                      std::string{name_of(*kernel)} + " is all the card lists");
    for (const Kernel kernel : {Kernel::k6, Kernel::k3, Kernel::k4, Kernel::k5}) {
      const auto there = has(select_name(aid_of(kernel)));
      if (!there) return std::unexpected{there.error()};
      if (*there)
        return refuse(RefusalCode::unsupported_kernel,
                      std::string{name_of(kernel)} + " is all the card has");
    }
    for (const ListedApplication& each : list)
      if (const auto other = other_application(each.aid))
        return refuse(code_of(*other), "PPSE lists " + to_hex(each.aid));
    for (const OtherSelector& each : other_selectors()) {
      const auto there = has(each.select);
      if (!there) return std::unexpected{there.error()};
      if (*there) return refuse(code_of(each.kind), std::string{each.name});
    }
    return refuse(RefusalCode::not_transport_card, "no application that is known");
  }

  /// An application that is blocked is there too.
  FlowResult<bool> has(const Bytes& select) {
    const auto response = fetch(card_, select, settings_.apdu_timeout, "SELECT");
    if (!response) return std::unexpected{response.error()};
    return response->ok() || response->sw == kBlocked;
  }

  CardChannel& card_;
  const FlowSettings& settings_;
};

}  // namespace

FlowResult<Selected> select_application(CardChannel& card, const FlowSettings& settings) {
  return Selection{card, settings}.run();
}

}  // namespace tidegate::nfc
