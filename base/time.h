// SPDX-License-Identifier: Apache-2.0
// Time: UTC milliseconds inside, local civil time only on cards, in tariffs and for people; steady
// time for durations. Clocks are passed in, so that rules and tests never ask the machine.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace tidegate {

/// Wall time, UTC.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;
/// For deadlines and durations.
using SteadyTime = std::chrono::steady_clock::time_point;

/// Asia/Shanghai has had one fixed offset since 1991; libstdc++ 12 has no time-zone database.
inline constexpr std::chrono::minutes kChinaOffset{8 * 60};

/// Civil date and time as the card and the tariff know it.
struct LocalTime {
  std::int16_t year = 0;
  std::uint8_t month = 0, day = 0, hour = 0, minute = 0, second = 0;
  friend auto operator<=>(const LocalTime&, const LocalTime&) = default;
};
[[nodiscard]] LocalTime to_local(Timestamp at, std::chrono::minutes offset = kChinaOffset);
/// Errc::invalid for a date or time that does not exist (31 February, 24:00).
[[nodiscard]] Result<Timestamp> from_local(const LocalTime& local,
                                           std::chrono::minutes offset = kChinaOffset);

/// YYYYMMDDhhmmss in BCD, as in the card's log and trip records.
[[nodiscard]] std::array<Byte, 7> bcd_time(const LocalTime& local);
/// All zero bytes, non-BCD and impossible dates: Errc::invalid.
[[nodiscard]] Result<LocalTime> parse_bcd_time(ByteView seven_bytes);

/// A civil date of the operating day. "2026-11-02" when printed.
class ServiceDay {
 public:
  constexpr ServiceDay() = default;
  constexpr explicit ServiceDay(std::chrono::sys_days day) : day_{day} {}
  [[nodiscard]] constexpr std::chrono::sys_days get() const noexcept { return day_; }
  friend constexpr auto operator<=>(ServiceDay, ServiceDay) = default;
  [[nodiscard]] std::string text() const;

 private:
  std::chrono::sys_days day_{};
};

/// Which service day an instant belongs to: the day turns at `rollover` local time (e.g. 02:00).
struct ServiceCalendar {
  std::chrono::minutes utc_offset = kChinaOffset;
  std::chrono::minutes rollover{2 * 60};
  [[nodiscard]] ServiceDay day_of(Timestamp at) const;
};

/// "2026-11-02T08:00:00+08:00" with offset or Z, seconds or milliseconds. Errc::invalid otherwise.
[[nodiscard]] Result<Timestamp> parse_iso8601(std::string_view text);
/// Always in the given offset, with seconds: "2026-11-02T08:00:00+08:00".
[[nodiscard]] std::string iso8601(Timestamp at, std::chrono::minutes offset = kChinaOffset);
/// "2026-11-02". Errc::invalid otherwise.
[[nodiscard]] Result<ServiceDay> parse_date(std::string_view text);

/// Whether wall time can be believed.
struct ClockTrust {
  bool trusted = true;
  bool stepped_since_boot = false;
  friend bool operator==(ClockTrust, ClockTrust) = default;
};

/// Port to the machine's clocks.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
  [[nodiscard]] virtual SteadyTime steady() const = 0;
  [[nodiscard]] virtual ClockTrust trust() const { return {}; }
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] SteadyTime steady() const override;
};

}  // namespace tidegate
