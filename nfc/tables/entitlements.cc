// SPDX-License-Identifier: Apache-2.0
// The entitlements over rows of a handle and four places for a rider and its last day.
#include "nfc/tables/entitlements.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace tidegate::nfc {
namespace {

constexpr std::string_view kMagic = "TGEN", kWhat = "entitlements";
constexpr std::size_t kPlaceBytes = 3;
constexpr std::size_t kRowBytes = HandleRows::kHandleBytes + fare::kEntitlementsMax * kPlaceBytes;
constexpr int kDayMax = 47'481;  // 2099-12-31

struct Place {
  fare::RiderCategory rider{};  ///< 0: the place is empty
  ServiceDay until;
};

Place place_at(ByteView row, std::size_t i) {
  const ByteView bytes = row.subspan(HandleRows::kHandleBytes + i * kPlaceBytes, kPlaceBytes);
  const std::chrono::days day{static_cast<int>(read_be(bytes.subspan(1)))};
  return {static_cast<fare::RiderCategory>(bytes[0]), ServiceDay{std::chrono::sys_days{day}}};
}

bool is_rider(fare::RiderCategory rider) {
  const auto number = std::to_underlying(rider);
  return (number >= 1 && number <= std::to_underlying(fare::RiderCategory::test)) ||
         number >= fare::kOwnRiderMin;
}
bool is_last_day(ServiceDay day) {
  const auto number = day.get().time_since_epoch().count();
  return number >= 1 && number <= kDayMax;
}

std::unexpected<Error> bad(const std::string& why) {
  return fail(Errc::invalid, "entitlements: " + why);
}

Status check_row(ByteView row) {
  auto before = fare::RiderCategory{};
  bool ended = false;
  for (std::size_t i = 0; i < fare::kEntitlementsMax; ++i) {
    const Place place = place_at(row, i);
    if (place.rider == fare::RiderCategory{}) {
      if (i == 0) return bad("a card is no rider at all");
      if (place.until != ServiceDay{}) return bad("an empty place has a last day");
      ended = true;
      continue;
    }
    if (ended || place.rider <= before) return bad("riders of a card are not in order");
    if (!is_rider(place.rider)) return bad("unknown rider category");
    if (!is_last_day(place.until)) return bad("a last day is not between 1970 and 2099");
    before = place.rider;
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Entitlements>> Entitlements::make(const HandleRowsHead& head,
                                                               std::vector<EntitledRow> rows) {
  std::ranges::sort(rows, {},
                    [](const EntitledRow& row) { return std::pair{row.handle, row.rider}; });
  Bytes bytes;
  for (auto at = rows.begin(); at != rows.end();) {
    const auto end = std::find_if(at, rows.end(),
                                  [&](const EntitledRow& row) { return row.handle != at->handle; });
    if (static_cast<std::size_t>(end - at) > fare::kEntitlementsMax)
      return bad("a card is more than 4 riders");
    append(bytes, at->handle.get());
    const std::size_t next = bytes.size() - HandleRows::kHandleBytes + kRowBytes;
    for (; at != end; ++at) {
      if (!is_last_day(at->until)) return bad("a last day is not between 1970 and 2099");
      bytes.push_back(std::to_underlying(at->rider));
      append_be(bytes, static_cast<std::uint64_t>(at->until.get().time_since_epoch().count()), 2);
    }
    bytes.resize(next);
  }
  return load(HandleRows::encode(head, kMagic, kRowBytes, bytes));
}

Result<std::shared_ptr<const Entitlements>> Entitlements::load(ByteView payload) {
  auto rows = HandleRows::load(payload, kMagic, kRowBytes, kWhat);
  if (!rows) return fail(std::move(rows.error()));
  for (std::size_t i = 0; i < rows->size(); ++i)
    if (auto ok = check_row(rows->row(i)); !ok)
      return fail(std::move(ok.error()), "row " + std::to_string(i));
  return std::make_shared<const Entitlements>(Entitlements{*std::move(rows)});
}

Bytes Entitlements::encode() const {
  return HandleRows::encode(rows_.head(), kMagic, kRowBytes, rows_.bytes());
}

Entitlements::Riders Entitlements::find(const ListHandle& handle,
                                        std::optional<ServiceDay> today) const {
  Riders out;
  const auto row = rows_.find(handle);
  if (!row) return out;
  for (std::size_t i = 0; i < fare::kEntitlementsMax; ++i) {
    const Place place = place_at(*row, i);
    if (place.rider == fare::RiderCategory{}) break;
    if (!today || *today <= place.until) out.push_back(place.rider);
  }
  return out;
}

std::vector<EntitledRow> Entitlements::all() const {
  std::vector<EntitledRow> out;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const ByteView row = rows_.row(r);
    const ListHandle handle{to_array<16>(row.first(HandleRows::kHandleBytes))};
    for (std::size_t i = 0; i < fare::kEntitlementsMax; ++i) {
      const Place place = place_at(row, i);
      if (place.rider == fare::RiderCategory{}) break;
      out.push_back({handle, place.rider, place.until});
    }
  }
  return out;
}

}  // namespace tidegate::nfc
