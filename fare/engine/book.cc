// SPDX-License-Identifier: Apache-2.0
// Loads a fare book and finds networks, stops and places in it.
#include "fare/engine/book.h"

#include <algorithm>
#include <cstddef>

#include "base/assert.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/book_data.h"

namespace tidegate::fare {
namespace {

CardCode without_line(CardCode code) {
  code.line = 0;
  return code;
}

}  // namespace

Result<std::shared_ptr<const Book>> Book::load(Bytes payload) {
  auto model = decode_book(payload);
  if (!model) return fail(std::move(model.error()));
  if (auto ok = check_book(*model); !ok) return fail(std::move(ok.error()));
  return std::make_shared<const BookData>(*std::move(model));
}

BookData::BookData(BookModel model) : model_{std::move(model)} {
  for (const Network& network : model_.networks) {
    for (std::size_t i = 0; i < network.stops.size(); ++i) {
      const Stop& stop = network.stops[i];
      by_code_.push_back({card_code(network, stop.card, 0), {&network, i}});
      for (const StationBytes& other : stop.also)
        by_code_.push_back({card_code(network, other, 0), {&network, i}});
    }
  }
  std::ranges::sort(by_code_, {}, &Entry::code);
}

const BookData& BookData::of(const Book& book) noexcept {
  const auto* const data = dynamic_cast<const BookData*>(&book);
  ASSERT(data != nullptr);  // Book::load() makes nothing else
  return *data;
}

const Network* BookData::network(const NetworkId& id) const noexcept {
  const auto at = std::ranges::lower_bound(model_.networks, id.get(), {}, &Network::id);
  return at != model_.networks.end() && at->id == id.get() ? &*at : nullptr;
}

std::optional<std::size_t> BookData::stop(const Network& network, const StopCode& code) noexcept {
  const auto at = std::ranges::lower_bound(network.stops, code.get(), {}, &Stop::code);
  if (at == network.stops.end() || at->code != code.get()) return std::nullopt;
  return static_cast<std::size_t>(at - network.stops.begin());
}

std::optional<BookData::Place> BookData::place(const CardCode& code) const noexcept {
  const CardCode wanted = without_line(code);
  const auto at = std::ranges::lower_bound(by_code_, wanted, {}, &Entry::code);
  if (at == by_code_.end() || at->code != wanted) return std::nullopt;
  return at->place;
}

std::optional<Book::StopOnCard> BookData::stop_on_card(const NetworkId& network,
                                                       const StopCode& stop) const {
  const Network* const found = this->network(network);
  if (found == nullptr) return std::nullopt;
  const auto index = BookData::stop(*found, stop);
  if (!index) return std::nullopt;
  const Stop& here = found->stops[*index];
  StopOnCard out{.code = card_code(*found, here.card, here.line),
                 .industry = found->industry,
                 .name_zh = here.name_zh,
                 .name_en = here.name_en};
  write_be(out.operator_code, found->operator_code);
  return out;
}

bool DayCalendar::is_working_day(std::chrono::sys_days day) const noexcept {
  if (std::ranges::binary_search(working_days, day)) return true;
  return std::chrono::weekday{day}.iso_encoding() <= 5 &&
         !std::ranges::binary_search(holidays, day);
}

bool Timeframe::contains(Timestamp at, const DayCalendar& calendar) const noexcept {
  const auto local = at + kChinaOffset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const auto minute = std::chrono::floor<std::chrono::minutes>(local - day).count();
  const unsigned weekday = std::chrono::weekday{day}.iso_encoding() - 1;  // 0 Monday
  return std::ranges::any_of(spans, [&](const WeekSpan& span) {
    const unsigned wanted = !span.by_calendar()            ? 1U << weekday
                            : calendar.is_working_day(day) ? WeekSpan::kWorking
                                                           : WeekSpan::kNotWorking;
    return (span.days & wanted) != 0 && minute >= span.from && minute < span.to;
  });
}

const TariffVersion* version_on(std::span<const TariffVersion> versions, ServiceDay day) noexcept {
  const auto after = std::ranges::upper_bound(versions, day, {}, &TariffVersion::effective_from);
  return after == versions.begin() ? nullptr : &*std::prev(after);
}
const TariffVersion* version_on(const Network& network, ServiceDay day) noexcept {
  return version_on(network.versions, day);
}

ServiceDay service_day(const Network& network, Timestamp at) {
  return ServiceCalendar{.rollover = std::chrono::minutes{network.rollover_minutes}}.day_of(at);
}

}  // namespace tidegate::fare
