// SPDX-License-Identifier: Apache-2.0
// Loads a fare book and finds networks, stops and places in it.
#include "fare/engine/book.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "fare/engine/book_codec.h"
#include "fare/engine/book_data.h"

namespace tidegate::fare {
namespace {

/// splitmix64's last step: every bit of the word moves every bit of the result.
std::uint64_t mixed(std::uint64_t word) noexcept {
  word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
  word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
  return word ^ (word >> 31U);
}

}  // namespace

Result<std::shared_ptr<const Book>> Book::load(Bytes payload) {
  auto model = decode_book(payload);
  if (!model) return fail(std::move(model.error()));
  if (auto ok = check_book(*model); !ok) return fail(std::move(ok.error()));
  return std::make_shared<const BookData>(*std::move(model));
}

std::size_t BookData::CodeHash::operator()(const CodeKey& key) const noexcept {
  return mixed(key[0] ^ mixed(key[1] ^ mixed(key[2])));
}

BookData::CodeKey BookData::key_of(const CardCode& code) noexcept {
  return {code.city, std::bit_cast<std::uint64_t>(code.acquirer),
          std::bit_cast<std::uint64_t>(code.station)};
}

BookData::BookData(BookModel model) : model_{std::move(model)} {
  for (std::size_t at = 0; at < model_.networks.size(); ++at) {
    const Network& network = model_.networks[at];
    networks_.emplace(network.id, at);
    auto& stops = stops_.emplace_back();
    for (std::size_t i = 0; i < network.stops.size(); ++i) {
      const Stop& stop = network.stops[i];
      stops.emplace(stop.code, i);
      by_code_.emplace(key_of(card_code(network, stop.card, 0)), Place{&network, i});
      for (const StationBytes& other : stop.also)
        by_code_.emplace(key_of(card_code(network, other, 0)), Place{&network, i});
    }
  }
  index_numbers();
  for (const Network& network : model_.networks) {
    auto& versions = maxima_.emplace_back();
    if (network.policy.overstay != Overstay::exit_maximum) continue;
    for (const TariffVersion& version : network.versions) versions.push_back(table_maxima(version));
  }
}

void BookData::index_numbers() {
  for (const Network& network : model_.networks) {
    by_number_.emplace(number_key(network.code, 0), index_of(network));
    for (std::size_t i = 0; i < network.stops.size(); ++i)
      by_number_.emplace(number_key(network.code, network.stops[i].number), i);
  }
  accounts_ = spending_accounts(model_.between);
  account_of_.assign(model_.networks.size(), 0);
  for (std::size_t i = 0; i < accounts_.size(); ++i)
    for (const NetworkSet* set : {&accounts_[i].period_networks, &accounts_[i].day_networks})
      for (const std::uint16_t network : *set)
        account_of_[network] = static_cast<std::uint8_t>(i + 1);
}

const BookData& BookData::of(const Book& book) noexcept {
  return static_cast<const BookData&>(book);  // Book::load() makes nothing else
}

const Network* BookData::network_numbered(std::uint16_t code) const noexcept {
  const auto at = by_number_.find(number_key(code, 0));
  return at != by_number_.end() ? &model_.networks[at->second] : nullptr;
}

std::optional<std::size_t> BookData::stop_numbered(const Network& network,
                                                   std::uint16_t number) const noexcept {
  const auto at =
      number != 0 ? by_number_.find(number_key(network.code, number)) : by_number_.end();
  if (at == by_number_.end()) return std::nullopt;
  return at->second;
}

const SpendingAccount* BookData::account_of(const Network& network) const noexcept {
  const std::uint8_t account = account_of_[index_of(network)];
  return account != 0 ? &accounts_[account - 1] : nullptr;
}

std::span<const TableMaximum> BookData::maxima(const Network& network,
                                               const TariffVersion& version) const noexcept {
  const auto& versions = maxima_[index_of(network)];
  const auto at = static_cast<std::size_t>(&version - network.versions.data());
  return at < versions.size() ? std::span{versions[at]} : std::span<const TableMaximum>{};
}

const Network* BookData::network(const NetworkId& id) const noexcept {
  const auto at = networks_.find(id.get());
  return at != networks_.end() ? &model_.networks[at->second] : nullptr;
}

std::optional<std::size_t> BookData::stop(const Network& network,
                                          const StopCode& code) const noexcept {
  const auto& stops = stops_[static_cast<std::size_t>(&network - model_.networks.data())];
  const auto at = stops.find(code.get());
  if (at == stops.end()) return std::nullopt;
  return at->second;
}

std::optional<BookData::Place> BookData::place(const CardCode& code) const noexcept {
  const auto at = by_code_.find(key_of(code));
  if (at == by_code_.end()) return std::nullopt;
  return at->second;
}

std::optional<Book::StopOnCard> BookData::stop_on_card(const NetworkId& network,
                                                       const StopCode& stop) const {
  const Network* const found = this->network(network);
  if (found == nullptr) return std::nullopt;
  const auto index = this->stop(*found, stop);
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

bool is_staged(const Network& network) noexcept {
  // bus, water bus, coach, ferry: what vehicles and piers are boxes of
  constexpr std::array<Byte, 4> kBoarded{0x02, 0x03, 0x08, 0x09};
  return std::ranges::binary_search(kBoarded, network.industry) &&
         !std::ranges::all_of(network.versions, [](const TariffVersion& version) {
           return std::holds_alternative<FlatTariff>(version.tariff);
         });
}

ServiceDay service_day(const Network& network, Timestamp at) {
  return ServiceCalendar{.rollover = std::chrono::minutes{network.rollover_minutes}}.day_of(at);
}

}  // namespace tidegate::fare
