// SPDX-License-Identifier: Apache-2.0
// Names of the enumerations that books, journeys and people use.
#include "fare/engine/types.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"

namespace tidegate::fare {
namespace {

template <class E>
using Row = std::pair<E, std::string_view>;

constexpr std::array kMedia{Row<MediumKind>{MediumKind::t_union, "t-union"},
                            Row<MediumKind>{MediumKind::qr, "qr"}};
constexpr std::array kRiders{Row<RiderCategory>{RiderCategory::adult, "adult"},
                             Row<RiderCategory>{RiderCategory::student, "student"},
                             Row<RiderCategory>{RiderCategory::senior, "senior"},
                             Row<RiderCategory>{RiderCategory::child, "child"},
                             Row<RiderCategory>{RiderCategory::disabled, "disabled"},
                             Row<RiderCategory>{RiderCategory::military, "military"},
                             Row<RiderCategory>{RiderCategory::staff, "staff"},
                             Row<RiderCategory>{RiderCategory::test, "test"}};
constexpr std::array kTaps{
    Row<TapKind>{TapKind::entry, "entry"}, Row<TapKind>{TapKind::exit, "exit"},
    Row<TapKind>{TapKind::board, "board"}, Row<TapKind>{TapKind::alight, "alight"}};
constexpr std::array kBoxes{Row<BoxKind>{BoxKind::station, "station"},
                            Row<BoxKind>{BoxKind::vehicle, "vehicle"},
                            Row<BoxKind>{BoxKind::pier, "pier"}};

/// "rider-9" … for numbers without a name of their own.
constexpr auto kNumbered = [] {
  std::array<std::array<char, 10>, 256> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::size_t at = 0;
    for (const char c : std::string_view{"rider-"}) out[i][at++] = c;
    if (i >= 100) out[i][at++] = static_cast<char>('0' + i / 100);
    if (i >= 10) out[i][at++] = static_cast<char>('0' + i / 10 % 10);
    out[i][at] = static_cast<char>('0' + i % 10);
  }
  return out;
}();

template <class Table, class E>
std::string_view find_name(const Table& table, E value) noexcept {
  for (const auto& [known, name] : table)
    if (known == value) return name;
  ASSERT(false);  // an enumerator without a name
  return {};
}

template <class E, std::size_t N>
std::optional<E> find_value(const std::array<Row<E>, N>& table, std::string_view name) noexcept {
  for (const auto& [value, known] : table)
    if (known == name) return value;
  return std::nullopt;
}

}  // namespace

std::string_view name_of(MediumKind kind) noexcept {
  return find_name(kMedia, kind);
}
std::string_view name_of(RiderCategory rider) noexcept {
  for (const auto& [known, name] : kRiders)
    if (known == rider) return name;
  return kNumbered[std::to_underlying(rider)].data();
}
std::string_view name_of(TapKind kind) noexcept {
  return find_name(kTaps, kind);
}
std::string_view name_of(BoxKind kind) noexcept {
  return find_name(kBoxes, kind);
}

std::optional<MediumKind> medium_from_name(std::string_view name) noexcept {
  return find_value(kMedia, name);
}
std::optional<RiderCategory> rider_from_name(std::string_view name) noexcept {
  return find_value(kRiders, name);
}
std::optional<RiderCategory> rider_from_name(std::span<const Rider> own,
                                             std::string_view name) noexcept {
  if (const auto built_in = rider_from_name(name)) return built_in;
  const auto at = std::ranges::find(own, name, &Rider::name);
  if (at == own.end()) return std::nullopt;
  return at->number;
}
std::string_view rider_name(std::span<const Rider> own, RiderCategory rider) noexcept {
  const auto at = std::ranges::find(own, rider, &Rider::number);
  return at != own.end() ? std::string_view{at->name} : name_of(rider);
}
std::optional<TapKind> tap_from_name(std::string_view name) noexcept {
  return find_value(kTaps, name);
}
std::optional<BoxKind> box_kind_from_name(std::string_view name) noexcept {
  return find_value(kBoxes, name);
}

}  // namespace tidegate::fare
