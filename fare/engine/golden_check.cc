// SPDX-License-Identifier: Apache-2.0
// Checks the golden journeys of a fare book before anything replays them.
#include <set>
#include <string_view>

#include "fare/engine/check_parts.h"

namespace tidegate::fare::check {
namespace {

constexpr std::uint32_t kAllModes = 127;

Status check_golden_tap(const BookModel& model, const GoldenTap& golden, const std::string& where) {
  const auto network =
      std::ranges::find(model.networks, golden.context.network.get(), &Network::id);
  if (network == model.networks.end())
    return bad(where, "network " + golden.context.network.get() + " is not in the book");
  if (!std::ranges::binary_search(network->stops, golden.context.stop.get(), {}, &Stop::code))
    return bad(where, "stop " + golden.context.stop.get() + " is not in the book");
  const auto kind = std::to_underlying(golden.tap.kind);
  const auto box = std::to_underlying(golden.context.box_kind);
  const auto item = std::to_underlying(golden.context.item);
  if (kind < 1 || kind > 4) return bad(where, "tap kind does not exist");
  if (box < 1 || box > 3) return bad(where, "box kind does not exist");
  if (item < 1 || item > 3) return bad(where, "item class does not exist");
  if (golden.tap.modes.bits > kAllModes) return bad(where, "mode does not exist");
  for (const std::string* text :
       {&golden.context.route, &golden.context.direction, &golden.context.trip,
        &golden.context.vehicle, &golden.context.driver, &golden.context.operator_id})
    if (text->size() > kTextBytesMax) return bad(where, "a text has more than 200 bytes");
  if (!is_day(ServiceDay{std::chrono::floor<std::chrono::days>(golden.tap.at)}))
    return bad(where, "time is not between 1970 and 2099");
  if (auto ok = mode_history(golden.tap.history, where); !ok) return ok;
  if (!is_fare(golden.expected_fen)) return bad(where, "expected fare is above 16777215 fen");
  if (golden.expected_refusal && golden.expected_fen != Fen{0})
    return bad(where, "a refused tap cannot cost anything");
  return {};
}

}  // namespace

Status golden_journeys(const BookModel& model) {
  std::set<std::string_view> ids;
  for (const GoldenJourney& journey : model.golden) {
    const std::string where = "golden journey " + journey.id;
    if (!is_name(journey.id)) return bad(where, "id must have 1 to 200 bytes");
    if (!ids.insert(journey.id).second) return bad(where, "id is there twice");
    const auto medium = std::to_underlying(journey.medium.kind);
    if (medium < 1 || medium > 2) return bad(where, "medium does not exist");
    if (!is_known(model, journey.medium.rider)) return bad(where, "rider category does not exist");
    for (const RiderCategory rider : journey.medium.entitlements)
      if (!is_known(model, rider)) return bad(where, "entitlement is not a rider");
    if (!is_fare(journey.medium.balance)) return bad(where, "balance is above 16777215 fen");
    if (!is_fare(journey.medium.overdraft_left))
      return bad(where, "overdraft is above 16777215 fen");
    if (journey.taps.empty() || journey.taps.size() > kGoldenTapsMax)
      return bad(where, "needs 1 to 32 taps");
    for (std::size_t i = 0; i < journey.taps.size(); ++i)
      if (auto ok =
              check_golden_tap(model, journey.taps[i], where + ", tap " + std::to_string(i + 1));
          !ok)
        return ok;
  }
  return {};
}

}  // namespace tidegate::fare::check
