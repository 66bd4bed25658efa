// SPDX-License-Identifier: Apache-2.0
// Loads a fare book and finds networks, stops and places in it.
#include "fare/engine/book.h"

#include <algorithm>
#include <cstddef>

#include "fare/engine/book_codec.h"
#include "fare/engine/book_data.h"

namespace tidegate::fare {

Result<std::shared_ptr<const Book>> Book::load(Bytes payload) {
  auto model = decode_book(payload);
  if (!model) return fail(std::move(model.error()));
  if (auto ok = check_book(*model); !ok) return fail(std::move(ok.error()));
  return std::make_shared<const BookData>(*std::move(model));
}

BookData::BookData(BookModel model) : model_{std::move(model)}, rider_numbers_{model_.riders} {
  prepare();
  index_stops();
}

void BookData::prepare() {
  rules_ = prepared_rules(model_);
  versions_.reserve(model_.networks.size());
  for (const Network& network : model_.networks)
    versions_.push_back(prepared_versions(network.id, network.versions, network.stops.size(),
                                          rider_numbers_,
                                          network.policy.overstay == Overstay::exit_maximum));
  for (const ThroughRule& rule : model_.through) {
    const std::size_t stops =
        model_.networks[rule.a].stops.size() + model_.networks[rule.b].stops.size();
    through_versions_.push_back(
        prepared_versions(rule.name, rule.versions, stops, rider_numbers_, false));
  }
}

void BookData::index_stops() {
  std::size_t stops = 0, codes = 0;
  for (const Network& network : model_.networks) {
    stops += network.stops.size();
    for (const Stop& stop : network.stops) codes += 1 + stop.also.size();
  }
  networks_.reserve(model_.networks.size());
  stops_.reserve(stops);
  by_code_.reserve(codes);
  by_number_.reserve(stops + model_.networks.size());
  for (const Network& network : model_.networks) {
    const std::uint16_t at = index_of(network);
    networks_.add(text_key(0, network.id), {&network, &rules_of(network), versions(network), at});
    by_number_.add(key_of(network.code, 0), at);
    for (std::size_t i = 0; i < network.stops.size(); ++i) {
      const Stop& stop = network.stops[i];
      const auto index = static_cast<std::uint32_t>(i);
      stops_.add(text_key(at, stop.code), index);
      by_number_.add(key_of(network.code, stop.number), index);
      const auto add_code = [&](const StationBytes& bytes) {
        by_code_.add(key_of(card_code(network, bytes, 0)), {&network, i});
      };
      add_code(stop.card);
      for (const StationBytes& other : stop.also) add_code(other);
    }
  }
}

const BookData& BookData::of(const Book& book) noexcept {
  return static_cast<const BookData&>(book);  // Book::load() makes nothing else
}

const Network* BookData::network_numbered(std::uint16_t code) const noexcept {
  const auto* const at = by_number_.find(key_of(code, 0));
  return at != nullptr ? &model_.networks[*at] : nullptr;
}

std::optional<std::size_t> BookData::stop_numbered(const Network& network,
                                                   std::uint16_t number) const noexcept {
  if (number == 0) return std::nullopt;
  const auto* const at = by_number_.find(key_of(network.code, number));
  if (at == nullptr) return std::nullopt;
  return *at;
}

std::optional<Book::StopOnCard> BookData::stop_on_card(const NetworkId& network,
                                                       const StopCode& stop) const {
  const Found* const found = find(network);
  const auto index = found != nullptr ? this->stop(*found, stop) : std::nullopt;
  if (!index) return std::nullopt;
  const Network& owner = *found->network;
  const Stop& here = owner.stops[*index];
  StopOnCard out{.code = card_code(owner, here.card, here.line),
                 .industry = owner.industry,
                 .name_zh = here.name_zh,
                 .name_en = here.name_en};
  write_be(out.operator_code, owner.operator_code);
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

bool is_staged(const Network& network) noexcept {
  // bus, water bus, coach, ferry: what vehicles and piers are boxes of
  constexpr std::array<Byte, 4> kBoarded{0x02, 0x03, 0x08, 0x09};
  return std::ranges::binary_search(kBoarded, network.industry) &&
         !std::ranges::all_of(network.versions, [](const TariffVersion& version) {
           return std::holds_alternative<FlatTariff>(version.tariff);
         });
}

}  // namespace tidegate::fare
