// SPDX-License-Identifier: Apache-2.0
// Prices rides for a proof.
#include "fare/authoring/proof_rides.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include "fare/engine/journey.h"

namespace tidegate::fare {
namespace {

using std::chrono::minutes;
using std::chrono::sys_days;

constexpr std::array<RiderName, 8> kRiders{{{RiderCategory::adult, "成人", "adult"},
                                            {RiderCategory::student, "学生", "student"},
                                            {RiderCategory::senior, "老人", "senior"},
                                            {RiderCategory::child, "儿童", "child"},
                                            {RiderCategory::disabled, "残疾人", "disabled"},
                                            {RiderCategory::military, "军人", "military"},
                                            {RiderCategory::staff, "员工", "staff"},
                                            {RiderCategory::test, "测试", "test"}}};

struct TimeOfDay {
  minutes after_midnight;
  std::string_view zh, en;
};
constexpr std::array<TimeOfDay, 4> kWorkingDay{
    {{minutes{390}, "工作日清晨", "working day, early"},
     {minutes{480}, "工作日高峰", "working day, peak"},
     {minutes{660}, "工作日平峰", "working day, midday"},
     {minutes{1290}, "工作日夜间", "working day, late"}}};
constexpr TimeOfDay kWeekend{minutes{660}, "周末", "weekend"};
constexpr std::array<TimeOfDay, 2> kHoliday{{{minutes{480}, "节假日早间", "holiday, morning"},
                                             {minutes{660}, "节假日", "holiday, midday"}}};
constexpr TimeOfDay kMadeUp{minutes{480}, "调休上班日高峰", "make-up working day, peak"};

bool is_weekend(sys_days day) {
  const std::chrono::weekday weekday{day};
  return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

sys_days first_working_day(sys_days day, const DayCalendar& calendar) {
  while (!calendar.is_working_day(day)) day += std::chrono::days{1};
  return day;
}
sys_days first_weekend_off(sys_days day, const DayCalendar& calendar) {
  while (!is_weekend(day) || calendar.is_working_day(day)) day += std::chrono::days{1};
  return day;
}

Moment moment(sys_days day, const TimeOfDay& time) {
  return {.at = day + time.after_midnight - kChinaOffset,
          .name_zh = std::string{time.zh},
          .name_en = std::string{time.en}};
}

Medium fresh_medium(RiderCategory rider) {
  return {.rider = rider, .balance = Fen{kFenMax}};  // nothing is refused for want of money
}

void add_trace(std::vector<TraceStep>& out, const Decision& decision) {
  for (const Charge& charge : decision.charges)
    out.insert(out.end(), charge.trace.begin(), charge.trace.end());
}

Outcome outcome_of(const Decision& decision, Fen before = {}) {
  return decision.accepted() ? Outcome::fare(before + decision.total())
                             : Outcome::refused(*decision.refusal);
}

TapContext context_of(const Ride& ride) {
  return {.box_kind = ride.by_boarding ? BoxKind::vehicle : BoxKind::station,
          .network = ride.network,
          .stop = ride.from};
}

Tap first_tap(const Ride& ride) {
  return {.kind = ride.by_boarding ? TapKind::board : TapKind::entry, .at = ride.at};
}

}  // namespace

DayCalendar calendar_that_counts(const BookModel& model) {
  const bool counts = std::ranges::any_of(model.timeframes, [](const Timeframe& frame) {
    return std::ranges::any_of(frame.spans, &WeekSpan::by_calendar);
  });
  return counts ? model.calendar : DayCalendar{};
}

std::vector<Moment> moments_of(const std::vector<ServiceDay>& days, const DayCalendar& calendar) {
  std::vector<Moment> out;
  for (const ServiceDay day : days) {
    for (const TimeOfDay& time : kWorkingDay)
      out.push_back(moment(first_working_day(day.get(), calendar), time));
    out.push_back(moment(first_weekend_off(day.get(), calendar), kWeekend));
    const auto holiday = std::ranges::find_if(
        calendar.holidays, [day](sys_days one) { return one >= day.get() && !is_weekend(one); });
    for (const TimeOfDay& time : kHoliday)
      if (holiday != calendar.holidays.end()) out.push_back(moment(*holiday, time));
    const auto made_up = std::ranges::find_if(
        calendar.working_days, [day](sys_days one) { return one >= day.get() && is_weekend(one); });
    if (made_up != calendar.working_days.end()) out.push_back(moment(*made_up, kMadeUp));
  }
  std::ranges::stable_sort(out, {}, &Moment::at);
  const auto repeated = std::ranges::unique(out, {}, &Moment::at);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

RiderName rider_title(std::span<const Rider> own, RiderCategory rider) noexcept {
  const auto at = std::ranges::find(kRiders, rider, &RiderName::rider);
  if (at != kRiders.end()) return *at;
  const auto declared = std::ranges::find(own, rider, &Rider::number);
  if (declared != own.end()) return {rider, declared->name_zh, declared->name_en};
  return {rider, "其他", name_of(rider)};
}

std::vector<RiderCategory> paying_riders(std::span<const Rider> own) {
  std::vector<RiderCategory> out;
  for (const RiderName& known : kRiders)
    if (known.rider != RiderCategory::staff && known.rider != RiderCategory::test)
      out.push_back(known.rider);
  for (const Rider& declared : own) out.push_back(declared.number);
  return out;
}

Result<std::vector<RiderCategory>> parse_riders(std::string_view list, std::span<const Rider> own) {
  std::vector<RiderCategory> out;
  if (list == "all") {
    for (const RiderName& known : kRiders) out.push_back(known.rider);
    for (const Rider& declared : own) out.push_back(declared.number);
    return out;
  }
  for (std::string_view rest = list; !rest.empty() || out.empty();) {
    const std::string_view word = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    const auto rider = rider_from_name(own, word);
    if (!rider)
      return fail(Errc::invalid, "\"" + std::string{word} +
                                     "\" is not a rider: adult, student, senior, child, disabled, "
                                     "military, staff, test, one that the book declares, or all");
    if (std::ranges::find(out, *rider) == out.end()) out.push_back(*rider);
  }
  return out;
}

Outcome Outcome::fare(Fen fen) {
  Outcome out;
  out.value_ = static_cast<std::int32_t>(
      std::clamp<std::int64_t>(fen.count(), 0, std::numeric_limits<std::int32_t>::max()));
  return out;
}

Outcome Outcome::refused(RefusalCode reason) noexcept {
  Outcome out;
  out.value_ = -static_cast<std::int32_t>(reason);
  return out;
}

RidePrice price_ride(const Book& book, const Ride& ride) {
  Medium medium = fresh_medium(ride.rider);
  TapContext context = context_of(ride);
  Tap tap = first_tap(ride);
  RidePrice out;
  const Decision in = price(book, medium, context, tap);
  out.outcome = outcome_of(in);
  add_trace(out.trace, in);
  if (!in.accepted() || ride.by_boarding) return out;
  carry_on(book, medium, context, tap, in);
  context.stop = ride.to;
  tap = {.kind = TapKind::exit, .at = ride.at + kRideTakes};
  const Decision exit = price(book, medium, context, tap);
  out.outcome = outcome_of(exit, in.total());
  add_trace(out.trace, exit);
  return out;
}

void price_row(const Book& book, const Ride& ride, std::span<const StopCode> to,
               std::span<Outcome> out) {
  Medium medium = fresh_medium(ride.rider);
  TapContext context = context_of(ride);
  Tap tap = first_tap(ride);
  const Decision in = price(book, medium, context, tap);
  if (!in.accepted() || ride.by_boarding) {
    std::ranges::fill(out, outcome_of(in));
    return;
  }
  carry_on(book, medium, context, tap, in);
  tap = {.kind = TapKind::exit, .at = ride.at + kRideTakes};
  for (std::size_t i = 0; i < to.size(); ++i) {
    context.stop = to[i];
    out[i] = outcome_of(price(book, medium, context, tap), in.total());
  }
}

bool boarding_is_the_ride(const Book& book, const NetworkId& network, const StopCode& stop,
                          Timestamp at) {
  const Ride ride{.network = network, .from = stop, .at = at, .by_boarding = true};
  Medium medium = fresh_medium(ride.rider);
  const TapContext context = context_of(ride);
  const Tap tap = first_tap(ride);
  const Decision decision = price(book, medium, context, tap);
  if (!decision.accepted()) return false;
  carry_on(book, medium, context, tap, decision);
  return !medium.open && !medium.open_bus;
}

void for_each_row(std::size_t count, const std::function<void(std::size_t)>& row,
                  const std::function<void(std::size_t)>& each) {
  std::atomic<std::size_t> next{0}, done{0};
  const auto work = [&](bool tells) {
    for (std::size_t i = next++; i < count; i = next++) {
      row(i);
      const std::size_t finished = ++done;
      if (tells) each(finished);
    }
  };
  {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::jthread> others;
    // A few rows are done before a thread has started.
    for (std::size_t i = 1; i < cores && count >= 16; ++i) others.emplace_back(work, false);
    work(true);
  }
  each(count);
}

}  // namespace tidegate::fare
