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

}  // namespace

std::optional<RefusalCode> check(const nfc::CardImage& image, const CheckContext& context) {
  const bool coming_in =
      context.kind == fare::TapKind::entry || context.kind == fare::TapKind::board;
  const bool dates = coming_in && context.clock_trusted && !context.modes.has(Modes::kDateFree);
  const ServiceDay today = date_of(context.now);

  if (coming_in && context.modes.has(Modes::kClosed)) return RefusalCode::aisle_closed;
  if (image.blocked) return RefusalCode::application_blocked;
  if (!image.info.enabled) return RefusalCode::not_enabled;
  if (coming_in && !image.kind.interoperable && image.kind.city != context.city)
    return RefusalCode::not_interoperable;
  if (dates && today < image.info.valid_from) return RefusalCode::not_yet_valid;
  if (dates && today > image.info.valid_to) return RefusalCode::expired;
  if (image.rail.lock != 0) return RefusalCode::record_locked;
  return std::nullopt;
}

}  // namespace tidegate::edge
