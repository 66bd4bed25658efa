// SPDX-License-Identifier: Apache-2.0
// Asks the signed lists about a card.
#include "edge/gate/card_lists.h"

#include <utility>

namespace tidegate::edge {
namespace {

constexpr Byte kRail = 0x01, kBus = 0x02;
constexpr std::size_t kWholeCode = 8;  // hex digits of line and station

/// Which stop the bytes of an open journey are.
void map(const nfc::Places& places, fare::OpenJourney& open, Byte industry) {
  const fare::CardCode& where = open.where;
  const nfc::PlaceFound found = places.find({.city = where.city,
                                             .industry = industry,
                                             .line = {where.station[4], where.station[5]},
                                             .station = {where.station[6], where.station[7]},
                                             .terminal = open.terminal});
  if (found.station == nullptr) return;
  // Only a whole code is sure to be one place: a terminal number, or line and station in full.
  if (!found.by_terminal && found.station->code.size() != kWholeCode) return;
  open.mapped_network = NetworkId{found.station->network};
  open.mapped_stop = StopCode{found.station->stop};
}

}  // namespace

void CardLists::tell(const nfc::CardImage& image, std::optional<ServiceDay> today,
                     fare::Medium& medium) const {
  if (issuers) medium.rider = issuers->rider(medium.issuer, image.kind.card_kind);
  medium.entitlements = entitled(image.info.number, today);
  if (!places) return;
  if (medium.open) map(*places, *medium.open, kRail);
  if (medium.open_bus) map(*places, *medium.open_bus, kBus);
}

nfc::Entitlements::Riders CardLists::entitled(const CardNumber& number,
                                              std::optional<ServiceDay> today) const {
  if (!entitlements) return {};
  return entitlements->find(nfc::list_handle(list_key, number), today);
}

std::optional<nfc::DenyReason> CardLists::denied(const CardNumber& number) const {
  if (!denylist) return std::nullopt;
  return denylist->find(nfc::list_handle(list_key, number));
}

std::string CardLists::told(nfc::DenyReason reason) const {
  return std::string{name_of(reason)} + ", denylist " + std::to_string(denylist->number());
}

std::shared_ptr<const CardLists> ListsInForce::get() const {
  const std::lock_guard lock{mutex_};
  return lists_;
}

std::shared_ptr<const CardLists> ListsInForce::put(CardLists lists) {
  auto next = std::make_shared<const CardLists>(std::move(lists));
  const std::lock_guard lock{mutex_};
  return std::exchange(lists_, std::move(next));
}

}  // namespace tidegate::edge
